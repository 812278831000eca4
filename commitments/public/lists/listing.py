"""A list of commitments: what a query finds, counted by facet, sorted, page by page; and what to relax."""

from collections.abc import Collection, Iterator
from functools import lru_cache
from html import escape
from typing import Any, NamedTuple

from django.http import QueryDict
from django.utils.safestring import SafeString, mark_safe
from django_tables2.data import TableData
from django_tables2.utils import OrderByTuple
from pyroaring import BitMap

from commitments.choices import Basis
from commitments.models import Commitment
from commitments.public.lists.apart import Apart, apart
from commitments.public.lists.catalogue import FACETS, Catalogue
from commitments.public.lists.filters import REFERENCE, CommitmentFilter, SortForm
from commitments.public.lists.last_searches import show_searches
from commitments.public.search.excerpts import show_texts
from commitments.public.serving import pairs
from commitments.querysets import ReviewedQuerySet
from commitments.reading import Reading
from commitments.rules.search import analysis, finding
from commitments.rules.search.analysis import Term
from commitments.rules.search.entries import ENTRIES
from commitments.rules.time.rewind import rewind

MOST_OPTIONS = 40
"""How many values of a facet are offered, those with most commitments; an address may name any other."""


INVALID = ' aria-invalid="true"'

SHOWN = ("reference", "state", "basis", "made_on", "sector", "title_fr", "title_en")
"""What a row shows of the commitment's own fields."""


class Option(NamedTuple):
    """A value that a facet offers: in words, and how many commitments it would leave."""

    value: str
    label: str
    n: int
    is_chosen: bool


class Facet(NamedTuple):
    """A facet as the page offers it: its name in the address, its label, its label for no choice, and its values."""

    name: str
    label: str
    empty_label: str
    options: list[Option]
    errors: Any

    @property
    def drawn(self) -> SafeString:
        """The form field that chooses the facet, in HTML."""
        name, label, empty_label = self.name, escape(self.label), escape(self.empty_label)
        options = "".join(
            f"{_begun(value, label, is_chosen)}{n})</option>\n" for value, label, n, is_chosen in self.options
        )
        return mark_safe(  # noqa: S308 - value and labels are escaped, the rest is ours
            f'<div class="field">\n<label for="id_{name}">{label}</label>\n'
            f'<select name="{name}" id="id_{name}"{INVALID if self.errors else ""}>\n'
            f'<option value="">{empty_label}</option>\n{options}</select>\n{self.errors or ""}</div>\n'
        )


@lru_cache(maxsize=4096)
def _begun(value: str, label: str, is_chosen: bool) -> str:
    return f'<option value="{escape(value)}"{" selected" if is_chosen else ""}>{escape(label)} ('


class Relaxed(NamedTuple):
    """A filter in use, and how many commitments there would be without it."""

    name: str
    label: str
    value: str
    n: int


class Found(NamedTuple):
    """What the words of a query find: tiers, the best first; the words themselves."""

    tiers: list[BitMap]
    terms: list[Term]

    @property
    def all(self) -> BitMap:
        """Every commitment found."""
        return BitMap.union(BitMap(), *self.tiers)


