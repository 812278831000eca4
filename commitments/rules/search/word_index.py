"""Maintains the word index, and finds the commitments that match a query.

A commitment is found by all the text of its public page: its own, its assessments, searches, milestones, notes,
quotations, and the titles of the sources quoted. The index has today's public words only. It is updated in the
transaction of the change itself (`act`), so that nothing withdrawn is found; and it consists of plain rows, so that
results are the same on every database.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import reduce
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Case, F, QuerySet, TextField, Value, When
from pyroaring import BitMap

from commitments.models import (
    Assessment,
    Citation,
    Commitment,
    CommitmentWords,
    FollowUpNote,
    Milestone,
    Posting,
    Search,
    Source,
)
from commitments.models.wording import both, language_of
from commitments.rules import revision
from commitments.rules.search import analysis
from commitments.rules.search.analysis import Term

PLACES = ("title", "statement", "beside")
"""Where a word may occur, the most significant place first."""

WITH_PASSAGES: tuple[tuple[str, Any], ...] = (
    ("assessment", Assessment),
    ("milestone", Milestone),
    ("note", FollowUpNote),
)
"""The records of a commitment that have citations, by the names of a citation's targets."""

WITH_TEXTS: tuple[tuple[str, Any], ...] = (*WITH_PASSAGES, ("search", Search))
"""The records of a commitment whose texts find it: those, and those that no passage is attached to."""

READ = [list(filter(language_of, model.public_fields)) for model in (Commitment, *dict(WITH_TEXTS).values())]
"""The fields read from a commitment itself and from each of WITH_TEXTS: all their public texts in two languages."""

IN_TITLE = both("title")
"""The fields of a commitment whose words count as its title's; those of its other texts count as its statement's."""

PASSAGE = ("exact", "source__title", "source__publisher")
"""The fields read from a passage, in the language of its source."""

QUOTED, INDEXED = 5, 6
"""The further kinds of rows read, after the commitment itself and each of WITH_TEXTS: a passage, or indexed stems."""

OF = {"commitment": "commitment_id"} | {name: f"{name}__commitment_id" for name, _model in WITH_PASSAGES}
"""The lookup from a passage to the commitment that it is found under, by its target."""

BLANK = Value("", output_field=TextField())

SHOWN_WITH = dict.fromkeys(both("searched_where"), "searched_on")
"""The texts that a page shows beside another field only, each with that field: without it nothing finds them."""

Place = tuple[str, int]
"""What leads to commitments: a noun, as a citation names its targets, and a primary key."""

AT_A_TIME = 500
"""Commitments read, or stems written, in one statement."""

MOST_BEGUN = 50
"""Maximum number of stems matched by prefix when a word matches none exactly."""


class Hits(NamedTuple):
    """What a query finds: in tiers, the best first, each without the ones before it; and the words found nowhere."""

    tiers: list[BitMap]
    unknown: list[str]

    @property
    def all(self) -> BitMap:
        """Every commitment found."""
        return BitMap.union(*self.tiers)


class _Found(NamedTuple):
    """The text of one commitment: its stems by place, and the texts that belong to it, each with its language."""

    stems: dict[str, set[str]]
    texts: list[tuple[str, str]]


def find(terms: Collection[Term]) -> Hits:
    """Return the commitments that have every one of `terms`, the best first.

    First come those that have them all in the title, then in the title or the statement, then anywhere. A word that
    occurs nowhere is taken as the beginning of one.
    """
    places = _places({stem for term in terms for stem in term.stems})
    begun = [term for term in terms if not term.stems & places.keys() and len(term.word) > 2]
    for term in begun:
        places.update(_places_of_begun(term))
    sets = [[_united(places, term, begun, PLACES[: n + 1]) for term in terms] for n in range(len(PLACES))]
    tiers: list[BitMap] = []
    for of_terms in sets:
        found = reduce(BitMap.intersection, of_terms) if of_terms else BitMap()
        tiers.append(found.difference(*tiers) if tiers else found)
    return Hits(tiers, [term.word for term, found in zip(terms, sets[-1], strict=True) if not found])


def every_stem() -> Iterator[tuple[str, dict[str, BitMap]]]:
    """Yield each stem of a public commitment, with the commitments that it finds in each place."""
    for row in Posting.objects.order_by("stem").values_list("stem", *PLACES).iterator(chunk_size=AT_A_TIME):
        yield from _bitmaps([row]).items()


def refresh(keys: Iterable[int]) -> None:
    """Index the commitments of `keys` again; those that are not public are no longer found.

    Called at the end of the act that changes them (`act`), which has its turn by then: writers of the index never
    deadlock.
    """
    wanted = sorted(set(keys))
    for start in range(0, len(wanted), AT_A_TIME):
        _refresh(wanted[start : start + AT_A_TIME])


