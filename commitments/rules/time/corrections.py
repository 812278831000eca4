"""Public corrections: published records that were edited, assessments superseded, records withdrawn.

Derived from the edit history and from the acts of review; nothing is stored for it. A correction is a version of a
record that was published already and differs from the version before it in a field that the public reads.
"""

from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Exists, F, IntegerField, Max, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.lookups import IsNull

from commitments.choices import ReviewState, Visibility
from commitments.models import (
    Assessment,
    Citation,
    Claim,
    Commitment,
    Discrepancy,
    FollowUpNote,
    Instrument,
    Meeting,
    Milestone,
    Search,
    Source,
    Undertaking,
)
from commitments.models.base import Record, Reviewed
from commitments.querysets import past
from commitments.reading import Reading

CORRECTION, SUPERSESSION, WITHDRAWAL = "correction", "supersession", "withdrawal"

CORRECTABLE: tuple[type[Record], ...] = (
    *(Commitment, Undertaking, Milestone, FollowUpNote, Citation, Source, Meeting, Instrument, Discrepancy, Claim),
)
"""The nouns whose records may change while they are public: a change to one of their `public_fields` is announced.

Assessments and searches are none of them, since a published one never changes.
"""

WITHDRAWABLE = (
    *(Commitment, Assessment, Search, Milestone, FollowUpNote, Citation, Source, Meeting, Instrument, Discrepancy),
)


class Event(NamedTuple):
    """A line of the list: the act, the noun, the primary key of the record (for a correction, of the version), when.

    `before` is the key of the version that was corrected; None for another act, and for a part that is new.
    """

    act: str
    noun: str
    number: int
    before: int | None
    at: Any


class Part(NamedTuple):
    """Everything of one noun that one act concerns: versions for corrections, records otherwise."""

    act: str
    model: type[Record]
    found: QuerySet

    def annotated(self) -> QuerySet:
        """Return the rows with the fields of Event."""
        if self.act == CORRECTION:
            number, before, at = F("history_id"), F("previous"), F("history_date")
        else:
            number, before = F("pk"), Value(None, output_field=IntegerField())  # type: ignore[assignment]
            at = F("withdrawn_at" if self.act == WITHDRAWAL else "published_at")
        act, noun = Value(self.act), Value(self.model._meta.model_name)
        return self.found.order_by().annotate(act=act, noun=noun, number=number, before=before, at=at)


class Among(NamedTuple):
    """The commitments whose changes are sought, one or many; and whether to include the discrepancies about them."""

    commitments: Commitment | QuerySet
    with_discrepancies: bool = False

    def at(self, path: str) -> Q:
        """Return the condition that the commitment at `path` is one of these."""
        if isinstance(self.commitments, Commitment):
            return Q(**{path: self.commitments.pk})
        return Q(**{f"{path}__in": self.commitments.order_by().values("pk")})


def events(reading: Reading, commitment: Commitment | None = None) -> QuerySet:
    """Return what was corrected, replaced and withdrawn, known for `reading`, as rows of Event, the latest first.

    With `commitment`, only what concerns it and what belongs to it. A page of rows costs one query.
    """
    found = parts(reading, Among(commitment) if commitment else None)
    rows = [part.annotated().values_list(*Event._fields) for part in found]
    return rows[0].union(*rows[1:], all=True).order_by("-at", "noun", "act", "-number")


def latest_change(reading: Reading) -> datetime | None:
    """Return when what is public for `reading` last changed: by a publication, a correction, a withdrawal.

    None if nothing ever was. One query for each noun and one for the corrections, whatever the number of rows.
    """
    moments = [event[-1] for event in events(reading)[:1]]
    for model in WITHDRAWABLE:
        public = model.objects.published(reading)
        if hasattr(public, "held"):
            public = public.held(reading)
        moments.append(public.order_by().aggregate(last=Max("published_at"))["last"])
    return max((moment for moment in moments if moment), default=None)


