"""What the home page shows: counts, deadlines, latest changes, open questions."""

from typing import Any

from django.conf import settings

from commitments.choices import Status, Timeliness
from commitments.models import Commitment, Discrepancy, Meeting, Milestone
from commitments.public.changes import recent
from commitments.public.charts import bars
from commitments.querysets import MilestoneQuerySet
from commitments.reading import Reading
from commitments.rules.rewind import rewind

SHOWN = 8
"""How many deadlines or open questions are listed; the lists that have them all are one link away."""


def summary(reading: Reading) -> dict[str, Any]:
    """Return the context of the home page. Expectations are counted apart, and in no other figure."""
    public = Commitment.objects.published(reading).held(reading)
    proper = public.undertaken()
    by_status = proper.with_status(reading).counts_by("status")
    by_timeliness = proper.with_timeliness(reading).counts_by("timeliness")
    total = sum(by_status.values())
    milestones = Milestone.objects.published(reading).filter(commitment__in=proper.values("pk")).for_list()
    overdue, overdue_count = _first(milestones.overdue(reading))
    due_soon, due_soon_count = _first(milestones.due_soon(reading))
    questions = Discrepancy.objects.published(reading).open(reading).order_by("reference")
    disputed = list(questions[:SHOWN])
    meetings = list(Meeting.objects.published(reading).held(reading).order_by("-starts_on", "reference")[:SHOWN])
    rewind(reading, overdue, due_soon, disputed, meetings)
    return {
        "total": total,
        "assessed": total - by_status.get(Status.NOT_ASSESSED, 0),
        "expected": public.expected().count(),
        "status_bars": bars(by_status, Status),
        "timeliness_bars": bars(by_timeliness, Timeliness),
        "overdue": overdue,
        "overdue_count": overdue_count,
        "due_soon": due_soon,
        "due_soon_count": due_soon_count,
        "soon_days": settings.TRACKER_DUE_SOON_DAYS,
        "changes": recent(reading),
        "disputed": disputed,
        "disputed_count": questions.count(),
        "meetings": meetings,
    }


def _first(milestones: MilestoneQuerySet) -> tuple[list[Milestone], int]:
    return list(milestones[:SHOWN]), milestones.count()
