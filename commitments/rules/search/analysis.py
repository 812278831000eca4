"""How search reads texts and queries: accents, case, ligatures, elisions and endings make no difference.

A word is folded, then stemmed (Snowball, French and English; M. F. Porter, snowballstem.org). A text is indexed by the
stems of its own language; a word of a query, whose language is unknown, is looked up under both.
"""

import re
import threading
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

import snowballstemmer

from commitments.models import Commitment

LANGUAGES = {"fr": "french", "en": "english"}
"""The languages that words are stemmed in, as Snowball calls them; a text in another is indexed under both."""

LONGEST_TOKEN = 40
MOST_TERMS = 20

LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss"})
_WORD = re.compile(r"(?:[^\W_][\u0300-\u036f]*)+")

COMMON = frozenset(
    re.findall(
        r"\w+",
        "au aux avec ce ces cet cette dans de des du elle elles en est et il ils la le les leur leurs lorsqu mais ne "
        "ou par pas pour puisqu qu que qui sa se ses si son sont sur un une "
        "an and are as at be by for from in is it its of on or that the their they this to was were which will with",
    )
)
"""Stop words, too common to tell records apart, and elided forms before an apostrophe."""

_own = threading.local()


class Word(NamedTuple):
    """A word of a text: its place, and its folded form."""

    start: int
    end: int
    folded: str


class Place(NamedTuple):
    """Where a word of a query occurs in a text, and what it was found by."""

    start: int
    end: int
    stems: tuple[str, ...]


class Term(NamedTuple):
    """A word of a query: as typed, and the stems that it may be found under."""

    word: str
    stems: frozenset[str]


def words(text: str) -> Iterator[Word]:
    """Yield the words of `text` in their order; an apostrophe or a hyphen separates two words."""
    for match in _WORD.finditer(text):
        folded = _folded(match[0])
        if folded:
            yield Word(match.start(), match.end(), folded)


def stems(text: str, language: str = "") -> set[str]:
    """Return the stems that `text`, in `language`, is found under; in both languages if it is in neither."""
    codes = _codes(language)
    return {_stem(word.folded, code) for word in words(text) if _tells(word.folded) for code in codes}


def terms(query: str) -> list[Term]:
    """Return the distinct search terms of `query`: without stop words, unless it contains nothing else."""
    folded: dict[str, str] = {}
    for word in words(query):
        folded.setdefault(word.folded, query[word.start : word.end])
    telling = {key: word for key, word in folded.items() if _tells(key)} or folded
    return [Term(word, _both(key)) for key, word in list(telling.items())[:MOST_TERMS]]


def found_in(text: str, language: str, looked_for: Iterable[Term]) -> list[Place]:
    """Return the places of a query's words in `text`, which is in `language`, in order."""
    wanted = frozenset[str]().union(*(term.stems for term in looked_for))
    return [
        Place(*match.span(), stems)
        for match in _WORD.finditer(text)
        if not wanted.isdisjoint(stems := _stems_of(match[0], language))
    ]


def among(places: Iterable[Place], looked_for: Iterable[Term]) -> list[Term]:
    """Return the words of a query that occur at `places`."""
    held = {stem for place in places for stem in place.stems}
    return [term for term in looked_for if not term.stems.isdisjoint(held)]


def document(commitment: Commitment) -> str:
    """Return the stems of the words of `commitment` itself, in both languages, each between spaces.

    Past days are searched by these: what belongs to a commitment is indexed for today only (`word_index`).
    """
    found = stems(f"{commitment.title_fr} {commitment.statement_fr}", "fr")
    found |= stems(f"{commitment.title_en} {commitment.statement_en}", "en")
    return f" {' '.join(sorted(found))} "


def _tells(folded: str) -> bool:
    return folded not in COMMON and (len(folded) > 1 or folded.isdigit())


def _codes(language: str) -> tuple[str, ...]:
    return (language,) if language in LANGUAGES else tuple(LANGUAGES)


@lru_cache(maxsize=40_000)
def _stems_of(word: str, language: str) -> tuple[str, ...]:
    """Return the stems of a word of a text in `language`; in both languages if it is in neither."""
    return tuple(_stem(_folded(word), code) for code in _codes(language))


@lru_cache(maxsize=20_000)
def _folded(word: str) -> str:
    bare = unicodedata.normalize("NFKD", word.translate(LIGATURES).casefold())
    return "".join(char for char in bare if char.isalnum())


@lru_cache(maxsize=20_000)
def _stem(folded: str, code: str) -> str:
    stemmers = _own.__dict__.setdefault("stemmers", {})  # a stemmer has state: one for each thread
    if code not in stemmers:
        stemmers[code] = snowballstemmer.stemmer(LANGUAGES[code])
    return stemmers[code].stemWord(folded)[:LONGEST_TOKEN]


def _both(folded: str) -> frozenset[str]:
    return frozenset(_stem(folded, code) for code in LANGUAGES)
