"""Counts of commitments by status and by timeliness, and the bars that a template draws from them as SVG.

The one place where the public pages count: home, a sector, a party and their lists all use it.
"""

from collections.abc import Mapping
from typing import NamedTuple

from pyroaring import BitMap

from commitments.choices import Status, Timeliness
from commitments.public.lists.catalogue import Catalogue

THINNEST = 0.8
"""The minimum width of a segment, in percent of the bar: a single row among thousands stays visible."""

LABELLED = 5
"""The minimum width, in percent of the bar, of a segment that has its number above it."""


class Bar(NamedTuple):
    """One category: its value, its word, how many rows have it, where its segment begins and how wide it is."""

    value: str
    label: str
    n: int
    start: str
    width: str
    filled: int
    is_labelled: bool

    @property
    def empty(self) -> int:
        """Return how much of the segment's height, from the top, is not filled."""
        return 100 - self.filled


class Figures(NamedTuple):
    """The counts of some commitments: how many, how many assessed, by status, by timeliness.

    A search that found nothing is no assessment.
    """

    total: int
    assessed: int
    overdue_total: int
    status_bars: list[Bar]
    timeliness_bars: list[Bar]


def figures(held: Catalogue, among: BitMap) -> Figures:
    """Return the figures of the commitments in the catalogue `held` whose primary keys are in `among`."""
    by_status, by_timeliness = held.sizes("status", among), held.sizes("timeliness", among)
    total = sum(by_status.values())
    return Figures(
        total=total,
        assessed=held.judged.intersection_cardinality(among),
        overdue_total=by_timeliness.get(Timeliness.OVERDUE, 0),
        status_bars=bars(by_status, Status),
        timeliness_bars=bars(by_timeliness, Timeliness),
    )


def bars(counts: Mapping[str, int], vocabulary: type[Status] | type[Timeliness]) -> list[Bar]:
    """Return a bar for each word of `vocabulary`, in its order; widths are shares of the whole."""
    total = sum(counts.values())
    shown = {word: max(100 * counts[word] / total, THINNEST) for word in vocabulary if counts.get(word)}
    scale = 100 / max(sum(shown.values()), 100)
    found, start = [], 0.0
    for word in vocabulary:
        width = shown.get(word, 0) * scale
        found.append(
            Bar(
                value=word.value,
                label=str(word.label),
                n=counts.get(word, 0),
                start=f"{start:.1f}%",
                width=f"{width:.1f}%",
                filled=word.filled,
                is_labelled=width >= LABELLED,
            )
        )
        start += width
    return found
