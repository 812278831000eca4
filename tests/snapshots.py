"""Rows that many tests begin with: made once in a run by the code under test, then put back as they stood.

Making the seed articles takes every rule and some ten seconds of processor; putting their rows back takes a tenth of
one. Whatever is made from the same rows at the same moment is the same, so a snapshot is known by its name, what was
on file before, and the frozen time. It has only what was added: who makes one changes no row that was there before.
"""

import hashlib
import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import time
from pathlib import Path
from typing import Any, NamedTuple

import time_machine
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.utils import timezone

from commitments.models import Revision
from commitments.rules import revision
from tests import factories
from tests.databases import locked

folder: Path | None = None
"""Where the processes of this run share what they made; `tests/conftest.py` says."""

MIGRATED = {"contenttypes.contenttype", "auth.permission", "auth.group", "auth.group_permissions"}
"""The tables in which migrating leaves rows: they are the same in every test, but for one that is about them."""

Keys = dict[type[models.Model], set[str]]
"""The primary keys on file, as text, by model."""

_held: dict[str, list["_Rows"]] = {}
_migrated: list["_Rows"] = []


class _Rows(NamedTuple):
    """Rows of one table, as the database itself gave them: tuples on SQLite, the text of a COPY on PostgreSQL."""

    label: str
    columns: list[str]
    rows: Any


def put(name: str, make: Callable[[], object], *, is_shared: bool = False) -> None:
    """Put on file what `make` makes: by calling it the first time, and by putting its rows back after that.

    `is_shared` lets the other processes of the run have them too: for what takes longer to make than to read. Their
    revision is then the same each time, so that a process may keep what it made of them: a test that changes such rows
    behind the rules, or a setting that pages depend on, raises it first (`revision.advance`).
    """
    before = _keys()
    key = _key(name, before)
    if key in _held:
        _insert(_held[key])
    elif not is_shared or folder is None:
        _held[key] = _made(make, before)
        return
    else:
        path = folder / f"{name}-{key}.pickle"
        with locked(path.with_suffix(".lock")):
            if not path.exists():
                with factories.numbered_apart():
                    _held[key] = _made(make, before)
                writing = path.with_suffix(".writing")
                writing.write_bytes(pickle.dumps(_held[key]))
                writing.rename(path)
                return
        _held[key] = pickle.loads(path.read_bytes())  # noqa: S301 - written above, in this run
        _insert(_held[key])
    if not is_shared or Revision in before:
        revision.advance()  # what the process keeps of pages is of other rows: a test may change some behind it


def note_what_is_migrated() -> None:
    """Remember the rows of a database in which nothing was done but migrating, for `take_all_away`."""
    if not _migrated:
        _migrated.extend(_rows(model, set()) for model in _models() if model._meta.label_lower in MIGRATED)


def take_all_away() -> None:
    """Leave the database as migrating left it, for whoever comes after a test that committed.

    Django's own flush takes the desk's groups away too, and makes the permissions anew every time.
    """
    with _unchecked() as cursor:
        for model in _keys():
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(model._meta.db_table)}")  # noqa: S608 - our names
        _copy_in(cursor, _migrated)
    ContentType.objects.clear_cache()  # a test that migrates gives them other keys


def _models() -> list[type[models.Model]]:
    return [model for model in apps.get_models(include_auto_created=True) if model._meta.managed]


def _keys() -> Keys:
    """Return the keys of every table that has rows, in one query."""
    kinds = {model._meta.db_table: model for model in _models()}
    asked = [
        f"SELECT '{table}', CAST({connection.ops.quote_name(model._meta.pk.column)} AS text) "  # noqa: S608 - our names
        f"FROM {connection.ops.quote_name(table)}"
        for table, model in kinds.items()
    ]
    found: Keys = {}
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(asked))
        for table, key in cursor.fetchall():
            found.setdefault(kinds[table], set()).add(key)
    return found


def _key(name: str, before: Keys) -> str:
    """Return what a snapshot is known by; memberships of groups may have any keys, since accounts have their own."""
    moment = timezone.now().isoformat() if time_machine.escape_hatch.is_travelling() else "as it is"
    told = sorted(
        (model._meta.label_lower, sorted(keys))
        for model, keys in before.items()
        if model._meta.app_label == "commitments" or model._meta.label == "auth.User"
    )
    return hashlib.sha256(repr((name, connection.vendor, moment, told)).encode()).hexdigest()[:16]


def _made(make: Callable[[], object], before: Keys) -> list[_Rows]:
    there = {model: _rows(model, set()).rows for model in before if model is not Revision}
    make()
    after = _keys()
    changed = [model for model, rows in there.items() if rows != _rows(model, after[model] - before[model]).rows]
    assert not changed, f"Rows that were there before were changed; a snapshot would not have it: {changed}"
    return [_rows(model, before.get(model, set())) for model in after if after[model] - before.get(model, set())]


def _rows(model: type[models.Model], without: set[str]) -> _Rows:
    """Return the rows of `model`, but for those whose keys are in `without`."""
    quote = connection.ops.quote_name
    columns = [field.column for field in model._meta.concrete_fields]
    select = f"SELECT {', '.join(map(quote, columns))} FROM {quote(model._meta.db_table)}"  # noqa: S608 - our names
    if without:
        select += f" WHERE CAST({quote(model._meta.pk.column)} AS text) NOT IN ({', '.join(map(_literal, without))})"
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(select)
            return _Rows(model._meta.label, columns, [tuple(map(_written, row)) for row in cursor.fetchall()])
        with cursor.copy(f"COPY ({select}) TO STDOUT") as copy:
            return _Rows(model._meta.label, columns, b"".join(copy))


def _written(value: Any) -> Any:
    """Return a value as SQLite takes it: of what it gives, it takes all but times of the day."""
    return str(value) if isinstance(value, time) else value


def _literal(key: str) -> str:
    return "'" + key.replace("'", "''") + "'"


def _insert(found: list[_Rows]) -> None:
    with _unchecked() as cursor:
        _copy_in(cursor, found)


@contextmanager
def _unchecked() -> Iterator[Any]:
    """Give a cursor in a transaction in which PostgreSQL, where it may, looks nothing up for each row's references."""
    with transaction.atomic(), connection.cursor() as cursor:
        status = connection.connection.info.parameter_status if connection.vendor == "postgresql" else {}.get
        is_superuser = status("is_superuser") == "on"
        if is_superuser:
            cursor.execute("SET LOCAL session_replication_role = replica")
        yield cursor
        if is_superuser:
            cursor.execute("SET LOCAL session_replication_role = origin")


def _copy_in(cursor: Any, found: list[_Rows]) -> None:
    quote = connection.ops.quote_name
    kinds = [apps.get_model(rows.label) for rows in found]
    for model, (_label, columns, rows) in zip(kinds, found, strict=True):
        into = f"{quote(model._meta.db_table)} ({', '.join(map(quote, columns))})"
        if connection.vendor == "sqlite":
            places = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {into} VALUES ({places})", rows)  # noqa: S608 - our names
        else:
            with cursor.copy(f"COPY {into} FROM STDIN") as copy:
                copy.write(rows)
    for statement in connection.ops.sequence_reset_sql(no_style(), kinds):
        cursor.execute(statement)
