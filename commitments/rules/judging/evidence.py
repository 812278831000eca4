"""May this be published? The rules of evidence (DESIGN, rules 1 and 2), as objections that a person understands."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple, Protocol

from django.core.exceptions import NON_FIELD_ERRORS
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy

from commitments.choices import (
    GONE,
    Basis,
    CitationRole,
    EvidenceKind,
    Status,
    UndertakingRole,
    Verification,
    Visibility,
)
from commitments.models import (
    Assessment,
    Citation,
    Claim,
    Commitment,
    Discrepancy,
    FollowUpNote,
    Milestone,
    Record,
    Reviewed,
    Search,
    Source,
)
from commitments.rules.time import precision
from commitments.typography import in_full

ADOPTED_COMPATIBLE = gettext_lazy(
    "Une valeur est retenue, et les versions sont dites compatibles : décochez l’une ou l’autre."
)
"""Why a claim is not adopted where all claims are compatible."""

SEARCH_INSTEAD = gettext_lazy(
    "Une recherche sans résultat n’est pas un jugement de l’ensemble : enregistrez une recherche."
)
"""Why "no evidence available" is judged no more."""


class Objection(NamedTuple):
    """An objection of a rule: the reason, in words, and the field of a form to show it at, if it is about one."""

    code: str
    message: str
    field: str = NON_FIELD_ERRORS


class Passage(Protocol):
    """What the rules need of a citation, saved or not."""

    role: str
    evidence_kind: str
    verification: str


def judgement_objections(*, status: str, as_of: date | None, passages: Iterable[Passage]) -> Iterator[Objection]:
    """Yield the objections to publishing an assessment on this evidence.

    `passages` are its citations, saved or not. Only a passage verified in the archive counts as evidence; only one that
    supports the assessment and reports a concrete action carries limited, substantial or complete.
    """
    verified = [passage for passage in passages if passage.verification == Verification.VERIFIED]
    if as_of is not None and as_of > timezone.localdate():
        yield Objection("future", _("Un jugement ne porte pas sur un jour à venir : corrigez la date."), "as_of")
    if not verified:
        message = _(
            "Un jugement cite au moins une source, mot pour mot : ajoutez une citation vérifiée dans le texte archivé."
        )
        yield Objection("no_citation", message, "status")
    if status in Status.needing_action() and not any(
        passage.evidence_kind == EvidenceKind.CONCRETE_ACTION and passage.role == CitationRole.SUPPORTS
        for passage in verified
    ):
        message = _(
            "« %(status)s » demande au moins une citation vérifiée qui appuie le jugement et rapporte une action "
            "concrète ; une annonce seule n’y suffit jamais."
        ) % {"status": Status(status).label}
        yield Objection("no_action", message, "status")


def assessment_objections(assessment: Assessment, passages: Iterable[Passage]) -> Iterator[Objection]:
    """Yield the objections to proposing and publishing `assessment` with `passages` as its citations.

    Neither needs to be saved or complete: a missing value is an objection like any other, so that a form can show
    before it is submitted what the rules would object after.
    """
    if assessment.commitment_id is None:
        yield Objection("no_commitment", _("Choisissez l’engagement."), "commitment")
    else:
        yield from _parent(assessment.commitment)
        yield from _succession(assessment)
        if assessment.as_of is not None and assessment.as_of < assessment.commitment.made_on:
            message = _("Ce jour précède l’engagement lui-même, exprimé le %(day)s : corrigez la date.")
            day = in_full(assessment.commitment.made_on)
            yield Objection("before", message % {"day": day}, "as_of")
    if assessment.as_of is None:
        yield Objection("no_day", _("Indiquez le jour dont le jugement rend compte."), "as_of")
    if not assessment.rationale_fr.strip():
        yield Objection("no_reasons", _("Un jugement porte ses motifs : écrivez-les."), "rationale_fr")
    if not assessment.status:
        yield Objection("no_status", _("Choisissez l’état d’avancement."), "status")
        return
    if assessment.status not in Status.judged():
        # Former ones stand as they are: the database holds that they say when and where somebody looked.
        if assessment.is_draft:
            yield Objection("search", str(SEARCH_INSTEAD), "status")
        return
    yield from judgement_objections(status=assessment.status, as_of=assessment.as_of, passages=passages)


def search_objections(search: Search) -> Iterator[Objection]:
    """Yield the objections to proposing and publishing `search`, which need not be saved or complete."""
    today = timezone.localdate()
    if search.commitment_id is None:
        yield Objection("no_commitment", _("Choisissez l’engagement."), "commitment")
    else:
        yield from _parent(search.commitment)
        if search.searched_on is not None and search.searched_on < search.commitment.made_on:
            message = _("Ce jour précède l’engagement lui-même, exprimé le %(day)s : corrigez la date.")
            yield Objection("before", message % {"day": in_full(search.commitment.made_on)}, "searched_on")
        if search.milestone is not None and search.milestone.commitment_id != search.commitment_id:
            yield Objection("other_step", _("Ce jalon est celui d’un autre engagement."), "milestone")
        elif search.milestone is not None and not search.milestone.is_published:
            yield Objection("parent", _("Ce jalon n’est pas publié : publiez-le d’abord."), "milestone")
    if search.searched_on is None:
        yield Objection("search_day", _("Indiquez le jour où la recherche a été faite."), "searched_on")
    elif search.searched_on > today:
        message = _("Une recherche n’a pas été faite un jour à venir : corrigez la date.")
        yield Objection("search_future", message, "searched_on")
    if not search.searched_where_fr.strip():
        yield Objection("search_place", _("Indiquez où la recherche a porté."), "searched_where_fr")
    if search.milestone_id is not None and (search.period_from or search.period_to):
        message = _("Une recherche porte sur un jalon ou sur une période, pas sur les deux.")
        yield Objection("step_and_period", message, "period_from")


def objections(record: Reviewed, *, public: bool | None = None) -> list[Objection]:
    """Return the objections to `record`, a saved one, being public with the citations attached to it.

    Withdrawn and declined citations never count. For a record that is public (`public`, by default its state) only what
    is public itself counts; for a draft, drafts count too: they are published with it.
    """
    return list(_objections(record, record.is_published if public is None else public))


def _objections(record: Reviewed, public: bool) -> Iterator[Objection]:
    match record:
        case Assessment():
            yield from assessment_objections(record, _passages(record, public))
        case Commitment():
            yield from _commitment(record, public)
        case Search():
            yield from search_objections(record)
        case Milestone():
            yield from _parent(record.commitment)
            yield from (Objection("precision", message, field) for field, message in precision.objections(record))
            if not _has_verified(record, public) and (record.met_on or not record.from_recurrence):
                # The milestones of a recurrence rest on their commitment's citations until they are met.
                message = _("Un jalon cite, mot pour mot, la source qui en donne l’échéance ou la réalisation.")
                yield Objection("no_citation", message, "met_on" if record.met_on else "due_on")
        case FollowUpNote():
            yield from _noted(record)
            if record.visibility == Visibility.INTERNAL:
                message = _("Une note interne ne se publie pas : rendez-la publique, ou laissez-la au bureau.")
                yield Objection("internal", message, "visibility")
        case Discrepancy():
            yield from _discrepancy(record, public)
        case Citation():
            yield from _citation(record)


def may_serve(citation: Citation) -> bool:
    """Whether `citation`, saved or not, may serve as evidence: neither it nor its source is withdrawn or declined."""
    return citation.state not in GONE and citation.source.state not in GONE


def attached(record: Record) -> list[Citation]:
    """Return the citations attached to `record`, with their sources; none for a record that takes no citations.

    Costs no query if they were prefetched, as lists do.
    """
    if not hasattr(record, "citations") or isinstance(record, Source):
        return []
    if "citations" in getattr(record, "_prefetched_objects_cache", {}):
        return list(record.citations.all())
    return list(record.citations.with_source())


def _passages(record: Assessment | Commitment | Milestone | Claim, public: bool) -> list[Citation]:
    passages = filter(may_serve, attached(record))
    return [item for item in passages if not public or (item.is_published and item.source.is_published)]


def _has_verified(record: Commitment | Milestone | Claim, public: bool) -> bool:
    return any(passage.is_verified for passage in _passages(record, public))


def _parent(commitment: Commitment) -> Iterator[Objection]:
    if not commitment.is_published:
        message = _("L’engagement %(reference)s n’est pas publié : publiez-le d’abord.")
        yield Objection("parent", message % {"reference": commitment.reference}, "commitment")


def _noted(note: FollowUpNote) -> Iterator[Objection]:
    if note.target is not None and not note.target.is_published:
        message = _("Ce sur quoi porte la note (%(reference)s) n’est pas publié : publiez-le d’abord.")
        yield Objection("parent", message % {"reference": note.target.reference}, note.target_name)


def _succession(assessment: Assessment) -> Iterator[Objection]:
    old = assessment.supersedes
    if old is None:
        return
    if (old.commitment_id, old.party_id) != (assessment.commitment_id, assessment.party_id):
        message = _("Une évaluation n’en remplace qu’une du même engagement et de la même partie.")
        yield Objection("supersedes_other", message, "supersedes")
    elif not old.is_published:
        yield Objection("supersedes_unpublished", _("L’évaluation à remplacer n’est pas publiée."), "supersedes")


def _commitment(commitment: Commitment, public: bool) -> Iterator[Objection]:
    passages = _passages(commitment, public)
    if not any(passage.is_verified and passage.role == CitationRole.SUPPORTS for passage in passages):
        message = _("Un engagement s’appuie sur au moins une citation vérifiée dans le texte archivé d’une source.")
        yield Objection("no_citation", message, "statement_fr")
    roles = {undertaking.role for undertaking in commitment.undertakings.all()}
    if commitment.is_undertaken and UndertakingRole.UNDERTAKES not in roles:
        yield Objection("no_party", _("Indiquez au moins une partie qui s’engage."), "basis")
    elif not commitment.is_undertaken and UndertakingRole.CONCERNED not in roles:
        yield Objection("no_party", _("Indiquez au moins une partie concernée."), "basis")
    yield from role_objections(commitment.basis, roles)


def role_objections(basis: str, roles: Iterable[str]) -> Iterator[Objection]:
    """Yield the objection to parties having `roles` in what is stated on `basis`.

    Nobody undertakes what is no commitment, nor benefits from it: it only concerns them. In a commitment, "concerned"
    would not say who undertakes.
    """
    is_concerned = {role == UndertakingRole.CONCERNED for role in roles}
    if Basis(basis).is_undertaken and True in is_concerned:
        message = _("Dans un engagement, une partie s’engage ou bénéficie ; « %(role)s » ne se dit que du reste.")
    elif not Basis(basis).is_undertaken and False in is_concerned:
        message = _("Ce n’est pas un engagement : chaque partie y a le rôle « %(role)s », aucun autre.")
    else:
        return
    yield Objection("role", message % {"role": UndertakingRole.CONCERNED.label}, "basis")


def _discrepancy(discrepancy: Discrepancy, public: bool) -> Iterator[Objection]:
    # In a public discrepancy a claim without public passages is not shown yet, and does not count.
    claims = [claim for claim in discrepancy.claims.all() if not public or _passages(claim, public)]
    if len(claims) < 2:
        yield Objection("no_claims", _("Une divergence oppose au moins deux versions."), "question_fr")
        return
    for claim in claims:
        if not _has_verified(claim, public):
            message = _("La version « %(value)s » n’a pas de citation vérifiée.") % {"value": claim.wording("value")}
            yield Objection("no_citation", message, "question_fr")
    adopted = any(claim.is_adopted for claim in claims)
    if adopted and discrepancy.is_compatible:
        yield Objection("adopted_compatible", str(ADOPTED_COMPATIBLE), "is_compatible")
    if (adopted or discrepancy.is_compatible) != (discrepancy.settled_on is not None):
        message = _(
            "Une décision (une valeur retenue, ou des versions compatibles), son motif et sa date vont ensemble : "
            "complétez-les ou effacez-les."
        )
        yield Objection("half_settled", message, "settled_on")


def _citation(citation: Citation) -> Iterator[Objection]:
    target = citation.target
    record = target.discrepancy if isinstance(target, Claim) else target
    if isinstance(record, Reviewed) and not record.is_published:
        message = _("L’enregistrement que cette citation appuie n’est pas publié : publiez-le, elle le sera avec lui.")
        yield Objection("parent", message, "source")
    if not citation.may_be_published:
        yield Objection(citation.verification, citation.get_verification_display(), "exact")
