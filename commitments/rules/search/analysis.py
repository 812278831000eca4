"""How search reads texts and queries: accents, case, ligatures, elisions and endings make no difference.

A word is folded, then stemmed (Snowball, French and English; M. F. Porter, snowballstem.org), but for those that it
takes for another (`DISTINCT`). A text is indexed by the stems of its own language; a word of a query, whose language is
unknown, is looked up under both. Scripts that put no space between words are read by overlapping pairs of characters.
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

LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss", "ẞ": "ss", "ς": "σ"})

UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
"""The characters of scripts without spaces between words, as in a regular expression: Thai, Lao, Burmese, Khmer, kana,
Chinese characters.
"""

_WORD = re.compile(rf"(?P<unspaced>[{UNSPACED}]+)|(?:(?![{UNSPACED}])[^\W_][\u0300-\u036f]*)+")

DISTINCT = {"armee": "armee", "armees": "armee", "armed": "armed"} | dict.fromkeys(
    ("communique", "communiques"), "communique"
)
"""Words that Snowball takes for another (armes, commune), by their forms as folded, each with the stem that it has."""

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
    """Yield the words of `text` in their order; an apostrophe or a hyphen separates two words.

    Of a run of characters without spaces, each pair is a word, or its only character.
    """
    for match in _WORD.finditer(text):
        if match["unspaced"]:
            yield from _pairs(match[0], match.start())
        elif folded := _folded(match[0]):
            yield Word(match.start(), match.end(), folded)


def _pairs(run: str, start: int) -> Iterator[Word]:
    for place in range(max(1, len(run) - 1)):
        pair = run[place : place + 2]
        yield Word(start + place, start + place + len(pair), unicodedata.normalize("NFKC", pair))


def stems(text: str, language: str = "") -> set[str]:
    """Return the stems that `text`, in `language`, is found under; in both languages if it is in neither."""
    return {stem for stem, _word in stemmed(text, language)}


def stemmed(text: str, language: str = "") -> Iterator[tuple[str, str]]:
    """Yield the stems that `text`, in `language`, is found under, each with the word as printed there."""
    codes = _codes(language)
    for start, end, folded in words(text):
        if _tells(folded):
            for code in codes:
                yield _stem(folded, code), text[start:end]


def terms(query: str) -> list[Term]:
    """Return the distinct search terms of `query`: without stop words, unless it contains nothing else."""
    folded: dict[str, str] = {}
    for word in words(query):
        folded.setdefault(word.folded, query[word.start : word.end])
    telling = {key: word for key, word in folded.items() if _tells(key)} or folded
    return [Term(word, _both(key)) for key, word in list(telling.items())[:MOST_TERMS]]


def is_common(word: str) -> bool:
    """Whether `word` is too common to be looked for."""
    return not any(_tells(part.folded) for part in words(word))


def found_in(text: str, language: str, looked_for: Iterable[Term]) -> list[Place]:
    """Return the places of a query's words in `text`, which is in `language`, in order."""
    wanted = frozenset[str]().union(*(term.stems for term in looked_for))
    found: list[Place] = []
    for start, end, folded in words(text):
        stems = _stems_of(folded, language)
        if wanted.isdisjoint(stems):
            continue
        if found and start < found[-1].end:  # pairs of characters overlap
            start, stems = found[-1].start, found.pop().stems + stems
        found.append(Place(start, end, stems))
    return found


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
    return folded not in COMMON and (len(folded) > 1 or not folded.isascii() or folded.isdigit())


def _codes(language: str) -> tuple[str, ...]:
    return (language,) if language in LANGUAGES else tuple(LANGUAGES)


@lru_cache(maxsize=40_000)
def _stems_of(folded: str, language: str) -> tuple[str, ...]:
    """Return the stems of a folded word of a text in `language`; in both languages if it is in neither."""
    return tuple(_stem(folded, code) for code in _codes(language))


@lru_cache(maxsize=20_000)
def _folded(word: str) -> str:
    bare = unicodedata.normalize("NFKD", word.translate(LIGATURES).casefold())
    return "".join(char for char in bare if char.isalnum())


@lru_cache(maxsize=20_000)
def _stem(folded: str, code: str) -> str:
    if folded in DISTINCT:
        return DISTINCT[folded]
    stemmers = _own.__dict__.setdefault("stemmers", {})  # a stemmer has state: one for each thread
    if code not in stemmers:
        stemmers[code] = snowballstemmer.stemmer(LANGUAGES[code])
    return stemmers[code].stemWord(folded)[:LONGEST_TOKEN]


def _both(folded: str) -> frozenset[str]:
    return frozenset(_stem(folded, code) for code in LANGUAGES)
