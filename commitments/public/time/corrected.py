"""Describes in words the rows of `rules.time.corrections`: which record, what changed in it, why, by whom."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.apps import apps
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from commitments.models import (
    Assessment,
    Citation,
    Claim,
    Commitment,
    FollowUpNote,
    Milestone,
    Reviewed,
    Search,
    Source,
    Undertaking,
)
from commitments.models.wording import Wording
from commitments.public.records.archive import NOTE_ON, public_meetings, supported, with_parent
from commitments.public.time.field_changes import Change, Named, Version, changes, named_in
from commitments.querysets import was_public
from commitments.reading import Reading
from commitments.rules.text.differences import INSERTED
from commitments.rules.time.corrections import CORRECTION, WITHDRAWAL, Event
from commitments.rules.time.rewind import rewind
from commitments.typography import in_full


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
    former: Any = None

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

    def changes(self, event: Event, named: Named) -> list[Change]:
        """Return what a correction changed, in words; `named` are the records that its versions refer to."""
        return changes(event.noun, self.record(event), self.former(event), self.version(event), named, event.at)

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
    named = named_in(told.versions, reading)
    found = []
    for event in events:
        record = told.record(event)
        line = Line(event.act, event.at.date(), *told.subject(event))
        if is_correction(event):
            line = line._replace(changes=told.changes(event, named))
        elif event.act == WITHDRAWAL:
            line = line._replace(reason=record.withdrawal_reason, by=record.withdrawn_by)
        else:
            line = line._replace(reason=record.supersession_reason, by=record.published_by)
            line = line._replace(judgement=record, former=_former(record.supersedes, reading))
        found.append(line)
    return found


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
        case Search():
            return [record, record.commitment]
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
            kind = _("Citation de la source %(source)s, %(target)s") % {
                "source": record.source.reference,
                "target": target.kind,
            }
            url = target.url if is_gone else record.get_absolute_url()
            return Subject(kind, target.record.wording(target.field), url)
        case Assessment():
            day = in_full(record.as_of)
            kind = _("Évaluation au %(day)s de l’engagement %(reference)s")
            kind %= {"day": day, "reference": record.commitment.reference}
            return Subject(kind, record.commitment.wording("title"), record.get_absolute_url())
        case Search():
            kind = _("Recherche du %(day)s sur l’engagement %(reference)s")
            kind %= {"day": in_full(record.searched_on), "reference": record.commitment.reference}
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


def _former(judgement: Assessment, reading: Reading) -> Assessment | None:
    """Return an assessment that was replaced; None if it has been withdrawn, and no longer counts."""
    return judgement if was_public(judgement, reading.known_before) else None
