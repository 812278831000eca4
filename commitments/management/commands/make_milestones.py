"""manage.py make_milestones: the next milestone of every recurring commitment. Meant for a daily timer."""

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from commitments.models import Commitment
from commitments.rules.time import schedule


class Command(BaseCommand):
    """Make the milestones that recurrences still lack, up to the next one to come."""

    help = "Makes the missing milestones of recurring published commitments, up to the next one to come."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the account that signs the milestones."""
        parser.add_argument("--by", required=True, help="user name of the account that signs the milestones")

    def handle(self, *args: object, **options: Any) -> None:
        """Print each milestone made. Raises CommandError if the account is not known, or a commitment failed.

        A commitment whose milestones cannot be made is named with the reason, and does not stop the others.
        """
        User = get_user_model()
        try:
            by = User._default_manager.get_by_natural_key(options["by"])
        except User.DoesNotExist as error:
            raise CommandError(_("Le compte « %s » n’existe pas.") % options["by"]) from error
        failed = []
        for commitment in Commitment.objects.published().exclude(recurrence="").order_by("reference"):
            try:
                made = schedule.extend(commitment, by=by)
            except ValidationError as error:
                self.stderr.write(f"{commitment.reference}: {' '.join(error.messages)}")
                failed.append(commitment.reference)
                continue
            for milestone in made:
                self.stdout.write(str(milestone))
        if failed:
            raise CommandError(", ".join(failed), returncode=1)
