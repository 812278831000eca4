"""What has changed lately: commitments, judgements, notes and discrepancies made public, judgements withdrawn."""

from datetime import date
from typing import Any, NamedTuple

from django.db.models import Count
from django.db.models.functions import TruncDate

from commitments.choices import Visibility
from commitments.models import Assessment, Commitment, Discrepancy, FollowUpNote
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
    commitments = Commitment.objects.published(reading).held(reading)
    changes = [
        *_published("commitment", commitments.undertaken(), reading),
        *_published("expectation", commitments.expected(), reading),
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
    known = {id(record) for record in _known([*told, *taken_back], reading)}
    return [
        *(Change(record.published_at.date(), "assessment", record) for record in told if id(record) in known),
        *(Change(record.withdrawn_at.date(), "withdrawal", record) for record in taken_back if id(record) in known),
    ]


def _notes(reading: Reading) -> list[Change]:
    notes = FollowUpNote.objects.published(reading).held(reading).select_related("commitment")
    records = _known(list(notes.order_by("-published_at", "-pk")[:SHOWN]), reading)
    return [Change(record.published_at.date(), "note", record) for record in records]


def _known(records: list[Any], reading: Reading) -> list[Any]:
    """Return those of `records`, brought back to the day known, that were public then and of the same commitment."""
    attached = {id(record): record.commitment_id for record in records}
    rewind(reading, records)
    known = [
        record
        for record in records
        if record.commitment_id == attached[id(record)]
        and getattr(record, "visibility", Visibility.PUBLIC) == Visibility.PUBLIC
    ]
    rewind(reading, [record.commitment for record in known])
    return known
