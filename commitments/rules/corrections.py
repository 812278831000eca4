"""What the public read otherwise before: published records corrected, judgements replaced, records withdrawn.

Derived from the edit history and from the acts of review; nothing is stored for it. A correction is a version of a
record that was published already and differs from the version before it in a field that the public reads.
"""

from typing import Any, NamedTuple

from django.db.models import Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
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
    Source,
    Undertaking,
)
from commitments.models.base import Record
from commitments.models.citations import TARGETS
from commitments.reading import Reading

CORRECTION, SUPERSESSION, WITHDRAWAL = "correction", "supersession", "withdrawal"

FIELDS: dict[type[Record], tuple[str, ...]] = {
    Commitment: (
        *("basis", "sector", "instrument", "made_on"),
        *("title_fr", "title_en", "statement_fr", "statement_en", "criterion_fr", "criterion_en"),
    ),
    Undertaking: ("party", "role"),
    Milestone: ("title_fr", "title_en", "due_from", "due_on", "met_on"),
    FollowUpNote: ("dated", "body_fr", "body_en"),
    Citation: ("role", "evidence_kind", "exact", "verification"),
    Source: (
        *("kind", "title", "publisher", "author", "url", "language", "published_on", "published_time"),
        *("text_is_public", "sha256"),
    ),
    Meeting: ("title_fr", "title_en", "place_fr", "place_en", "starts_on", "ends_on", "summary_fr", "summary_en"),
    Instrument: ("kind", "title_fr", "title_en", "issued_on", "summary_fr", "summary_en"),
    Discrepancy: ("question_fr", "question_en", "settled_on", "reason_fr", "reason_en"),
    Claim: ("value_fr", "value_en", "is_adopted"),
}
"""What the public reads of each noun: a change of it is told; a change of anything else never is.

A published judgement never changes, so that it has none. Of a source's text its digest stands for it.
"""

ATTACHED: dict[type[Record], tuple[str, ...]] = {
    Undertaking: ("commitment",),
    Milestone: ("commitment",),
    FollowUpNote: ("commitment", "visibility"),
    Citation: ("source", *TARGETS),
    Claim: ("discrepancy",),
}
"""What must be the same in both versions, and still be so: of what was attached elsewhere then, nothing is told."""

WITHDRAWABLE = (Commitment, Assessment, Milestone, FollowUpNote, Citation, Source, Meeting, Instrument, Discrepancy)

PARTS = {Undertaking: "commitment", Claim: "discrepancy"}
"""The nouns without a state of review of their own, with the record that they are read as a part of."""


class Event(NamedTuple):
    """A line of the list: the act, the noun, the record's key (for a correction, that of the version), when.

    `before` is the key of the version that was corrected; None for another act, and for a part that is new.
    """

    act: str
    noun: str
    number: int
    before: int | None
    at: Any


def events(reading: Reading, commitment: Commitment | None = None) -> QuerySet:
    """Return what was corrected, replaced and withdrawn, known for `reading`, as rows of Event, the latest first.

    With `commitment`, only what concerns it and what hangs from it. The rows of one page of it cost one query.
    """
    parts = [_rows(_corrections(model, reading, commitment), CORRECTION, model) for model in _nouns(FIELDS, commitment)]
    for model in _nouns(WITHDRAWABLE, commitment):
        gone = _of(_held(model.objects.withdrawn(reading), reading), commitment)
        if model is FollowUpNote:
            gone = gone.filter(visibility=Visibility.PUBLIC)
        parts.append(_rows(gone, WITHDRAWAL, model))
    replaced = _of(_held(Assessment.objects.published(reading), reading), commitment)
    parts.append(_rows(replaced.filter(supersedes__isnull=False), SUPERSESSION, Assessment))
    return parts[0].union(*parts[1:], all=True).order_by("-at", "noun", "-number")


def _nouns(models: Any, commitment: Commitment | None) -> list[Any]:
    """Return those of `models` that concern a commitment, where it is about one."""
    apart = (Source, Meeting, Instrument, Discrepancy, Claim)
    return [model for model in models if commitment is None or model not in apart]


def _rows(found: QuerySet, act: str, model: type[Record]) -> QuerySet:
    """Return `found`, versions or records, as rows of Event."""
    if act == CORRECTION:
        number, before, at = F("history_id"), F("previous"), F("history_date")
    else:
        number, before = F("pk"), Value(None, output_field=IntegerField())  # type: ignore[assignment]
        at = F("withdrawn_at" if act == WITHDRAWAL else "published_at")
    noun = model._meta.model_name
    told = found.order_by().annotate(act=Value(act), noun=Value(noun), number=number, before=before, at=at)
    return told.values_list(*Event._fields)


