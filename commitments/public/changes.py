"""What has changed lately: commitments, judgements, notes and discrepancies made public, judgements withdrawn."""

from datetime import date
from typing import Any, NamedTuple

from django.db.models import Count
from django.db.models.functions import TruncDate

from commitments.models import Assessment, Commitment, Discrepancy, FollowUpNote
from commitments.models.base import Record
from commitments.reading import Reading
from commitments.rules.rewind import rewind

SHOWN = 10
"""How many changes the home page tells."""

NAMED = 3
"""Up to how many records of a kind made public on the same day are named one by one."""


class Change(NamedTuple):
    """One line: the day, what happened, the record it happened to; or how many where there are too many to name."""

    day: date
    kind: str
    record: Any = None
    n: int = 1


def recent(reading: Reading) -> list[Change]:
    """Return the latest changes known for `reading`, newest first."""
    changes = [
        *_published("commitment", Commitment.objects.published(reading).held(reading), reading),
        *_published("discrepancy", Discrepancy.objects.published(reading), reading),
        *_judgements(reading),
        *_notes(reading),
    ]
    return sorted(changes, key=lambda change: change.day, reverse=True)[:SHOWN]


def _published(kind: str, queryset: Any, reading: Reading) -> list[Change]:
    """Return what became public, by day: named where there are few, counted where there are many."""
    published = queryset.order_by().annotate(day=TruncDate("published_at"))
    days = list(published.values("day").annotate(n=Count("pk")).order_by("-day")[:SHOWN])
    few = [row["day"] for row in days if row["n"] <= NAMED]
    records = list(published.filter(day__in=few).order_by("-published_at", "-pk"))
    rewind(reading, records)
    many = [Change(row["day"], kind, n=row["n"]) for row in days if row["n"] > NAMED]
    return [*many, *(Change(record.day, kind, record) for record in records)]


def _judgements(reading: Reading) -> list[Change]:
    assessments = Assessment.objects.held(reading).select_related("commitment", "party")
    told = list(assessments.published(reading).order_by("-published_at", "-pk")[:SHOWN])
    taken_back = list(assessments.withdrawn(reading).order_by("-withdrawn_at", "-pk")[:SHOWN])
    records = [*told, *taken_back]
    rewind(reading, records, *_commitments(records))
    return [
        *(Change(record.published_at.date(), "assessment", record) for record in told),
        *(Change(record.withdrawn_at.date(), "withdrawal", record) for record in taken_back),
    ]


def _notes(reading: Reading) -> list[Change]:
    notes = FollowUpNote.objects.published(reading).held(reading).select_related("commitment")
    records = list(notes.order_by("-published_at", "-pk")[:SHOWN])
    rewind(reading, *_commitments(records))
    return [Change(record.published_at.date(), "note", record) for record in records]


def _commitments(records: list[Any]) -> list[list[Record]]:
    return [[record.commitment for record in records]]
