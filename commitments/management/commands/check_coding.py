"""manage.py check_coding: the records on file that the codebook would have somebody look at again."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse
from django.utils.translation import gettext as _, ngettext

from commitments.rules.judging import coding


class Command(BaseCommand):
    """List what is coded otherwise than the codebook asks: which record, why, and the desk's page to mend it on."""

    help = "Lists the records in review and published that the codebook would have looked at again; exits 1 if any."

    def handle(self, *args: object, **options: Any) -> None:
        """Print each remark on three lines. Raises CommandError (exit code 1) if there are any."""
        count = 0
        for record, remark in coding.all_remarks():
            count += 1
            address = reverse(f"admin:{record._meta.app_label}_{record._meta.model_name}_change", args=[record.pk])
            self.stdout.write(f"{record}\n    {remark.message}\n    {address}#id_{remark.field}")
        if count:
            message = ngettext("%(count)d point à revoir.", "%(count)d points à revoir.", count)
            raise CommandError(message % {"count": count}, returncode=1)
        self.stdout.write(_("Rien à revoir."))
