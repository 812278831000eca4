"""The versions of public records that the public could read: past readings and corrections are derived from them.

A version has the columns of its table. If the record was attached elsewhere at the time, or was internal, only the
existence of the version is stated, as on the public pages.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from django.db.models import Min

from commitments.choices import ReviewState
from commitments.data.tables import TABLES, Row, Table, ordered
from commitments.data.tables.fields import Column
from commitments.data.tables.rows import own_field, said
from commitments.models import (
    Assessment,
    Citation,
    Commitment,
    Discrepancy,
    Party,
    Reviewed,
    Search,
    Sector,
    Undertaking,
)
from commitments.reading import Reading
from commitments.rules.time.corrections import shown

KEPT = (
    *("sectors", "parties", "sources", "meetings", "instruments", "commitments", "undertakings", "assessments"),
    *("milestones", "searches", "notes", "discrepancies", "claims", "citations"),
)
"""The tables whose versions are exported, each after those that it refers to."""

CHUNK = 1000


def versions(reading: Reading) -> Iterator[Row]:
    """Yield each version: its table, the key of its record, when and how it was saved, and its values."""
    for name in KEPT:
        table = TABLES[name]
        if name == "undertakings":
            yield from _roles(table, reading)
            continue
        keys = ordered(table, table.rows(reading)).values_list("pk", table.key[0]).iterator(chunk_size=CHUNK)  # type: ignore[misc]
        while chunk := list(islice(keys, CHUNK)):
            yield from _of(table, dict(chunk), reading)


class Named:
    """Collects the sectors and parties named by versions while these stream past, since they are read only once."""

    def __init__(self) -> None:
        self.asked: dict[str, set[str]] = {"sectors": set(), "parties": set()}
        self.columns = {
            name: [(item.name, item.refers) for item in TABLES[name].columns if item.refers in self.asked]
            for name in KEPT
        }

    def noting(self, told: Iterable[Row]) -> Iterator[Row]:
        """Yield `told`, versions, as they are."""
        for version in told:
            said_then = version["said"] or {}
            for column, table in self.columns[version["table"]]:
                if said_then.get(column):
                    self.asked[table].add(said_then[column])
            yield version

    def elsewhere(self, reading: Reading) -> Iterator[Row]:
        """Yield each of those that the exported tables lack, with its table, as it stands today."""
        for name, keys in self.asked.items():
            table = TABLES[name]
            known = set(table.rows(reading).values_list(table.key[0], flat=True))  # type: ignore[misc]
            rows = table.model.objects.filter(**{f"{table.key[0]}__in": keys - known}).order_by(table.key[0])
            for row in rows.values(*table.names()):
                yield {"table": name, "row": {column: said(value) for column, value in row.items()}}


def _of(table: Table, keys: dict[int, object], reading: Reading) -> Iterator[Row]:
    """Yield the versions of the records with `keys`, each with what names it."""
    model = table.model
    found = model.history.model.objects.filter(id__in=keys).order_by("history_id")
    if issubclass(model, Reviewed):
        found = found.filter(state=ReviewState.PUBLISHED)
    if reading.known_before is not None:
        found = found.filter(history_date__lt=reading.known_before)
    by_record: dict[int, list[Row]] = defaultdict(list)
    for row in found.values():
        by_record[row["id"]].append(row)
    since = {} if issubclass(model, Reviewed) else _public_since(model, list(keys), reading)
    if since:
        by_record = {pk: _from(rows, since.get(pk)) for pk, rows in by_record.items()}
    names = _names(table, [row for rows in by_record.values() for row in rows])
    attached = [model._meta.get_field(name).attname for name in model.attached_by]
    today = {row["pk"]: row for row in model._base_manager.filter(pk__in=keys).values("pk", *attached)}
    for pk, key in keys.items():
        for row in by_record.get(pk, []):
            is_told = all(row[name] == today[pk][name] for name in attached)
            yield _told(table, str(key), row, names, is_told=is_told)


def _roles(table: Table, reading: Reading) -> Iterator[Row]:
    """Yield the versions of the parties' roles, removed ones too, each named by its commitment and a number."""
    keys = shown(Commitment, reading).order_by("pk").values_list("pk", "reference", "published_at")
    rows = keys.iterator(chunk_size=CHUNK)
    history = Undertaking.history.model.objects
    while chunk := {pk: (reference, since) for pk, reference, since in islice(rows, CHUNK)}:
        found = history.filter(commitment_id__in=chunk).order_by("commitment_id", "id", "history_id")
        if reading.known_before is not None:
            found = found.filter(history_date__lt=reading.known_before)
        grouped: dict[int, dict[int, list[Row]]] = defaultdict(lambda: defaultdict(list))
        for row in found.values():
            grouped[row["commitment_id"]][row["id"]].append(row)
        names = _names(table, [row for roles in grouped.values() for held in roles.values() for row in held])
        for pk, (reference, since) in chunk.items():
            number = 0
            for role in grouped[pk].values():
                told = _from(role, since)
                if told[0]["history_type"] == "-":
                    continue  # removed before anybody could read it
                number += 1
                for row in told:
                    yield _told(table, f"{reference}#{number}", row, names, is_told=True)


