"""How precise a deadline may be said to be: a period is the whole of its months or years."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from commitments.choices import DuePrecision
from commitments.models import Milestone


def settle(milestone: Milestone) -> None:
    """Give `milestone` no precision if it has no deadline: there is nothing to be precise about."""
    if milestone.due_on is None:
        milestone.due_precision = ""


def objections(milestone: Milestone) -> Iterator[tuple[str, str]]:
    """Yield the field and the reason for which the window of `milestone` is not what its precision says."""
    deadline = milestone.deadline
    if deadline is None or deadline.is_whole:
        return
    if deadline.precision == DuePrecision.YEAR:
        yield "due_precision", _("Précise à l’année, l’échéance va d’un 1er janvier à un 31 décembre.")
    else:
        yield "due_precision", _("Précise au mois, l’échéance va du premier jour d’un mois au dernier jour d’un mois.")
