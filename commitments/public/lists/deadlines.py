"""What is overdue and what comes next, among some commitments."""

from collections.abc import Sequence

from commitments.models import Milestone
from commitments.querysets import CommitmentQuerySet, MilestoneQuerySet
from commitments.reading import Reading
from commitments.rules.time.rewind import rewind

SHOWN = 6
"""How many deadlines of a kind are listed; the list of commitments, one link away, has them all."""


def deadlines(commitments: CommitmentQuerySet, reading: Reading, beside: Sequence[Milestone] = ()) -> dict[str, object]:
    """Return, as `overdue` and `coming`, the first milestones of `commitments` not met, and whether there are more.

    `commitments` are public and held for `reading`; the rows are as known on its day, and those `beside` them are
    rewound with them.
    """
    milestones = Milestone.objects.published(reading).filter(commitment__in=commitments.values("pk")).named()
    overdue, more_overdue = _first(milestones.overdue(reading))
    coming, more_coming = _first(milestones.coming(reading))
    rewind(reading, overdue, coming, beside)
    return {"overdue": overdue, "more_overdue": more_overdue, "coming": coming, "more_coming": more_coming}


def _first(milestones: MilestoneQuerySet) -> tuple[list[Milestone], bool]:
    found = list(milestones[: SHOWN + 1])
    return found[:SHOWN], len(found) > SHOWN
