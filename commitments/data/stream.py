"""The public changes and their order, in one query whatever their number, readable from either end.

Each carries the moment at which this site made it. Derived from the rows that the public pages read and from their edit
history; nothing is stored for it.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any, NamedTuple

from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat, Replace

from commitments.data.values import in_utc
from commitments.models import (
    Assessment,
    Citation,
    Commitment,
    Discrepancy,
    FollowUpNote,
    Milestone,
    Party,
    Search,
    Sector,
    Undertaking,
)
from commitments.models.base import Identified
from commitments.public.pages.parties import concerning
from commitments.public.time.corrected import Event
from commitments.querysets import CitationQuerySet, follow_up
from commitments.reading import Reading
from commitments.rules.time import corrections

PUBLISHED, NOTED, CITED = "published", "noted", "cited"
ASSESSED, SUPERSEDED, SEARCHED = "assessed", "superseded", "searched"
MET, SETTLED = "met", "settled"
CORRECTED, WITHDRAWN = "corrected", "withdrawn"

ACTS = {
    PUBLISHED: "a commitment, a milestone, a discrepancy, a meeting, an instrument or a source was made public",
    NOTED: "a follow-up note was made public",
    CITED: "a passage was added to a record that was public already",
    ASSESSED: "a judgement was made public",
    SUPERSEDED: "a judgement was made public in the place of another, which it corrects",
    SEARCHED: "a search that found nothing was made public; it never replaces a judgement",
    MET: "a public milestone was recorded as taken",
    SETTLED: "a public discrepancy was recorded as settled, by the adoption of one claim or as claims all compatible",
    CORRECTED: "a public record was corrected or completed; each field that the public reads, with both values",
    WITHDRAWN: "what was public was taken back; told by its name, the day and the reason, and nothing else",
}
"""What this site does that the public sees. The words are part of every identifier of a change: they never change."""

MADE_PUBLIC = {Assessment: ASSESSED, Citation: CITED, FollowUpNote: NOTED, Search: SEARCHED}
"""The act that makes a record public, by its model, if it is not PUBLISHED."""

OF_VERSIONS = (CORRECTED, MET, SETTLED)
"""The acts derived from comparing two versions of a record."""

NOUNS = {"followupnote": "note"}
"""The noun as machines read it, if it is not the name of its model. Part of identifiers: it never changes."""

TOGETHER = timedelta(minutes=1)
"""A passage that was published within this time of its record came with it, and is listed with it."""

Whose = Sector | Party | Commitment | QuerySet | None


class Row(NamedTuple):
    """A change as the database orders it; `number` is the primary key of the record, or of the new version."""

    at: datetime
    act: str
    noun: str
    key: str
    number: int
    before: int | None

    @property
    def id(self) -> str:
        """The identifier of the change: the moment, the act, the noun, the record's reference or uid.

        The same for ever and in every database. It sorts as the stream does, and serves as its cursor.
        """
        return identifier(self.at, self.act, self.noun, self.key)

    @property
    def event(self) -> Event:
        """The row as an Event for `corrected.told_of`, which uses model names and only three acts."""
        acts = dict.fromkeys(OF_VERSIONS, corrections.CORRECTION) | {WITHDRAWN: corrections.WITHDRAWAL}
        return Event(acts.get(self.act, corrections.SUPERSESSION), model_name(self.noun), *self[4:], self.at)


class Cursor(NamedTuple):
    """A place in the stream, as `Row.id` writes it."""

    at: datetime
    act: str
    noun: str
    key: str

    @classmethod
    def read(cls, text: str) -> "Cursor":
        """Return the place that `text` names. Raises ValueError if it is not the identifier of a change."""
        moment, act, noun, key = text.split("/", 3)
        at = datetime.fromisoformat(moment)
        if at.tzinfo is None or act not in ACTS or not key or "\x00" in text:
            raise ValueError(f"no identifier of a change: {text!r}")
        return cls(at, act, noun, key)


def identifier(at: datetime, act: str, noun: str, key: str) -> str:
    """Return the identifier of a change; see `Row.id`."""
    return f"{in_utc(at, 'microseconds')}/{act}/{noun}/{key}"


def noun_of(model: Any) -> str:
    """Return the noun of a model as machines read it."""
    name = model._meta.model_name
    return NOUNS.get(name, name)


def model_name(noun: str) -> str:
    """Return the name of the model whose noun machines read as `noun`."""
    return next((name for name, told in NOUNS.items() if told == noun), noun)


def latest(reading: Reading, of: Whose = None) -> QuerySet:
    """Return the public changes known for `reading`, as Rows, the latest first; of one sector, party or commitment.

    Or of the commitments that a query gives.

    A sector's are those of the commitments that are in it now, a party's of those that it has a role in or is judged
    apart in; with what belongs to them, and the discrepancies about them.
    """
    return _together(reading, of, None).order_by("-at", "-told", "-named", "-key")


def since(reading: Reading, cursor: str, of: Whose = None) -> QuerySet:
    """Return the same, the earliest first, from the one after `cursor`, the identifier of a change; all for "".

    The change that it names need no longer be listed. Raises ValueError if it is not an identifier.
    """
    place = Cursor.read(cursor) if cursor else None
    return _together(reading, of, place).order_by("at", "told", "named", "key")


def _together(reading: Reading, of: Whose, place: Cursor | None) -> QuerySet:
    rows = list(_rows(reading, _among(of, reading), place))
    return rows[0].union(*rows[1:], all=True)


def commitments_of(of: Sector | Party | Commitment, reading: Reading) -> QuerySet:
    """Return the commitments that the changes of a sector, a party or one commitment are about."""
    match of:
        case Sector():
            return Commitment.objects.filter(sector=of)
        case Party():
            return Commitment.objects.filter(concerning(of, reading))
        case _:
            return Commitment.objects.filter(pk=of.pk)


def _among(of: Whose, reading: Reading) -> corrections.Among | None:
    if of is None:
        return None
    named = of if isinstance(of, Commitment | QuerySet) else commitments_of(of, reading)
    return corrections.Among(named, with_discrepancies=True)


def _rows(reading: Reading, among: corrections.Among | None, place: Cursor | None) -> Iterator[QuerySet]:
    """Yield the Rows of each act and noun, those after `place` only."""
    for part in corrections.parts(reading, among):
        for act, found in _acts(part, reading):
            yield _row(part._replace(found=found), act, place)
    for model in corrections.nouns(corrections.WITHDRAWABLE, among):
        shown = corrections.shown(model, reading, among)
        if model is Assessment:
            shown = shown.filter(supersedes__isnull=True)
        if model is Citation:
            shown = shown.filter(_later())
        made_public = MADE_PUBLIC.get(model, PUBLISHED)
        yield _row(corrections.Part(corrections.SUPERSESSION, model, shown), made_public, place)


def _acts(part: corrections.Part, reading: Reading) -> Iterator[tuple[str, QuerySet]]:
    """Split `part` by act: a correction that marks a milestone met, or a discrepancy settled, is an act of its own."""
    if part.act != corrections.CORRECTION:
        yield {corrections.WITHDRAWAL: WITHDRAWN, corrections.SUPERSESSION: SUPERSEDED}[part.act], part.found
        return
    acts: dict[Any, tuple[str, str, Q]] = {
        Milestone: (MET, "met_on", follow_up.met(reading)),
        Discrepancy: (SETTLED, "settled_on", follow_up.settled(reading)),
    }
    if part.model not in acts:
        yield CORRECTED, part.found
        return
    act, name, done = acts[part.model]
    blank = part.model.history.model.objects.order_by()
    blank = blank.filter(history_id=OuterRef("previous"), **{f"{name}__isnull": True})
    filled = Q(Exists(blank), **{f"{name}__isnull": False})
    yield CORRECTED, part.found.exclude(filled)
    yield act, part.found.filter(filled & done)


def _row(part: corrections.Part, act: str, place: Cursor | None) -> QuerySet:
    noun = noun_of(part.model)
    found = part.annotated().annotate(key=_key(part.model), told=Value(act), named=Value(noun))
    if place is not None:
        # Rows of the same moment are sorted by act, then by noun, then by key.
        here, there = (act, noun), (place.act, place.noun)
        after = Q(at__gt=place.at)
        if here > there:
            after = Q(at__gte=place.at)
        elif here == there:
            after |= Q(at=place.at, key__gt=place.key)
        found = found.filter(after)
    return found.values_list("at", "told", "named", "key", "number", "before")


def _key(model: Any) -> Any:
    """Return the expression of a record's public key: a reference, or a uid without its dashes."""
    if model is Undertaking:
        return Concat("commitment__reference", Value("/"), "party__code", Value("/"), "role")
    if issubclass(model, Identified):
        return Replace(Cast("uid", CharField()), Value("-"), Value(""))
    return F("reference")


def _later() -> Q:
    """Return the condition that a passage was published after the record that it is attached to, not with it."""
    paths = [path for path, *_above in CitationQuerySet.targets.values()]
    return reduce(or_, (Q(published_at__gt=F(f"{path}published_at") + TOGETHER) for path in paths))
