"""What a search offers beside what it finds: near spellings, words in French, each word by itself."""

from collections.abc import Iterable
from typing import NamedTuple

from commitments.public.search.everywhere import Everywhere
from commitments.rules.search import spelling
from commitments.rules.search.analysis import Term, stems
from commitments.typography import language

MOST_UNKNOWN = 3
"""How many words found nowhere near spellings are looked for."""


class Offer(NamedTuple):
    """A query that finds something, and how many records it finds."""

    query: str
    n: int


class Offers:
    """The queries offered beside a search; each finds something."""

    def __init__(self, search: Everywhere) -> None:
        self.search = search

    def near(self) -> list[Offer]:
        """Return the query with the words found nowhere replaced by near spellings of them."""
        held = self.search.held
        unknown = [term for term in self.search.terms if term.word in self.search.unknown][:MOST_UNKNOWN]
        words = {term: spelling.near(term, held.stems, held.public) for term in unknown}
        first = words.get(unknown[0], []) if unknown else []
        best = {term: found[0] for term, found in words.items() if found}
        return self._finding(self._with(best | {unknown[0]: word}) for word in first)

    def in_french(self) -> list[Offer]:
        """Return, on an English page, the query with the French words for its English ones."""
        if language() != "en" or self.search.is_past:
            return []
        lexicon = self.search.held.lexicon
        words = {term: lexicon.french_for(stem) for term in self.search.terms for stem in stems(term.word, "en")}
        known = {term: word for term, word in words.items() if word}
        return self._finding([self._with(known)] if known else [])

    def each(self) -> list[Offer]:
        """Return, where nothing has all the words, each of them that something has."""
        terms = self.search.terms
        if self.search.count or len(terms) < 2:
            return []
        return self._finding(term.word for term in terms if term.word not in self.search.unknown)

    def _with(self, words: dict[Term, str]) -> str:
        return " ".join(words.get(term, term.word) for term in self.search.terms)

    def _finding(self, queries: Iterable[str]) -> list[Offer]:
        searched = [Everywhere(query, self.search.held) for query in queries]
        return [Offer(search.query, search.count) for search in searched if search.count]
