"""What is told at once of the verification of several passages: how many had each outcome, and on which days."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from django.utils.translation import ngettext

from commitments.choices import Verification
from commitments.models import Citation


class Outcomes(NamedTuple):
    """The outcomes of some passages: how many have each, and the first and last day on which they were looked up."""

    counts: dict[Verification, int]
    first: date | None
    last: date | None

    @property
    def total(self) -> int:
        """How many passages there are."""
        return sum(self.counts.values())

    @property
    def are_all_verified(self) -> bool:
        """Whether every passage was found in its source's archived text."""
        return set(self.counts) == {Verification.VERIFIED}

    @property
    def in_words(self) -> list[str]:
        """How many passages have each outcome that some have, in words."""
        return [counted(outcome, self.counts[outcome]) for outcome in Verification if outcome in self.counts]


def outcomes(citations: Iterable[Citation]) -> Outcomes:
    """Return the outcomes of `citations`; no passage was looked up of a source without an archived text."""
    citations = list(citations)
    days = sorted(
        item.verified_at.date()
        for item in citations
        if item.verified_at and item.verification != Verification.NO_ARCHIVE
    )
    counts = Counter(Verification(item.verification) for item in citations)
    return Outcomes(dict(counts), days[0] if days else None, days[-1] if days else None)


def counted(outcome: Verification, n: int) -> str:
    """Return in words that `n` passages have `outcome`."""
    match outcome:
        case Verification.VERIFIED:
            words = ngettext("%(n)d retrouvé mot pour mot", "%(n)d retrouvés mot pour mot", n)
        case Verification.AMBIGUOUS:
            words = ngettext(
                "%(n)d présent à plusieurs endroits du texte archivé",
                "%(n)d présents à plusieurs endroits du texte archivé",
                n,
            )
        case Verification.NOT_FOUND:
            words = ngettext("%(n)d introuvable dans le texte archivé", "%(n)d introuvables dans le texte archivé", n)
        case Verification.NO_ARCHIVE:
            words = ngettext("%(n)d d’une source sans texte archivé", "%(n)d de sources sans texte archivé", n)
    return words % {"n": n}


def sources_of(citations: Iterable[Citation]) -> list[str]:
    """Return the sources of `citations`, each once, as sentences cite them."""
    return list(dict.fromkeys(item.source.cited_as for item in citations))
