"""How many sources speak independently of each other, as far as the records tell. Pure: sources in, voices out.

Two sources count as one voice if their archived text is the same, if they name the same publisher, or if a long passage
is quoted from both in the same words. Paraphrases of one by another are not detected.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

from commitments.choices import SourceKind
from commitments.models import Citation, Source

LONG = 8
"""The minimum length in words of a common passage that makes two sources one voice; shorter may be chance."""

_WORD = re.compile(r"\w+")


class Voice(NamedTuple):
    """One or several sources that count once: republications of one text, or texts of one publisher."""

    sources: list[Source]

    @property
    def kind(self) -> SourceKind:
        """Who speaks: of several kinds the first in the vocabulary, since the press reprints official texts."""
        kinds = {source.kind for source in self.sources}
        return next(kind for kind in SourceKind if kind in kinds)

    @property
    def is_named(self) -> bool:
        """Whether a publisher is known: without one, independence rests on the text alone."""
        return any(source.publisher for source in self.sources)


def voices(citations: Iterable[Citation]) -> list[Voice]:
    """Return the voices that speak in `citations`, in the order in which their first sources come."""
    found: list[tuple[dict[int, Source], set[tuple[str, str]]]] = []
    for citation in citations:
        sources, marks = {citation.source.pk: citation.source}, _marks(citation)
        apart = []
        for other in found:
            if other[1] & marks:
                sources, marks = other[0] | sources, other[1] | marks
            else:
                apart.append(other)
        found = [*apart, (sources, marks)]
    ordered = sorted((list(sources.values()) for sources, _marks in found), key=lambda group: group[0].reference)
    return [Voice(group) for group in ordered]


def _marks(citation: Citation) -> set[tuple[str, str]]:
    """Return the marks that identify the voice behind a citation; citations that share one are the same voice."""
    source = citation.source
    words = _words(citation.exact)
    marks = {("source", str(source.pk))}
    marks |= {("text", source.sha256)} if source.sha256 else set()
    marks |= {("publisher", " ".join(_words(source.publisher)))} if source.publisher.strip() else set()
    marks |= {("passage", " ".join(words))} if len(words) >= LONG else set()
    return marks


def _words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())
