"""Describes in words the rows of `rules.time.corrections`: which record, what changed in it, why, by whom."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from typing import Any, NamedTuple

from django.apps import apps
from django.db.models import Field
from django.utils.formats import time_format
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _

from commitments.choices import UndertakingRole
from commitments.models import (
    Assessment,
    Citation,
    Claim,
    Commitment,
    FollowUpNote,
    Instrument,
    Milestone,
    Party,
    Reviewed,
    Source,
    Undertaking,
)
from commitments.models.wording import Wording, language_of
from commitments.public.records.archive import NOTE_ON, public_meetings, supported, with_parent
from commitments.querysets import was_public
from commitments.reading import Reading
from commitments.rules.text.differences import DELETED, INSERTED, SAME, Piece, compare, is_version
from commitments.rules.time import schedule
from commitments.rules.time.corrections import CORRECTION, WITHDRAWAL, Event
from commitments.rules.time.rewind import rewind
from commitments.typography import in_full

AROUND = 60
"""How many unchanged characters are shown on each side of a change."""

SHOWN = 300
"""How many characters are shown of a text that was rewritten."""

DIGEST = 12
"""How many characters of a digest are shown: enough to tell two apart."""

CODES = ("sha256", "language", "recurrence")
"""The fields that hold no words: of two values, no part is said to have stayed the same."""

Version = dict[str, Any]


class Withheld(NamedTuple):
    """A record that the public read of when another referred to it, and that is not public now: it has no name."""

    model: Any
    key: int


class Named(NamedTuple):
    """The records that versions refer to, by model and primary key, as named for a reading."""

    records: dict[Any, dict[int, Any]]
    reading: Reading

    def value(self, field: Any, value: Any, at: datetime) -> Any:
        """Return the value that a correction gave `field` at the moment `at`, a record in the place of its key.

        None for a record that was not public then, Withheld for one that was and is not any more.
        """
        if not field.is_relation or value is None:
            return value
        record = self.records[field.related_model].get(value)
        if not isinstance(record, Reviewed):
            return record
        if not was_public(record, at + datetime.resolution):
            return None
        return record if was_public(record, self.reading.known_before) else Withheld(field.related_model, value)


class Change(NamedTuple):
    """A public field of a record that changed, as pieces of its old and new text."""

    label: str
    language: str
    pieces: list[Piece]


class Line(NamedTuple):
    """A line of the list: what was done, when, to which record; by act, what changed, or why and by whom."""

    act: str
    day: date
    kind: str
    title: Wording
    url: str | None
    changes: Sequence[Change] = ()
    reason: str = ""
    by: Any = None
    judgement: Any = None
    old_status: str = ""

    @property
    def is_addition(self) -> bool:
        """Whether blanks were filled in, and nothing that was public was changed."""
        return not any(piece.kind != INSERTED for change in self.changes for piece in change.pieces)


class Subject(NamedTuple):
    """The record that a line names: what it is, its title, its address if it has one."""

    kind: str
    title: Wording
    url: str | None


class Told(NamedTuple):
    """The data that describes some events: versions and records by noun and key, and the meetings that have a page."""

    versions: dict[str, dict[int, Version]]
    records: dict[str, dict[int, Any]]
    meetings: set[int]

    def version(self, event: Event) -> Version:
        """Return the version that a correction made."""
        return self.versions[event.noun][event.number]

    def former(self, event: Event) -> Version | None:
        """Return the version that was corrected; None if the part that it describes is new."""
        return self.versions[event.noun][event.before] if event.before else None

    def record(self, event: Event) -> Any:
        """Return the record that an event is about; for a party's role, its commitment."""
        key = self.version(event)["id"] if is_correction(event) else event.number
        return self.records[event.noun][key]

    def naming(self) -> list[Any]:
        """Return the records whose texts are needed to name these."""
        return [item for found in self.records.values() for record in found.values() for item in _naming(record)]

    def subject(self, event: Event) -> Subject:
        """Return how that record is named in the active language, with nothing else about a withdrawn one."""
        return _subject(event.noun, self.record(event), self.meetings, is_gone=event.act == WITHDRAWAL)


def is_correction(event: Event) -> bool:
    """Whether an event is derived from two versions of a record."""
    return event.act == CORRECTION


def told_of(events: Sequence[Event], reading: Reading) -> Told:
    """Return the data that describes `events`, as known for `reading`. The number of queries is constant."""
    told = as_of_today(events, reading)
    rewind(reading, told.naming())
    return told


def as_of_today(events: Sequence[Event], reading: Reading) -> Told:
    """Like `told_of`, but with today's texts, for a caller that rewinds them together with other records."""
    versions = {noun: _versions(noun, found) for noun, found in _corrections(events).items()}
    keys: dict[str, set[int]] = defaultdict(set)
    for event in events:
        keys[event.noun].add(versions[event.noun][event.number]["id"] if is_correction(event) else event.number)
    records = {noun: _records(noun, found, versions.get(noun, {})) for noun, found in keys.items()}
    meetings = public_meetings(list(records.get("citation", {}).values()), reading)
    return Told(versions, records, meetings)


