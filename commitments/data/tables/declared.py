"""How a table is made of what its model declares: the table of a noun, and of a relation between two of them."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from commitments.data.tables.fields import Column, Table, columns
from commitments.models import (
    Assessment,
    Citation,
    Claim,
    Commitment,
    Discrepancy,
    FollowUpNote,
    Instrument,
    Meeting,
    Membership,
    Milestone,
    Party,
    Search,
    Sector,
    Source,
    Undertaking,
)
from commitments.models.base import Record, Reviewed
from commitments.reading import Reading
from commitments.rules.time.corrections import shown

TABLE_OF: dict[type[Record], str] = {
    Commitment: "commitments",
    Assessment: "assessments",
    Search: "searches",
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
    Undertaking: "undertakings",
    Membership: "memberships",
}
"""The table of each noun."""

SIGNER = _("Le nom dont cette personne signe ; vide quand elle signe pour le bureau.")

WITHDRAWAL = {"withdrawn_by", "withdrawn_at", "withdrawal_reason"}
"""The fields that only the table of withdrawals tells."""


def noun(
    model: type[Record],
    label: Promise,
    about: Promise,
    *,
    more: tuple[Column, ...] = (),
    rows: Callable[[Reading], QuerySet] | None = None,
    order: tuple[str, ...] = ("pk",),
    narrowed_by: tuple[str, ...] = (),
    **instead: tuple[str | Column, ...],
) -> Table:
    """Return the table of the records of `model` that `rows` gives, by default those `shown`.

    Its columns are `public_columns`, with `more` and `instead`. Its key is the model's natural key, each record that
    this names being a column.
    """
    key = tuple(name.split("__")[0] for name in model.natural_key_fields)
    rows = rows or partial(shown, model)
    return Table(
        TABLE_OF[model],
        label,
        about,
        public_columns(model, *more, **instead),
        key,
        order,
        model,
        rows,
        narrowed_by=narrowed_by,
    )


def relation(name: str, label: Promise, about: Promise, model: Any) -> Table:
    """Return the table called `name` of a linking model: the keys of both its ends, where these are public."""
    ends: dict[str, Any] = {
        field.name: field.related_model for field in model._meta.concrete_fields if field.is_relation
    }

    def beside(reading: Reading) -> QuerySet:
        public = {f"{end}__in": shown(other, reading) for end, other in ends.items() if issubclass(other, Reviewed)}
        return model.objects.filter(**public)

    order = tuple(f"{end}__{other.natural_key_fields[0]}" for end, other in ends.items())
    keys = tuple(refers(end, other) for end, other in ends.items())
    return Table(name, label, about, keys, tuple(ends), order, model, beside)


def public_columns(model: type[Record], *more: Column, **instead: tuple[str | Column, ...]) -> tuple[Column, ...]:
    """Return the columns of what the model declares as public: its key, what it is attached to, its public fields.

    Then `more`, and what is told of the record but never corrected, such as who made it public and when. `instead`
    gives the columns that stand in the place of a field.
    """
    key = [name for name in model.natural_key_fields if "__" not in name and name not in model.public_fields]
    elsewhere = WITHDRAWAL | {field.name for field in model._meta.many_to_many}  # a list is a table of its own
    unannounced = [name for name in model.unannounced_fields if name not in elsewhere]

    def of(names: Iterable[str]) -> list[Column]:
        return [column for name in names for column in columns(*instead.get(name, (_own(model, name),)))]

    return (*of([*key, *model.attached_by, *model.public_fields]), *more, *of(unannounced))


def signed(name: str, **more: Any) -> Column:
    """Return the column of the name that somebody signs with, never that of an account."""
    return Column(name, about=SIGNER, kind="string", is_blank=True, **more)


def _own(model: type[Record], name: str) -> Column:
    """Return the column of a field; another record is named by its key, one beside it only while it is public too."""
    other: Any = model._meta.get_field(name).related_model
    if other is get_user_model():
        return signed(name)
    if other:
        return refers(name, other, is_beside=name in model.public_fields)
    return Column(name, is_blank=False if name == "published_at" else None)  # blank for a draft only


def refers(name: str, other: type[Record], *, is_beside: bool = False) -> Column:
    """Return the column of a foreign key to the model `other`."""
    only_if = f"{name}__" if is_beside and issubclass(other, Reviewed) else ""
    return Column(name, f"{name}__{other.natural_key_fields[0]}", only_if, TABLE_OF[other])
