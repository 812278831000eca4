"""Shows why a search found a commitment: its words marked in the title, and where else they stand."""

from collections.abc import Iterable
from html import escape
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from commitments.models.wording import Wording
from commitments.rules import search
from commitments.rules.search import Term
from commitments.templatetags.public import in_its_language

AROUND = 70
"""How many characters an excerpt shows before the first word found, and twice as many after it."""


def marked(text: Wording, terms: Iterable[Term]) -> SafeString:
    """Return `text` with the words looked for marked."""
    return _marked(text.text, search.found_in(text.text, text.language, terms) if terms else [])


def excerpt(commitment: Any, terms: list[Term]) -> SafeString:
    """Return the passage that has most of the words that the title lacks: of the statement, else of what hangs from it.

    Nothing where the title has them all, or where nothing is looked for. `commitment` is read with its `words`, where
    it is read for today.
    """
    title = commitment.wording("title")
    there = search.present(title.text, title.language, terms)
    missing = [term for term in terms if term not in there]
    if not missing:
        return SafeString()
    texts = [commitment.wording("statement")]
    if "words" in commitment._state.fields_cache:
        other = {"fr": "en", "en": "fr"}[texts[0].language]
        texts += [commitment.wording(name, other) for name in ("title", "statement")]
        beside = getattr(getattr(commitment, "words", None), "texts", ())
        texts += [Wording(text, language) for language, text in beside]
    best, most = texts[0], 0
    for text in texts:  # the first of those that have as many
        n = len(search.present(text.text, text.language, missing))
        if n > most:
            best, most = text, n
        if most == len(missing):
            break
    if not most:
        return SafeString()
    return format_html('<span class="excerpt">{}</span>', in_its_language(best.language, _cut(best, terms, missing)))


def _cut(text: Wording, terms: list[Term], missing: list[Term]) -> SafeString:
    first = search.found_in(text.text, text.language, missing)[0][0]
    start = text.text.rfind(" ", 0, max(0, first - AROUND)) + 1 if first > AROUND else 0
    end = text.text.find(" ", first + 2 * AROUND)
    end = len(text.text) if end < 0 else end
    shown = text.text[start:end]
    places = search.found_in(shown, text.language, terms)
    return format_html("{}{}{}", "… " if start else "", _marked(shown, places), " …" if end < len(text.text) else "")


def _marked(text: str, places: list[tuple[int, int]]) -> SafeString:
    done = [0, *(end for _start, end in places)]
    pieces = (
        f"{escape(text[before:start])}<mark>{escape(text[start:end])}</mark>"
        for before, (start, end) in zip(done, places, strict=False)
    )
    return mark_safe("".join(pieces) + escape(text[done[-1] :]))  # noqa: S308 - every piece is escaped
