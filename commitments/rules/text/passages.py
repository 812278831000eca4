"""The passages of a text: where they are, which sentences none of them touches, what surrounds one.

Pure: a text and places in, pieces out. Places are offsets into the text, in code points, as `quotes` gives them.
"""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from commitments.models import Citation
from commitments.rules.text import quotes

NEAR = 32
"""The most characters of context stored with a passage, if these identify its place."""

FAR = 300
"""The most that are stored if it takes more: as many as `Citation.prefix` has room for."""

MASK = "█"
"""Replaces each missing character of a text that is held in part (`Source.text_is_partial`)."""

ABBREVIATIONS = frozenset(
    {"m", "mm", "mme", "mmes", "mlle", "mlles", "mgr", "dr", "me", "st", "ste", "cf", "al", "art", "chap"}
    | {"fig", "p", "pp", "vol", "no", "av", "apr", "env"}
)
"""Words of French that a full stop follows within a sentence; a letter alone (an initial) needs no naming."""

# The end of a sentence, with any closing marks after it; or a blank line; or the end of a line.
_BOUNDARY = re.compile(
    r"(?<![.!?…])[.!?…]++(?:[ \u00a0\u2009\u202f]?[»”’\"')\]])*+(?=\s)|\r?\n[^\S\n]*(?:\r?\n\s*)?|\r(?!\n)"
)
_OPENING = "«“\"'‘’(-–— \u00a0\u202f"
_LAST_WORD = re.compile(r"[^\W_]+\Z")
# A word cut off by the edge of a passage's context; if it is the only word there, it stays.
_WORD_CUT_BEFORE = re.compile(r"\A\S+\s+(?=\S)")
_WORD_CUT_AFTER = re.compile(r"(?<=\S)\s+\S+\Z")


@dataclass(slots=True)
class Span:
    """A cited stretch of the text, its number on the page, and the citations of exactly that stretch."""

    start: int
    end: int
    number: int = 0
    citations: list[Citation] = field(default_factory=list)


@dataclass(slots=True)
class Piece:
    """A run of text that is cited throughout or not at all; the citations beginning there, the numbers ending there."""

    text: str
    marked: bool
    begins: list[Citation]
    ends: list[int]


@dataclass(slots=True)
class Chunk:
    """A sentence of the text, or the text between two: where it begins and ends, its pieces, whether it is cited."""

    start: int
    end: int
    pieces: list[Piece]
    is_sentence: bool
    is_cited: bool


def spans(citations: Iterable[Citation], length: int) -> list[Span]:
    """Return the distinct stretches that `citations` cite in a text of `length`, in reading order, numbered from 1.

    A citation has `start` and `end`, or None for both; one that is not located is left out.
    """
    found: dict[tuple[int, int], Span] = {}
    for citation in citations:
        start, end = citation.start, citation.end
        if start is not None and end is not None and 0 <= start < end <= length:
            found.setdefault((start, end), Span(start, end)).citations.append(citation)
    ordered = sorted(found.values(), key=lambda span: (span.start, -span.end))
    for number, span in enumerate(ordered, start=1):
        span.number = number
    return ordered


def pieces(text: str, members: Sequence[Span], low: int, high: int, cuts: Iterable[int] = ()) -> list[Piece]:
    """Return `text` from `low` to `high` in pieces, cut at the edges of its spans `members` and at `cuts`.

    Joined, the pieces are the stretch; the characters of spans, and no others, are in marked pieces.
    """
    begins: dict[int, list[Span]] = defaultdict(list)
    ends: dict[int, list[Span]] = defaultdict(list)
    for span in members:
        begins[span.start].append(span)
        ends[span.end].append(span)
    found = []
    open_spans = 0
    for start, end in pairwise(sorted({low, high, *begins, *ends, *cuts})):
        open_spans += len(begins.get(start, ())) - len(ends.get(start, ()))
        found.append(
            Piece(
                text=text[start:end],
                marked=open_spans > 0,
                begins=[citation for span in begins.get(start, ()) for citation in span.citations],
                ends=[span.number for span in ends.get(end, ())],
            )
        )
    return found


