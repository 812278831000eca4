"""manage.py loaddata: Django's own, as one act: all that the fixtures change becomes public at once, and once."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.core.management.commands import loaddata

from commitments.models import Undertaking
from commitments.rules.act import act


class Command(loaddata.Command):
    """Load fixtures as one public act; fixtures that change nothing leave the revision unchanged."""

    def loaddata(self, fixture_labels: Sequence[str]) -> None:
        """Load the fixtures, within the transaction that Django loads them in."""
        self.roles: dict[int, set[int]] = defaultdict(set)
        with act(public=True):
            super().loaddata(fixture_labels)
            self._end_former_roles()

    def save_obj(self, obj: Any) -> bool:
        """Save an object of a fixture, and note whose roles the fixtures state."""
        saved = super().save_obj(obj)
        if isinstance(obj.object, Undertaking):
            self.roles[obj.object.commitment_id].add(obj.object.pk)
        return saved

    def _end_former_roles(self) -> None:
        """End the roles that the fixtures do not state of commitments whose parties they do state.

        A fixture states who the parties of a commitment are, all of them, as it states a list: its natural key being
        the role itself, one that was given another role would otherwise keep the former one too.
        """
        stated = {key for keys in self.roles.values() for key in keys}
        for role in Undertaking.objects.filter(commitment__in=self.roles).exclude(pk__in=stated).order_by("pk"):
            role.delete()
