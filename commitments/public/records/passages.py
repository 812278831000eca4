"""The cited passages of a text, in a short context or in the whole of it. Pure: a text and spans in, pieces out.

Unless the whole text is shown, only the spans and at most MARGIN characters on either side of each are ever returned,
and uncited text is never more than SHARE percent of the whole, however many spans there are.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from commitments.rules.text.passages import MASK, Piece, Span, pieces

MARGIN = 40
"""How many characters of the text are shown on each side of a cited passage, at most."""

SHARE = 15
"""How much of a text that is not public may be shown without being cited, in percent of its length."""


@dataclass(slots=True)
class Window:
    """A stretch of the text that is shown: its pieces, its spans, its place, and whether the text goes on around it."""

    pieces: list[Piece]
    spans: list[Span]
    start: int
    end: int
    cut_before: bool
    cut_after: bool


def windows(text: str, cited: Sequence[Span], *, whole: bool = False, margin: int = MARGIN) -> list[Window]:
    """Return what of `text` is shown around the spans `cited` (ordered): contexts, merged if they touch.

    With `whole`, one window of the whole text. Contexts are cut between words, and all are narrowed equally until what
    they show beside the spans is at most SHARE percent of the text.
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
    """Return the stretches that the contexts of `cited` cover, each with its spans; those that touch are one."""
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
    if high < len(text):
        high = next((index for index in range(high, span.end, -1) if text[index].isspace()), span.end)
    if MASK in text[low:high]:
        # A text held in part: what is held begins and ends where the context did when the text was whole.
        low = max(low, text.rfind(MASK, low, span.start) + 1)
        hidden = text.find(MASK, span.end, high)
        high = hidden if hidden >= 0 else high
    if low > 0:
        low = span.start - len(text[low : span.start].lstrip())
    if high < len(text):
        high = span.end + len(text[span.end : high].rstrip())
    return low, high


def _window(text: str, low: int, high: int, members: list[Span]) -> Window:
    """Return the window of `text` from `low` to `high`, with its spans."""
    return Window(pieces(text, members, low, high), members, low, high, cut_before=low > 0, cut_after=high < len(text))
