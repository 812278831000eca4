"""manage.py publish_site: the whole site as files, for any static host or a USB stick."""

import os
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from commitments.data.publishing.problems import Problem
from commitments.data.publishing.site_build import publish


class Command(BaseCommand):
    """Publish every public page, in both languages, in a folder; write only what changed."""

    help = (
        "Writes every public page, in both languages, with downloads, feeds, calendars and a search, as files in a "
        "folder that any static host, or no host at all, shows. A second run writes only what changed; a broken link "
        "stops it. Set TRACKER_SITE_URL to where the site itself is served."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the folder, and how many processes make its pages."""
        parser.add_argument(
            "folder", type=Path, help="an empty folder, one that does not exist, or one published before"
        )
        parser.add_argument(
            "--processes",
            type=int,
            default=os.cpu_count() or 1,
            help="how many make pages (by default, one a core)",
        )

    def handle(self, *args: object, **options: Any) -> None:
        """Publish, reporting progress. Raises CommandError, with nothing written, if it cannot."""
        if options["processes"] < 1:
            raise CommandError("--processes takes a number of at least 1.")
        begun = time.monotonic()

        def say(line: str) -> None:
            if options["verbosity"]:
                self.stdout.write(f"{line}, {time.monotonic() - begun:.0f} s")
                self.stdout.flush()

        try:
            done = publish(options["folder"], processes=options["processes"], say=say)
        except Problem as problem:
            raise CommandError(str(problem)) from problem
        say(
            f"{done.files} files in {options['folder']}: {done.written} written, {done.removed} removed, "
            f"{done.files - done.written} as they were; {done.live} links lead to the site itself"
        )
