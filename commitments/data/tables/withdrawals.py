"""The withdrawals: what was withdrawn, when, why and by whom; none of its content."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from commitments.data.tables.declared import TABLE_OF
from commitments.data.tables.fields import Row
from commitments.models import Assessment, Attached, Citation, Commitment, FollowUpNote, Reviewed, Search
from commitments.reading import Reading
from commitments.rules.time.corrections import WITHDRAWABLE, withdrawn
from commitments.rules.time.rewind import rewind

CHUNK = 2000

OF_A_DAY: dict[type, str] = {Assessment: "as_of", FollowUpNote: "dated", Search: "searched_on"}
"""The nouns whose records are named by their day, each with the field that holds it."""


def withdrawn_rows(model: type[Reviewed], reading: Reading) -> Any:
    """Return the rows of `model` that were public and, for `reading`, are withdrawn, in the order of their records."""
    rows = withdrawn(model, reading).named().select_related("withdrawn_by").order_by("pk")
    return rows.with_targets() if model is Citation else rows


def withdrawals(reading: Reading) -> Iterator[Row]:
    """Yield a row for each withdrawal that `reading` shows, table by table."""
    for model in WITHDRAWABLE:
        rows = withdrawn_rows(model, reading).iterator(chunk_size=CHUNK)
        while chunk := list(islice(rows, CHUNK)):
            rewind(reading, chunk)
            yield from map(row_of, chunk)


def row_of(record: Any) -> Row:
    """Return the withdrawal row of `record`."""
    target: Any = record.target if isinstance(record, Attached) else None
    commitment = target if isinstance(target, Commitment) else getattr(target or record, "commitment", None)
    return {
        "table": TABLE_OF[type(record)],
        "key": key_of(record),
        "commitment": commitment and commitment.reference,
        "source": record.source.reference if isinstance(record, Citation) else None,
        "target": target and TABLE_OF[type(target)],
        "target_key": target and key_of(target),
        "day": getattr(record, OF_A_DAY[type(record)]) if type(record) in OF_A_DAY else None,
        "withdrawn_at": record.withdrawn_at,
        "withdrawn_by": record.withdrawn_by.get_full_name() or None,
        "reason": record.withdrawal_reason,
    }


def key_of(record: Any) -> str:
    """Return the key of `record` in every table: its reference, else its identifier."""
    return str(getattr(record, "reference", None) or record.uid)