@transaction.atomic
def rebuild() -> int:
    """Rebuild the index of all commitments, and return how many of them are public."""
    revision.hold()
    for commitment in Commitment.objects.order_by("pk").iterator(chunk_size=AT_A_TIME):
        document = analysis.document(commitment)
        if commitment.search_text != document:  # computed, and not part of the history: updated without saves or rules
            QuerySet.update(Commitment.objects.filter(pk=commitment.pk), search_text=document)
    Posting.objects.all().delete()
    CommitmentWords.objects.all().delete()
    keys = list(Commitment.objects.published().order_by("pk").values_list("pk", flat=True))
    postings: dict[str, dict[str, list[int]]] = {}
    for start in range(0, len(keys), AT_A_TIME):
        found, _indexed = _read(keys[start : start + AT_A_TIME])
        _write_words(found)
        for key, entry in found.items():
            for place, stems in entry.stems.items():
                for stem in stems:
                    postings.setdefault(stem, {}).setdefault(place, []).append(key)
    rows = (_row(stem, {place: BitMap(found.get(place, ())) for place in PLACES}) for stem, found in postings.items())
    Posting.objects.bulk_create(rows, batch_size=AT_A_TIME)
    return len(keys)


def is_missing() -> bool:
    """Whether there are public commitments and no index."""
    return not CommitmentWords.objects.exists() and Commitment.objects.published().exists()


def touched(record: Any) -> set[Place]:
    """Return what leads `commitments_of` to the commitments that are found by words of `record`."""
    match record:
        case Commitment() | Source():
            return {(record._meta.model_name or "", record.pk)}
        case Assessment() | Search() | Milestone() | FollowUpNote():
            return {("commitment", record.commitment_id)} if record.commitment_id else set()
        case Citation():
            return {(name, key) for name in OF if (key := getattr(record, f"{name}_id"))}
        case _:
            return set()


def commitments_of(touched: Iterable[Place]) -> set[int]:
    """Return the commitments that `touched` leads to: those judged, noted on, or quoting a source."""
    by_noun: dict[str, set[int]] = defaultdict(set)
    for noun, key in touched:
        by_noun[noun].add(key)
    found = by_noun["commitment"]
    for target, model in WITH_PASSAGES:
        if by_noun[target]:
            rows = model.objects.filter(pk__in=by_noun[target]).order_by()
            found |= set(rows.filter(commitment__isnull=False).values_list("commitment_id", flat=True))
    if by_noun["source"]:
        rows = Citation.objects.filter(source__in=by_noun["source"]).order_by().values_list(*OF.values())
        found |= {key for row in rows for key in row if key}
    return found


def _rows(keys: list[int]) -> list[tuple[Any, ...]]:
    """Return, in one query, the public texts of the commitments of `keys` and their indexed stems, in order."""
    live = Commitment.objects.published().filter(pk__in=keys)
    parts = [_part(0, live, "pk", READ[0])]
    targets: dict[str, Any] = {"commitment": live}
    for rank, (target, model) in enumerate(WITH_TEXTS, start=1):
        rows = model.objects.published().filter(commitment__in=keys)
        parts.append(_part(rank, rows, "commitment_id", READ[rank]))
        if target in OF:
            targets[target] = rows
    for target, rows in targets.items():
        # One subquery for each: in a single one, all passages on file would be searched.
        passages = Citation.objects.published_on_public_target().filter(**{f"{target}__in": rows.order_by()})
        parts.append(_part(QUOTED, passages, OF[target], PASSAGE, F("source__language")))
    parts.append(_part(INDEXED, CommitmentWords.objects.filter(pk__in=keys), "pk", PLACES))
    return sorted(parts[0].union(*parts[1:], all=True), key=lambda row: row[:2])


def _part(rank: int, rows: Any, of: str, texts: Sequence[str], language: Any = BLANK) -> QuerySet:
    """Return a part of `_rows`, with rows of: what it is, its primary key, its commitment, its language, its texts."""
    held = [*map(_shown, texts), *[BLANK] * (len(READ[0]) - len(texts))]
    columns = {"rank": Value(rank), "number": F("pk"), "of": F(of), "code": language}
    columns |= {f"text_{place}": text for place, text in enumerate(held)}
    return rows.order_by().annotate(**columns).values_list(*columns)


def _shown(name: str) -> Any:
    """Return the expression of the text `name`, blank where pages do not show it."""
    if name not in SHOWN_WITH:
        return F(name)
    return Case(
        When(**{f"{SHOWN_WITH[name]}__isnull": False}, then=F(name)), default=BLANK, output_field=BLANK.output_field
    )


