"""The content of the public changes for machines; `stream` has which changes there are, and their order.

    rows = stream.latest(reading, of)[:50]    or stream.since(reading, cursor, of)[:50]
    changes = tell(rows, reading)             the number of queries is constant

Of a withdrawn record, a change has the name, the day and the reason; of an assessment or a search also the status that
follows.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any, NamedTuple

from django.apps import apps
from django.conf import settings
from django.db.models import CharField, F, Q, Value
from django.utils import translation

from commitments.choices import DiscrepancyOutcome
from commitments.data import stream
from commitments.models import Assessment, Citation, Claim, Commitment, Discrepancy, Search
from commitments.public.records.archive import as_known, with_parent
from commitments.public.time import corrected, field_changes
from commitments.querysets import CitationQuerySet, was_public
from commitments.querysets.follow_up import in_force, outcome, status_of, was_settled
from commitments.reading import Reading
from commitments.rules.judging import settlement
from commitments.rules.time import corrections
from commitments.rules.time.rewind import rewind
from commitments.typography import language

NAMESPACE = uuid.UUID("5a0c1b52-6a1f-4f0e-9d3b-6f4f3a0a7c11")
"""Of the identifiers of changes and calendars (RFC 9562, version 5): made once, never to change."""

TEXTS = {
    "commitment": "statement",
    "assessment": "rationale",
    "search": "searched_where",
    "milestone": "title",
    "note": "body",
    "meeting": "summary",
    "instrument": "summary",
}
"""The text of each noun that a change includes, by the name of its field without its language."""

STATUS_FROM = ("assessment", "search")
"""The nouns that the status of a commitment follows from."""

Texts = dict[str, str]
"""A text by its language; a language without a text is absent."""


def urn(name: str) -> str:
    """Return the URN (RFC 9562) that stands for `name` where an identifier must be a URI; it names no host."""
    return uuid.uuid5(NAMESPACE, name).urn


class FieldChange(NamedTuple):
    """A public field that changed: its old and new values as data, None for a blank one.

    Another record is named by its reference, slug or code; one that is not public is None.
    """

    name: str
    old: Any
    new: Any


@dataclass(frozen=True, kw_only=True)
class Change:
    """Something that this site did and that the public sees; `stream.ACTS` says what each act is.

    `moment` is when it was done, `updated` when its content was last corrected. `record` is the record as the public
    reads it, None if it is withdrawn; for a party's role it is the commitment. `evidence` was public with it.
    """

    id: str
    act: str
    noun: str
    key: str
    moment: datetime
    updated: datetime
    subjects: dict[str, corrected.Subject]
    """Kind, title and address of the record, by language."""
    commitment: str = ""
    """The reference of the commitment that it concerns; "" if it is not about one."""
    party: str = ""
    """The code of the party whose part alone an assessment or a search is about."""
    status: str = ""
    """The status that the assessment gives."""
    before: str = ""
    """The status before; "" if it is not stated, because the record that it follows from has been withdrawn since."""
    after: str = ""
    fields: tuple[FieldChange, ...] = ()
    wording: tuple[field_changes.Change, ...] = ()
    """Like `fields`, in words of the active language, with what changed within a text."""
    reason: Texts = field(default_factory=dict)
    """Why it was done: a withdrawal, a replacement, a settlement; of a first assessment, its rationale."""
    text: Texts = field(default_factory=dict)
    """The text of the record: a statement, a note, the rationale of a replacement, where a search looked, the value
    adopted."""
    outcome: str = ""
    """How a discrepancy was settled (`DiscrepancyOutcome`); "" if it is open, or the record is none."""
    evidence: tuple[Citation, ...] = ()
    by: str = ""
    """The name signed; "" for the desk."""
    undone: str = ""
    """For a withdrawal, the identifier of the change that made the record public, which is no longer listed."""
    record: Any = field(default=None, repr=False)

    @property
    def urn(self) -> str:
        """The identifier as a URI."""
        return urn(self.id)

    @property
    def undone_urn(self) -> str:
        """The identifier, as a URI, of the change that this one undoes; "" if it undoes none."""
        return urn(self.undone) if self.undone else ""

    @property
    def moves(self) -> bool:
        """Whether to tell of the status: a search that stands beside a judgement leaves it as it is."""
        return bool(self.after) and (self.act != stream.SEARCHED or self.before != self.after)

    @property
    def subject(self) -> corrected.Subject:
        """How the record is named in the active language."""
        return self.subjects[language()]


def tell(rows: Iterable[Sequence[Any]], reading: Reading) -> list[Change]:
    """Turn `rows` of `stream` into Changes, in order, with the content known for `reading`.

    Records that were internal on `known_on`, or belonged to another record, are left out, so there may be fewer
    changes than rows.
    """
    found = [stream.Row(*row) for row in rows]
    told = corrected.as_of_today([row.event for row in found], reading)
    teller = _Teller(found, told, reading)
    return [teller.change(row) for row in found if teller.is_told(row)]


class _Teller:
    """Data shared by the changes of one page, fetched up front so that queries do not grow with their number."""

    def __init__(self, rows: list[stream.Row], told: corrected.Told, reading: Reading) -> None:
        self.told, self.reading = told, reading
        standing = {
            (row.noun, told.record(row.event).pk): told.record(row.event)
            for row in rows
            if row.act not in (stream.CORRECTED, stream.WITHDRAWN)
        }
        self.attached = {key: record.attachment for key, record in standing.items()}
        followed = [told.record(row.event) for row in rows if row.noun in STATUS_FROM]
        passages = _passages(standing, reading)
        passages = as_known(
            passages,
            reading,
            told.naming(),
            [record for record in standing.values() if not isinstance(record, Citation)],
            [passage.source for passage in passages],
            [record.party for record in followed if record.party_id],
            [record.milestone for record in followed if isinstance(record, Search) and record.milestone],
        )
        self.passages = {passage.pk: passage for passage in passages}
        self.evidence: dict[tuple[str, int], list[Citation]] = defaultdict(list)
        for passage in passages:
            target: Any = passage.target
            whole = target.discrepancy if isinstance(target, Claim) else target
            self.evidence[stream.noun_of(whole), whole.pk].append(passage)
        self.named = field_changes.named_in(told.versions, reading)
        self.updates = _updates(standing, reading)
        self.judgements, self.searches = (_ever(model, followed, reading) for model in (Assessment, Search))
        settled = [told.record(row.event).pk for row in rows if row.act == stream.SETTLED]
        quoted = {key: _quoted_since(self.evidence["discrepancy", key]) for key in settled}
        self.settlements = settlement.settlements(quoted, reading) if quoted else {}

    def is_told(self, row: stream.Row) -> bool:
        """Whether to include the change: not if its record was internal, or another record's, on `known_on`."""
        if row.act in (stream.CORRECTED, stream.WITHDRAWN):
            return True
        record = self.told.record(row.event)
        if isinstance(record, Citation):
            return record.pk in self.passages
        return record.attachment == self.attached[row.noun, record.pk]

    def change(self, row: stream.Row) -> Change:
        """Return the change that `row` stands for."""
        event = row.event
        record = self.told.record(event)
        common: dict[str, Any] = {
            "id": row.id,
            "act": row.act,
            "noun": row.noun,
            "key": row.key,
            "moment": row.at,
            "updated": row.at,
            "subjects": self._subjects(event),
            "commitment": _commitment(record),
        }
        if row.act == stream.WITHDRAWN:
            return Change(**common, **self._withdrawal(row, record))
        if row.act == stream.CORRECTED:
            return Change(**common, **self._correction(row), record=record)
        common["updated"] = max(row.at, self.updates.get((row.noun, record.pk), row.at))
        more: dict[str, Any] = (
            self._correction(row) if row.act in stream.OF_VERSIONS else {"by": _name(record.published_by)}
        )
        text = texts(record, TEXTS[row.noun]) if row.noun in TEXTS else {}
        if row.noun in STATUS_FROM:
            more |= self._moved(row, record)
        if row.act == stream.ASSESSED:  # it replaces none: its reason is its rationale
            more["reason"], text = text, {}
        if row.act == stream.SETTLED:
            settled = self._settlement(row, record)
            more |= _decided(settled.discrepancy, settled.outcome) | {"by": _name(settled.discrepancy.settled_by)}
            text = texts(settled.adopted, "value")
        elif row.noun == "discrepancy" and was_settled(record, self.reading):
            more |= _decided(record, outcome(record, self.reading))
            text = self._adopted(record)
        return Change(**common, **more, text=text, evidence=tuple(self._quoted(row, record)), record=record)

    def _subjects(self, event: corrected.Event) -> dict[str, corrected.Subject]:
        found = {}
        for code, _name_of in settings.LANGUAGES:
            with translation.override(code):
                found[code] = self.told.subject(event)
        return found

    def _withdrawal(self, row: stream.Row, record: Any) -> dict[str, Any]:
        found: dict[str, Any] = {"reason": {"fr": record.withdrawal_reason}, "by": _name(record.withdrawn_by)}
        act = stream.MADE_PUBLIC.get(type(record), stream.PUBLISHED)
        if row.noun in STATUS_FROM:
            found["after"] = self._status(record, row.at, included=True)
        if isinstance(record, Assessment) and record.supersedes_id:
            act = stream.SUPERSEDED
        return found | {"undone": stream.identifier(record.published_at, act, row.noun, row.key)}

    def _correction(self, row: stream.Row) -> dict[str, Any]:
        fields = _fields(self.told, row.event, self.named)
        return {"fields": tuple(fields), "wording": tuple(self.told.changes(row.event, self.named))}

    def _moved(self, row: stream.Row, record: Assessment | Search) -> dict[str, Any]:
        """Return whose part a judgement or a search is about, and the status that it found and left."""
        found: dict[str, Any] = {
            "party": record.party.code if record.party else "",
            "before": self._status(record, row.at, included=False),
            "after": self._status(record, row.at, included=True),
        }
        if isinstance(record, Assessment):
            found |= {"status": record.status, "reason": {"fr": record.supersession_reason}}
        return found

    def _status(self, record: Assessment | Search, moment: datetime, *, included: bool) -> str:
        """Return the status just before `moment`, or just after; "" if what it follows from is withdrawn now."""
        after = moment + datetime.resolution
        about = record.commitment_id, record.party_id
        searches = [item for item in self.searches[about] if was_public(item, after if included else moment)]
        # The stream has a judgement before a search of the same moment, as fixtures may have both.
        judged_by = after if included or isinstance(record, Search) else moment
        judgements = [item for item in self.judgements[about] if was_public(item, judged_by)]
        current = next(iter(in_force(judgements).values()), None)
        reasons = [current] if current else searches
        if reasons and not any(was_public(item, self.reading.known_before) for item in reasons):
            return ""
        return status_of(current, searches).value

    def _quoted(self, row: stream.Row, record: Any) -> Iterable[Citation]:
        """Return what was quoted with the record when it was published; all that is now, if it was settled or met."""
        if isinstance(record, Citation):
            return [self.passages[record.pk]]
        limit = None if row.act in stream.OF_VERSIONS else row.at + stream.TOGETHER
        passages = self.evidence.get((row.noun, record.pk), [])
        return [item for item in passages if limit is None or (item.published_at and item.published_at <= limit)]

    def _settlement(self, row: stream.Row, discrepancy: Discrepancy) -> settlement.Settlement:
        """Return the settlement that `row` tells of, as it was then: another one may have replaced it since."""
        found = self.settlements[discrepancy.pk]
        return next(item for item in found if item.until is None or row.at < item.until)

    def _adopted(self, discrepancy: Discrepancy) -> Texts:
        """Return the adopted value of a discrepancy; {} if no public passage is quoted for that claim."""
        for passage in self.evidence.get(("discrepancy", discrepancy.pk), []):
            if passage.claim and passage.claim.is_adopted:
                return texts(passage.claim, "value")
        return {}


