"""Looks a quotation up in an archived text. Pure: text in, place out.

A quotation is verbatim when its words stand in the text, where only these may differ: white space (any run of it,
no-break and thin spaces too; beside a quotation mark also its absence), the shape of apostrophes and of quotation
marks, and the Unicode form (canonical equivalence). There is no fuzzy match. The selector is the W3C Web Annotation
model's TextQuoteSelector (exact, prefix, suffix); offsets are those of its TextPositionSelector, in code points.
"""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from commitments.choices import Verification

APOSTROPHES = "'’‘‛ʼʹ′`´＇"
QUOTATION_MARKS = '"“”„‟«»‹›″＂'
_SHAPES = {ord(mark): "'" for mark in APOSTROPHES} | {ord(mark): '"' for mark in QUOTATION_MARKS}


@dataclass(frozen=True, slots=True)
class Folded:
    """A text reduced to what counts, with the place in the original of each character kept.

    `starts[i]` and `ends[i]` bound, in the original, the unit that `text[i]` comes from; a unit (a letter with its
    accents) may have several characters here, and a match never begins or ends inside one.
    """

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def is_cut(self, index: int) -> bool:
        """Whether a match may begin or end at `index`: between two units."""
        if index in (0, len(self.text)):
            return True
        return self.starts[index] != self.starts[index - 1]


@dataclass(frozen=True, slots=True)
class Location:
    """Where a quotation stands: the outcome, the offsets when verified, and how often the exact words occur."""

    outcome: Verification
    start: int | None = None
    end: int | None = None
    occurrences: int = 0


def fold(text: str) -> Folded:
    """Return `text` with white space, apostrophes, quotation marks and Unicode form made uniform."""
    units: list[tuple[str, int, int]] = []
    position, length = 0, len(text)
    while position < length:
        end = position + 1
        while end < length and unicodedata.combining(text[end]) and not text[position].isspace():
            end += 1
        unit = unicodedata.normalize("NFD", text[position:end]).translate(_SHAPES)
        if unit.isspace():
            if units and units[-1][0] == " ":
                units[-1] = (" ", units[-1][1], end)
            else:
                units.append((" ", position, end))
        else:
            units.append((unit, position, end))
        position = end
    kept = [
        unit
        for index, unit in enumerate(units)
        if unit[0] != " "
        or not ((index and units[index - 1][0] == '"') or (index + 1 < len(units) and units[index + 1][0] == '"'))
    ]
    return Folded(
        "".join(unit for unit, _, _ in kept),
        tuple(start for unit, start, _ in kept for _ in unit),
        tuple(end for unit, _, end in kept for _ in unit),
    )


_fold_archive = lru_cache(maxsize=64)(fold)


def _needle(words: str) -> str:
    return fold(words).text.strip()


def _places(archive: Folded, needle: str) -> list[int]:
    places = []
    index = archive.text.find(needle)
    while index >= 0:
        if archive.is_cut(index) and archive.is_cut(index + len(needle)):
            places.append(index)
        index = archive.text.find(needle, index + 1)
    return places


def locate(text: str, exact: str, prefix: str = "", suffix: str = "") -> Location:
    """Return where `exact` stands in `text`.

    `prefix` and `suffix` are the words just before and after it; where given they must be there too, and they
    decide between several places. The outcome is NO_ARCHIVE for an empty `text`; NOT_FOUND where the words do not
    occur (or not with that prefix and suffix); AMBIGUOUS where several places remain; else VERIFIED with `start`
    and `end`, offsets into `text` such that text[start:end] is the passage as the source has it.
    """
    if not text.strip():
        return Location(Verification.NO_ARCHIVE)
    needle = _needle(exact)
    if not needle:
        return Location(Verification.NOT_FOUND)
    archive = _fold_archive(text)
    before, after = _needle(prefix), _needle(suffix)
    everywhere = _places(archive, needle)
    places = [
        place
        for place in everywhere
        if archive.text[:place].rstrip().endswith(before)
        and archive.text[place + len(needle) :].lstrip().startswith(after)
    ]
    if not places:
        return Location(Verification.NOT_FOUND, occurrences=len(everywhere))
    if len(places) > 1:
        return Location(Verification.AMBIGUOUS, occurrences=len(everywhere))
    place = places[0]
    return Location(
        Verification.VERIFIED,
        start=archive.starts[place],
        end=archive.ends[place + len(needle) - 1],
        occurrences=len(everywhere),
    )


def divergence(text: str, exact: str, *, shown: int = 40) -> tuple[str, str, str] | None:
    """Return where a quotation that is not found leaves the text, to help whoever typed it.

    The result is (the last words found, what the quotation says next, what the text says next), each of at most
    about `shown` characters; None where not even the first word of `exact` occurs in `text`.
    """
    archive, needle = _fold_archive(text), fold(exact.strip())
    words = [index for index, char in enumerate(needle.text) if char == " "] + [len(needle.text)]
    found, place = 0, -1
    for end in words:
        at = archive.text.find(needle.text[:end])
        if at < 0:
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
