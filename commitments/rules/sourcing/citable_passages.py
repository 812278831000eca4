"""The passages on file that could carry an assessment on a commitment, and the selector of a stretch of a source."""

from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from commitments.choices import GONE, Verification
from commitments.models import Assessment, Citation, Commitment, Source
from commitments.rules.text import quotes
from commitments.rules.text.passages import surroundings, trimmed

MOST = 100
"""How many passages are offered; further ones have to be quoted from their source."""

LONGEST = 4000
"""The longest passage that a citation can store."""

TITLES = {
    "commitment": _("Cités pour l’engagement"),
    "assessment": _("Cités par une autre évaluation"),
    "milestone": _("Cités pour un jalon"),
    "note": _("Cités par une note de suivi"),
}
"""What a passage was cited for, in the order in which the passages are offered."""


class Group(NamedTuple):
    """Passages that were cited for the same kind of record, each once."""

    title: Promise | str
    citations: list[Citation]


def passages(commitment: Commitment, *, but: Assessment | None = None) -> list[Group]:
    """Return the verified passages cited for `commitment` and what follows from it, grouped by what cites them.

    Each passage of a source is returned once, as the first of its citations, without those that `but` cites already and
    those that are withdrawn or declined, or whose source is. At most `MOST` are returned. An evidence kind given by any
    of its citations is set on the one returned, which is not saved.
    """
    targets = Q(commitment=commitment)
    for name in list(TITLES)[1:]:
        targets |= Q(**{f"{name}__commitment": commitment}) & ~Q(**{f"{name}__state__in": GONE})
    cited = Citation.objects.filter(targets, verification=Verification.VERIFIED)
    cited = cited.exclude(Q(state__in=GONE) | Q(source__state__in=GONE)).select_related("source").defer("source__text")
    ordered = sorted(cited, key=lambda row: (list(TITLES).index(row.target_name), row.source.reference, row.start))
    own = {_place(row) for row in ordered if but is not None and row.assessment_id == but.pk}
    return _grouped(row for row in _once(ordered) if _place(row) not in own)


def _place(citation: Citation) -> tuple[int, int | None, int | None]:
    return citation.source_id, citation.start, citation.end


def _once(citations: Iterable[Citation]) -> list[Citation]:
    found: dict[tuple[int, int | None, int | None], Citation] = {}
    for citation in citations:
        first = found.setdefault(_place(citation), citation)
        first.evidence_kind = first.evidence_kind or citation.evidence_kind
    return list(found.values())[:MOST]


def _grouped(citations: Iterable[Citation]) -> list[Group]:
    found: dict[str, Group] = {}
    for citation in citations:
        name = citation.target_name
        found.setdefault(name, Group(TITLES[name], [])).citations.append(citation)
    return list(found.values())


class Selector(NamedTuple):
    """A passage, and its context if the words alone would not say which place is meant."""

    exact: str
    prefix: str = ""
    suffix: str = ""


def selector(source: Source, start: int, end: int) -> Selector | None:
    """Return the selector of `source.text[start:end]`; None if there is no passage there that a citation can store.

    If the words occur in several places, just enough context is added to tell these apart.
    """
    place = trimmed(source.text, start, end)
    if place is None or place[1] - place[0] > LONGEST:
        return None
    exact = source.text[slice(*place)]
    alone = quotes.locate(source.text, exact)
    if (alone.start, alone.end) == place:
        return Selector(exact)
    return Selector(exact, *(surroundings(source.text, *place) or ()))
