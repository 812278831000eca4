"""Loads the versions of a bundle as the edit history of the records that were loaded from it."""

from collections.abc import Iterator
from itertools import groupby, islice
from typing import Any

from django.db import connection, models
from django.utils.translation import gettext as _

from commitments.choices import ReviewState
from commitments.data.bundle.archive import ODD, READ, Bundle, Unreadable, values, wrong
from commitments.data.bundle.history import own_columns
from commitments.data.tables import TABLES, Row, Table
from commitments.models import Record, Reviewed, Undertaking, Version
from commitments.rules.text import web_address

FILE = "history/versions.jsonl"
CHUNK = 1000

ACTS = {act: act for act in "+~-"}
"""How a version came to be: made, changed, removed."""

Keys = dict[str, dict[str, int]]
"""By table, the primary key that each key has here."""


def load_roles(bundle: Bundle, keys: Keys) -> tuple[list[Undertaking], dict[str, int]]:
    """Return the roles of parties to insert, numbered in order, and the number of each by its name in the versions.

    A removed role has a number too, never given to another: its versions carry it.
    """
    last: dict[str, Row] = {}
    for _number, row in bundle.lines(FILE):
        if row["table"] == "undertakings":
            last[row["key"]] = row
    waiting = {tuple(row.values()): row for _number, row in bundle.rows("undertakings")}
    roles, numbers = [], {}
    for number, (name, row) in enumerate(last.items(), start=1):
        numbers[name] = number
        if row["act"] != "-":
            said = tuple(row["said"][column] for column in TABLES["undertakings"].names())
            if said not in waiting:
                raise Unreadable(
                    _("%(file)s : %(name)s n’est pas dans data/undertakings.") % {"file": FILE, "name": name}
                )
            roles.append(_role(number, waiting.pop(said), keys))
    for number, row in enumerate(waiting.values(), start=len(last) + 1):
        roles.append(_role(number, row, keys))
    return roles, numbers


def _role(number: int, row: Row, keys: Keys) -> Undertaking:
    return Undertaking(
        pk=number,
        commitment_id=keys["commitments"][row["commitment"]],
        party_id=keys["parties"][row["party"]],
        role=row["role"],
        according_to_id=keys["parties"][row["according_to"]] if row["according_to"] else None,
    )


def number_on(model: type[Record], last: int) -> None:
    """Reset the primary key sequence to continue after `last`."""
    table, key = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, %s), %s)", [table, key, max(last, 1)])
        else:
            cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, last])


def load_versions(bundle: Bundle, keys: Keys, roles: dict[str, int]) -> int:
    """Write the versions of `bundle`; return how many there are. Raises Unreadable for one of no record loaded."""
    n = 0
    for name, rows in groupby(bundle.lines(FILE), key=lambda item: item[1].get("table", "")):
        if name not in TABLES:
            raise Unreadable(f"{FILE}: {name}")
        table = TABLES[name]
        while chunk := list(islice(rows, CHUNK)):
            history = list(_versions(table, chunk, keys, roles if table.model is Undertaking else keys[name]))
            table.model.history.model._default_manager.bulk_create(history)
            n += len(history)
    return n


def _versions(table: Table, chunk: list[tuple[int, Row]], keys: Keys, numbers: dict[str, int]) -> Iterator[Version]:
    """Yield the history rows that `chunk` stands for; values that its lines omit are those of the record today."""
    model, history = table.model, table.model.history.model
    try:
        pks = [numbers[row["key"]] for _number, row in chunk]
    except KeyError as error:
        raise Unreadable(_("%(file)s : %(name)s n’est pas dans le lot.") % {"file": FILE, "name": error}) from error
    records: dict[int, Any] = models.QuerySet(model).in_bulk(set(pks))
    tracked = [field.attname for field in history.tracked_fields]
    for (number, row), pk in zip(chunk, pks, strict=True):
        try:
            fields = {name: getattr(records[pk], name) for name in tracked} if pk in records else {}
            fields["id"] = pk
            if row["said"] is None:
                # Attached elsewhere or internal at the time: only the existence of the version is public.
                fields |= {name: None for name in fields if name.endswith("_id")}
            else:
                fields |= _said(table, values(row["said"], table.described, FILE, number), keys)
                check_address(fields.get("url", ""))
            if issubclass(model, Reviewed):
                fields["state"] = ReviewState.PUBLISHED
            yield history(history_date=READ["datetime"](row["saved_at"]), history_type=ACTS[row["act"]], **fields)
        except ODD as error:
            if isinstance(error, Unreadable):
                raise
            raise wrong(FILE, number, error) from error


def check_address(url: str) -> None:
    """Check that `url` is empty or a web address. Raises ValidationError for any other: no page may link to it."""
    if url:
        web_address.check(url)


def stored(field: models.Field, value: object) -> object:
    """Return `value` as `field` stores it: blank text as an empty string."""
    return "" if value is None and not field.null else value


def _said(table: Table, said: Row, keys: Keys) -> dict[str, object]:
    found: dict[str, object] = {}
    for column, field in own_columns(table):
        value = said[column.name]
        if field.is_relation:
            found[field.attname] = keys[column.refers].get(value)
        else:
            found[field.attname] = stored(field, value)
    return found
