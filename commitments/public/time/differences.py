"""The differences between two readings, kind by kind: what this site stated on the second day and not on the first.

They are differences on the axis of knowledge; of what was withdrawn only the name, the day and the reason are given.
"""

from collections.abc import Callable
from datetime import datetime
from itertools import chain
from typing import Any, NamedTuple

from django.db.models import CharField, F, OuterRef, Q, QuerySet, Subquery, Value

from commitments.models import (
    Assessment,
    Commitment,
    Discrepancy,
    FollowUpNote,
    Meeting,
    Milestone,
    Record,
    Search,
    Source,
)
from commitments.models.base import Reviewed
from commitments.public.time.changes import known
from commitments.reading import Reading
from commitments.rules.time import corrections
from commitments.rules.time.corrections import shown


class Days(NamedTuple):
    """The readings that are compared."""

    before: Reading
    after: Reading

    @property
    def since(self) -> datetime | None:
        """The first moment that the first reading does not know."""
        return self.before.known_before


def _appeared(model: type[Record], days: Days) -> Any:
    """Return the rows that the second reading shows and the first does not, the latest published first."""
    return _since(shown(model, days.before), shown(model, days.after)).order_by("-published_at", "-pk")


def _since(before: QuerySet, now: QuerySet) -> QuerySet:
    """Return the rows of `now` that are not among those of `before`."""
    return now.exclude(pk__in=before.order_by().values("pk"))


def published(days: Days) -> QuerySet:
    """Return the commitments and the expectations made public."""
    return _appeared(Commitment, days)


def statuses(days: Days) -> QuerySet:
    """Return the commitments of both days whose status changed; `status_before` is the former one, with its day."""
    before = shown(Commitment, days.before).filter(pk=OuterRef("pk")).with_status(days.before).order_by()
    moved = Q()
    for model, day in ((Assessment, "as_of"), (Search, "searched_on")):
        made = shown(model, days.after).filter(Q(published_at__gte=days.since) | Q(**{f"{day}__gt": days.before.day}))
        taken_back = model.objects.withdrawn(days.after).filter(withdrawn_at__gte=days.since)
        moved |= Q(pk__in=made.order_by().values("commitment")) | Q(pk__in=taken_back.order_by().values("commitment"))
    rows = shown(Commitment, days.after).filter(moved).with_status(days.after)
    rows = rows.annotate(
        status_before=Subquery(before.values("status")[:1]),
        status_before_as_of=Subquery(before.values("status_as_of")[:1]),
    )
    return rows.filter(status_before__isnull=False).exclude(status=F("status_before")).order_by("reference")


def judgements(days: Days) -> QuerySet:
    """Return the assessments about one party each that were made public."""
    return _appeared(Assessment, days).filter(party__isnull=False).select_related("commitment", "party")


def searches(days: Days) -> QuerySet:
    """Return the searches that were made public, about all parties or one: most leave a status as it was."""
    return _appeared(Search, days).select_related("commitment", "party", "milestone")


def met(days: Days) -> QuerySet:
    """Return the milestones met, or found to be met, since the first day."""
    before, now = (shown(Milestone, reading).met(reading) for reading in days)
    return _since(before, now).select_related("commitment").order_by("-met_on", "pk")


def overdue(days: Days) -> QuerySet:
    """Return the milestones that became overdue since the first day."""
    before, now = (shown(Milestone, reading).overdue(reading) for reading in days)
    return _since(before, now).select_related("commitment").order_by("-due_on", "pk")


def notes(days: Days) -> QuerySet:
    """Return the public notes that were added."""
    return _appeared(FollowUpNote, days).named()


def opened(days: Days) -> QuerySet:
    """Return the discrepancies made public."""
    return _appeared(Discrepancy, days)


def settled(days: Days) -> QuerySet:
    """Return the discrepancies that were settled."""
    before, now = (shown(Discrepancy, reading).settled(reading) for reading in days)
    return _since(before, now).order_by("-settled_at", "-pk")


WITHDRAWN: dict[str, type[Reviewed]] = {
    "commitment": Commitment,
    "assessment": Assessment,
    "search": Search,
    "discrepancy": Discrepancy,
    "source": Source,
    "meeting": Meeting,
}
"""The models with a page, or a place on one, that says that a record was withdrawn."""


def withdrawn(days: Days) -> QuerySet:
    """Return what was withdrawn, of any kind: its noun, reference, day and reason, and no other content."""
    parts = [
        corrections.withdrawn(model, days.after)
        .filter(withdrawn_at__gte=days.since)
        .order_by()
        .annotate(
            noun=Value(kind, output_field=CharField()),
            named=F("commitment__reference" if "commitment" in model.attached_by else "reference"),
        )
        .values("noun", "named", "pk", "withdrawn_at", "withdrawal_reason")
        for kind, model in WITHDRAWN.items()
    ]
    return parts[0].union(*parts[1:], all=True).order_by("-withdrawn_at", "noun", "pk")


KINDS: dict[str, Callable[[Days], QuerySet]] = {
    "published": published,
    "status": statuses,
    "judgement": judgements,
    "search": searches,
    "met": met,
    "overdue": overdue,
    "note": notes,
    "opened": opened,
    "settled": settled,
    "withdrawn": withdrawn,
}
"""The kinds of change, in the order of the page."""


def restore(found: dict[str, list[Any]], reading: Reading) -> None:
    """Rewind the rows of each kind to what was known for `reading`, dropping those that were not public then.

    Those are the rows that belonged to another record then, or were internal.
    """
    parts = [part for kind, part in found.items() if kind != "withdrawn"]
    kept = {id(row) for row in known([*chain(*parts)], reading)}
    for part in parts:
        part[:] = [row for row in part if id(row) in kept]