def _from(rows: list[Row], since: datetime | None) -> list[Row]:
    """Return the versions from the one that held at the moment `since` on; all of them if none was saved by then."""
    if since is None:
        return rows
    before = [row for row in rows if row["history_date"] <= since]
    return [*before[-1:], *rows[len(before) :]]


def _told(table: Table, key: str, row: Row, names: dict[str, dict[int, object]], *, is_told: bool) -> Row:
    told = {}
    for column, field in own_columns(table):
        value: Any = row.get(field.attname)
        told[column.name] = names[column.name].get(value) if field.is_relation else said(value)
    return {
        "table": table.name,
        "key": key,
        "saved_at": row["history_date"],
        "act": row["history_type"],
        "said": told if is_told else None,
    }


def own_columns(table: Table) -> list[tuple[Column, Any]]:
    """Return the columns that a version has a value for, each with its field."""
    history = {field.name for field in table.model.history.model._meta.concrete_fields}
    found = [(column, own_field(table, column)) for column in table.columns]
    return [(column, field) for column, field in found if field is not None and field.name in history]


def _names(table: Table, rows: list[Row]) -> dict[str, dict[int, object]]:
    """Return the name of each key that versions refer to, by column; records that are not public have none."""
    found = {}
    for column, field in own_columns(table):
        if field.is_relation:
            model = field.related_model
            path = column.source.partition("__")[2]
            held = model._base_manager.filter(pk__in={row[field.attname] for row in rows} - {None})
            if issubclass(model, Reviewed):
                held = held.filter(state=ReviewState.PUBLISHED)
            found[column.name] = {pk: said(value) for pk, value in held.values_list("pk", path)}
    return found


def _public_since(model: Any, keys: list[int], reading: Reading) -> dict[int, datetime]:
    """Return when each record without a review state became public; its earlier versions were never readable."""
    commitments = Commitment.objects.published(reading)
    if model is Sector:
        rows = commitments.filter(sector__in=keys).order_by().values_list("sector")
        return dict(rows.annotate(since=Min("published_at")))
    if model is Party:
        found: dict[int, datetime] = {}
        for path, held in (
            ("parties", commitments),
            ("undertakings__according_to", commitments),
            ("party", shown(Assessment, reading)),
            ("party", shown(Search, reading)),
            ("participants", TABLES["meetings"].rows(reading)),  # type: ignore[misc]
            ("issuers", TABLES["instruments"].rows(reading)),  # type: ignore[misc]
        ):
            rows = held.filter(**{f"{path}__in": keys}).order_by().values_list(path).annotate(since=Min("published_at"))
            for key, since in rows:
                found[key] = min(since, found.get(key, since))
        return found
    # A claim is public once its question is, and a passage that makes it.
    asked = dict(Discrepancy.objects.published(reading).filter(claims__in=keys).values_list("claims", "published_at"))
    passages = Citation.objects.published(reading).filter(claim__in=keys).order_by().values_list("claim")
    made = dict(passages.annotate(since=Min("published_at")))
    return {key: max(since, made[key]) for key, since in asked.items() if key in made}
