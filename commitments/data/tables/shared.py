"""What the tables have in common: columns of several of them, rows of relations between two public records."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from commitments.data.tables.fields import Column, columns
from commitments.reading import Reading
from commitments.rules.corrections import shown

IDENTIFIER = Column("uid", is_blank=False)
SIGNER = _("Le nom dont cette personne signe ; vide quand elle signe pour le bureau.")


def signed(name: str, **more: Any) -> Column:
    """Return the column of the name that somebody signs with, never that of an account."""
    return Column(name, about=SIGNER, kind="string", is_blank=True, **more)


RECORDED = columns("recorded_at")
PUBLISHED = columns(signed("published_by"), Column("published_at", is_blank=False))
"""Who made the record public, and when."""


def both(*names: str) -> tuple[Column, ...]:
    """Return the columns of texts in French and in English."""
    return tuple(Column(f"{name}_{language}") for name in names for language in ("fr", "en"))


def beside(model: Any, above: str, reading: Reading, near: str = "") -> QuerySet:
    """Return the rows of a linking table whose ends (`above`, and `near` if given) are public for `reading`."""
    rows = model.objects.filter(**{f"{above}__in": shown(model._meta.get_field(above).related_model, reading)})
    if near:
        rows = rows.filter(**{f"{near}__in": shown(model._meta.get_field(near).related_model, reading)})
    return rows
