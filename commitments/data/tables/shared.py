"""What the tables have in common: columns of several of them, rows of relations between two public records."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from commitments.data.tables.fields import Column, columns
from commitments.models import (
    Assessment,
    Citation,
    Claim,
    Commitment,
    Discrepancy,
    FollowUpNote,
    Instrument,
    Meeting,
    Milestone,
    Party,
    Sector,
    Source,
)
from commitments.models.base import Record, Reviewed
from commitments.reading import Reading
from commitments.rules.time.corrections import shown

TABLE_OF: dict[type[Record], str] = {
    Commitment: "commitments",
    Assessment: "assessments",
    Milestone: "milestones",
    FollowUpNote: "notes",
    Citation: "citations",
    Source: "sources",
    Meeting: "meetings",
    Instrument: "instruments",
    Discrepancy: "discrepancies",
    Claim: "claims",
    Party: "parties",
    Sector: "sectors",
}
"""The table of each noun that another one refers to."""

SIGNER = _("Le nom dont cette personne signe ; vide quand elle signe pour le bureau.")


def signed(name: str, **more: Any) -> Column:
    """Return the column of the name that somebody signs with, never that of an account."""
    return Column(name, about=SIGNER, kind="string", is_blank=True, **more)


RECORDED = columns("recorded_at")
PUBLISHED = columns(signed("published_by"), Column("published_at", is_blank=False))
"""Who made the record public, and when."""


def told(model: type[Record], **instead: tuple[str | Column, ...]) -> tuple[Column, ...]:
    """Return the columns of what the model declares as public: its key, what it is attached to, its public fields.

    `instead` gives those that stand in the place of a field.
    """
    key = [name for name in model.natural_key_fields if "__" not in name and name not in model.public_fields]
    names = (*key, *model.attached_by, *model.public_fields)
    return tuple(column for name in names for column in columns(*instead.get(name, (_own(model, name),))))


def _own(model: type[Record], name: str) -> Column:
    """Return the column of a field; another record is named by its key, one beside it only while it is public too."""
    other: Any = model._meta.get_field(name).related_model
    return refers(name, other, is_beside=name in model.public_fields) if other else Column(name)


def refers(name: str, other: type[Record], *, is_beside: bool = False) -> Column:
    """Return the column of a foreign key to the model `other`."""
    only_if = f"{name}__" if is_beside and issubclass(other, Reviewed) else ""
    return Column(name, f"{name}__{other.natural_key_fields[0]}", only_if, TABLE_OF[other])


def beside(model: Any, above: str, reading: Reading, near: str = "") -> QuerySet:
    """Return the rows of a linking table whose ends (`above`, and `near` if given) are public for `reading`."""
    rows = model.objects.filter(**{f"{above}__in": shown(model._meta.get_field(above).related_model, reading)})
    if near:
        rows = rows.filter(**{f"{near}__in": shown(model._meta.get_field(near).related_model, reading)})
    return rows