def parts(reading: Reading, among: Among | None = None) -> list[Part]:
    """Return what was corrected, replaced and withdrawn, known for `reading`, by act and noun."""
    found = [corrected(model, reading, among) for model in nouns(CORRECTABLE, among)]
    found += [Part(WITHDRAWAL, model, withdrawn(model, reading, among)) for model in nouns(WITHDRAWABLE, among)]
    replaced = shown(Assessment, reading, among).filter(supersedes__isnull=False)
    return [*found, Part(SUPERSESSION, Assessment, replaced)]


def corrected(model: type[Record], reading: Reading, among: Among | None = None) -> Part:
    """Return what was corrected of one noun."""
    return Part(CORRECTION, model, _corrections(model, reading, among))


def nouns(models: Any, among: Among | None) -> list[Any]:
    """Return those of `models` that concern commitments, if only some commitments are sought."""
    if among is None:
        return list(models)
    apart = (Source, Meeting, Instrument) + (() if among.with_discrepancies else (Discrepancy, Claim))
    return [model for model in models if model not in apart]


def shown(model: Any, reading: Reading, among: Among | None = None) -> Any:
    """Return the records of `model` that the public reads for `reading`; of some commitments only, if given."""
    return _of(_held(model.objects.published(reading), reading), among, reading)


def known(model: Any, reading: Reading) -> Any:
    """Return the records of `shown`, without those that were attached elsewhere, or internal, on `known_on`."""
    found = shown(model, reading)
    if reading.known_before is None:
        return found
    return found.filter(past.was(model, reading, *_attached(model), otherwise=Q()))


def withdrawn(model: Any, reading: Reading, among: Among | None = None) -> Any:
    """Return the records of `model` that were public and are withdrawn for `reading`; or those of some commitments."""
    return _of(_held(model.objects.withdrawn(reading), reading), among, reading)


def _corrections(model: Any, reading: Reading, among: Among | None) -> QuerySet:
    """Return the versions of `model` whose public fields differ from those of the version before."""
    history = model.history.model.objects.order_by()
    earlier = history.filter(id=OuterRef("id"), history_id__lt=OuterRef("history_id")).order_by("-history_id")
    public = Q(state=ReviewState.PUBLISHED) if issubclass(model, Reviewed) else Q()
    before = history.filter(public, *_attached(model), history_id=OuterRef("previous"))
    alike = before.filter(*(_reads_same(model, name) for name in model.public_fields))
    versions = history.annotate(previous=Subquery(earlier.values("history_id")[:1]))
    conditions: list[Any] = [public]
    if among is not None:
        conditions.append(_key_of(model, among, "id", reading))
    if reading.known_before is not None:
        conditions.append(Q(history_date__lt=reading.known_before))
    # Most versions are no correction: put the cheapest and most selective conditions first.
    if model is Undertaking:
        return versions.filter(
            *conditions, ~Q(history_type="~") | Exists(before) & ~Exists(alike), *_in_public(reading)
        )
    conditions += [Q(history_type="~"), Exists(before), ~Exists(alike), Exists(_seen(model, reading))]
    if model is FollowUpNote:
        conditions.append(Q(visibility=Visibility.PUBLIC))
    if model is Citation:
        internal = FollowUpNote.history.model.objects.filter(
            id=OuterRef("note_id"), state=ReviewState.PUBLISHED, visibility=Visibility.INTERNAL
        )
        conditions.append(~Exists(internal.order_by()))
    return versions.filter(*conditions)


def _seen(model: Any, reading: Reading) -> QuerySet:
    """Return the record of a version, if it is public and attached as it was then."""
    if model is Claim:
        # A claim was public once its discrepancy was, and a passage that makes the claim.
        passages = Citation.objects.published(reading).filter(claim=OuterRef("pk"))
        then = OuterRef("history_date")
        found = Claim.objects.filter(
            Exists(passages.filter(published_at__lt=OuterRef(then))),
            discrepancy__in=Discrepancy.objects.published(reading),
            discrepancy__published_at__lt=then,
        )
    else:
        found = _held(model.objects.published(reading), reading)
    return found.filter(*_attached(model), pk=OuterRef("id"))


