"""One search, many commitments: "searched, nothing found", proposed for each of them or for none."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from commitments.choices import ReviewState
from commitments.models import Commitment, Search
from commitments.rules.act import as_act
from commitments.rules.judging import evidence
from commitments.rules.review import publication

Fields = Mapping[str, Any]
"""The fields of a search but for its commitment: the day, where it looked, what for, by whom."""


def refusals(fields: Fields, commitments: Iterable[Commitment]) -> dict[int, list[str]]:
    """Return the objections to proposing a search with `fields` for each commitment, by primary key.

    Commitments without objections are left out. One on which the same was already proposed, and is not yet published,
    is refused, so that submitting a form twice proposes once.
    """
    commitments = list(commitments)
    same = {"party": None, "milestone": None, **fields}  # a search on one party, or one step, is another
    waiting = Search.objects.filter(commitment__in=commitments, state=ReviewState.IN_REVIEW, **same)
    twice = set(waiting.order_by().values_list("commitment", flat=True))
    found = {}
    for commitment in commitments:
        against = [item.message for item in evidence.search_objections(Search(commitment=commitment, **fields))]
        if commitment.pk in twice:
            against.append(_("La même recherche est déjà en relecture."))
        if against:
            found[commitment.pk] = against
    return found


@as_act()
def record(fields: Fields, commitments: Iterable[Commitment], *, by: User) -> list[Search]:
    """Propose a search with `fields` for every commitment, signed `by`, and return the searches.

    Raises Refused, naming each commitment that a rule objects to; then nothing is saved.
    """
    # Locked in one order, so that two people who submit the same list do not deadlock.
    keys = [commitment.pk for commitment in commitments]
    locked = list(Commitment.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk"))
    against = refusals(fields, locked)
    if against:
        raise publication.Refused(
            [
                ValidationError(f"{commitment.reference} : {message}", code="search")
                for commitment in locked
                for message in against.get(commitment.pk, [])
            ]
        )
    made = []
    for commitment in locked:
        search = Search(commitment=commitment, **fields)
        search.save()
        publication.propose(search, by=by)
        made.append(search)
    return made