def texts(record: Any, name: str) -> Texts:
    """Return the field called `name`, without its language, of `record` in each language that it has; {} for None."""
    found = {code: getattr(record, f"{name}_{code}", "") for code, _name_of in settings.LANGUAGES}
    return {code: text for code, text in found.items() if text}


def _decided(discrepancy: Discrepancy, ending: DiscrepancyOutcome) -> dict[str, Any]:
    """Return how `discrepancy` was settled and why."""
    return {"outcome": ending.value, "reason": texts(discrepancy, "reason")}


def _quoted_since(passages: Iterable[Citation]) -> dict[int, datetime]:
    """Return when a passage was first published for each claim that one of `passages` makes."""
    found: dict[int, datetime] = {}
    for passage in passages:
        if passage.claim_id and passage.published_at:
            found[passage.claim_id] = min(passage.published_at, found.get(passage.claim_id, passage.published_at))
    return found


def _name(account: Any) -> str:
    return account.get_full_name() if account else ""


def _commitment(record: Any) -> str:
    """Return the reference of the commitment that a record is or belongs to; "" for none."""
    if isinstance(record, Citation):
        return next((_commitment(item) for item in with_parent(record) if _commitment(item)), "")
    commitment = record if isinstance(record, Commitment) else getattr(record, "commitment", None)
    return commitment.reference if commitment else ""


