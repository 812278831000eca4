"""Reads the rows of a table for a reading: today's in one query, past ones with what was known of each."""

from collections.abc import Iterable, Iterator
from itertools import islice
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import connection, models
from django.db.models import Case, CharField, Expression, F, Model, Q, QuerySet, Value, When
from django.db.models.functions import Collate, Concat, Trim

from commitments.data.tables.fields import Column, Row, Table, model_field
from commitments.querysets import live
from commitments.querysets.follow_up import day_met, was_settled
from commitments.reading import NOW, Reading
from commitments.rules.time.rewind import versions

CHUNK = 2000
"""How many rows are in memory at a time."""

PREFIX = "value_"
"""Prefix that keeps annotations apart from the model's own fields."""


def rows(table: Table, reading: Reading = NOW, among: QuerySet | None = None, only: Any = None) -> Iterator[Row]:
    """Yield the rows of `table` that `reading` shows, in its order, or of `among`, a part of them, in that order.

    With `only`, a set of keys, just the rows of these. Some thousand are in memory at a time.
    """
    if table.stream is not None:
        yield from table.stream(reading)
        return
    found = ordered(table, table.rows(reading)) if among is None else among  # type: ignore[misc]
    read = _values(table, reading, found)
    if only is not None:
        read = ((pk, row) for pk, row in read if pk in only)
    if reading.known_before is None or found.model is not table.model:  # versions are what was known by then
        for _pk, row in read:
            if reading.is_past and "met_on" in row:
                _not_yet_met(row, reading)
            yield row
        return
    while chunk := list(islice(read, CHUNK)):
        yield from _known(table, reading, chunk)


def ordered(table: Table, found: QuerySet) -> QuerySet:
    """Return the rows of a query in the order of `table`: by code points, whatever the database's language is."""
    return found.order_by(*(_by_code_points(table.model, path) for path in table.order))


def _by_code_points(model: type[Model], path: str) -> Expression | F:
    is_text = isinstance(model_field(model, path), models.CharField | models.TextField)
    return Collate(F(path), "C") if is_text and connection.vendor == "postgresql" else F(path)


def _values(table: Table, reading: Reading, found: QuerySet) -> Iterator[tuple[int, Row]]:
    """Yield the key of each row and its values, as they are today."""
    read = [column for column in table.columns if column.derived is None]
    asked = {f"{PREFIX}{column.name}": _expression(table, column, reading) for column in read}
    names = [column.name for column in read]
    derived = [column for column in table.columns if column.derived is not None]
    order = table.names()
    for pk, *values in found.annotate(**asked).values_list("pk", *asked).iterator(chunk_size=CHUNK):
        row: Row = dict(zip(names, map(said, values), strict=True))
        yield pk, _derived(row, derived, order) if derived else row


def _derived(row: Row, columns: list[Column], order: list[str]) -> Row:
    for column in columns:
        row[column.name] = column.derived(row)  # type: ignore[misc]
    return {name: row[name] for name in order}


def said(value: object) -> object:
    """Return `value` as tables represent it: None for a blank text, an identifier as text."""
    if value == "":
        return None
    return str(value) if isinstance(value, UUID) else value


def _expression(table: Table, column: Column, reading: Reading) -> Expression | F:
    field = model_field(table.model, column.source)
    if field is not None and field.related_model is get_user_model():
        path = column.source
        return Trim(Concat(F(f"{path}__first_name"), Value(" "), F(f"{path}__last_name"), output_field=CharField()))
    if column.only_if:
        is_none = Q(**{f"{column.only_if}isnull": True})
        return Case(When(live(reading, column.only_if) | is_none, then=F(column.source)), default=None)
    return F(column.source)


def _known(table: Table, reading: Reading, chunk: list[tuple[int, Row]]) -> Iterator[Row]:
    """Yield the rows of `chunk` with the values that they had at the end of `known_on`."""
    if not hasattr(table.model, "history"):
        yield from (row for _pk, row in chunk)
        return
    then = versions(table.model, [pk for pk, _row in chunk], reading)
    own = [(column, own_field(table, column)) for column in table.columns]
    named = {
        column.name: _names(column, field, {row[field.attname] for row in then.values()}, reading)
        for column, field in own
        if field is not None and field.is_relation
    }
    beside = _public_beside(own, then.values(), reading)
    derived = [column for column in table.columns if column.derived is not None]
    for pk, row in chunk:
        version = then.get(pk)
        if version is not None:
            for column, field in own:
                if field is None:
                    continue
                value = version[field.attname]
                row[column.name] = named[column.name].get(value) if field.is_relation else said(value)
            for column, name, public in beside:
                if version[name] is not None and version[name] not in public:
                    row[column.name] = None
            if "met_on" in row:
                _not_yet_met(row, reading)
            if "settled_on" in row:
                _not_yet_settled(row, reading)
            _not_yet_signed(row)
            row = _derived(row, derived, table.names()) if derived else row
        yield row


def own_field(table: Table, column: Column) -> Any:
    """Return the model's own field that `column` is read from; None if it is computed, or of a signature."""
    field = model_field(table.model, column.source.split("__")[0])
    if field is None or not hasattr(field, "attname"):
        return None
    return None if field.related_model is get_user_model() else field


def _names(column: Column, field: Any, keys: Iterable[int], reading: Reading) -> dict[int, Any]:
    """Return the value of `column` for each of the records with `keys` that it may refer to."""
    found = field.related_model._base_manager.filter(pk__in=set(keys) - {None})
    if column.only_if:
        found = found.filter(live(reading))
    path = column.source.partition("__")[2]
    return {pk: said(value) for pk, value in found.values_list("pk", path)}


def _public_beside(
    own: list[tuple[Column, Any]], then: Iterable[Row], reading: Reading
) -> list[tuple[Column, str, set[int]]]:
    """Return the columns that show only beside a public record: each with the field that names it, and the public ones.

    Foreign keys are left out: `_names` has no name for a record that is not public.
    """
    found = []
    for column, field in own:
        if field is not None and not field.is_relation and column.only_if:
            other = field.model._meta.get_field(column.only_if.removesuffix("__"))
            keys = {row[other.attname] for row in then} - {None}
            public = other.related_model._base_manager.filter(live(reading), pk__in=keys)
            found.append((column, other.attname, set(public.values_list("pk", flat=True))))
    return found


def _not_yet_signed(row: Row) -> None:
    """Blank the signature ("settled_by") of an act that had no date yet ("settled_at"): signatures are current."""
    for name in [name for name in row if name.endswith("_by")]:
        if row.get(name.replace("_by", "_at"), name) is None:
            row[name] = None


def _not_yet_met(row: Row, reading: Reading) -> None:
    """Blank `met_on` if the milestone had not been met by then, or was not yet known to be."""
    if day_met(row["met_on"], row["met_recorded_at"], reading) is None:
        row["met_on"] = row["met_recorded_at"] = None


def _not_yet_settled(row: Row, reading: Reading) -> None:
    """Blank the settlement of a question that was not settled by then, or not yet known to be."""
    if row["settled_on"] is not None and not was_settled(SimpleNamespace(**row), reading):
        row["settled_on"] = row["settled_at"] = row["reason_fr"] = row["reason_en"] = None
        row["is_compatible"] = False