def _read(keys: list[int]) -> tuple[dict[int, _Found], dict[int, dict[str, set[str]]]]:
    """Return the public texts of the commitments of `keys`, and their indexed stems by place; by commitment."""
    found: dict[int, _Found] = {}
    indexed: dict[int, dict[str, set[str]]] = {}
    for rank, _number, of, code, *texts in _rows(keys):
        if rank == INDEXED:
            indexed[of] = {place: set(stems.split()) for place, stems in zip(PLACES, texts, strict=False)}
            continue
        names = PASSAGE if rank == QUOTED else READ[rank]
        for name, text in zip(names, texts, strict=False):
            if not text:
                continue
            place = "beside" if rank else "title" if name in IN_TITLE else "statement"
            language = code or language_of(name)
            entry = found.setdefault(of, _Found({name: set() for name in PLACES}, []))
            entry.stems[place] |= analysis.stems(text, language)
            if place == "beside" and (language, text) not in entry.texts:
                entry.texts.append((language, text))
    return found, indexed


def _refresh(keys: list[int]) -> None:
    found, before = _read(keys)
    changes: dict[str, dict[str, tuple[set[int], set[int]]]] = defaultdict(dict)
    for key in keys:
        for place in PLACES:
            old = before[key][place] if key in before else set()
            new = found[key].stems[place] if key in found else set()
            for stem in old ^ new:
                added, dropped = changes[stem].setdefault(place, (set(), set()))
                (added if stem in new else dropped).add(key)
    _write_words(found)
    if before.keys() - found.keys():
        CommitmentWords.objects.filter(pk__in=before.keys() - found.keys()).delete()
    stems = sorted(changes)
    for start in range(0, len(stems), AT_A_TIME):
        _apply({stem: changes[stem] for stem in stems[start : start + AT_A_TIME]})


def _write_words(found: dict[int, _Found]) -> None:
    rows = [
        CommitmentWords(
            commitment_id=key,
            texts=entry.texts,
            **{place: " ".join(sorted(entry.stems[place])) for place in PLACES},
        )
        for key, entry in found.items()
    ]
    CommitmentWords.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["commitment"], update_fields=[*PLACES, "texts"]
    )


def _apply(changes: dict[str, dict[str, tuple[set[int], set[int]]]]) -> None:
    """Update the postings: which commitments each stem finds from now on, and which it no longer does."""
    sets = _places(changes.keys())
    rows, empty = [], []
    for stem, by_place in changes.items():
        bitmaps = sets.get(stem) or {place: BitMap() for place in PLACES}
        for place, (added, dropped) in by_place.items():
            bitmaps[place] = (bitmaps[place] | BitMap(added)) - BitMap(dropped)
        if any(bitmaps.values()):
            rows.append(_row(stem, bitmaps))
        else:
            empty.append(stem)
    Posting.objects.bulk_create(rows, update_conflicts=True, unique_fields=["stem"], update_fields=PLACES)
    if empty:
        Posting.objects.filter(stem__in=empty).delete()


def _row(stem: str, bitmaps: dict[str, BitMap]) -> Posting:
    return Posting(stem=stem, **{place: bitmaps[place].serialize() for place in PLACES})


def _bitmaps(rows: Iterable[tuple[Any, ...]]) -> dict[str, dict[str, BitMap]]:
    return {
        stem: {place: BitMap.deserialize(bytes(data)) for place, data in zip(PLACES, sets, strict=True)}
        for stem, *sets in rows
    }


def _places(stems: Collection[str]) -> dict[str, dict[str, BitMap]]:
    return _bitmaps(Posting.objects.filter(stem__in=stems).values_list("stem", *PLACES))


def _places_of_begun(term: Term) -> dict[str, dict[str, BitMap]]:
    [*folded] = (word.folded for word in analysis.words(term.word))
    begun = Posting.objects.filter(stem__startswith=folded[0]).order_by("stem")
    return _bitmaps(begun.values_list("stem", *PLACES)[:MOST_BEGUN])


def _united(places: dict[str, dict[str, BitMap]], term: Term, begun: list[Term], among: tuple[str, ...]) -> BitMap:
    """Return the commitments that have `term`, under any of its stems, in one of the places `among`."""
    if term in begun:
        [*folded] = (word.folded for word in analysis.words(term.word))
        stems = [stem for stem in places if stem.startswith(folded[0])]
    else:
        stems = [stem for stem in term.stems if stem in places]
    return BitMap.union(BitMap(), *(places[stem][place] for stem in stems for place in among))