def _fields(told: corrected.Told, event: corrected.Event, named: field_changes.Named) -> Iterable[FieldChange]:
    """Yield what a correction changed, field by field."""
    old, new = told.former(event), told.version(event)
    model: Any = apps.get_model("commitments", event.noun)
    before, after = (new, None) if new["history_type"] == "-" else (old, new)
    for name in model.public_fields:
        kind = model._meta.get_field(name)
        values = [version and named.value(kind, version[kind.attname], event.at) for version in (before, after)]
        values = [None if value == "" else value for value in values]
        if values[0] != values[1]:
            yield FieldChange(name, *(_data(kind, value) for value in values))


def _data(kind: Any, value: Any) -> Any:
    """Return a value of the field `kind` as data: another record's key, None for one that is not public."""
    if value is None or isinstance(value, field_changes.Withheld):
        return None
    if kind.is_relation:
        return value.natural_key()[0]
    return value.isoformat() if hasattr(value, "isoformat") else value


def _updates(records: dict[tuple[str, int], Any], reading: Reading) -> dict[tuple[str, int], datetime]:
    """Return when each of `records` was last corrected, leaving out those that never were."""
    keys: dict[str, set[int]] = defaultdict(set)
    for noun, key in records:
        keys[noun].add(key)
    rows = []
    for model in corrections.CORRECTABLE:
        noun = stream.noun_of(model)
        if noun in keys:
            part = corrections.corrected(model, reading).annotated().filter(id__in=keys[noun])
            rows.append(part.annotate(named=Value(noun, output_field=CharField())).values_list("named", "id", "at"))
    if not rows:
        return {}
    found: dict[tuple[str, int], datetime] = {}
    for noun, key, at in rows[0].union(*rows[1:], all=True):
        found[noun, key] = max(at, found.get((noun, key), at))
    return found


