"""The public commitments as sets of primary keys in memory: how the list filters, counts, sorts and paginates.

A catalogue is made once for each revision of the public data and each day read, from the same querysets as every page.
A request then costs a few intersections of sets (Roaring bitmaps, roaringbitmap.org), however many rows there are.
"""

import threading
from array import array
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import cached_property, reduce
from typing import Any, NamedTuple, Self

from django.utils import timezone
from django.utils.translation import get_language
from pyroaring import BitMap

from commitments.choices import Basis, Status, UndertakingRole
from commitments.deadlines import Deadline
from commitments.models import Commitment, Discrepancy, FollowUpNote, Instrument, Meeting, Party, Search, Sector, Source
from commitments.querysets.past import undertakings
from commitments.reading import Reading
from commitments.rules.revision import Current
from commitments.rules.search import lexicon, word_index
from commitments.rules.search.kinds import RecordKind
from commitments.rules.search.lexicon import Lexicon
from commitments.rules.time.rewind import rewind

KEPT = 3
"""How many catalogues a process caches: today's, and those of the past days read last."""

STRETCH = 2048
"""How many rows of an order are counted at once when a page is looked for."""

FACETS = ("basis", "status", "timeliness", "sector", "party", "instrument")
"""The facets that narrow the list; each of their values has its set."""

NAMED = {"sector": ("slug", "name"), "party": ("code", "name"), "instrument": ("reference", "title")}
"""The facets whose values are records: the field that names one in an address, and the one that names it to people."""

Chosen = Mapping[str, str]
"""A facet's name → the value chosen, for the facets that narrow the list."""


class Columns:
    """The commitments while a catalogue is made, in the order of their references: columns of numbers."""

    def __init__(self) -> None:
        self.keys, self.sectors, self.statuses = array("I"), array("I"), array("B")
        self.made_on, self.due = array("I"), array("I")
        self.judged: dict[int, date] = {}
        self._days: dict[date, date] = {}
        self.deadlines: dict[int, Deadline] = {}
        self._same: dict[Deadline, Deadline] = {}
        self.held: dict[str, dict[Any, array[int]]] = {name: defaultdict(lambda: array("I")) for name in FACETS}

    def read(self, rows: Iterable[tuple[Any, ...]]) -> Self:
        """Add `rows` of (key, basis, status, timeliness, sector, instrument, day judged, day made) and of a Deadline.

        The day judged is None where no judgement is in force.
        """
        ranks = {status.value: rank for rank, status in enumerate(Status)}
        held = [self.held[name] for name in ("basis", "status", "timeliness", "sector", "instrument")]
        for key, *values, judged, made_on, first, due, precision, is_reading in rows:
            self.keys.append(key)
            if judged:
                self.judged[key] = self._days.setdefault(judged, judged)
            for found, value in zip(held, values, strict=True):
                found[value].append(key)
            self.statuses.append(ranks[values[1]])
            self.sectors.append(values[3])
            self.made_on.append(made_on.toordinal())
            self.due.append(due.toordinal() if due else 0)
            if due:
                deadline = Deadline(first, due, precision, bool(is_reading))
                self.deadlines[key] = self._same.setdefault(deadline, deadline)
        return self

    def by(self, value: Callable[[int], Any], among: Callable[[int], object] = lambda place: True) -> "Order":
        """Return the rows in the order of the `value` at each place, and within a value in that of their references."""
        places = sorted(filter(among, range(len(self.keys))), key=value)
        return Order(self.keys[place] for place in places)


class Leading(NamedTuple):
    """A party that undertakes, or that is concerned, and on whose word: as the rows of `for_table` have it."""

    role: str
    party: Party
    according_to: Party | None


