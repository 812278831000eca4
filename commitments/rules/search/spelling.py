"""Near spellings: words of public texts that a word found nowhere may be meant for."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from django.db.models import Q
from rapidfuzz import process
from rapidfuzz.distance import OSA

from commitments.rules.search import analysis, entries
from commitments.rules.search.analysis import Term
from commitments.rules.search.entries import ENTRIES
from commitments.rules.search.finding import Sets, postings

SHORTEST, LONG = 3, 6
"""Letters of a word: from how many on it is looked for, and from how many on two of them may be wrong."""

MOST = 3
"""How many near spellings are offered for a word."""


def near(term: Term, known: Sequence[str], public: Sets) -> list[str]:
    """Return words of `public` texts that differ from a word by a letter or two, as printed there, the nearest first.

    Their stems are among those `known`. A letter added, left out, changed, or swapped with the next counts as one
    (optimal string alignment). Of words as near, those that more records have come first.
    """
    found = _near_stems(term, known)
    sets = postings(Q(stem__in=found), public)
    counted = {
        stem: sum(len(held) for places in kinds.values() for held in places.values()) for stem, kinds in sets.items()
    }
    best = sorted(counted, key=lambda stem: (found[stem], -counted[stem], stem))
    words: dict[str, None] = {}
    for stem in best:
        if word := _as_printed(stem, sets[stem]):
            words.setdefault(word)
        if len(words) == MOST:
            break
    return list(words)


def _near_stems(term: Term, known: Sequence[str]) -> dict[str, int]:
    """Return the stems among those `known` near those of a word, each with its distance."""
    found: dict[str, int] = {}
    for stem in term.stems:
        if len(stem) < SHORTEST:
            continue
        most = 2 if len(stem) >= LONG else 1
        for other, distance, _place in process.extract(stem, known, scorer=OSA.distance, score_cutoff=most, limit=None):
            found[other] = min(distance, found.get(other, distance))
    return found


def _as_printed(stem: str, kinds: Mapping[str, Mapping[str, Iterable[int]]]) -> str:
    """Return a word of a public text that has `stem`; in small letters if it is so printed anywhere in its record."""
    kind = next(kind for kind in ENTRIES if kind in kinds)
    key = next(key for held in kinds[kind].values() for key in held)
    forms = list(_forms(stem, kind, key))
    return next((form for form in forms if form.islower()), forms[0] if forms else "")


def _forms(stem: str, kind: str, key: int) -> Iterator[str]:
    texts, _indexed = entries.read(kind, [key])
    looked_for = [Term(stem, frozenset([stem]))]
    for text in texts.get(key, ()):
        for place in analysis.found_in(text.text, text.language, looked_for):
            yield text.text[place.start : place.end]
