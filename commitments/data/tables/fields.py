"""What a table of the public data is: its columns, taken from the models, and the rows that a reading shows."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.functional import Promise

from commitments.reading import Reading

TYPES: dict[type[models.Field], str] = {
    models.BooleanField: "boolean",
    models.DateTimeField: "datetime",
    models.DateField: "date",
    models.TimeField: "time",
    models.IntegerField: "integer",
    models.UUIDField: "uuid",
    models.URLField: "uri",
    models.CharField: "string",
    models.TextField: "string",
}
"""The type of a column by its model field: the first that fits. `uuid` and `uri` are strings of that form."""

Words = Sequence[tuple[str, str | Promise]]
"""The only values that a column may have, each with its label."""

Row = dict[str, Any]
"""The values of a row, by the names of its columns; a blank one is None."""


@dataclass(frozen=True)
class Column:
    """A column: its name, and the lookup of its value from a row, by default the field of that name.

    If `only_if` names a reviewed record beside the row ("instrument__"), the value shows only while that one is public
    too, or where there is none. `derived` gives the value from the row's other values. A column that `refers` holds the
    key of a row of that table. `label`, `about`, `kind`, `words` and `is_blank` default to what the model field says.
    """

    name: str
    path: str = ""
    only_if: str = ""
    refers: str = ""
    derived: Callable[[Row], object] | None = None
    label: str | Promise = ""
    about: str | Promise = ""
    kind: str = ""
    words: type[models.TextChoices] | None = None
    is_blank: bool | None = None

    @property
    def source(self) -> str:
        """The lookup that gives the value from a row."""
        return self.path or self.name


class Described(NamedTuple):
    """A column as every format describes it."""

    name: str
    kind: str
    label: str | Promise
    about: str | Promise
    is_required: bool
    words: Words
    longest: int | None
    refers: str


@dataclass(frozen=True)
class Table:
    """A table of the public data: what a reading shows of a model, in the same order on every database.

    `name` is part of addresses and file names. `key` names the columns that identify a row; `order` are the lookups
    that rows are sorted by, by default as they were recorded. `rows` gives what a reading shows, through `published()`;
    `stream`, if there is one, gives the rows themselves, when no single query can.
    """

    name: str
    label: Promise
    about: Promise
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    order: tuple[str, ...] = ("pk",)
    model: Any = None
    rows: Callable[[Reading], models.QuerySet] | None = None
    stream: Callable[[Reading], Iterator[Row]] | None = None
    narrowed_by: tuple[str, ...] = ()
    """The columns that a reader may choose a value of."""

    @cached_property
    def described(self) -> dict[str, Described]:
        """Each column with its type, its description, and its possible values."""
        return {column.name: _described(self.model, column) for column in self.columns}

    @cached_property
    def lookups(self) -> dict[str, str]:
        """The lookup that gives the value of each column from a row."""
        return {column.name: column.source for column in self.columns}

    def names(self) -> list[str]:
        """Return the names of the columns."""
        return [column.name for column in self.columns]


def _described(model: type[models.Model], column: Column) -> Described:
    nearest = model_field(model, column.source.split("__")[0])
    found = model_field(model, column.source)
    words: Words = column.words.choices if column.words else ()
    kind, label, about, longest = column.kind, column.label, column.about, None
    is_blank = bool(column.is_blank)
    if found is not None and nearest is not None:
        words = words or [(str(value), named) for value, named in found.flatchoices]
        kind = kind or next(name for cls, name in TYPES.items() if isinstance(found, cls))
        label = label or nearest.verbose_name
        about = about or nearest.help_text
        longest = None if kind in ("uuid", "uri") else found.max_length
        if column.is_blank is None:
            is_blank = nearest.null or nearest.blank or bool(column.only_if)
    return Described(column.name, kind or "string", label, about, not is_blank, words, longest, column.refers)


def model_field(model: Any, path: str) -> Any:
    """Return the field that `path` leads to from `model`; None if it leads to none."""
    found = None
    try:
        for name in path.split("__"):
            found = model._meta.get_field(name)
            model = found.related_model
    except (FieldDoesNotExist, AttributeError):
        return None
    return found


def columns(*given: str | Column) -> tuple[Column, ...]:
    """Return columns, those given by name being fields of that name."""
    return tuple(item if isinstance(item, Column) else Column(item) for item in given)


def by_name(tables: Iterable[Table]) -> dict[str, Table]:
    """Return `tables` by their names, in their order."""
    return {table.name: table for table in tables}