class Order:
    """All rows in one order, cut into stretches with the set of their rows, so that a page is found without a scan."""

    def __init__(self, keys: Iterable[int]) -> None:
        whole = array("I", keys)
        cuts = (whole[start : start + STRETCH] for start in range(0, len(whole), STRETCH))
        self.stretches = [(cut, BitMap(cut)) for cut in cuts]

    def after(self, among: BitMap, place: int, size: int) -> list[int]:
        """Return the rows of `among` that come after the first `place` rows of all, `size` of them at most."""
        found: list[int] = []
        for keys, held in self.stretches[place // STRETCH :]:
            if len(found) == size:
                break
            skipped = place % STRETCH if keys is self.stretches[place // STRETCH][0] else 0
            if held.intersection_cardinality(among):
                found += [key for key in keys[skipped:] if key in among][: size - len(found)]
        return found

    def page(self, among: BitMap, start: int, size: int, *, backwards: bool = False) -> list[int]:
        """Return the rows of `among` from the place `start` on, `size` of them at most."""
        found: list[int] = []
        for keys, held in reversed(self.stretches) if backwards else self.stretches:
            n = held.intersection_cardinality(among)
            if start >= n:
                start -= n
                continue
            mine = [key for key in (reversed(keys) if backwards else keys) if key in among]
            found += mine[start : start + size - len(found)]
            start = 0
            if len(found) == size:
                break
        return found


class Catalogue:
    """The public commitments of one reading, by facet and in order."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        public = Commitment.objects.published(reading).held(reading)
        self.sectors = {item.pk: item for item in Sector.objects.published(reading)}
        self.instruments = {item.pk: item for item in Instrument.objects.published(reading)}
        self.parties = {item.pk: item for item in Party.objects.published(reading).order_by("code")}
        self.records = {"sector": self.sectors, "party": self.parties, "instrument": self.instruments}
        for records in self.records.values():
            rewind(reading, records.values())
        rows = (
            public.with_status(reading)
            .with_timeliness(reading)
            .order_by("reference")
            .values_list(
                *("pk", "basis", "status", "timeliness", "sector_id", "instrument_id", "status_as_of", "made_on"),
                *("next_due_from", "next_due", "next_due_precision", "next_due_is_reading"),
            )
        )
        columns = Columns().read(rows.iterator(chunk_size=5000))
        roles = undertakings(reading).filter(commitment__in=public.values("pk"))
        self.roles: dict[str, dict[int, BitMap]] = {role.value: defaultdict(BitMap) for role in UndertakingRole}
        self.according_to: dict[tuple[str, int, int], int] = {}
        held = roles.values_list("commitment_id", "party_id", "role", "according_to_id")
        for commitment, party, role, according_to in held.iterator(chunk_size=5000):
            self.roles[role][party].add(commitment)
            if according_to:
                self.according_to[role, party, commitment] = according_to
        self.sets = self._sets(columns.held)
        self.all = BitMap(columns.keys)
        self.judged = BitMap(columns.judged)
        self.apart = {basis: self.sets["basis"].get(basis, BitMap()) for basis in Basis.not_undertaken()}
        self.proper = self.all.difference(*self.apart.values())
        self.orders = self._orders(columns)
        self._named: dict[str, dict[str, list[tuple[str, str]]]] = {}
        self._deadlines, self._judged_on = columns.deadlines, columns.judged

    @cached_property
    def public(self) -> dict[str, BitMap]:
        """The public records of each kind that search finds, those without a page of their own too."""
        reading = self.reading
        rows = {
            RecordKind.MEETING: Meeting.objects.published(reading).held(reading),
            RecordKind.PARTY: Party.objects.with_page(reading),
            RecordKind.SOURCE: Source.objects.published(reading).held(reading),
            RecordKind.DISCREPANCY: Discrepancy.objects.published(reading),
            RecordKind.NOTE: FollowUpNote.objects.published(reading).held(reading),
            RecordKind.SEARCH: Search.objects.published(reading).held(reading),
        }
        found = {str(kind): BitMap(of_kind.order_by().values_list("pk", flat=True)) for kind, of_kind in rows.items()}
        held = {"commitment": self.all, "sector": BitMap(self.sectors), "instrument": BitMap(self.instruments)}
        return found | held

    @cached_property
    def concerned(self) -> dict[str, dict[int, BitMap]]:
        """The commitments of each party, sector, instrument and meeting, by its kind and primary key."""
        found = {name: {key: self.of(name, key) for key in records} for name, records in self.records.items()}
        meetings: dict[int, BitMap] = defaultdict(BitMap)
        for key, instrument in self.instruments.items():
            meetings[instrument.meeting_id or 0] |= found["instrument"][key]
        return found | {"meeting": meetings}

    @cached_property
    def stems(self) -> list[str]:
        """The stems of all that is indexed: near spellings are looked for among them, and only shown if public."""
        return word_index.stems()

    @cached_property
    def lexicon(self) -> Lexicon:
        """The French words for English ones, as the public texts have them in both languages."""
        return lexicon.of(self.public)

    def _sets(self, read: Mapping[str, Mapping[Any, Iterable[int]]]) -> dict[str, dict[str, BitMap]]:
        named = {name: {pk: getattr(item, NAMED[name][0]) for pk, item in self.records[name].items()} for name in NAMED}
        found = {
            name: {
                named[name][value] if name in named else value: BitMap(found)
                for value, found in values.items()
                if name not in named or value in named[name]
            }
            for name, values in read.items()
        }
        found["party"] = {
            item.code: BitMap.union(*(held.get(pk, BitMap()) for held in self.roles.values()))
            for pk, item in self.parties.items()
        }
        return found

    def of(self, facet: str, key: int) -> BitMap:
        """Return the commitments of the record with the primary key `key`, a value of `facet`; none if unknown."""
        record = self.records[facet].get(key)
        return self.sets[facet].get(getattr(record, NAMED[facet][0]), BitMap()) if record else BitMap()

    def bound(self, party: int) -> BitMap:
        """Return the commitments that the party with the primary key `party` undertakes."""
        return self.roles[UndertakingRole.UNDERTAKES].get(party, BitMap())

    def favoured(self, party: int) -> BitMap:
        """Return the commitments that the party with the primary key `party` benefits from."""
        return self.roles[UndertakingRole.BENEFITS].get(party, BitMap())

    def sizes(self, facet: str, among: BitMap) -> dict[str, int]:
        """Return how many of `among` have each value of `facet`."""
        return {value: held.intersection_cardinality(among) for value, held in self.sets[facet].items()}

    def _orders(self, columns: Columns) -> dict[str, list[Order]]:
        """Return each order in parts: those without a value come last either way, in a part that is never reversed."""
        ranked = sorted(self.sectors.values(), key=lambda item: (item.position, item.slug))
        sectors = {item.pk: rank for rank, item in enumerate(ranked)}
        due = columns.due
        return {
            "title": [Order(columns.keys)],
            "sector": [columns.by(lambda place: sectors[columns.sectors[place]])],
            "made_on": [columns.by(columns.made_on.__getitem__)],
            "status": [columns.by(columns.statuses.__getitem__)],
            "due": [
                columns.by(due.__getitem__, among=due.__getitem__),
                columns.by(lambda place: 0, among=lambda place: not due[place]),
            ],
        }

    def deadline(self, key: int) -> Deadline | None:
        """Return the earliest deadline of a step of the commitment `key` that is not met, None if there is none."""
        return self._deadlines.get(key)

    def judged_on(self, key: int) -> date | None:
        """Return the day that the judgement in force on the commitment `key` judges, None if none is."""
        return self._judged_on.get(key)

    def named(self) -> dict[str, list[tuple[str, str]]]:
        """Return the values of the facets whose values are records, each with its name in the page's language."""
        language = get_language() or ""
        if language not in self._named:
            self._named[language] = {facet: self._names(facet) for facet in NAMED}
        return self._named[language]

    def _names(self, facet: str) -> list[tuple[str, str]]:
        key, name = NAMED[facet]
        held = [item for item in self.records[facet].values() if getattr(item, key) in self.sets[facet]]
        return [(getattr(item, key), item.wording(name).text) for item in held]

    def value(self, facet: str, key: int) -> str:
        """Return the value of `facet`, one that every commitment has, for the commitment `key`."""
        return next(value for value, held in self.sets[facet].items() if key in held)

    def sector(self, key: int) -> Sector:
        """Return the sector that the commitment `key` is counted in: it may have moved to another since."""
        return next(item for item in self.sectors.values() if key in self.sets["sector"].get(item.slug, ()))

    def leading(self, key: int) -> list[Leading]:
        """Return who undertakes the commitment `key`, or whom it concerns if it is none."""
        return [
            Leading(role, party, self.word_of(role, pk, key))
            for pk, party in self.parties.items()
            for role in UndertakingRole.leading()
            if key in self.roles[role].get(pk, ())
        ]

    def word_of(self, role: str, party: int, commitment: int) -> Party | None:
        """Return the party on whose word `party` has `role` in `commitment`; None if that is its own."""
        return self.parties.get(self.according_to.get((role, party, commitment), 0))

    def chosen(self, chosen: Chosen, among: BitMap | None = None, within: BitMap | None = None) -> BitMap:
        """Return the rows that have each value chosen; without a basis, the rows `within`: commitments proper only."""
        found = [self.sets[name].get(value, BitMap()) for name, value in chosen.items()]
        if "basis" not in chosen:
            found.append(self.proper if within is None else within)
        if among is not None:
            found.append(among)
        return reduce(BitMap.intersection, sorted(found, key=len))

    def counts(self, chosen: Chosen, among: BitMap | None = None) -> dict[str, dict[str, int]]:
        """Return, for each facet, how many rows each of its values would leave, the other facets staying as chosen."""
        found = {}
        for name in FACETS:
            others = {other: value for other, value in chosen.items() if other != name}
            if name == "basis":
                base = self.all if among is None else self.all & among
                for other, value in others.items():
                    base = base & self.sets[other].get(value, BitMap())
            else:
                base = self.chosen(others, among)
            found[name] = self.sizes(name, base)
        return found

    def page(self, among: BitMap, sort: str, start: int, size: int) -> list[int]:
        """Return the rows of `among` in the order `sort` (an order's name, after "-" backwards) from `start` on."""
        parts = self.orders[sort.removeprefix("-")]
        backwards = sort.startswith("-")
        found: list[int] = []
        for number, part in enumerate(parts):
            n = sum(held.intersection_cardinality(among) for _keys, held in part.stretches) if parts[1:] else 0
            found += part.page(among, start, size - len(found), backwards=backwards and number == 0)
            if len(found) == size:
                break
            start = max(0, start - n)
        return found


_held: OrderedDict[tuple[object, ...], Catalogue] = OrderedDict()
_making = threading.Lock()


def catalogue(reading: Reading, revision: Current) -> Catalogue:
    """Return the catalogue of `reading` at `revision`: the cached one, or a new one made from the database."""
    key = (revision.token, timezone.localdate(), reading)
    with _making:  # one at a time: a concurrent request would build the same one
        found = _held.get(key)
        if found is None:
            for other in [other for other in _held if other[:2] != key[:2]]:
                del _held[other]  # of a revision or a day that will not come back
            found = _held[key] = Catalogue(reading)
            while len(_held) > KEPT:
                _held.popitem(last=False)
        _held.move_to_end(key)
        return found
