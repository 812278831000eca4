"""Which records a change affects: those to be indexed again, since their words may have changed."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Q, QuerySet

from commitments.models import (
    Assessment,
    Citation,
    Commitment,
    Discrepancy,
    FollowUpNote,
    Instrument,
    Meeting,
    Milestone,
    Party,
    Search,
    Sector,
    Source,
)
from commitments.models.discrepancies import Claim
from commitments.rules.search.entries import ENTRIES

Place = tuple[str, int]
"""What leads to records: a noun, as a citation names its targets, and a primary key."""

BELOW = "below "
"""What the nouns begin with of records that were shown or hidden, with what is public only with them."""

OWNED: Mapping[str, Any] = {"assessment": Assessment, "milestone": Milestone, "note": FollowUpNote, "claim": Claim}
"""The kinds of records on the page of another that have passages, by the names of a citation's targets."""

OWNERS = {
    "commitment_id": "commitment",
    "assessment__commitment_id": "commitment",
    "milestone__commitment_id": "commitment",
    "note_id": "note",
    "note__commitment_id": "commitment",
    "note__meeting_id": "meeting",
    "note__instrument_id": "instrument",
    "claim__discrepancy_id": "discrepancy",
    "meeting_id": "meeting",
    "instrument_id": "instrument",
}
"""The lookups from a passage to the records that are found by it, each with its kind."""


def touched(record: Any, *, is_shown: bool = True) -> set[Place]:
    """Return what leads `entries_of` to the records that are found by words of `record`.

    `is_shown` says that it may have become public or ceased to be: what is public only with it is affected too.
    """
    match record:
        case Assessment() | Milestone() if record.commitment_id:
            found = {(_noun(record), record.pk), ("commitment", record.commitment_id)}
        case Search() if record.commitment_id:
            found = {("search", record.pk), ("commitment", record.commitment_id)}
        case FollowUpNote():
            found = {("note", record.pk), *_targets(record)}
        case Claim() if record.discrepancy_id:
            found = {("claim", record.pk), ("discrepancy", record.discrepancy_id)}
        case Citation():
            return {*_targets(record), ("passages", record.source_id)} if record.source_id else _targets(record)
        case Commitment() | Source() | Discrepancy() | Meeting() | Instrument() | Party() | Sector():
            found = {(_noun(record), record.pk)}
        case _:
            return set()
    return found | {(f"{BELOW}{noun}", key) for noun, key in found} if is_shown else found


def entries_of(touched: Iterable[Place]) -> set[Place]:
    """Return the records to index again for `touched`.

    They are those themselves, the records that they belong to, quote or name, and the sources whose passages are public
    with them.
    """
    by_noun: dict[str, set[int]] = defaultdict(set)
    for noun, key in touched:
        by_noun[noun].add(key)
    for noun, model in OWNED.items():
        if by_noun[noun]:
            _add_owners(by_noun, model._base_manager.filter(pk__in=by_noun[noun]), model)
    quoting = by_noun["source"].copy()
    by_noun["source"] |= by_noun["passages"]
    _add_those_below(by_noun)
    if quoting:
        rows = Citation.objects.filter(source__in=quoting).order_by().values_list(*OWNERS)
        for keys in rows:
            for name, key in zip(OWNERS.values(), keys, strict=True):
                by_noun[name].add(key or 0)
    if by_noun["meeting"]:
        for kind, model in (("instrument", Instrument), ("discrepancy", Discrepancy)):
            by_noun[kind] |= set(model.objects.filter(meeting__in=by_noun["meeting"]).values_list("pk", flat=True))
    if by_noun["party"]:
        for kind, through in (("meeting", Meeting.participants.through), ("instrument", Instrument.issuers.through)):
            rows = through._default_manager.filter(party__in=by_noun["party"])
            by_noun[kind] |= set(rows.values_list(f"{kind}_id", flat=True))
    return {(kind, key) for kind in ENTRIES for key in by_noun[kind] if key}


def _noun(record: Any) -> str:
    return record._meta.model_name or ""


def _targets(record: Citation | FollowUpNote) -> set[Place]:
    return {(name, key) for name in record.targets if (key := getattr(record, f"{name}_id"))}


def _add_owners(by_noun: dict[str, set[int]], rows: QuerySet, model: Any) -> None:
    """Add to `by_noun` the records that `rows` of `model`, one of OWNED, are on the pages of."""
    names = [name for name in ("commitment", "meeting", "instrument", "discrepancy") if hasattr(model, f"{name}_id")]
    for keys in rows.order_by().values_list(*(f"{name}_id" for name in names)):
        for name, key in zip(names, keys, strict=True):
            by_noun[name].add(key or 0)


def _add_those_below(by_noun: dict[str, set[int]]) -> None:
    """Add to `by_noun` what is public only with records that were shown or hidden.

    These are their notes and searches, and the sources of the passages attached to them or to what belongs to them.
    """
    held = {noun.removeprefix(BELOW): keys for noun, keys in by_noun.items() if noun.startswith(BELOW) and keys}
    for noun in ("commitment", "meeting", "instrument"):
        if noun in held:
            notes = FollowUpNote.objects.filter(**{f"{noun}__in": held[noun]})
            by_noun["note"] |= set(notes.values_list("pk", flat=True))
    about = Q(commitment__in=held.get("commitment", ())) | Q(milestone__in=held.get("milestone", ()))
    if "commitment" in held or "milestone" in held:
        by_noun["search"] |= set(Search.objects.filter(about).values_list("pk", flat=True))
    paths = [(path.removesuffix("_id"), kind) for path, kind in OWNERS.items() if kind in held]
    rows = [Citation.objects.filter(**{f"{path}__in": held[kind]}) for path, kind in paths]
    queries = [part.order_by().values_list("source_id", flat=True) for part in rows]
    if queries:
        by_noun["source"] |= set(queries[0].union(*queries[1:]))
