"""Shows why a search found a record: the words marked in the title, and where else they occur."""

from collections.abc import Collection, Iterable, Iterator
from html import escape
from typing import Any, NamedTuple

from django.utils.safestring import SafeString, mark_safe

from commitments.models.wording import Wording, language_of
from commitments.rules.search import analysis, word_index
from commitments.rules.search.analysis import Place, Term
from commitments.rules.search.entries import ENTRIES, as_read
from commitments.templatetags.public import in_its_language

AROUND = 70
"""How many characters an excerpt shows before the first word found, and twice as many after it."""


OTHER = {"fr": "en", "en": "fr"}
"""For each language that the desk writes in, the other one."""


class Excerpt(NamedTuple):
    """A passage cut between words, with "…" where text is left out, its language, and the places of the words found.

    `anchor` names the passage's place on the page of the record; "" if it has none of its own.
    """

    text: str
    language: str
    places: list[Place]
    anchor: str


def show_texts(records: Collection[Any], kind: str) -> None:
    """Give today's `records` of `kind` the `texts` that they are found by besides their own, for `excerpt`."""
    texts = word_index.texts_of(kind, [record.pk for record in records])
    for record in records:
        record.texts = texts.get(record.pk, [])


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


def excerpt(record: Any, kind: str, terms: list[Term], in_title: list[Place]) -> Excerpt | None:
    """Return the passage with most of the words that the title lacks: from its own texts, else from what belongs to it.

    `in_title` has the places of words in the title. Returns None if it has them all, or none of the others occurs in a
    text: they are then in a name that the record has from others. Today's `record` has its `texts` (`show_texts`).
    """
    there = analysis.among(in_title, terms)
    missing = [term for term in terms if term not in there]
    if not missing:
        return None
    best, at, places, most = None, "", list[Place](), 0
    for text, anchor in _texts(record, kind):  # ties: the first
        found = found_in(text, terms)
        n = len(analysis.among(found, missing))
        if n > most:
            best, at, places, most = text, anchor, found, n
        if most == len(missing):
            break
    if best is None:
        return None
    wanted = {stem for term in missing for stem in term.stems}
    first = next(place for place in places if not wanted.isdisjoint(place.stems))
    return _cut(best, places, first.start)._replace(anchor=at)


def excerpt_html(passage: Excerpt | None) -> SafeString:
    """Return `passage` as HTML with its words marked; "" for none."""
    if passage is None:
        return SafeString()
    html = in_its_language(passage.language, marked(passage.text, passage.places))
    return mark_safe(f'<span class="excerpt">{html}</span>')  # noqa: S308 - escaped by `marked`


def _texts(record: Any, kind: str) -> Iterator[tuple[Wording, str]]:
    """Yield the texts that `record` is found by, but for its title in the page's language, each with its anchor."""
    entry = ENTRIES[kind]
    own = dict.fromkeys(map(_base, entry.own))
    title = _base(entry.titles[0]) if entry.titles else ""
    for name in own:
        if name != title:
            yield _as_read(name, _wording(record, name)), ""
    if hasattr(record, "texts"):
        for name in own:
            if hasattr(record, f"{name}_fr"):
                yield _as_read(name, record.wording(name, OTHER[record.wording(name).language])), ""
        for language, text, anchor in record.texts:
            yield Wording(text, language), anchor


def _as_read(name: str, text: Wording) -> Wording:
    return Wording(as_read(f"{name}_fr", text.text), text.language)


def _base(name: str) -> str:
    """Return the name of a text without its language."""
    return name[:-3] if language_of(name) else name


def _wording(record: Any, name: str) -> Wording:
    """Return the text called `name` in the page's language; in that of the record if it is not in two."""
    return record.wording(name) if hasattr(record, f"{name}_fr") else Wording(getattr(record, name), record.language)


def _cut(whole: Wording, places: list[Place], first: int) -> Excerpt:
    """Return the text around `first`, cut between words."""
    text = whole.text
    start = text.rfind(" ", 0, max(0, first - AROUND)) + 1 if first > AROUND else 0
    end = text.find(" ", first + 2 * AROUND)
    end = len(text) if end < 0 else end
    before, after = "… " if start else "", " …" if end < len(text) else ""
    shift = len(before) - start
    shown = [Place(a + shift, b + shift, stems) for a, b, stems in places if a >= start and b <= end]
    return Excerpt(f"{before}{text[start:end]}{after}", whole.language, shown, "")
