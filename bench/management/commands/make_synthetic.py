"""manage.py make_synthetic: made-up commitments in great number, to measure with (bench/README.md)."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from bench.synthetic import making


class Command(BaseCommand):
    """Fill an empty scratch database with made-up commitments; refuse any other."""

    help = "Fills an EMPTY scratch database with made-up commitments, to measure with; refuses any other."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare how many, and whether to make the tables first."""
        parser.add_argument("count", nargs="?", type=int, default=100_000, help="how many (100,000 by default)")
        parser.add_argument("--migrate", action="store_true", help="bring the tables up to date first")

    def handle(self, *args: object, **options: Any) -> None:
        """Print which database this is, then how far it got. Raises CommandError for a database that is not empty."""
        settings = connection.settings_dict
        where = f" on {settings['HOST']}" if settings["HOST"] else ""
        self.stdout.write(f"Database: {connection.vendor}, {settings['NAME']}{where}")
        self.stdout.flush()
        if options["migrate"]:
            call_command("migrate", verbosity=0)
        try:
            for made in making.fill(options["count"], today=timezone.localdate()):
                if made % 10_000 == 0 or made == options["count"]:
                    self.stdout.write(f"{made} commitments")
                    self.stdout.flush()
        except making.NotEmpty as error:
            raise CommandError(
                "Records or accounts are on file: made-up commitments go into an empty scratch database only. "
                "Name another with DATABASE_URL (sqlite:////tmp/scratch.sqlite3), and add --migrate."
            ) from error
        except ValueError as error:
            raise CommandError(str(error)) from error
        if "reindex" in get_commands():
            call_command("reindex")
