"""manage.py export_bundle: all that is public in one file."""

import os
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from commitments.data.bundle import export


class Command(BaseCommand):
    """Write the bundle of today, or of a past day, into a folder or to a file. A file there is replaced whole."""

    help = "Writes all that is public into tracker-YYYY-MM-DD.zip: tables, history, texts, and what describes them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the destination and the day."""
        parser.add_argument(
            "path", nargs="?", default=".", help="a folder (by default this one), or a file that ends on .zip"
        )
        parser.add_argument("--day", help="what the site knew at the end of that day, AAAA-MM-JJ (today by default)")

    def handle(self, *args: object, **options: Any) -> None:
        """Report what was written. Raises CommandError for an invalid or future day, and for a missing folder."""
        day = _day(options["day"])
        path = Path(options["path"])
        path = path if path.suffix == ".zip" else path / export.name(day)
        if not path.parent.is_dir():
            raise CommandError(f"There is no folder {path.parent}: make it first.")
        with NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as file:
            try:
                written = export.write(file, day)
            except BaseException:
                os.unlink(file.name)
                raise
        Path(file.name).chmod(0o644)  # public data: readable by whoever serves it
        os.replace(file.name, path)
        self.stdout.write(f"{path}: {len(written)} files, {path.stat().st_size:,} bytes")


def _day(given: str | None) -> date:
    if not given:
        return timezone.localdate()
    try:
        day = date.fromisoformat(given)
    except ValueError as error:
        raise CommandError(f"--day {given}: write a day as AAAA-MM-JJ.") from error
    if day > timezone.localdate():
        raise CommandError(f"--day {given}: that day is still to come.")
    return day
