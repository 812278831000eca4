"""What is attached to one other record, of several kinds: a foreign key for each kind, of which exactly one is set."""

from collections.abc import Collection
from typing import Any, ClassVar, TypeVar

from django.db import models
from django.db.models import Q
from django.utils.functional import Promise

from commitments.models.base import Record

M = TypeVar("M", bound=Record)


def exactly_one(names: Collection[str]) -> Q:
    """Return the condition that one of the keys called `names` is set and the others are not."""
    condition = Q()
    for chosen in names:
        condition |= Q(**{f"{name}__isnull": name != chosen for name in names})
    return condition


def target_key(model: type[M], label: Promise, related_name: str) -> "models.ForeignKey[M | None, M | None]":
    """Return the foreign key to one kind of record that others, called `related_name` there, may be attached to."""
    key = {"null": True, "blank": True, "related_name": related_name, "verbose_name": label}
    return models.ForeignKey(model, models.CASCADE, **key)  # type: ignore[arg-type]


class Attached(Record):
    """A record attached to one of its `targets`."""

    targets: ClassVar[tuple[str, ...]]
    """The foreign keys of which exactly one is set."""

    class Meta:
        abstract = True

    @property
    def target_name(self) -> str:
        """The name of the one target key that is set; "" while none is."""
        return next((name for name in self.targets if getattr(self, f"{name}_id") is not None), "")

    @property
    def target(self) -> Any:
        """The record that this one is attached to; None while there is none."""
        return getattr(self, self.target_name) if self.target_name else None
