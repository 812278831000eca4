"""manage.py loaddata: Django's own, as one act: the public sees all that the fixtures change at once, and once."""

from typing import Any

from django.core.management.commands import loaddata

from commitments.rules.act import act


class Command(loaddata.Command):
    """Load fixtures in their turn; what they leave as it is on file leaves the revision as it is."""

    def loaddata(self, fixture_labels: Any) -> None:
        """Load the fixtures, within the transaction that Django loads them in."""
        with act(public=True):
            super().loaddata(fixture_labels)
