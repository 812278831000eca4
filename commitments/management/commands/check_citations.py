"""manage.py check_citations: the records on file that no longer meet the rules."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import ngettext

from commitments.models import Citation
from commitments.rules.judging import soundness


class Command(BaseCommand):
    """List the quotations no longer found in their sources, and the published records left without evidence."""

    help = "Lists the citations that no longer hold and the published records they leave unsupported; exits 1 if any."

    def handle(self, *args: object, **options: Any) -> None:
        """Print each fault on a line. Raises CommandError (exit code 1) if there are any."""
        faults = [*soundness.citation_faults(), *soundness.publication_faults()]
        for fault in faults:
            self.stdout.write(f"{fault.record}\n    {fault.reason}")
        if faults:
            message = ngettext("%(count)d point ne tient plus.", "%(count)d points ne tiennent plus.", len(faults))
            raise CommandError(message % {"count": len(faults)}, returncode=1)
        count = Citation.objects.count()
        message = ngettext("%(count)d citation, qui tient.", "%(count)d citations, qui tiennent toutes.", count)
        self.stdout.write(message % {"count": count})
