"""The history of a commitment as a story: a sentence for each thing that happened, in the order of their days."""

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from django.utils.functional import Promise

from commitments.choices import Basis, Timeliness
from commitments.public.lists import apart

MADE, MET, MISSED, SEARCHED = "made", "met", "missed", "searched"
PUBLISHED, JUDGED, WITHDRAWN, SEARCH_WITHDRAWN = "published", "judged", "withdrawn", "search withdrawn"

ORDER = (MADE, MET, MISSED, SEARCHED, PUBLISHED, JUDGED, WITHDRAWN, SEARCH_WITHDRAWN)
"""On one day, what happened comes before what this site did."""


class Sentence(NamedTuple):
    """What happened on a day, and the record that it happened to: the commitment, an assessment, a search or a step.

    For the publication, also whether any assessment was public by then.
    """

    day: date
    kind: str
    about: Any
    is_judged: bool = False

    @property
    def opening(self) -> str | Promise:
        """What a story begins with: that the commitment is made; or what else the record is."""
        return apart.opening(Basis(self.about.basis))


def story(commitment: Any, steps: Iterable[Any]) -> list[Sentence]:
    """Return the story of `commitment`, a row of `for_detail`, and of its `steps`, as the page's reading knows them.

    Events are dated by their own day; what this site did (publish, assess, withdraw), by the day on which it did so.
    """
    judgements, withdrawn = commitment.public_assessments, commitment.withdrawn_assessments
    published_at = commitment.published_at
    is_judged = any(item.published_at < published_at for item in judgements)
    found = [
        Sentence(commitment.made_on, MADE, commitment),
        Sentence(published_at.date(), PUBLISHED, commitment, is_judged),
        *(Sentence(item.published_at.date(), JUDGED, item) for item in judgements),
        *(Sentence(item.withdrawn_at.date(), WITHDRAWN, item) for item in withdrawn),
        *(Sentence(item.searched_on, SEARCHED, item) for item in commitment.public_searches),
        *(Sentence(item.withdrawn_at.date(), SEARCH_WITHDRAWN, item) for item in commitment.withdrawn_searches),
        *(Sentence(step.met_on, MET, step) for step in steps if step.met_on),
        *(Sentence(step.milestone.due_on, MISSED, step) for step in steps if step.timeliness == Timeliness.OVERDUE),
    ]
    return sorted(found, key=lambda sentence: (sentence.day, ORDER.index(sentence.kind)))