def sentences(text: str) -> list[tuple[int, int]]:
    """Return where the sentences of a French `text` begin and end, in order, without the white space around them.

    A blank line always ends a sentence; so does the end of a line, unless the next one continues in lower case. A
    stretch without a letter or a digit is no sentence.
    """
    found = []
    start = 0
    for match in _BOUNDARY.finditer(text):
        if _ends_sentence(text, start, match):
            found.append(_trimmed(text, start, match.end()))
            start = match.end()
    found.append(_trimmed(text, start, len(text)))
    return [(low, high) for low, high in found if any(map(str.isalnum, text[low:high]))]


def _ends_sentence(text: str, start: int, match: re.Match[str]) -> bool:
    """Whether the sentence that begins at `start` ends at `match`, a mark or the end of a line."""
    mark = match.group()
    after = text[match.end() : match.end() + 40].lstrip()
    if mark.isspace():
        goes_on = after[:1].islower() or _abbreviates(text, start, match.start())
        return mark.count("\n") > 1 or not goes_on
    if after.lstrip(_OPENING)[:1].islower():
        return False
    return not _abbreviates(text, start, match.end())


def _abbreviates(text: str, start: int, end: int) -> bool:
    """Whether the full stop at `end` does not end a sentence: that of an abbreviation, an initial, “1.”."""
    if text[end - 1 : end] != "." or text[end - 2 : end - 1] == ".":
        return False
    word = _LAST_WORD.search(text[max(start, end - 13) : end - 1])
    if word is None:
        return False
    last = word.group()
    is_initial = len(last) == 1 and last.isupper()
    is_item = last.isdecimal() and not text[max(start, end - 40) : end - 1 - len(last)].strip()
    return is_initial or is_item or last.lower() in ABBREVIATIONS


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    start = end - len(text[start:end].lstrip())
    return start, start + len(text[start:end].rstrip())


def chunks(text: str, cited: Sequence[Span]) -> list[Chunk]:
    """Return all of `text` as sentences and the text between them, with the spans `cited` marked in each.

    A sentence is cited if any span overlaps it.
    """
    if not text:
        return []
    whole = sentences(text)
    starts = {start for start, _end in whole}
    edges = sorted({0, len(text), *(edge for pair in whole for edge in pair)})
    found = [Chunk(low, high, [], is_sentence=low in starts, is_cited=False) for low, high in pairwise(edges)]
    begins = [chunk.start for chunk in found]
    position = 0
    for piece in pieces(text, cited, 0, len(text), edges):
        chunk = found[bisect_right(begins, position) - 1]
        chunk.pieces.append(piece)
        chunk.is_cited = chunk.is_cited or piece.marked
        position += len(piece.text)
    return found


def trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Return the place from `start` to `end` without the white space at its ends; None if nothing is left of it.

    None also for a place that is not in the text.
    """
    if not 0 <= start < end <= len(text):
        return None
    low, high = _trimmed(text, start, end)
    return (low, high) if low < high else None


def surroundings(text: str, start: int, end: int) -> tuple[str, str] | None:
    """Return the context to store before and after the passage from `start` to `end`, each on one line.

    That is a few whole words on either side; if these do not tell several places of the same passage apart, the
    shortest stretches that do. None if even FAR characters do not, or if the place cuts a word.
    """
    exact = text[start:end]

    def decides(radius: int) -> bool:
        place = quotes.locate(text, exact, _before(text, start, radius), _after(text, end, radius))
        return (place.start, place.end) == (start, end)

    if not decides(FAR):
        return None
    # If a stretch is enough, so is a longer one.
    radius = NEAR if decides(NEAR) else bisect_left(range(FAR + 1), True, lo=NEAR, key=decides)
    return _before(text, start, radius), _after(text, end, radius)


def _before(text: str, start: int, radius: int) -> str:
    low = max(0, start - radius)
    words = text[low:start]
    if low > 0 and not text[low - 1].isspace():
        words = _WORD_CUT_BEFORE.sub("", words)
    return " ".join(words.split())


def _after(text: str, end: int, radius: int) -> str:
    high = min(len(text), end + radius)
    words = text[end:high]
    if high < len(text) and not text[high].isspace():
        words = _WORD_CUT_AFTER.sub("", words)
    return " ".join(words.split())
