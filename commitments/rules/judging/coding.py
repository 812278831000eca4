"""Is this coded as the codebook asks? Remarks for whoever proposes and reviews, never refusals; pure reading.

What the rules of evidence refuse is in `evidence`. Here is what they cannot know to be wrong, and what a second look
often finds to be: the codebook says why, section by section (`docs/codebook.md`).
"""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from commitments.choices import Basis, CitationRole, EvidenceKind, ReviewState
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
    Record,
    Search,
)
from commitments.models.wording import LANGUAGES, both
from commitments.rules.judging import evidence
from commitments.rules.text.named_days import names_a_day
from commitments.rules.time import schedule
from commitments.typography import quoted

CODED = (Commitment, Assessment, Search, Milestone, FollowUpNote, Discrepancy, Meeting, Instrument)
"""The nouns that are coded from sources, in the order in which they are checked."""

READY_MADE = {
    "rationale_fr": (
        "La recherche faite n’a trouvé aucune preuve de mise en œuvre. Cela n’établit pas qu’il n’y en a pas eu."
    ),
    "rationale_en": (
        "The search made found no evidence of implementation. This does not establish that there was none."
    ),
}
"""The reasons that the desk once filled in, in both languages, for a judgement that a search found nothing."""

PROPOSED = (ReviewState.IN_REVIEW, ReviewState.PUBLISHED)
"""The states of what somebody holds to be coded: a draft may still be half written."""


class Remark(NamedTuple):
    """What to look at again: a code for programs, the reason in words, the field of the form to mend it in."""

    code: str
    message: str
    field: str


def remarks(record: Record) -> list[Remark]:
    """Return the remarks on `record`, a saved one, and on the passages attached to it, in no lasting order.

    Withdrawn and declined passages do not count. A noun that is not coded from sources has none.
    """
    return [remark for _part, remark in _told(record)] if isinstance(record, CODED) else []


def all_remarks() -> Iterator[tuple[Record, Remark]]:
    """Yield each remark on the records in review and published, with the record to mend: a version has its own page.

    Queries do not grow with the rows.
    """
    for model in CODED:
        for record in _with_what_is_read(model).iterator(chunk_size=500):
            yield from _told(record)


def _with_what_is_read(model: type[Any]) -> QuerySet[Any]:
    read: dict[type[Any], list[str | Prefetch]] = {
        Commitment: [_quoted("citations")],
        Assessment: [_quoted("citations"), _quoted("commitment__citations"), "commitment__undertakings", "party"],
        Milestone: [_quoted("citations"), _quoted("commitment__citations")],
        Search: ["commitment__undertakings", "party"],
        FollowUpNote: ["commitment", "instrument", "meeting"],
        Discrepancy: ["claims"],
    }
    return model.objects.filter(state__in=PROPOSED).order_by("pk").prefetch_related(*read.get(model, []))


def _quoted(path: str) -> Prefetch:
    """Return the prefetch of the citations at `path`, without the archived texts."""
    return Prefetch(path, Citation.objects.with_source())


def _told(record: Record) -> Iterator[tuple[Record, Remark]]:
    """Yield the remarks on `record` and on the versions of a discrepancy, each with what it is on."""
    for part in (record, *(record.claims.all() if isinstance(record, Discrepancy) else ())):
        for remark in _remarks(part):
            yield part, remark


def _remarks(record: Record) -> Iterator[Remark]:
    match record:
        case Commitment():
            yield from _of_commitment(record)
            yield from _in_one_language(record)
        case Assessment():
            yield from _of_judgement(record)
            yield from _ready_made(record)
            yield from _in_one_language(record, record.commitment)
        case Search():
            yield from _of_party(record)
            yield from _in_one_language(record, record.commitment)
        case Milestone():
            yield from _of_milestone(record)
            yield from _in_one_language(record, record.commitment)
        case FollowUpNote():
            yield from _in_one_language(record, *filter(None, [record.target]))
        case Claim():
            yield from _in_one_language(record, record.discrepancy)
        case _:
            yield from _in_one_language(record)


def _of_commitment(commitment: Commitment) -> Iterator[Remark]:
    passages = _in_force(commitment)
    if passages and all(passage.role == CitationRole.CONTEXT for passage in passages):
        message = _("Tous les passages de cet engagement ne sont que du contexte : aucun ne l’énonce.")
        yield Remark("only_context", message, "statement_fr")
    if commitment.basis == Basis.AGREED and not commitment.criterion_fr.strip():
        message = _("Un engagement convenu n’a pas de critère : à quel fait le reconnaîtrait-on réalisé ?")
        yield Remark("no_criterion", message, "criterion_fr")


