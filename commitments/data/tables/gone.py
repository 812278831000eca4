"""The withdrawals: what was withdrawn, when, why and by whom; none of its content."""

from collections.abc import Iterator
from typing import Any

from commitments.data.tables.fields import Row
from commitments.data.tables.shared import TABLE_OF
from commitments.models import Assessment as Judgement
from commitments.models import Citation, Commitment, FollowUpNote, Milestone, Reviewed
from commitments.models.citations import TARGETS
from commitments.reading import Reading
from commitments.rules.corrections import WITHDRAWABLE, withdrawn

CHUNK = 2000


def gone(model: type[Reviewed], reading: Reading) -> Any:
    """Return the rows of `model` that were public and, for `reading`, are withdrawn, in the order of their records."""
    rows = withdrawn(model, reading).select_related("withdrawn_by").order_by("pk")
    if model in (Judgement, Milestone, FollowUpNote):
        rows = rows.select_related("commitment")
    return rows.with_source().with_targets() if model is Citation else rows


def withdrawals(reading: Reading) -> Iterator[Row]:
    """Yield a row for each withdrawal that `reading` shows, table by table."""
    for model in WITHDRAWABLE:
        for record in gone(model, reading).iterator(chunk_size=CHUNK):
            yield told(record)


def told(record: Any) -> Row:
    """Return the withdrawal row of `record`."""
    found: Row = {
        "table": TABLE_OF[type(record)],
        "key": key_of(record),
        "commitment": None,
        "source": None,
        "target": None,
        "target_key": None,
        "day": None,
        "withdrawn_at": record.withdrawn_at,
        "withdrawn_by": record.withdrawn_by.get_full_name() or None,
        "reason": record.withdrawal_reason,
    }
    match record:
        case Judgement():
            found |= {"commitment": record.commitment.reference, "day": record.as_of}
        case FollowUpNote():
            found |= {"commitment": record.commitment.reference, "day": record.dated}
        case Milestone():
            found["commitment"] = record.commitment.reference
        case Citation():
            target: Any = record.target
            found |= {"source": record.source.reference, "target": TABLE_OF[type(target)]}
            found["target_key"] = key_of(target)
            if isinstance(target, Commitment):
                found["commitment"] = target.reference
            elif record.target_name in TARGETS[1:4]:
                found["commitment"] = target.commitment.reference
    return found


def key_of(record: Any) -> str:
    """Return the key of `record` in every table: its reference, else its identifier."""
    return str(getattr(record, "reference", None) or record.uid)
