"""What a query finds among all that is public, by kind of record; and what it names straight away."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.functional import Promise
from pyroaring import BitMap

from commitments.choices import Basis
from commitments.models import Commitment, Discrepancy, Instrument, Meeting, Source
from commitments.public.lists.apart import WORDS
from commitments.public.lists.catalogue import Catalogue
from commitments.public.lists.filters import REFERENCE
from commitments.public.lists.listing import found
from commitments.reading import Reading
from commitments.rules.search import analysis, finding
from commitments.rules.search.entries import ENTRIES
from commitments.rules.search.kinds import RecordKind

NAME = re.compile(r"(?=.*[0-9-])[A-Za-z0-9-]+")
"""What may be a reference; a plain word is none."""

REFERRED = (Commitment, Source, Discrepancy, Meeting, Instrument)
"""The models of the records that have a reference to be quoted by."""


@dataclass(frozen=True)
class Group:
    """The records found of one kind: in tiers, the best first. What is no commitment is a kind of its own."""

    name: str
    label: str | Promise
    kind: str
    tiers: list[BitMap]

    @property
    def n(self) -> int:
        """How many there are."""
        return sum(map(len, self.tiers))


class Everywhere:
    """What the words of a query find among all that is public for the reading of `held`.

    Past days are searched by today's titles and statements of commitments only: other texts of those days are not
    indexed.
    """

    def __init__(self, query: str, held: Catalogue) -> None:
        self.query, self.held = query.strip(), held
        self.terms = analysis.terms(self.query)
        self.is_past = held.reading.is_past

    @cached_property
    def _answer(self) -> finding.Answer:
        return finding.find(self.terms, self.held.public, self.held.concerned)

    @property
    def unknown(self) -> list[str]:
        """The words that nothing public has."""
        found = self._answer.unknown if self._of_commitments is None else []
        return [word for word in found if not analysis.is_common(word)]

    @property
    def is_common(self) -> bool:
        """Whether all the words are too common to be looked for."""
        return bool(self.terms) and all(analysis.is_common(term.word) for term in self.terms)

    @property
    def names(self) -> dict[str, BitMap]:
        """The parties, sectors, instruments and meetings, by kind, whose names have some of the words."""
        return self._answer.names if self._of_commitments is None else {}

    @cached_property
    def groups(self) -> list[Group]:
        """What is found, by kind; a kind of which nothing is found is left out."""
        return [group for group in self._groups() if group.n]

    @property
    def count(self) -> int:
        """How many records are found."""
        return sum(group.n for group in self.groups)

    def tiers(self, kind: str, among: BitMap | None = None) -> list[BitMap]:
        """Return the records of `kind` that are found, only those `among` them if given: in tiers, the best first."""
        if self._of_commitments is not None:
            found = self._of_commitments if kind == RecordKind.COMMITMENT else []
        else:
            found = self._answer.hits[kind].tiers if self.terms else []
        return found if among is None else [tier & among for tier in found]

    def searched(self) -> list[tuple[str | Promise, int]]:
        """Return what was searched: each kind of record with how many there are, if there are any."""
        everything = [
            Group(name, label, kind, [self.held.public[kind] if among is None else among])
            for name, label, kind, among in self.kinds()
        ]
        return [(group.label, group.n) for group in everything if group.n]

    def in_order(self, group: Group, start: int, size: int) -> list[tuple[int, int]]:
        """Return the records of `group` from the place `start` on, the best first: each with its tier, and its key."""
        keys: list[tuple[int, int]] = []
        for rank, tier in enumerate(group.tiers):
            keys += [(rank, key) for key in self._page(group.kind, tier, start, size - len(keys))]
            if len(keys) == size:
                break
            start = max(0, start - len(tier))
        return keys

    def _page(self, kind: str, among: BitMap, start: int, size: int) -> list[int]:
        if kind == RecordKind.COMMITMENT:
            return self.held.page(among, "title", start, size)
        entry = ENTRIES[kind]
        rows = entry.model.objects.filter(pk__in=among).order_by(*entry.order).values_list("pk", flat=True)
        return list(rows[start : start + size])

    @cached_property
    def _of_commitments(self) -> list[BitMap] | None:
        """What is found where commitments alone are searched: on past days, and by the beginning of a reference."""
        if not self.is_past and not REFERENCE.fullmatch(self.query):
            return None
        hits = found(self.query, self.held)
        if hits is None:
            return []
        return hits.tiers if self.is_past or not hits.terms else None

    def _groups(self) -> Iterator[Group]:
        for name, label, kind, among in self.kinds():
            yield Group(name, label, kind, self.tiers(kind, among))

    def kinds(self) -> Iterator[tuple[str, str | Promise, str, BitMap | None]]:
        """Yield each kind: its name in addresses, its label, its kind of record, and the records that it is among."""
        for kind in RecordKind:
            if self.is_past and kind != RecordKind.COMMITMENT:
                continue
            among = self.held.proper if kind == RecordKind.COMMITMENT else None
            yield kind.value, kind.label, kind.value, among
            if kind == RecordKind.COMMITMENT:
                for basis in Basis.not_undertaken():
                    yield basis.value, WORDS[basis].group, kind.value, self.held.apart[basis]


def named(query: str, reading: Reading) -> Any:
    """Return the public record that `query` is the reference of, in any case, or a withdrawn one; None if none is."""
    reference = query.strip()
    if not NAME.fullmatch(reference):
        return None
    for model in REFERRED:
        rows: Any = model.objects.filter(reference__iexact=reference)
        public = rows.published(reading)
        held = public.held(reading) if hasattr(public, "held") else public
        for record in (held.first(), rows.withdrawn(reading).first()):
            if record is not None:
                return record
    return None