def lines(rows: Iterable[Sequence[Any]], reading: Reading) -> list[Line]:
    """Return the lines for `rows`, of `corrections.events(reading)`. The number of queries is constant.

    Each record is named as it was known for `reading`. Of a withdrawn record only its name is given.
    """
    events = [Event(*row) for row in rows]
    told = told_of(events, reading)
    named = named_in(told, reading)
    found = []
    for event in events:
        record = told.record(event)
        line = Line(event.act, event.at.date(), *told.subject(event))
        if is_correction(event):
            line = line._replace(changes=changes_of(event, told, named))
        elif event.act == WITHDRAWAL:
            line = line._replace(reason=record.withdrawal_reason, by=record.withdrawn_by)
        else:
            line = line._replace(reason=record.supersession_reason, by=record.published_by)
            line = line._replace(judgement=record, old_status=_former_status(record.supersedes, reading))
        found.append(line)
    return found


def changes_of(event: Event, told: Told, named: Named) -> list[Change]:
    """Return what a correction changed, in words; `named` are those of `named_in`."""
    old, new = told.former(event), told.version(event)
    if event.noun == "undertaking":
        return _roles(old, new, named)
    return _changes(told.record(event), old, new, named, event.at)


def _model(noun: str) -> Any:
    return apps.get_model("commitments", noun)


def _corrections(events: Sequence[Event]) -> dict[str, list[Event]]:
    """Return the corrections among `events`, by noun."""
    found: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        if is_correction(event):
            found[event.noun].append(event)
    return found


def _versions(noun: str, events: list[Event]) -> dict[int, Version]:
    """Return the corrected versions of one noun and those before them, by primary key, with their public fields."""
    model = _model(noun)
    names = {model._meta.get_field(name).attname for name in (*model.public_fields, *model.attached_by)}
    wanted = {event.number for event in events} | {event.before for event in events if event.before}
    rows = model.history.model.objects.filter(history_id__in=wanted).order_by()
    return {row["history_id"]: row for row in rows.values("history_id", "history_type", "id", *names)}


def _records(noun: str, keys: set[int], versions: dict[int, Version]) -> dict[int, Any]:
    """Return the records of one noun by primary key, each with what names it; for a party's role, its commitment."""
    model = _model(noun)
    if model is Undertaking:
        above = {row["id"]: row["commitment_id"] for row in versions.values()}
        commitments = Commitment.objects.in_bulk(set(above.values()))
        return {key: commitments[above[key]] for key in keys}
    rows = model.objects.filter(pk__in=keys)
    if issubclass(model, Reviewed):
        rows = rows.named().select_related("published_by", "withdrawn_by")
    match model.__name__:
        case Citation.__name__:
            rows = rows.with_targets()
        case Assessment.__name__:
            rows = rows.select_related("supersedes")
        case Claim.__name__:
            rows = rows.select_related("discrepancy")
    return {row.pk: row for row in rows}


def _naming(record: Any) -> list[Any]:
    """Return the records whose texts are needed to name `record`."""
    match record:
        case Citation():
            return [record.source, *with_parent(record)]
        case Claim():
            return [record.discrepancy]
        case Assessment():
            return [record, record.commitment, *([record.supersedes] if record.supersedes else [])]
        case Milestone():
            return [record.commitment]
        case FollowUpNote():
            return [record, record.target]
        case _:
            return [record]


def _subject(noun: str, record: Any, meetings: set[int], *, is_gone: bool = False) -> Subject:
    """Return how a line names `record`; a withdrawn one by its reference, or by the record that it belonged to."""
    kind = capfirst(record._meta.verbose_name)
    match record:
        case Citation():
            target = supported(record, meetings)
            kind = _("Citation de %(source)s, %(target)s") % {"source": record.source.reference, "target": target.kind}
            url = target.url if is_gone else record.get_absolute_url()
            return Subject(kind, target.record.wording(target.field), url)
        case Assessment():
            day = in_full(record.as_of)
            kind = _("Évaluation au %(day)s de l’engagement %(reference)s")
            kind %= {"day": day, "reference": record.commitment.reference}
            return Subject(kind, record.commitment.wording("title"), record.get_absolute_url())
        case Milestone():
            url = record.commitment.get_absolute_url() if is_gone else record.get_absolute_url()
            kind = _("Jalon de l’engagement %(reference)s") % {"reference": record.commitment.reference}
            return Subject(kind, record.commitment.wording("title"), url)
        case FollowUpNote():
            noted = record.target
            kind = f"{NOTE_ON[record.target_name]} {noted.reference} ({in_full(record.dated)})"
            url = noted.get_absolute_url() if is_gone else record.get_absolute_url()
            return Subject(kind, noted.wording("title"), url)
        case Claim():
            discrepancy = record.discrepancy
            kind = _("Version de la divergence %(reference)s") % {"reference": discrepancy.reference}
            return Subject(kind, discrepancy.wording("question"), discrepancy.get_absolute_url())
        case Commitment() if noun == "undertaking":
            kind = _("Parties de l’engagement") if record.is_undertaken else _("Parties concernées")
        case Commitment() if not is_gone and not record.is_undertaken:
            kind = record.get_basis_display()
    kind = f"{kind} {record.reference}"
    url = record.get_absolute_url() if hasattr(record, "get_absolute_url") else None
    if is_gone:
        return Subject(kind, Wording("", ""), url)
    if isinstance(record, Source):
        return Subject(kind, Wording(record.label, record.language if record.title else ""), url)
    return Subject(kind, record.wording("question" if noun == "discrepancy" else "title"), url)


