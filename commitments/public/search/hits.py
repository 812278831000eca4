"""The records that a search finds, as a page or an answer shows each: its title, why it was found, where it leads."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _
from pyroaring import BitMap

from commitments.models import NOTED, Commitment
from commitments.models.wording import Wording, both
from commitments.public.lists.listing import rows_of
from commitments.public.search.everywhere import Everywhere
from commitments.public.search.excerpts import Excerpt, excerpt, found_in, show_texts
from commitments.rules.search.analysis import Place, Term, among
from commitments.rules.search.entries import ENTRIES
from commitments.rules.search.kinds import RecordKind
from commitments.typography import in_full, language

RELATED: dict[str, tuple[str, ...]] = {
    RecordKind.NOTE: NOTED,
    RecordKind.SEARCH: ("commitment", "milestone"),
}
"""The records that the titles of those without a page of their own are made of."""


NAMED = {RecordKind.PARTY, RecordKind.SECTOR}
"""The kinds of records that have a name and no reference, called as their pages are."""


class Hit(NamedTuple):
    """A record found: itself, its title with the places of the words, and why it was found.

    Its title is that of the record `of`, which is another one for a note or a search.
    """

    record: Any
    kind: str
    of: Any
    title: Wording
    places: list[Place]
    about: str
    excerpt: Excerpt | None
    names: list[Wording]
    rank: int

    @property
    def url(self) -> str:
        """Where it leads: to the place on the page of what it was found by, in the active language."""
        if self.kind in NAMED:
            return reverse(self.kind, args=[self.record.natural_key()[0]])
        url = self.record.get_absolute_url()
        anchor = self.excerpt.anchor if self.excerpt else ""
        return f"{url}#{anchor}" if anchor and "#" not in url else url

    @property
    def is_commitment(self) -> bool:
        """Whether it has a status to be shown with."""
        return self.kind == RecordKind.COMMITMENT


def hits(search: Everywhere, kind: str, keys: list[tuple[int, int]], code: str = "") -> list[Hit]:
    """Return the hits of `kind` that a search found, for `keys`: each a rank and a primary key; in their order.

    Titles are in the language `code`, by default in the page's.
    """
    terms = search.terms
    found = {record.pk: record for record in _records(search, kind, [key for _rank, key in keys])}
    ranked = [(rank, found[key]) for rank, key in keys if key in found]
    names = _names(search, found.values()) if kind == RecordKind.COMMITMENT else {}
    return [_hit(rank, kind, record, terms, names.get(record.pk, []), code) for rank, record in ranked]


def _records(search: Everywhere, kind: str, keys: list[int]) -> list[Any]:
    """Return the records of `kind` with what a hit shows of them, and with their `texts` if words are looked for."""
    if kind == RecordKind.COMMITMENT:
        return list(rows_of(keys, search.held, with_words=bool(search.terms)))
    rows = ENTRIES[kind].model.objects.filter(pk__in=keys).select_related(*RELATED.get(kind, ()))
    if kind == RecordKind.SOURCE:
        rows = rows.named()
    records = list(rows)
    if search.terms:  # of today: past days are searched for commitments only
        show_texts(records, kind)
    return records


def _hit(rank: int, kind: str, record: Any, terms: list[Term], names: list[Wording], code: str) -> Hit:
    of = {RecordKind.NOTE: "target", RecordKind.SEARCH: "commitment"}.get(RecordKind(kind))
    titled = getattr(record, of) if of else record
    title = title_of(kind, titled, code)
    places = found_in(title, terms)
    passage = excerpt(record, kind, terms, places) if terms else None
    told = set(among(places, terms))
    told |= set(among(passage.places, terms)) if passage else set()
    shown = [] if len(told) == len(terms) else names
    return Hit(record, kind, titled, title, places, _about(kind, record), passage, shown, rank)


def title_of(kind: str, record: Any, code: str) -> Wording:
    """Return the title that a hit of `kind` is shown under, in the language `code` or in the page's."""
    if kind == RecordKind.SOURCE:
        return Wording(record.title, record.language) if record.title else Wording(record.label, language())
    name = "name" if kind in NAMED else "question" if kind == RecordKind.DISCREPANCY else "title"
    return record.wording(name, code or None)


def _about(kind: str, record: Any) -> str:
    """Return what is said of a record beside its title: its reference, or its day and what it is."""
    if kind == RecordKind.NOTE:
        told = [_("Note du %(day)s") % {"day": in_full(record.dated)}]
        return " · ".join([*told, *([record.commitment.reference] if record.commitment else [])])
    if kind == RecordKind.SEARCH:
        return _("Recherche du %(day)s : %(outcome)s · %(reference)s") % {
            "day": in_full(record.searched_on),
            "outcome": record.found_nothing,
            "reference": record.commitment.reference,
        }
    if kind == RecordKind.SOURCE:
        return " · ".join(filter(None, (record.reference, record.publisher, record.published_in_full)))
    if kind == RecordKind.MEETING:
        return " · ".join(filter(None, (record.wording("place").text, in_full(record.starts_on))))
    if kind == RecordKind.INSTRUMENT:
        return " · ".join((record.get_kind_display(), *([in_full(record.issued_on)] if record.issued_on else [])))
    return "" if kind in NAMED else record.reference


def _names(search: Everywhere, commitments: Iterable[Commitment]) -> dict[int, list[Wording]]:
    """Return the names, of their parties, sector, instrument or meeting, by which `commitments` were found."""
    found: dict[int, list[Wording]] = {}
    shown = BitMap(commitment.pk for commitment in commitments)
    for kind, named in search.names.items():
        title = "name" if kind in NAMED else "title"
        concerned = search.held.concerned[kind]
        keys = [key for key in named if key in concerned and concerned[key].intersect(shown)]
        rows = ENTRIES[kind].model.objects.filter(pk__in=keys).order_by(*ENTRIES[kind].order)
        for record in rows.only(*both(title)) if keys else ():
            for key in concerned[record.pk] & shown:
                found.setdefault(key, []).append(record.wording(title))
    return found
