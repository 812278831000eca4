"""manage.py loaddata: Django's own, as one act: all that the fixtures change becomes public at once, and once."""

from collections.abc import Sequence

from django.core.management.commands import loaddata

from commitments.rules.act import act


class Command(loaddata.Command):
    """Load fixtures as one public act; fixtures that change nothing leave the revision unchanged."""

    def loaddata(self, fixture_labels: Sequence[str]) -> None:
        """Load the fixtures, within the transaction that Django loads them in."""
        with act(public=True):
            super().loaddata(fixture_labels)