def _former_status(judgement: Assessment, reading: Reading) -> str:
    """Return the status that a replaced assessment gave; "" if it has been withdrawn, and no longer counts."""
    return judgement.status if was_public(judgement, reading.known_before) else ""


def named_in(told: Told, reading: Reading) -> Named:
    """Return the records that versions refer to in their public fields, as named for `reading`."""
    wanted: dict[Any, set[int]] = defaultdict(set)
    for noun, versions in told.versions.items():
        model = _model(noun)
        for field in filter(lambda field: field.is_relation, map(model._meta.get_field, model.public_fields)):
            wanted[field.related_model] |= {row[field.attname] for row in versions.values()} - {None}
    found = {model: model.objects.in_bulk(keys) for model, keys in wanted.items()}
    rewind(reading, *(records.values() for records in found.values()))
    return Named(found, reading)


def _roles(old: Version | None, new: Version, named: Named) -> list[Change]:
    """Return what changed in the parties of a commitment: one added, removed, or given another role."""

    def said(version: Version | None) -> str:
        if version is None:
            return ""
        party, other = (named.records[Party].get(version[name]) for name in ("party_id", "according_to_id"))
        role = str(UndertakingRole(version["role"]).label)
        if other:
            role = _("%(role)s, selon : %(party)s") % {"role": role, "party": other}
        return f"{party or ''} ({role})"

    label = capfirst(str(Party._meta.verbose_name))
    if new["history_type"] == "-":
        return [Change(label, "", _replaced(said(new), ""))]
    return [Change(label, "", _replaced(said(old), said(new)))]


def _changes(record: Any, old: Version | None, new: Version, named: Named, at: datetime) -> list[Change]:
    """Return the public differences, made at the moment `at`, between two versions of `record`, field by field."""
    found = []
    for name in record.public_fields:
        field = record._meta.get_field(name)
        before, after = (named.value(field, version[field.attname], at) for version in (old or new, new))
        if before == after:
            continue
        told = [_said(field, value) for value in (before, after)]
        pieces = compare(*told) if _is_text(field) and all(told) else []
        pieces = excerpt(pieces) if is_version(pieces) else _replaced(*told)
        found.append(Change(capfirst(field.verbose_name), _language(record, name), pieces))
    return found


def _language(record: Any, name: str) -> str:
    """Return the language that a field is written in; "" if it is this page's."""
    if name in ("exact", "prefix", "suffix"):
        return record.source.language
    return record.language if isinstance(record, Source) and name == "title" else language_of(name)


def _is_text(field: Field) -> bool:
    """Whether a field has free text, not a word of a vocabulary or a code."""
    kind = field.get_internal_type()
    return kind in ("CharField", "TextField") and not field.choices and field.name not in CODES


def _said(field: Field, value: Any) -> str:
    """Return the value of a field as the public reads it; "" for none."""
    if isinstance(value, Withheld) or (value is None and field.is_relation and not field.null):
        is_text = field.related_model is Instrument
        return _("un texte qui n’est pas public") if is_text else _("une rencontre qui n’est pas publique")
    if value is None or value == "":
        return ""
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if field.name == "recurrence":
        return schedule.in_words(value)
    if isinstance(value, bool):
        return _("oui") if value else _("non")
    if isinstance(value, date):
        return in_full(value)
    if isinstance(value, time):
        return time_format(value, "H:i")
    return f"{value[:DIGEST]}…" if field.name == "sha256" else str(value)


def _replaced(old: str, new: str) -> list[Piece]:
    """Return the pieces of one value replaced by another, each cut to SHOWN characters; a blank one gives none."""
    told = ((DELETED, old), (INSERTED, new))
    return [Piece(kind, Truncator(text).chars(SHOWN)) for kind, text in told if text]


def excerpt(pieces: Sequence[Piece], around: int = AROUND) -> list[Piece]:
    """Return `pieces` with what stayed the same cut down to `around` characters on each side of a change."""
    found = []
    for place, piece in enumerate(pieces):
        head = around if place else 0
        tail = around if place < len(pieces) - 1 else 0
        if piece.kind == SAME and len(piece.text) > head + tail + len(" […] "):
            start = piece.text[:head].rpartition(" ")[0] if head else ""
            end = piece.text[-tail:].partition(" ")[2] if tail else ""
            piece = Piece(SAME, " […] ".join((start, end)))
        found.append(piece)
    return found
