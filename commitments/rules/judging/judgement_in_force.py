"""Which assessment is in force and which status follows, today and once one more record is published or withdrawn."""

from collections.abc import Iterable
from typing import NamedTuple

from commitments.choices import Status
from commitments.models import Assessment, Commitment, Party, Search
from commitments.querysets import AssessmentQuerySet, follow_up


class StatusChange(NamedTuple):
    """The status of a commitment, for one party or for all: today, and once something is done."""

    now: Status
    then: Status


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


def status_once_published(proposal: Assessment | Search) -> StatusChange:
    """Return what publishing `proposal` today does to the status of its commitment, for its party."""
    return _change(proposal, with_it=True)


def status_once_withdrawn(record: Assessment | Search) -> StatusChange:
    """Return what withdrawing the public `record` does to the status of its commitment, for its party."""
    return _change(record, with_it=False)


def _change(record: Assessment | Search, *, with_it: bool) -> StatusChange:
    """Return the status today, and the one that follows from the same records with `record` among them, or without."""
    searches = Search.objects.published().held().filter(commitment=record.commitment, party=record.party)
    held: list[Assessment | Search] = [*_public(record.commitment, record.party), *searches]
    others = [one for one in held if one != record]
    return StatusChange(_status(held), _status([*others, record] if with_it else others))


def _status(records: list[Assessment | Search]) -> Status:
    judgements = [record for record in records if isinstance(record, Assessment)]
    return follow_up.status_of(_first(judgements), [record for record in records if isinstance(record, Search)])


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
