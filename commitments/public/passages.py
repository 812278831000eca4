"""The cited passages of a text, in a short context or in the whole of it. Pure: a text and spans in, pieces out.

Outside the whole text, nothing but the spans and at most MARGIN characters on either side of each ever comes out, and
what is not cited is never more than SHARE percent of the text, however many its spans are.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

MARGIN = 40
"""How many characters of the text are shown on each side of a cited passage, at most."""

SHARE = 15
"""How much of a text that is not public may be shown without being cited, in percent of its length."""


@dataclass(slots=True)
class Span:
    """A cited stretch of the text, its number on the page, and the citations of exactly that stretch."""

    start: int
    end: int
    number: int = 0
    citations: list[Any] = field(default_factory=list)


@dataclass(slots=True)
class Piece:
    """A run of text that is cited throughout or not at all; the citations that begin, the numbers that end there."""

    text: str
    marked: bool
    begins: list[Any]
    ends: list[int]


@dataclass(slots=True)
class Window:
    """A stretch of the text that is shown: its pieces, its spans, and whether the text goes on around it."""

    pieces: list[Piece]
    spans: list[Span]
    cut_before: bool
    cut_after: bool


def spans(citations: Iterable[Any], length: int) -> list[Span]:
    """Return the distinct stretches that `citations` cite in a text of `length`, in reading order, numbered from 1.

    A citation has `start` and `end`, or None for both; one without a place in the text is left out.
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


def windows(text: str, cited: Sequence[Span], *, whole: bool = False, margin: int = MARGIN) -> list[Window]:
    """Return what of `text` is shown around the spans `cited` (ordered): contexts, merged only where they meet.

    With `whole`, one window of the whole text. Contexts are cut between words, and all of them are narrowed alike
    until what they show beside the spans is at most SHARE percent of the text.
    """
    if whole:
        return [_window(text, 0, len(text), list(cited))] if text else []
    spoken = _length(_merged(text, cited, 0))
    for radius in range(margin, -1, -1):
        merged = _merged(text, cited, radius)
        if (_length(merged) - spoken) * 100 <= SHARE * len(text):
            break
    return [_window(text, low, high, members) for low, high, members in merged]


def _merged(text: str, cited: Sequence[Span], margin: int) -> list[tuple[int, int, list[Span]]]:
    """Return the stretches that the contexts of `cited` cover, each with its spans; those that meet are one."""
    merged: list[tuple[int, int, list[Span]]] = []
    for span in cited:
        low, high = _context(text, span, margin)
        if merged and low <= merged[-1][1]:
            before, after, members = merged[-1]
            members.append(span)
            merged[-1] = (min(before, low), max(after, high), members)
        else:
            merged.append((low, high, [span]))
    return merged


def _length(merged: list[tuple[int, int, list[Span]]]) -> int:
    return sum(high - low for low, high, _members in merged)


def _context(text: str, span: Span, margin: int) -> tuple[int, int]:
    low, high = max(0, span.start - margin), min(len(text), span.end + margin)
    if low > 0:
        low = next((index for index in range(low, span.start) if text[index].isspace()), span.start)
        while low < span.start and text[low].isspace():
            low += 1
    if high < len(text):
        high = next((index for index in range(high, span.end, -1) if text[index].isspace()), span.end)
        while high > span.end and text[high - 1].isspace():
            high -= 1
    return low, high


def _window(text: str, low: int, high: int, members: list[Span]) -> Window:
    """Return the window of `text` from `low` to `high`, in one pass over the edges of its spans."""
    begins: dict[int, list[Span]] = defaultdict(list)
    ends: dict[int, list[Span]] = defaultdict(list)
    for span in members:
        begins[span.start].append(span)
        ends[span.end].append(span)
    pieces = []
    open_spans = 0
    for start, end in pairwise(sorted({low, high, *begins, *ends})):
        open_spans += len(begins.get(start, ())) - len(ends.get(start, ()))
        pieces.append(
            Piece(
                text=text[start:end],
                marked=open_spans > 0,
                begins=[citation for span in begins.get(start, ()) for citation in span.citations],
                ends=[span.number for span in ends.get(end, ())],
            )
        )
    return Window(pieces, members, cut_before=low > 0, cut_after=high < len(text))
