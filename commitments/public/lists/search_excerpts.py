"""Shows why a search found a commitment: the words marked in the title, and where else they occur."""

from collections.abc import Iterable, Iterator
from html import escape

from django.utils.safestring import SafeString, mark_safe

from commitments.models import Commitment
from commitments.models.wording import Wording
from commitments.rules.search import analysis
from commitments.rules.search.analysis import Place, Term
from commitments.templatetags.public import in_its_language

AROUND = 70
"""How many characters an excerpt shows before the first word found, and twice as many after it."""


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


def excerpt(commitment: Commitment, terms: list[Term], in_title: list[Place]) -> SafeString:
    """Return the passage with most of the words that the title lacks: from the statement, else from what belongs to it.

    `in_title` has the places of words in the title. Returns "" if it has them all. Today's `commitment` is loaded with
    its `words`.
    """
    there = analysis.among(in_title, terms)
    missing = [term for term in terms if term not in there]
    if not missing:
        return SafeString()
    best, places, most = None, list[Place](), 0
    for text in _texts(commitment):  # ties: the first
        found = found_in(text, terms)
        n = len(analysis.among(found, missing))
        if n > most:
            best, places, most = text, found, n
        if most == len(missing):
            break
    if best is None:
        return SafeString()
    wanted = {stem for term in missing for stem in term.stems}
    first = next(place for place in places if not wanted.isdisjoint(place.stems))
    cut = in_its_language(best.language, _cut(best.text, places, first.start))
    return mark_safe(f'<span class="excerpt">{cut}</span>')  # noqa: S308 - cut out of escaped text


def _texts(commitment: Commitment) -> Iterator[Wording]:
    statement = commitment.wording("statement")
    yield statement
    if "words" in commitment._state.fields_cache:
        other = {"fr": "en", "en": "fr"}[statement.language]
        yield from (commitment.wording(name, other) for name in ("title", "statement"))
        for language, text in getattr(getattr(commitment, "words", None), "texts", ()):
            yield Wording(text, language)


def _cut(text: str, places: list[Place], first: int) -> SafeString:
    """Return the text around `first`, cut between words, with the words at `places` marked."""
    start = text.rfind(" ", 0, max(0, first - AROUND)) + 1 if first > AROUND else 0
    end = text.find(" ", first + 2 * AROUND)
    end = len(text) if end < 0 else end
    shown = [Place(a - start, b - start, stems) for a, b, stems in places if a >= start and b <= end]
    html = marked(text[start:end], shown)
    return mark_safe(f"{'… ' if start else ''}{html}{' …' if end < len(text) else ''}")  # noqa: S308 - escaped above