def _of_judgement(judgement: Assessment) -> Iterator[Remark]:
    passages, of_commitment = _in_force(judgement), _in_force(judgement.commitment)
    for passage in passages:
        is_action = passage.evidence_kind == EvidenceKind.CONCRETE_ACTION and passage.role == CitationRole.SUPPORTS
        if is_action and _among(passage, of_commitment, CitationRole.CONTEXT):
            message = _(
                "%(passage)s porte ce jugement comme action concrète, et n’est que du contexte pour l’engagement : "
                "l’un des deux est à revoir."
            )
            yield Remark("context_as_action", message % {"passage": _named(passage)}, "status")
    carrying = [passage for passage in passages if passage.role == CitationRole.SUPPORTS]
    if carrying and all(_among(passage, of_commitment, CitationRole.SUPPORTS) for passage in carrying):
        message = _(
            "Tout ce qui appuie ce jugement énonce aussi l’engagement lui-même (%(passages)s) : rien n’y dit ce qui en "
            "a été fait."
        )
        yield Remark("rests_on_promise", message % {"passages": ", ".join(map(_named, carrying))}, "status")
    yield from _of_party(judgement)


def _ready_made(judgement: Assessment) -> Iterator[Remark]:
    """Yield a remark for reasons that the desk once filled in, beside reasons in the other language that are not so."""
    texts = {name: getattr(judgement, name).strip() for name in READY_MADE}
    left = [name for name, text in READY_MADE.items() if texts[name] == text]
    if len(left) == 1 and all(texts.values()):
        message = _(
            "Ce texte est la phrase toute faite d’autrefois, quand celui de l’autre langue a été réécrit : les deux ne "
            "disent pas la même chose."
        )
        yield Remark("ready_made", message, left[0])


def _of_party(record: Assessment | Search) -> Iterator[Remark]:
    roles = {undertaking.party_id for undertaking in record.commitment.undertakings.all()}
    if record.party_id is not None and record.party_id not in roles:
        message = _("Ceci porte sur une seule partie (%(party)s), qui n’a aucun rôle dans cet engagement.")
        yield Remark("party_without_role", message % {"party": record.party}, "party")


def _of_milestone(milestone: Milestone) -> Iterator[Remark]:
    deadline = milestone.deadline
    is_stated_day = deadline is not None and not deadline.is_period and not deadline.is_reading
    if milestone.from_recurrence:
        is_stated_day = False  # its rule gives the day
        yield from _of_rule(milestone)
    titled = next((name for name in both("title") if names_a_day(getattr(milestone, name))), "")
    if not is_stated_day and not titled:
        return
    passages = _in_force(milestone) or _in_force(milestone.commitment)
    if passages and not any(names_a_day(passage.exact) for passage in passages):
        message = _("Ce jalon donne un jour, et aucun de ses passages n’en donne : d’où vient-il ?")
        yield Remark("day_without_source", message, "due_precision" if is_stated_day else titled)


def _of_rule(milestone: Milestone) -> Iterator[Remark]:
    """Yield a remark on a day that the rule does not name: former releases made a day of the end of every period."""
    commitment, deadline = milestone.commitment, milestone.deadline
    if deadline is None or deadline.is_period:
        return
    period = schedule.period_to(commitment.recurrence, commitment.recurrence_start, last=deadline.last)
    if period is not None and period.is_period:
        message = _(
            "La récurrence ne nomme aucun jour, et ce jalon qui en vient en donne un ; sa période : %(period)s."
        )
        yield Remark("day_without_rule", message % {"period": period.period()}, "due_precision")


def _in_one_language(record: Record, *neighbours: Record) -> Iterator[Remark]:
    """Yield a remark for each text of `record` in one language, if another of its texts, or a neighbour, has both."""
    has_both = any(all(texts) for one in (record, *neighbours) for texts in _texts(one).values())
    for name, texts in _texts(record).items():
        if has_both and any(texts) and not all(texts):
            missing = f"{name}_{LANGUAGES[texts.index('')]}"
            field = record._meta.get_field(missing)
            message = _("Ce texte n’est que dans une langue, quand ceux d’à côté sont dans les deux : %(field)s.")
            yield Remark("one_language", message % {"field": getattr(field, "verbose_name", missing)}, missing)


def _texts(record: Record) -> dict[str, list[str]]:
    """Return the public texts of `record` that have languages: in each language, "" where there is none."""
    ending = f"_{LANGUAGES[0]}"
    names = [name.removesuffix(ending) for name in record.public_fields if name.endswith(ending)]
    return {name: [getattr(record, f"{name}_{language}").strip() for language in LANGUAGES] for name in names}


def _in_force(record: Record) -> list[Citation]:
    return [passage for passage in evidence.attached(record) if evidence.may_serve(passage)]


def _among(passage: Citation, others: Iterable[Citation], role: CitationRole) -> bool:
    """Whether one of `others` has `role` and quotes some of the same words of the same source."""
    return any(other.role == role and _overlap(passage, other) for other in others)


def _overlap(one: Citation, other: Citation) -> bool:
    if one.source_id != other.source_id:
        return False
    if one.start is None or one.end is None or other.start is None or other.end is None:
        return one.exact == other.exact
    return one.start < other.end and other.start < one.end


def _named(passage: Citation) -> str:
    return f"{passage.source.reference} {quoted(passage.exact)}"