def _in_public(reading: Reading) -> list[Any]:
    """Return the conditions that a party's role, deleted since or not, changed while its commitment was public.

    A fixture loads a commitment as published, and its parties after it: a new role counts only if the commitment was
    published, or edited, here before.
    """
    public = _held(Commitment.objects.published(reading), reading)
    public = public.filter(pk=OuterRef("commitment_id"), published_at__lt=OuterRef("history_date"))
    return [Exists(public), ~Q(history_type="+") | Exists(_edited())]


def _edited() -> QuerySet:
    """Return the earlier versions of a role's commitment that published it here, or edited it in public."""
    return Commitment.history.model.objects.filter(
        id=OuterRef("commitment_id"),
        history_type="~",
        state=ReviewState.PUBLISHED,
        history_date__lt=OuterRef("history_date"),
    ).order_by()


def _attached(model: Any) -> list[Q]:
    """Return the conditions that a row was attached as the outer version was."""
    return [_same(model, name) for name in model.attached_by]


def _reads_same(model: Any, name: str) -> Q:
    """Return the condition that the public read the same of `name` in a row and in the outer version.

    A reference counts only if the record it names was public at that moment.
    """
    field = model._meta.get_field(name)
    if not (field.is_relation and issubclass(field.related_model, Reviewed)):
        return _same(model, name)
    at = OuterRef(OuterRef("history_date"))
    read = field.related_model.objects.filter(published_at__lte=at).exclude(withdrawn_at__lte=at).order_by()
    unread = [~Exists(read.filter(pk=key)) for key in (OuterRef(field.attname), OuterRef(OuterRef(field.attname)))]
    return _same(model, name) | Q(*unread)


def _same(model: Any, name: str) -> Q:
    """Return the condition that `name` is the same in a row and in the outer version, or blank in both."""
    attname = model._meta.get_field(name).attname
    equal = Q(**{attname: OuterRef(attname)})
    if model._meta.get_field(name).null:
        return equal | Q(**{f"{name}__isnull": True}) & Q(IsNull(OuterRef(attname), True))
    return equal


def _held(found: Any, reading: Reading) -> Any:
    """Return those of `found` whose record, and its commitment, had taken place on the day read."""
    if hasattr(found, "held"):
        found = found.held(reading)
    if found.model in (Assessment, Search, Milestone, FollowUpNote):
        found = found.exclude(commitment__made_on__gt=reading.day)  # a note may be on a text or a meeting
    return found


def _of(found: Any, among: Among | None, reading: Reading) -> Any:
    """Return those of `found` that are one of these commitments, or belong to one; all of them if none is given."""
    return found if among is None else found.filter(_key_of(found.model, among, "pk", reading))


def _key_of(model: Any, among: Among, name: str, reading: Reading) -> Q:
    """Return the condition that `name`, the key of a record of `model`, is of one of these or of what belongs to it.

    Keys are fetched in separate subqueries, so that each uses its own index and no full scan is needed.
    """
    if model is Commitment:
        return among.at(name)
    if model is Undertaking:
        return among.at("commitment_id")  # one removed is in the history only
    rows = model.objects.order_by()
    if model in (Discrepancy, Claim):
        return Q(**{f"{name}__in": rows.filter(_about(among, reading, model)).values("pk")})
    if model is Citation:
        above = ("assessment__commitment", "milestone__commitment", "note__commitment")
        hung = [rows.filter(among.at(path)).values("pk") for path in above]
        if among.with_discrepancies:
            hung.append(rows.filter(_about(among, reading, model)).values("pk"))
        return Q(**{f"{name}__in": rows.filter(among.at("commitment")).values("pk").union(*hung)})
    return Q(**{f"{name}__in": rows.filter(among.at("commitment")).values("pk")})


def _about(among: Among, reading: Reading, model: Any) -> Q:
    """Return the condition that a discrepancy is about one of these; links through unpublished records do not count."""
    public = Commitment.objects.published(reading).held(reading).filter(among.at("pk")).order_by()
    path = {Discrepancy: "pk", Claim: "discrepancy", Citation: "claim__discrepancy"}[model]
    return Q(**{f"{path}__in": Discrepancy.objects.order_by().filter(commitments__in=public.values("pk")).values("pk")})