def _corrections(model: Any, reading: Reading, commitment: Commitment | None) -> QuerySet:
    """Return the versions of `model` that told the public something else than the version before."""
    history = model.history.model.objects.order_by()
    earlier = history.filter(id=OuterRef("id"), history_id__lt=OuterRef("history_id")).order_by("-history_id")
    before = history.filter(history_id=OuterRef("previous"))
    if model not in PARTS:
        before = before.filter(state=ReviewState.PUBLISHED)
    for name in ATTACHED.get(model, ()):
        before = before.filter(_same(model, name))
    alike = before
    for name in FIELDS[model]:
        alike = alike.filter(_same(model, name))
    versions = history.annotate(previous=Subquery(earlier.values("history_id")[:1]))
    if reading.known_before is not None:
        versions = versions.filter(history_date__lt=reading.known_before)
    if model is FollowUpNote:
        versions = versions.filter(visibility=Visibility.PUBLIC)
    if model is Citation:
        kept_inside = FollowUpNote.history.model.objects.filter(
            id=OuterRef("note_id"), state=ReviewState.PUBLISHED, visibility=Visibility.INTERNAL
        )
        versions = versions.filter(~Exists(kept_inside.order_by()))
    if model is Undertaking:
        return _parties(versions, reading, commitment).filter(~Q(history_type="~") | Exists(before) & ~Exists(alike))
    seen = _seen(model, reading, commitment)
    if model not in PARTS:
        versions = versions.filter(state=ReviewState.PUBLISHED)
    return versions.filter(Exists(seen), Exists(before), ~Exists(alike), history_type="~")


def _seen(model: Any, reading: Reading, commitment: Commitment | None) -> QuerySet:
    """Return the condition, as rows, that the public reads the record of a version, attached as it was then."""
    if model is Claim:
        # It was public once its question was, and a passage that makes it.
        passages = Citation.objects.published(reading).filter(claim=OuterRef("pk"))
        then = OuterRef("history_date")
        found = Claim.objects.filter(
            Exists(passages.filter(published_at__lt=OuterRef(then))),
            discrepancy__in=Discrepancy.objects.published(reading),
            discrepancy__published_at__lt=then,
        )
    else:
        found = _of(_held(model.objects.published(reading), reading), commitment)
    found = found.filter(pk=OuterRef("id"))
    for name in ATTACHED.get(model, ()):
        found = found.filter(_same(model, name))
    return found


def _parties(versions: QuerySet, reading: Reading, commitment: Commitment | None) -> QuerySet:
    """Return the versions of parties' roles made while their commitment was public; it outlives those taken away.

    A fixture brings a commitment in as published, and its parties after it: one that is new counts only where the
    commitment was published, or edited, here before.
    """
    public = _of(_held(Commitment.objects.published(reading), reading), commitment)
    public = public.filter(pk=OuterRef("commitment_id"), published_at__lt=OuterRef("history_date"))
    edited = Commitment.history.model.objects.filter(
        id=OuterRef("commitment_id"),
        history_type="~",
        state=ReviewState.PUBLISHED,
        history_date__lte=OuterRef("history_date"),
    )
    return versions.filter(Exists(public)).filter(~Q(history_type="+") | Exists(edited.order_by()))


def _same(model: Any, name: str) -> Q:
    """Return the condition that `name` is the same in a row and in the version outside it, both being blank too."""
    attname = model._meta.get_field(name).attname
    equal = Q(**{attname: OuterRef(attname)})
    if model._meta.get_field(name).null:
        return equal | Q(**{f"{name}__isnull": True}) & Q(IsNull(OuterRef(attname), True))
    return equal


def _held(found: Any, reading: Reading) -> Any:
    """Return those of `found` whose record, and its commitment, had taken place on the day read."""
    if hasattr(found, "held"):
        found = found.held(reading)
    if found.model in (Assessment, Milestone, FollowUpNote):
        found = found.filter(commitment__made_on__lte=reading.day)
    return found


def _of(found: Any, commitment: Commitment | None) -> Any:
    """Return those of `found` that are `commitment`, or hang from it; all of them where none is given."""
    if commitment is None:
        return found
    if found.model is Commitment:
        return found.filter(pk=commitment.pk)
    if found.model is Citation:
        above = ("assessment__commitment", "milestone__commitment", "note__commitment")
        condition = Q(commitment=commitment)
        for path in above:
            condition |= Q(**{path: commitment})
        return found.filter(condition)
    return found.filter(commitment=commitment)
