"""Recent changes: what was published or withdrawn, milestones recorded as met, discrepancies settled."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db.models import CharField, Count, Value
from django.db.models.functions import TruncDate

from commitments.choices import Basis, DiscrepancyOutcome
from commitments.models import Assessment, Commitment, Discrepancy, FollowUpNote, Milestone, Record, Reviewed, Search
from commitments.public.lists.apart import Apart
from commitments.reading import Reading
from commitments.rules.time.rewind import rewind_attached

SHOWN = 8
"""How many changes the home page shows."""

NAMED = 3
"""Up to how many records of a kind made public on the same day are named one by one."""


class Change(NamedTuple):
    """One line: the day, what happened, the record it happened to; or how many if there are too many to name."""

    day: date
    kind: str
    record: Reviewed | None = None
    n: int = 1

    @property
    def apart(self) -> Apart | None:
        """What became public, if that is no commitment."""
        return Apart(Basis(self.kind), self.n) if self.kind in Basis.not_undertaken() else None


def recent(reading: Reading, beside: Sequence[Discrepancy] = ()) -> list[Change]:
    """Return the latest changes known for `reading`, newest first; what is shown `beside` them is rewound with them."""
    commitments = Commitment.objects.published(reading).held(reading)
    discrepancies = Discrepancy.objects.published(reading)
    signed = discrepancies.with_day_signed(reading)
    assessments = Assessment.objects.held(reading).select_related("commitment", "party")
    searches = Search.objects.held(reading).select_related("commitment", "party", "milestone")
    notes = FollowUpNote.objects.published(reading).held(reading).named()
    steps = Milestone.objects.published(reading).met(reading).named()
    counted = {
        "commitment": commitments.undertaken(),
        **{basis.value: commitments.filter(basis=basis) for basis in Basis.not_undertaken()},
        "discrepancy": discrepancies,
        "settled": signed.ended(DiscrepancyOutcome.ADOPTED, reading),
        "compatible": signed.ended(DiscrepancyOutcome.COMPATIBLE, reading),
        "search": searches.published(reading),
    }
    changes = [
        *_by_day(counted, {"settled": "signed_at", "compatible": "signed_at"}),
        *_one_by_one("assessment", assessments.published(reading)),
        *_one_by_one("withdrawal", assessments.withdrawn(reading), moment="withdrawn_at"),
        *_one_by_one("search withdrawn", searches.withdrawn(reading), moment="withdrawn_at"),
        *_one_by_one("note", notes),
        *_one_by_one("step", steps, moment="met_recorded_at"),
    ]
    named = [change.record for change in changes if change.record]
    kept = {id(record) for record in known(named, reading, beside)}
    told = [change for change in changes if change.record is None or id(change.record) in kept]
    return sorted(told, key=lambda change: change.day, reverse=True)[:SHOWN]


def _by_day(kinds: dict[str, Any], moments: dict[str, str]) -> list[Change]:
    """Return what became public, or what `moments` says, by day: named if there are few of a kind, else counted.

    One query finds the last days of all kinds together, since each of them makes a line, and one the records of a kind.
    """
    dated = {
        kind: rows.order_by().annotate(day=TruncDate(moments.get(kind, "published_at"))) for kind, rows in kinds.items()
    }
    counts = [
        rows.annotate(what=Value(kind, output_field=CharField())).values_list("day", "what").annotate(n=Count("pk"))
        for kind, rows in dated.items()
    ]
    days = list(counts[0].union(*counts[1:], all=True).order_by("-day", "what")[:SHOWN])
    changes = []
    for kind, rows in dated.items():
        mine = {day: n for day, what, n in days if what == kind}
        changes += [Change(day, kind, n=n) for day, n in mine.items() if n > NAMED]
        few = [day for day, n in mine.items() if n <= NAMED]
        if few:
            last = rows.filter(day__in=few).order_by(f"-{moments.get(kind, 'published_at')}", "-pk")
            changes += [Change(record.day, kind, record) for record in last]
    return changes


def _one_by_one(kind: str, queryset: Any, *, moment: str = "published_at") -> list[Change]:
    """Return what became public last (or what `moment` says), each named."""
    latest = queryset.order_by(f"-{moment}", "-pk")[:SHOWN]
    return [Change(getattr(record, moment).date(), kind, record) for record in latest]


def known(records: list[Any], reading: Reading, beside: Sequence[Record] = ()) -> list[Any]:
    """Return `records` as of `known_on`, without those that were not public then or were on another record.

    The commitments, steps, texts, meetings and parties that they are about are rewound with them,
    and so is what stands `beside` them.
    """
    about = [getattr(record, name, None) for record in records for name in ("commitment", "party", "milestone")]
    noted = [record.target for record in records if isinstance(record, FollowUpNote)]
    return rewind_attached(reading, records, filter(None, about), noted, beside)
