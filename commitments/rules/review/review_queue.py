"""What waits for review: for whom, since when, with which objections. Used by the desk's pages and reminders."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import CharField, Prefetch, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from commitments.choices import ReviewState
from commitments.models import (
    Assessment,
    Citation,
    Commitment,
    Countersigned,
    Discrepancy,
    FollowUpNote,
    Instrument,
    Meeting,
    Milestone,
    Reviewed,
    Search,
    Source,
)
from commitments.rules.judging import evidence
from commitments.rules.people import Account
from commitments.rules.review import publication

KINDS: tuple[type[Reviewed], ...] = (
    Assessment,
    Commitment,
    Milestone,
    Search,
    FollowUpNote,
    Discrepancy,
    Citation,
    Source,
    Instrument,
    Meeting,
)
"""The kinds of records that go through review, in the order in which people work on them."""

_SHOWN_WITH = {
    "assessment": ("supersedes",),
    "commitment": ("instrument__meeting",),
    "discrepancy": ("meeting",),
    "citation": ("assessment__party",),
    "search": ("milestone", "party"),
    "instrument": ("meeting",),
}
"""The related records that a line of the queue, and the rules about it, read beside those of its name."""


class Key(NamedTuple):
    """The place of a proposal in the queue: since when it waits, its kind, its primary key."""

    since: datetime
    kind: str
    id: int


class Proposal(NamedTuple):
    """A line of the queue: the record, since when and for how many days it waits, and the objections to it.

    `is_own` says whether the reader proposed it, or changed it in review.
    """

    record: Reviewed
    since: datetime
    days: int
    is_own: bool
    objections: list[evidence.Objection]


@dataclass(frozen=True)
class Awaiting:
    """The records in review that somebody may publish, by kind (the model's name); every kind they may publish."""

    by_kind: Mapping[str, QuerySet]

    def count(self) -> int:
        """Return how many there are, in one query."""
        lines = self.lines()
        return 0 if lines is None else lines.count()

    def only(self, *, kind: str = "", proposed_by: int | None = None) -> "Awaiting":
        """Return those of one kind, or proposed by one person; all of them if neither is given."""
        kept = {name: rows for name, rows in self.by_kind.items() if kind in ("", name)}
        if proposed_by is not None:
            kept = {name: rows.filter(proposed_by=proposed_by) for name, rows in kept.items()}
        return Awaiting(kept)

    def lines(self) -> QuerySet | None:
        """Return (since, kind, key, proposer's key) of each, the oldest first; None if no kind is left."""
        parts = [self._part(name, rows) for name, rows in self.by_kind.items()]
        if not parts:
            return None
        whole = parts[0].union(*parts[1:], all=True) if parts[1:] else parts[0]
        return whole.order_by("since", "noun", "id")

    def first(self, *, after: Key | None = None) -> Key | None:
        """Return the oldest, or the one that follows `after` in the queue; None if there is none."""
        left = self.by_kind if after is None else {n: _following(n, r, after) for n, r in self.by_kind.items()}
        lines = Awaiting(left).lines()
        row = None if lines is None else next(iter(lines[:1]), None)
        return None if row is None else Key(*row[:3])

    def proposers(self) -> list[int]:
        """Return the primary keys of the people who proposed something that waits."""
        parts = [rows.order_by().values_list("proposed_by_id") for rows in self.by_kind.values()]
        if not parts:
            return []
        return [number for (number,) in parts[0].union(*parts[1:]) if number is not None]

    @staticmethod
    def _part(kind: str, rows: QuerySet) -> QuerySet:
        named = rows.order_by().annotate(since=_since(), noun=Value(kind, output_field=CharField()))
        return named.values_list("since", "noun", "id", "proposed_by_id")


def awaiting(user: Account, *, decidable: bool = False) -> Awaiting:
    """Return the records in review of the kinds that `user` may publish.

    With `decidable`, without those that the two-person rule keeps `user` from publishing.
    """
    found = {}
    for model in KINDS:
        name = str(model._meta.model_name)
        if not user.has_perm(f"{model._meta.app_label}.publish_{name}"):
            continue
        found[name] = model._default_manager.filter(state=ReviewState.IN_REVIEW)
        if decidable and issubclass(model, Countersigned) and not settings.TRACKER_SINGLE_PERSON_DESK:
            found[name] = found[name].exclude(publication.signed_by(user, model))
    return Awaiting(found)


def key(record: Reviewed) -> Key:
    """Return the place in the queue of `record`, which is in review."""
    return Key(record.proposed_at or record.recorded_at, str(record._meta.model_name), record.pk)


def days_waiting(record: Reviewed) -> int:
    """Return for how many days `record`, which is in review, has been waiting."""
    return max(0, (timezone.localdate() - timezone.localtime(key(record).since).date()).days)


def following(user: Account, place: Key, queue: Awaiting | None = None) -> Key | None:
    """Return what `user` may decide next after the proposal at `place`; past the end, start again with the oldest.

    `queue` is what `user` works through, by default all that they may decide. None if nothing else waits.
    """
    queue = awaiting(user, decidable=True) if queue is None else queue
    found = queue.first(after=place) or queue.first()
    return None if found is None or found[1:] == place[1:] else found


def proposals(lines: Iterable[Any], *, by: Account) -> list[Proposal]:
    """Return the proposals of `lines` (a stretch of `Awaiting.lines`) as `by` sees them.

    The number of queries depends on the kinds among them, not on how many there are. Any that were decided since the
    lines were read are left out.
    """
    lines = list(lines)
    wanted: dict[str, list[int]] = defaultdict(list)
    for _since_when, kind, number, _proposer in lines:
        wanted[kind].append(number)
    held = {kind: _with_all_the_rules_read(kind).in_bulk(keys) for kind, keys in wanted.items()}
    signed = {model._meta.model_name: _signed(model, by, wanted) for model in KINDS if issubclass(model, Countersigned)}
    found = []
    for since, kind, number, proposer in lines:
        record = held[kind].get(number)
        if record is None:
            continue
        own = number in signed[kind] if kind in signed else proposer == by.pk
        objections = publication.obstacles(record, by=by, own=own)
        found.append(Proposal(record, since, days_waiting(record), own, objections))
    return found


def _signed(model: type[Countersigned], by: Account, wanted: Mapping[str, list[int]]) -> set[int]:
    """Return the keys of those `wanted` of `model` that `by` proposed or changed in review."""
    keys = wanted.get(str(model._meta.model_name))
    rows = model._default_manager.filter(publication.signed_by(by, model), pk__in=keys or []).order_by()
    return set(rows.values_list("pk", flat=True)) if keys else set()


def _since() -> Coalesce:
    return Coalesce("proposed_at", "recorded_at")


def _following(kind: str, rows: QuerySet, place: Key) -> QuerySet:
    """Return those of `rows`, of one kind, that come after `place`."""
    rows = rows.annotate(waiting_since=_since())
    later = Q(waiting_since__gt=place.since)
    if kind > place.kind:
        later |= Q(waiting_since=place.since)
    elif kind == place.kind:
        later |= Q(waiting_since=place.since, pk__gt=place.id)
    return rows.filter(later)


def _with_all_the_rules_read(kind: str) -> QuerySet:
    """Return the rows of `kind` with all that the rules of publication read, prefetched."""
    model = next(model for model in KINDS if model._meta.model_name == kind)
    rows: Any = model.objects.named().select_related("proposed_by", *_SHOWN_WITH.get(kind, ()))  # type: ignore[attr-defined]
    passages = Citation.objects.with_source()
    if model is Citation:
        return rows.with_targets()
    if model in (Source, Search):
        return rows
    if model is Discrepancy:
        return rows.prefetch_related("claims", Prefetch("claims__citations", passages))
    rows = rows.prefetch_related(Prefetch("citations", passages))
    return rows.prefetch_related("undertakings") if model is Commitment else rows
