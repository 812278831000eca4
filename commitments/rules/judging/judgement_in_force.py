"""Which assessment is in force, and which would be once one more is published or one withdrawn."""

from collections.abc import Iterable

from commitments.models import Assessment, Commitment, Party
from commitments.querysets import AssessmentQuerySet, follow_up


def in_force(commitment: Commitment, party: Party | None) -> Assessment | None:
    """Return the assessment in force today for `party` (None: for all); None if there is none."""
    return _first(_public(commitment, party))


def becomes_current(proposal: Assessment) -> bool:
    """Whether `proposal`, if published today, would be in force; an assessment with a later `as_of` comes before it."""
    others = _public(proposal.commitment, proposal.party).exclude(pk=proposal.pk)
    return _first([*others, proposal]) == proposal


def without(withdrawn: Assessment) -> Assessment | None:
    """Return the assessment in force once `withdrawn` is withdrawn; what it superseded counts again."""
    return _first(_public(withdrawn.commitment, withdrawn.party).exclude(pk=withdrawn.pk))


def _first(judgements: Iterable[Assessment]) -> Assessment | None:
    return next(iter(follow_up.in_force(judgements).values()), None)


def _public(commitment: Commitment, party: Party | None) -> AssessmentQuerySet:
    """Return the public assessments about `commitment` and `party`."""
    return (
        Assessment.objects.published()
        .held()
        .filter(commitment=commitment, party=party)
        .select_related("commitment", "party", "proposed_by", "published_by", "supersedes")
    )