class Listing(TableData):
    """The commitments that a query finds, as the rows of a table: counted at once, read a page at a time."""

    def __init__(self, parameters: QueryDict, held: Catalogue) -> None:
        super().__init__([])
        self.catalogue, self.reading = held, held.reading
        self.parameters = pairs(parameters)
        self.filter = CommitmentFilter(parameters, catalogue=self.catalogue)
        self.found: Found | None = None
        order = SortForm(parameters)
        asked = order.cleaned_data["sort"] if order.is_valid() else ""
        self.sort = asked if asked.removeprefix("-") in self.catalogue.orders else ""
        self.matching = BitMap()
        if self.filter.is_valid():
            self.found = found(self.filter.cleaned_data["q"], self.catalogue)
            self.matching = self.catalogue.chosen(self.filter.chosen, self.found and self.found.all)

    # What a table requires of its data

    def __len__(self) -> int:
        return len(self.matching)

    def __getitem__(self, places: slice) -> list[Commitment]:
        """Return the rows at `places`, as `for_table` gives them, with `texts` if words are searched for.

        What the catalogue knows of them is not queried again.
        """
        keys = self._keys(places.start or 0, places.stop - (places.start or 0))
        return rows_of(keys, self.catalogue, with_words=bool(self.terms))

    def __iter__(self) -> Iterator[Commitment]:
        return iter(self[0 : len(self)])

    def order_by(self, aliases: OrderByTuple) -> None:
        """Do nothing: the rows are already sorted, as requested; else by relevance, else by reference."""

    def _keys(self, start: int, size: int) -> list[int]:
        if self.sort or not self.found:
            return self.catalogue.page(self.matching, self.sort or "title", start, size)
        keys: list[int] = []
        for tier in self.found.tiers:
            mine = self.matching & tier
            keys += self.catalogue.page(mine, "title", start, size - len(keys))
            if len(keys) == size:
                break
            start = max(0, start - len(mine))
        return keys

    # What the page shows beside the table

    @property
    def terms(self) -> list[Term]:
        """The words searched for."""
        return self.found.terms if self.found else []

    @property
    def apart(self) -> list[Apart]:
        """What is recorded on the day read without being a commitment."""
        return apart(self.catalogue)

    @property
    def shown_apart(self) -> Apart | None:
        """What of that the list is narrowed to; None for commitments proper, with which it is never mixed."""
        chosen = self.filter.cleaned_data.get("basis", "")
        return Apart(Basis(chosen), len(self)) if chosen in Basis.not_undertaken() else None

    def facets(self) -> list[Facet]:
        """Return the facets with the number that each value would leave; a value that leaves none is not offered."""
        is_valid = self.filter.is_valid()
        chosen = self.filter.chosen if is_valid else {}
        counts = self.catalogue.counts(chosen, self.found and self.found.all)
        return [self._facet(name, counts[name], chosen.get(name, "")) for name in FACETS]

    def _facet(self, name: str, counts: dict[str, int], chosen: str) -> Facet:
        field: Any = self.filter.fields[name]
        options = [
            Option(value, str(label), counts.get(value, 0), value == chosen)
            for value, label in field.choices
            if counts.get(value) or value == chosen
        ]
        if len(options) > MOST_OPTIONS:
            least = sorted((option.n for option in options), reverse=True)[MOST_OPTIONS - 1]
            options = [option for option in options if option.n > least or option.is_chosen][:MOST_OPTIONS]
        return Facet(name, str(field.label), str(field.empty_label), options, self.filter.errors.get(name))

    def relaxed(self) -> list[Relaxed]:
        """Return the filters whose removal would show more commitments, each removed alone, best first."""
        chosen, among = self.filter.chosen, self.found and self.found.all
        found = []
        for name, label, value in self.filter.applied():
            others = {other: kept for other, kept in chosen.items() if other != name}
            n = len(self.catalogue.chosen(others, None if name == "q" else among))
            if n > len(self):
                found.append(Relaxed(name, label, value, n))
        return sorted(found, key=lambda item: -item.n)


def rows_of(
    keys: Collection[int], held: Catalogue, *, with_words: bool = False, with_searches: bool = True
) -> list[Commitment]:
    """Return the commitments with the primary keys `keys`, in that order, as `for_table` gives them.

    What the catalogue knows of them is not queried again. `with_words`, each has its `texts` too, of today;
    `with_searches`, its `last_search` beside "no evidence available".
    """
    reading, is_past = held.reading, held.reading.known_before is not None
    rows = Commitment.objects.filter(pk__in=keys).order_by()  # by key alone: the database reads no other row
    if with_words:
        rows = rows.only(*SHOWN, *ENTRIES["commitment"].own)
    elif not is_past:
        rows = rows.only(*SHOWN)
    by_key = {row.pk: row for row in rows if is_past or row.is_published}  # one may have been withdrawn since
    found = [by_key[key] for key in keys if key in by_key]
    for row in found:
        row.status, row.timeliness = held.value("status", row.pk), held.value("timeliness", row.pk)
        row.status_as_of = held.judged_on(row.pk)
        row.next_deadline, row.sector = held.deadline(row.pk), held.sector(row.pk)
        row.leading_parties, row.last_search = held.leading(row.pk), None
    if with_words and not reading.is_past:
        show_texts(found, "commitment")
    if with_searches:
        show_searches(found, reading)
    if is_past:
        rewind(reading, found)
        rewind(reading, [row.sector for row in found if row.sector_id not in held.sectors])
        for row in found:
            row.sector = held.sectors.get(row.sector_id, row.sector)  # of that day, as the catalogue has it
    return found


def found(query: str, held: Catalogue) -> Found | None:
    """Return the commitments that `query` finds; None if it has no words.

    Past days are searched by today's titles and statements only: other texts of those days are not indexed.
    """
    query = query.strip()
    if not query:
        return None
    if REFERENCE.fullmatch(query):
        begun = _numbers(Commitment.objects.filter(reference__istartswith=query), held.reading)
        if begun:
            return Found([begun], [])
    terms = analysis.terms(query)
    reading = held.reading
    if not terms:
        return Found([], [])
    if not reading.is_past:
        hits = finding.find(terms, held.public, held.concerned).hits["commitment"]
        return Found(hits.tiers, terms)
    rows = Commitment.objects.all()
    for term in terms:
        rows = rows.has_stem(term.stems)
    return Found([_numbers(rows, reading)], terms)


def _numbers(rows: ReviewedQuerySet, reading: Reading) -> BitMap:
    return BitMap(rows.published(reading).order_by().values_list("pk", flat=True))
