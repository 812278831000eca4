"""Finds, in the word index, the public records that have every word of a query."""

from collections.abc import Collection, Iterable, Mapping
from functools import reduce
from typing import Any, NamedTuple

from django.db.models import Q
from pyroaring import BitMap

from commitments.models import Posting
from commitments.rules.search import analysis
from commitments.rules.search.analysis import Term
from commitments.rules.search.entries import ENTRIES, PLACES
from commitments.rules.search.kinds import RecordKind
from commitments.rules.search.word_index import AT_A_TIME, bitmaps

MOST_BEGUN = 50
"""Maximum number of stems matched by prefix when a word matches none exactly."""

NAMING = (RecordKind.PARTY, RecordKind.SECTOR, RecordKind.INSTRUMENT, RecordKind.MEETING)
"""The kinds of records whose names find the commitments that concern them."""

Sets = Mapping[str, BitMap]
"""Of each kind of record, a set of primary keys."""

Concerned = Mapping[str, Mapping[int, BitMap]]
"""For records of NAMING, by kind and primary key, the commitments that concern them."""

ByStem = dict[str, dict[str, dict[str, BitMap]]]
"""For each stem and each kind of record, the records that it finds in each of PLACES."""


class Hits(NamedTuple):
    """What a query finds of one kind: in tiers, the best first, each without the ones before it."""

    tiers: list[BitMap]

    @property
    def all(self) -> BitMap:
        """Every record found."""
        return BitMap.union(BitMap(), *self.tiers)


class Answer(NamedTuple):
    """What a query finds: its hits of each kind, its words that nothing public has, and the names that have some.

    The names are of records of NAMING, given by kind and primary key.
    """

    hits: dict[str, Hits]
    unknown: list[str]
    names: dict[str, BitMap]


def find(terms: Collection[Term], public: Sets, concerned: Concerned) -> Answer:
    """Return the `public` records that have every one of `terms`, the best first.

    First come those that have them all in the title, then in the title or the statement, then anywhere; last,
    commitments, the names of whose parties, sector, instrument and meeting count too. A word that occurs nowhere is
    taken as the beginning of one.
    """
    found = postings(Q(stem__in={stem for term in terms for stem in term.stems}), public)
    sets = []
    for term in terms:
        mine = [found[stem] for stem in term.stems if stem in found]
        if not mine and (beginning := _beginning(term)):
            mine = list(postings(Q(stem__startswith=beginning), public, MOST_BEGUN).values())
        sets.append(_of_term(mine, concerned))
    hits = {kind: _hits([of_term[kind] for of_term in sets]) for kind in ENTRIES} if sets else {}
    unknown = [term.word for term, of_term in zip(terms, sets, strict=True) if not _any(of_term)]
    names = {str(kind): BitMap.union(BitMap(), *(of_term[kind][0] for of_term in sets)) for kind in NAMING}
    return Answer(hits, unknown, names)


def postings(condition: Any, public: Sets, most: int | None = None) -> ByStem:
    """Return what the stems of `condition` find among the `public` records: the first `most` that find anything."""
    rows = Posting.objects.filter(condition).order_by("stem").values_list("stem", "kind", *PLACES)
    found: ByStem = {}
    for stem, kind, *sets in rows.iterator(chunk_size=AT_A_TIME):
        if stem not in found and len(found) == most:
            break
        if mine := only({kind: bitmaps(sets)}, public):
            found.setdefault(stem, {}).update(mine)
    return found


def only(kinds: Mapping[str, Mapping[str, BitMap]], public: Sets) -> dict[str, dict[str, BitMap]]:
    """Return what of `kinds`, the records that a stem finds in each place, is `public`; no kind that has none."""
    found = {
        kind: {place: held & public.get(kind, BitMap()) for place, held in places.items()}
        for kind, places in kinds.items()
    }
    return {kind: places for kind, places in found.items() if any(places.values())}


def _beginning(term: Term) -> str:
    """Return what the word that `term` is the beginning of begins with; "" if it is too short to say."""
    [first, *others] = [word.folded for word in analysis.words(term.word)] or [""]
    return first if not others and len(term.word) > 2 else ""


def _of_term(stems: Iterable[Mapping[str, Mapping[str, BitMap]]], concerned: Concerned) -> dict[str, list[BitMap]]:
    """Return what the `stems` of one word find: of each kind, the records in each place, and those concerned."""
    stems = list(stems)
    found = {
        kind: [BitMap.union(BitMap(), *(held[kind][place] for held in stems if kind in held)) for place in PLACES]
        for kind in ENTRIES
    }
    named = [concerned[kind].get(key, BitMap()) for kind in NAMING for key in found[kind][0]]
    found[RecordKind.COMMITMENT].append(BitMap.union(BitMap(), *named))
    return found


def _hits(of_terms: list[list[BitMap]]) -> Hits:
    tiers: list[BitMap] = []
    for last in range(1, len(of_terms[0]) + 1):
        mine = reduce(BitMap.intersection, (BitMap.union(*places[:last]) for places in of_terms))
        tiers.append(mine.difference(*tiers) if tiers else mine)
    return Hits(tiers)


def _any(of_term: Mapping[str, list[BitMap]]) -> bool:
    return any(places for kind in of_term.values() for places in kind)
