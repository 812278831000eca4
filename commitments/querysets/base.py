"""The base of every queryset: natural keys, and the one definition of being public."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.db import models
from django.db.models import F, Prefetch, Q

from commitments.choices import ReviewState
from commitments.reading import NOW, Reading

if TYPE_CHECKING:
    from datetime import datetime


def model(name: str) -> Any:
    """Return the model of this app called `name`; by name, since models import this package."""
    return apps.get_model("commitments", name)


def live(reading: Reading, path: str = "") -> Q:
    """Return the condition that the reviewed record at `path` was public for `reading`.

    `path` is a lookup prefix such as "commitment__", or "" for the row itself. With `known_on` its state at the end of
    that day counts: published by then, and not yet withdrawn.
    """
    if reading.known_before is None:
        return Q(**{f"{path}state": ReviewState.PUBLISHED})
    before = reading.known_before
    return (
        Q(**{f"{path}published_at__lt": before})
        & Q(**{f"{path}state__in": [ReviewState.PUBLISHED, ReviewState.WITHDRAWN]})
        & (Q(**{f"{path}withdrawn_at__isnull": True}) | Q(**{f"{path}withdrawn_at__gte": before}))
    )


def was_public(record: Any, before: datetime | None) -> bool:
    """Whether a reviewed record was public just before the moment `before`, now if None: `live` for one row."""
    if before is None:
        return record.state == ReviewState.PUBLISHED
    published, withdrawn = record.published_at, record.withdrawn_at
    return published is not None and published < before and (withdrawn is None or withdrawn >= before)


def public_citations(reading: Reading) -> Prefetch:
    """Return the prefetch, into `public_citations`, of the public citations of records known to be public."""
    citations = model("Citation").objects.published_on_public_target(reading).with_source()
    ordered = citations.order_by("source__reference", F("start").asc(nulls_last=True), "pk")
    return Prefetch("citations", ordered, to_attr="public_citations")


class NaturalKeyQuerySet(models.QuerySet):
    """Finds a row by its natural key, so that fixtures load into a database that already has rows."""

    def get_by_natural_key(self, *key: str) -> Any:
        """Return the row whose natural key fields hold `key`; raises the model's DoesNotExist."""
        return self.get(**dict(zip(self.model.natural_key_fields, key, strict=True)))


NaturalKeyManager = models.Manager.from_queryset(NaturalKeyQuerySet)
"""For the models that need no queries of their own."""


class ReviewedQuerySet(NaturalKeyQuerySet):
    """Rows that go through review. Bulk writes are disabled: they would leave no history and bypass the rules."""

    parents: tuple[str, ...] = ()
    """Lookup prefixes of reviewed records that must be public too for a row to be public."""

    targets: dict[str, tuple[str, ...]] = {}
    """The foreign keys of which exactly one is set, with the prefixes of what is reviewed there and above it.

    Those records must be public too.
    """

    named_by: tuple[str, ...] = ()
    """The related records that the name of a row is made of."""

    def named(self) -> Self:
        """Return the rows with the related records that their names are made of, and without what may be long."""
        return self.select_related(*self.named_by) if self.named_by else self

    @classmethod
    def attached(cls, reading: Reading, path: str = "") -> Q:
        """Return the condition that each record that the row at `path` belongs to was public for `reading`."""
        target = Q()
        for name, above in cls.targets.items():
            target |= Q(*(live(reading, f"{path}{each}") for each in above), **{f"{path}{name}__isnull": False})
        return Q(*(live(reading, f"{path}{parent}") for parent in cls.parents)) & target

    def live_condition(self, reading: Reading) -> Q:
        """Return the condition that a row, and each record it belongs to, was public for `reading`."""
        return live(reading) & self.attached(reading)

    def published(self, reading: Reading = NOW) -> Self:
        """Return the rows that the public may see for `reading`; later events are left out by `held()`."""
        return self.filter(self.live_condition(reading))

    def withdrawn(self, reading: Reading = NOW) -> Self:
        """Return the rows that were public once and are withdrawn for `reading`; what they belong to is public."""
        condition = Q(state=ReviewState.WITHDRAWN, published_at__isnull=False)
        if reading.known_before is not None:
            condition &= Q(withdrawn_at__lt=reading.known_before)
        return self.filter(condition & self.attached(reading))

    def with_citations(self, reading: Reading = NOW) -> Self:
        """Prefetch, into `public_citations`, the public citations of these records, which are known to be public."""
        return self.prefetch_related(public_citations(reading))

    def bulk_create(self, objs: Any, *args: object, **kwargs: object) -> Any:
        """Refuse, as `update` does. Raises TypeError."""
        raise TypeError(f"{self.model.__name__}.objects.bulk_create() would bypass history and rules: save each.")

    def update(self, **kwargs: object) -> int:
        """Refuse: a bulk update writes no history and bypasses the rules. Raises TypeError."""
        raise TypeError(f"{self.model.__name__}.objects.update() would bypass history and rules: save each record.")
