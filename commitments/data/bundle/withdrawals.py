"""Loads the withdrawals of a bundle: what, when, why and by whom. It holds none of the withdrawn content."""

from collections.abc import Callable
from typing import Any

from django.db import models

from commitments.choices import Basis, InstrumentKind, ReviewState, Status, Visibility
from commitments.data.bundle.archive import Bundle, wrong
from commitments.data.bundle.versions import Keys
from commitments.data.tables import TABLES, Row
from commitments.models import TARGETS, Instrument, Sector
from commitments.models.base import Countersigned
from commitments.models.wording import language_of

PLACEHOLDER = "contenu-non-repris"
"""Reference of the placeholders, an unpublished sector and instrument, that withdrawn commitments are attached to."""

UNSAID = "…"
"""Placeholder for required text."""


def load_withdrawals(bundle: Bundle, keys: Keys, sign: Callable[[str | None, str], int]) -> int:
    """Load the withdrawals; return how many there are. Raises Unreadable for one of no known table."""
    n = 0
    for number, row in bundle.rows("withdrawals"):
        if row["table"] not in KINDS:
            raise wrong("data/withdrawals.jsonl", number, row["table"])
        model = TABLES[row["table"]].model
        fields = {
            "state": ReviewState.WITHDRAWN,
            "recorded_at": row["withdrawn_at"],
            "published_at": row["withdrawn_at"],
            "published_by_id": sign(None, "published_by"),
            "withdrawn_at": row["withdrawn_at"],
            "withdrawn_by_id": sign(row["withdrawn_by"], "withdrawn_by"),
            "withdrawal_reason": row["reason"],
            TABLES[row["table"]].key[0]: row["key"],
            **dict.fromkeys(_required_texts(model), UNSAID),
            **KINDS[row["table"]](row, keys),
        }
        if issubclass(model, Countersigned):
            fields["proposed_by_id"] = sign(None, "proposed_by")
        record: Any = model(**fields)
        models.QuerySet(model).bulk_create([record])
        keys[row["table"]][row["key"]] = record.pk
        n += 1
    return n


def _required_texts(model: Any) -> list[str]:
    return [field.name for field in model._meta.concrete_fields if language_of(field.name) == "fr" and not field.blank]


def _commitment(row: Row, keys: Keys) -> dict[str, object]:
    sector, _made = Sector.objects.get_or_create(slug=PLACEHOLDER, defaults={"name_fr": UNSAID, "position": 999})
    instrument, _made = Instrument.objects.get_or_create(
        reference=PLACEHOLDER, defaults={"kind": InstrumentKind.PRESS_REPORT, "title_fr": UNSAID}
    )
    return {
        "sector": sector,
        "instrument": instrument,
        "basis": Basis.AGREED,
        "made_on": row["withdrawn_at"].date(),
    }


def _hung(row: Row, keys: Keys) -> dict[str, object]:
    return {"commitment_id": keys["commitments"][row["commitment"]]}


def _attached(row: Row, keys: Keys) -> dict[str, object]:
    return {TARGETS_BY_TABLE[row["target"]]: keys[row["target"]][row["target_key"]]}


TARGETS_BY_TABLE = {
    column.refers: f"{column.name}_id" for column in TABLES["citations"].columns if column.name in TARGETS
}
"""The foreign key to a row of each table that passages, and of some that notes, are attached to."""

KINDS: dict[str, Callable[[Row, Keys], dict[str, object]]] = {
    "commitments": _commitment,
    "assessments": lambda row, keys: {**_hung(row, keys), "as_of": row["day"], "status": Status.ABANDONED},
    "searches": lambda row, keys: {**_hung(row, keys), "searched_on": row["day"]},
    "milestones": _hung,
    "notes": lambda row, keys: {**_attached(row, keys), "dated": row["day"], "visibility": Visibility.PUBLIC},
    "citations": lambda row, keys: {
        "source_id": keys["sources"][row["source"]],
        **_attached(row, keys),
        "exact": UNSAID,
    },
    "sources": lambda row, keys: {},
    "meetings": lambda row, keys: {"starts_on": row["withdrawn_at"].date()},
    "instruments": lambda row, keys: {"kind": InstrumentKind.PRESS_REPORT},
    "discrepancies": lambda row, keys: {},
}
"""For each table, the required fields of a record withdrawn from it, beside its texts."""
