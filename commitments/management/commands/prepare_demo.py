"""manage.py prepare_demo: the seed articles and three accounts, for trying the tracker on one's own machine."""

import secrets
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection

from commitments.models import Commitment, Source
from commitments.rules.act import as_act

SEEDS = ("accounts", "sources", "parties", "sectors", "meetings", "instruments", "commitments", "discrepancies")
"""The fixtures, each after those that it refers to."""

ACCOUNTS = {"analyste": "Analysts", "editeur": "Editors", "administrateur": None}
"""The demonstration's accounts, each with its group; the administrator has every right."""


class Command(BaseCommand):
    """Load the seeds if there are no records yet, and make the accounts that are missing. Changes nothing else."""

    help = "Loads the seed articles into an empty tracker and makes three demonstration accounts, once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare whether to make the tables first."""
        parser.add_argument("--migrate", action="store_true", help="bring the tables up to date first")

    def handle(self, *args: object, **options: Any) -> None:
        """Print which database this is before touching it; then what was done."""
        settings = connection.settings_dict
        where = f" on {settings['HOST']}" if settings["HOST"] else ""
        self.stdout.write(f"Database: {connection.vendor}, {settings['NAME']}{where}")
        self.stdout.flush()
        if options["migrate"]:
            self.stdout.write("Making the tables and loading the articles takes half a minute or so, the first time.")
            self.stdout.flush()
            call_command("migrate", verbosity=0)
        for line in self._prepare():
            self.stdout.write(line)

    @as_act(public=True)
    def _prepare(self) -> list[str]:
        """Return what was done, with the passwords of the accounts just made: they are printed once, if it is kept."""
        if Source.objects.exists() or Commitment.objects.exists():
            done = ["Records are on file already: the seed articles are left as they are."]
        else:
            call_command("loaddata", *SEEDS, verbosity=0)
            done = [f"Loaded {Source.objects.count()} articles and {Commitment.objects.count()} commitments."]
        made = [line for name, group in ACCOUNTS.items() if (line := self._make(name, group))]
        if made:
            return [*done, "\nAccounts of this demonstration (the passwords are shown this once):", *made, ""]
        return [
            *done,
            (
                "The accounts exist already; for a new password: "
                "DJANGO_DEBUG=1 .venv/bin/python manage.py changepassword NAME"
            ),
        ]

    def _make(self, name: str, group: str | None) -> str | None:
        User = get_user_model()
        if User._default_manager.filter(username=name).exists():
            return None
        password = secrets.token_urlsafe(12)
        user = User._default_manager.create_user(
            name, password=password, is_staff=True, is_superuser=group is None, first_name=name.capitalize()
        )
        if group:
            user.groups.add(Group.objects.get(name=group))
        return f"    {name:<16}{password}"
