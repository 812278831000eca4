"""One search, many commitments: "searched, no evidence found", proposed for each of them or for none."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from commitments.choices import ReviewState, Status
from commitments.models import Assessment, Commitment
from commitments.rules.act import as_act
from commitments.rules.judging import evidence
from commitments.rules.review import publication


@dataclass(frozen=True, slots=True)
class Search:
    """A search that found nothing: when, where, the day that the assessment is about, and its rationale."""

    searched_on: date
    searched_where_fr: str
    as_of: date
    rationale_fr: str
    searched_where_en: str = ""
    rationale_en: str = ""

    def judgement(self, commitment: Commitment) -> Assessment:
        """Return the assessment of `commitment`, for all its parties, that results from this search; not saved."""
        return Assessment(commitment=commitment, status=Status.NO_EVIDENCE, **asdict(self))


def refusals(search: Search, commitments: Iterable[Commitment]) -> dict[int, list[str]]:
    """Return the objections to proposing the outcome of `search` for each commitment, by primary key.

    Commitments without objections are left out. One on which the same was already proposed, and is not yet published,
    is refused, so that submitting a form twice proposes once.
    """
    commitments = list(commitments)
    waiting = Assessment.objects.filter(
        commitment__in=commitments,
        party=None,
        status=Status.NO_EVIDENCE,
        as_of=search.as_of,
        searched_on=search.searched_on,
        state=ReviewState.IN_REVIEW,
    )
    twice = set(waiting.order_by().values_list("commitment", flat=True))
    found = {}
    for commitment in commitments:
        against = [item.message for item in evidence.assessment_objections(search.judgement(commitment), [])]
        if commitment.pk in twice:
            against.append(_("La même évaluation est déjà en relecture."))
        if against:
            found[commitment.pk] = against
    return found


@as_act()
def record(search: Search, commitments: Iterable[Commitment], *, by: User) -> list[Assessment]:
    """Propose the outcome of `search` for every commitment, signed `by`, and return the assessments.

    Raises Refused, naming each commitment that a rule objects to; then nothing is saved.
    """
    # Locked in one order, so that two people who submit the same list do not deadlock.
    keys = [commitment.pk for commitment in commitments]
    locked = list(Commitment.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk"))
    against = refusals(search, locked)
    if against:
        raise publication.Refused(
            [
                ValidationError(f"{commitment.reference} : {message}", code="search")
                for commitment in locked
                for message in against.get(commitment.pk, [])
            ]
        )
    made = []
    for commitment in locked:
        assessment = search.judgement(commitment)
        assessment.save()
        publication.propose(assessment, by=by)
        made.append(assessment)
    return made
