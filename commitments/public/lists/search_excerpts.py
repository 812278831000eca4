"""Shows why a search found a commitment: the words marked in the title, and where else they occur."""

from collections.abc import Iterable, Iterator
from html import escape
from typing import NamedTuple

from django.utils.safestring import SafeString, mark_safe

from commitments.models import Commitment
from commitments.models.wording import Wording
from commitments.rules.search import analysis
from commitments.rules.search.analysis import Place, Term
from commitments.templatetags.public import in_its_language

AROUND = 70
"""How many characters an excerpt shows before the first word found, and twice as many after it."""


class Excerpt(NamedTuple):
    """A passage cut between words, with "…" where text is left out, its language, and the places of the words found."""

    text: str
    language: str
    places: list[Place]


def found_in(text: Wording, terms: Iterable[Term]) -> list[Place]:
    """Return the places in `text` of the words searched for."""
    return analysis.found_in(text.text, text.language, terms)


def marked(text: str, places: list[Place]) -> SafeString:
    """Return `text` with the words at `places` marked."""
    pieces, done = [], 0
    for start, end, _stems in places:
        pieces.append(f"{escape(text[done:start])}<mark>{escape(text[start:end])}</mark>")
        done = end
    return mark_safe("".join(pieces) + escape(text[done:]))  # noqa: S308 - every piece is escaped


def excerpt(commitment: Commitment, terms: list[Term], in_title: list[Place]) -> Excerpt | None:
    """Return the passage with most of the words that the title lacks: from the statement, else from what belongs to it.

    `in_title` has the places of words in the title. Returns None if it has them all. Today's `commitment` is loaded
    with its `words`.
    """
    there = analysis.among(in_title, terms)
    missing = [term for term in terms if term not in there]
    if not missing:
        return None
    best, places, most = None, list[Place](), 0
    for text in _texts(commitment):  # ties: the first
        found = found_in(text, terms)
        n = len(analysis.among(found, missing))
        if n > most:
            best, places, most = text, found, n
        if most == len(missing):
            break
    if best is None:
        return None
    wanted = {stem for term in missing for stem in term.stems}
    first = next(place for place in places if not wanted.isdisjoint(place.stems))
    return _cut(best, places, first.start)


def excerpt_html(passage: Excerpt | None) -> SafeString:
    """Return `passage` as HTML with its words marked; "" for none."""
    if passage is None:
        return SafeString()
    html = in_its_language(passage.language, marked(passage.text, passage.places))
    return mark_safe(f'<span class="excerpt">{html}</span>')  # noqa: S308 - escaped by `marked`


def _texts(commitment: Commitment) -> Iterator[Wording]:
    statement = commitment.wording("statement")
    yield statement
    if "words" in commitment._state.fields_cache:
        other = {"fr": "en", "en": "fr"}[statement.language]
        yield from (commitment.wording(name, other) for name in ("title", "statement"))
        for language, text in getattr(getattr(commitment, "words", None), "texts", ()):
            yield Wording(text, language)


def _cut(whole: Wording, places: list[Place], first: int) -> Excerpt:
    """Return the text around `first`, cut between words."""
    text = whole.text
    start = text.rfind(" ", 0, max(0, first - AROUND)) + 1 if first > AROUND else 0
    end = text.find(" ", first + 2 * AROUND)
    end = len(text) if end < 0 else end
    before, after = "… " if start else "", " …" if end < len(text) else ""
    shift = len(before) - start
    shown = [Place(a + shift, b + shift, stems) for a, b, stems in places if a >= start and b <= end]
    return Excerpt(f"{before}{text[start:end]}{after}", whole.language, shown)
