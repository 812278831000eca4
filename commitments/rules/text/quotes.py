"""Looks a quotation up in an archived text. Pure: text in, place out.

A quotation is verbatim if its words occur in the text; only these may differ: white space (any run of it, no-break and
thin spaces too; beside a quotation mark also its absence), the shape of apostrophes and of quotation marks, and the
Unicode form (canonical equivalence). There is no fuzzy match, and no word is cut: “une partie” does not occur in
“Aucune partie”. The selector is the W3C Web Annotation model's TextQuoteSelector (exact, prefix, suffix); offsets are
those of its TextPositionSelector, in code points.
"""

import unicodedata
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from commitments.choices import Verification

APOSTROPHES = "'’‘‛ʼʹ′`´＇"
QUOTATION_MARKS = '"“”„‟«»‹›″＂'
MOST_COUNTED = 1000
"""How many places are counted if the words occur in several: enough to say so."""

_SHAPES = {ord(mark): "'" for mark in APOSTROPHES} | {ord(mark): '"' for mark in QUOTATION_MARKS}


@dataclass(frozen=True, slots=True)
class Folded:
    """A text reduced to what counts, with the place of each character in the original.

    `starts[i]` and `ends[i]` bound, in the original, the unit that `text[i]` comes from; a unit (a letter with its
    accents) may have several characters here, and a match never begins or ends inside one.
    """

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def is_cut(self, index: int) -> bool:
        """Whether a match may begin or end at `index`: between two units, and not inside a word."""
        if index in (0, len(self.text)):
            return True
        if self.starts[index] == self.starts[index - 1]:
            return False
        return not (_is_of_word(self.text[index - 1]) and _is_of_word(self.text[index]))


@dataclass(frozen=True, slots=True)
class Location:
    """Where a quotation is: the outcome, the offsets if verified, and how often the exact words occur."""

    outcome: Verification
    start: int | None = None
    end: int | None = None
    occurrences: int = 0


def _is_of_word(char: str) -> bool:
    """Whether `char` is a letter, a mark on one, or a digit. An apostrophe is none: “AES” occurs in “l'AES”."""
    return unicodedata.category(char)[0] in "LMN"


def fold(text: str) -> Folded:
    """Return `text` with white space, apostrophes, quotation marks and Unicode form normalised."""
    units: list[str] = []
    starts, ends = array("I"), array("I")

    def add(unit: str, start: int, end: int) -> None:
        units.append(unit)
        starts.extend([start] * len(unit))
        ends.extend([end] * len(unit))

    position, length = 0, len(text)
    gap: int | None = None  # Where the white space just before `position` begins.
    while position < length:
        end = position + 1
        while end < length and unicodedata.combining(text[end]) and not text[position].isspace():
            end += 1
        unit = unicodedata.normalize("NFD", text[position:end]).translate(_SHAPES)
        if unit.isspace():
            gap = position if gap is None else gap
        else:
            if gap is not None and unit != '"' and units[-1:] != ['"']:
                add(" ", gap, position)
            add(unit, position, end)
            gap = None
        position = end
    if gap is not None and units[-1:] != ['"']:
        add(" ", gap, length)
    return Folded("".join(units), starts, ends)


_fold_archive = lru_cache(maxsize=8)(fold)


def _needle(words: str) -> str:
    return fold(words).text.strip()


def _places(archive: Folded, needle: str) -> Iterator[int]:
    index = archive.text.find(needle)
    while index >= 0:
        if archive.is_cut(index) and archive.is_cut(index + len(needle)):
            yield index
        index = archive.text.find(needle, index + 1)


def _is_between(archive: Folded, start: int, end: int, before: str, after: str) -> bool:
    """Whether `before` is just before `start`, and `after` just after `end`, white space aside."""
    if archive.text.endswith(" ", 0, start):
        start -= 1
    if archive.text.startswith(" ", end):
        end += 1
    return archive.text.endswith(before, 0, start) and archive.text.startswith(after, end)


def locate(text: str, exact: str, prefix: str = "", suffix: str = "") -> Location:
    """Return where `exact` is in `text`.

    `prefix` and `suffix` are the words just before and after it; if given they must match too, and they decide between
    several places. The outcome is NO_ARCHIVE for an empty `text`; NOT_FOUND if the words do not occur (or not with that
    prefix and suffix); AMBIGUOUS if several places remain; else VERIFIED with `start` and `end`, offsets into `text`
    such that text[start:end] is the passage as the source has it.
    """
    if not text.strip():
        return Location(Verification.NO_ARCHIVE)
    needle = _needle(exact)
    if not needle:
        return Location(Verification.NOT_FOUND)
    archive = _fold_archive(text)
    before, after = _needle(prefix), _needle(suffix)
    places: list[int] = []
    occurrences = 0
    for place in _places(archive, needle):
        occurrences += 1
        if _is_between(archive, place, place + len(needle), before, after):
            places.append(place)
        if len(places) > 1 and occurrences >= MOST_COUNTED:
            break
    if not places:
        return Location(Verification.NOT_FOUND, occurrences=occurrences)
    if len(places) > 1:
        return Location(Verification.AMBIGUOUS, occurrences=occurrences)
    return Location(
        Verification.VERIFIED,
        start=archive.starts[places[0]],
        end=archive.ends[places[0] + len(needle) - 1],
        occurrences=occurrences,
    )


def divergence(text: str, exact: str, *, shown: int = 40) -> tuple[str, str, str] | None:
    """Return where a quotation that is not found starts to differ from the text, to help whoever typed it.

    The result is (the last words found, what the quotation says next, what the text says next), each of at most about
    `shown` characters; None if not even the first word of `exact` occurs in `text`.
    """
    archive, needle = _fold_archive(text), fold(exact.strip())
    words = [index for index, char in enumerate(needle.text) if char == " "] + [len(needle.text)]
    found, place = 0, -1
    for end in words:
        at = next(_places(archive, needle.text[:end]), None) if end else None
        if at is None:
            break
        found, place = end, at
    if not found:
        return None
    quote = exact.strip()
    reached = needle.ends[found - 1]
    text_reached = archive.ends[place + found - 1]
    return (
        quote[max(0, reached - shown) : reached].strip(),
        quote[reached : reached + shown].strip(),
        text[text_reached : text_reached + shown].strip(),
    )
