"""manage.py import_bundle: loads what export_bundle wrote into an empty tracker."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from commitments.data.bundle import load


class Command(BaseCommand):
    """Load a bundle, all of it or nothing."""

    help = "Loads a bundle (tracker-YYYY-MM-DD.zip) into an EMPTY tracker, which then shows the same public pages."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the file."""
        parser.add_argument("path", help="the bundle")

    def handle(self, *args: object, **options: Any) -> None:
        """Report what was loaded. Raises CommandError if the tracker is not empty, or the bundle is incomplete."""
        settings = connection.settings_dict
        self.stdout.write(f"Database: {connection.vendor}, {settings['NAME']}")
        try:
            loaded = load.load(options["path"], said=self.stdout.write)
        except load.NotEmpty as error:
            raise CommandError(
                "Records are on file: a bundle goes into an empty tracker only. Name another one with DATABASE_URL."
            ) from error
        except load.Unreadable as error:
            raise CommandError(f"{error} Nothing was loaded.") from error
        self.stdout.write(f"Loaded {loaded.rows} rows and {loaded.versions} versions.")
