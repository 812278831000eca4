"""Which assessment is in force, and which would be once one more is published or one withdrawn."""

from django.db.models import Exists, OuterRef

from commitments.models import Assessment, Commitment, Party
from commitments.querysets import AssessmentQuerySet


def in_force(commitment: Commitment, party: Party | None) -> Assessment | None:
    """Return the assessment in force today for `party` (None: for all); None if there is none."""
    return _standing(commitment, party).first()


def becomes_current(proposal: Assessment) -> bool:
    """Whether `proposal`, if published today, would be in force; an assessment with a later `as_of` comes before it."""
    others = _standing(proposal.commitment, proposal.party).exclude(pk__in=[proposal.pk, proposal.supersedes_id or 0])
    first = others.first()
    return first is None or proposal.as_of >= first.as_of


def without(withdrawn: Assessment) -> Assessment | None:
    """Return the assessment in force once `withdrawn` is withdrawn; what it superseded counts again."""
    public = Assessment.objects.published().held()
    others = public.filter(supersedes=OuterRef("pk")).exclude(pk=withdrawn.pk)
    mine = _of(public, withdrawn.commitment, withdrawn.party).exclude(pk=withdrawn.pk)
    return mine.filter(~Exists(others)).latest_first().first()


def _standing(commitment: Commitment, party: Party | None) -> AssessmentQuerySet:
    return _of(Assessment.objects.standing().held(), commitment, party).latest_first()


def _of(assessments: AssessmentQuerySet, commitment: Commitment, party: Party | None) -> AssessmentQuerySet:
    """Return those of `assessments` that are about `commitment` and `party`."""
    return assessments.filter(commitment=commitment, party=party).select_related(
        "commitment", "party", "proposed_by", "published_by", "supersedes"
    )
