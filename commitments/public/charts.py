"""Bars for a count by category: plain numbers that a template draws as SVG beside the figures themselves."""

from typing import NamedTuple

from django.db.models import TextChoices

WIDTH = 1000
"""The length of the longest possible bar, in the units of the drawing."""


class Bar(NamedTuple):
    """One category: its value, how many rows have it, and the length of its bar (of WIDTH)."""

    value: str
    n: int
    length: int


def bars(counts: dict[str, int], vocabulary: type[TextChoices]) -> list[Bar]:
    """Return a bar for each word of `vocabulary`, in its order; lengths are shares of the whole."""
    total = sum(counts.values())
    return [
        Bar(word.value, n, round(WIDTH * n / total) if total else 0)
        for word in vocabulary
        for n in [counts.get(word.value, 0)]
    ]