def _passages(records: dict[tuple[str, int], Any], reading: Reading) -> list[Citation]:
    """Return the public citations of `records`: for a discrepancy those of its claims, for a citation itself."""
    wanted = []
    for name in ("", *CitationQuerySet.targets):
        noun, path = {"": ("citation", "pk"), "claim": ("discrepancy", "claim__discrepancy")}.get(name, (name, name))
        keys = [key for (told, key) in records if told == noun]
        wanted += [Q(**{f"{path}__in": keys})] if keys else []
    if not wanted:
        return []
    public = Citation.objects.published(reading).held(reading).filter(reduce(or_, wanted)).with_source().with_targets()
    return list(public.order_by("source__reference", F("start").asc(nulls_last=True), "uid"))


def _ever(model: Any, told: list[Any], reading: Reading) -> dict[tuple[int, int | None], list[Any]]:
    """Return the assessments, or searches, ever public of the commitments in `told`, by commitment and party."""
    ever = model.objects.published(reading) | model.objects.withdrawn(reading)
    wanted = {item.commitment_id for item in told}
    found: dict[tuple[int, int | None], list[Any]] = defaultdict(list)
    rows = list(ever.held(reading).filter(commitment__in=wanted).order_by()) if wanted else []
    rewind(reading, rows)
    for item in rows:
        found[item.commitment_id, item.party_id].append(item)
    return found
