"""Maintains the word index: which records each stem finds.

A record is found by all the text of its public page (`entries`). The index has today's public words only. It is updated
in the transaction of the change itself (`act`), so that nothing withdrawn is found; and it consists of plain rows, so
that results are the same on every database (`finding`).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from pyroaring import BitMap

from commitments.models import Commitment, Posting, RecordWords
from commitments.rules import revision
from commitments.rules.search import analysis, entries
from commitments.rules.search.affected import Place
from commitments.rules.search.entries import ENTRIES, PLACES, Text
from commitments.rules.search.kinds import RecordKind

AT_A_TIME = 500
"""Records read, or stems written, in one statement."""


def every_stem() -> Iterator[tuple[str, dict[str, dict[str, BitMap]]]]:
    """Yield each stem of the index, with the records that it finds, by kind, in each place."""
    stem, by_kind = "", dict[str, dict[str, BitMap]]()
    rows = Posting.objects.order_by("stem", "pk").values_list("stem", "kind", *PLACES)
    for other, kind, *sets in rows.iterator(chunk_size=AT_A_TIME):
        if other != stem and by_kind:
            yield stem, by_kind
            by_kind = {}
        stem = other
        by_kind[kind] = bitmaps(sets)
    if by_kind:
        yield stem, by_kind


def refresh(places: Iterable[Place]) -> None:
    """Index the records of `places` again; those that are not public are no longer found.

    Called at the end of the act that changes them (`act`), which has its turn by then: writers of the index never
    deadlock.
    """
    by_kind: dict[str, set[int]] = defaultdict(set)
    for kind, key in places:
        by_kind[kind].add(key)
    for kind in ENTRIES:
        wanted = sorted(by_kind[kind])
        for start in range(0, len(wanted), AT_A_TIME):
            _refresh(kind, wanted[start : start + AT_A_TIME])


@transaction.atomic
def rebuild() -> int:
    """Rebuild the whole index, and return how many commitments are public."""
    revision.hold()
    for commitment in Commitment.objects.order_by("pk").iterator(chunk_size=AT_A_TIME):
        document = analysis.document(commitment)
        if commitment.search_text != document:  # computed, and not part of the history: updated without saves or rules
            QuerySet.update(Commitment.objects.filter(pk=commitment.pk), search_text=document)
    Posting.objects.all().delete()
    RecordWords.objects.all().delete()
    counts = {kind: _index_all(kind) for kind in ENTRIES}
    return counts[RecordKind.COMMITMENT]


def is_missing() -> bool:
    """Whether there are records to be found and no index."""
    return not RecordWords.objects.exists() and any(
        entries.live_rows(entry.model).exists() for entry in ENTRIES.values()
    )


def stems() -> list[str]:
    """Return every stem of the index."""
    return list(Posting.objects.order_by("stem").values_list("stem", flat=True).distinct())


def texts_of(kind: str, keys: Iterable[int]) -> dict[int, list[list[str]]]:
    """Return, for records of `kind`, the texts beside their own: each with its language and its place on the page."""
    return dict(RecordWords.objects.filter(kind=kind, record__in=list(keys)).values_list("record", "texts"))


def _index_all(kind: str) -> int:
    """Index all public records of `kind`, of which nothing is indexed, and return how many there are."""
    keys = list(entries.live_rows(ENTRIES[kind].model).order_by("pk").values_list("pk", flat=True))
    postings: dict[str, dict[str, list[int]]] = {}
    for start in range(0, len(keys), AT_A_TIME):
        found, _indexed = entries.read(kind, keys[start : start + AT_A_TIME])
        stems = {key: _stems(texts) for key, texts in found.items()}
        _write_words(kind, found, stems)
        for key, by_place in stems.items():
            for place, mine in by_place.items():
                for stem in mine:
                    postings.setdefault(stem, {}).setdefault(place, []).append(key)
    rows = (
        _row(kind, stem, {place: BitMap(found.get(place, ())) for place in PLACES}) for stem, found in postings.items()
    )
    Posting.objects.bulk_create(rows, batch_size=AT_A_TIME)
    return len(keys)


def _refresh(kind: str, keys: list[int]) -> None:
    found, before = entries.read(kind, keys)
    stems = {key: _stems(texts) for key, texts in found.items()}
    changes: dict[str, dict[str, tuple[set[int], set[int]]]] = defaultdict(dict)
    for key in keys:
        for place in PLACES:
            old = before[key][place] if key in before else set()
            new = stems[key][place] if key in stems else set()
            for stem in old ^ new:
                added, dropped = changes[stem].setdefault(place, (set(), set()))
                (added if stem in new else dropped).add(key)
    _write_words(kind, found, stems)
    if before.keys() - found.keys():
        RecordWords.objects.filter(kind=kind, record__in=before.keys() - found.keys()).delete()
    changed = sorted(changes)
    for start in range(0, len(changed), AT_A_TIME):
        _apply(kind, {stem: changes[stem] for stem in changed[start : start + AT_A_TIME]})


def _stems(texts: Iterable[Text]) -> dict[str, set[str]]:
    """Return the stems of `texts`, by place."""
    found: dict[str, set[str]] = {place: set() for place in PLACES}
    for place, text, language, _anchor in texts:
        found[place] |= analysis.stems(text, language)
    return found


def _write_words(kind: str, found: Mapping[int, list[Text]], stems: Mapping[int, dict[str, set[str]]]) -> None:
    rows = [
        RecordWords(
            kind=kind,
            record=key,
            texts=[*map(list, _beside(texts))],
            **{place: " ".join(sorted(stems[key][place])) for place in PLACES},
        )
        for key, texts in found.items()
    ]
    RecordWords.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["kind", "record"], update_fields=[*PLACES, "texts"]
    )


def _beside(texts: Iterable[Text]) -> Iterator[tuple[str, str, str]]:
    """Yield those of `texts` that are not a record's own, each once: its language, the text, its place on the page."""
    known = set()
    for place, text, language, anchor in texts:
        if place == "beside" and (language, text) not in known:
            known.add((language, text))
            yield language, text, anchor


def _apply(kind: str, changes: Mapping[str, dict[str, tuple[set[int], set[int]]]]) -> None:
    """Update the postings: which records of `kind` each stem finds from now on, and which it no longer does."""
    held = Posting.objects.filter(kind=kind, stem__in=changes.keys()).values_list("stem", *PLACES)
    sets = {stem: bitmaps(found) for stem, *found in held}
    rows, empty = [], []
    for stem, by_place in changes.items():
        mine = sets.get(stem) or {place: BitMap() for place in PLACES}
        for place, (added, dropped) in by_place.items():
            mine[place] = (mine[place] | BitMap(added)) - BitMap(dropped)
        if any(mine.values()):
            rows.append(_row(kind, stem, mine))
        else:
            empty.append(stem)
    Posting.objects.bulk_create(rows, update_conflicts=True, unique_fields=["stem", "kind"], update_fields=PLACES)
    if empty:
        Posting.objects.filter(kind=kind, stem__in=empty).delete()


def _row(kind: str, stem: str, sets: Mapping[str, BitMap]) -> Posting:
    return Posting(kind=kind, stem=stem, **{place: sets[place].serialize() for place in PLACES})


def bitmaps(sets: Iterable[Any]) -> dict[str, BitMap]:
    """Return the `sets` of a posting, in each of PLACES."""
    return {place: BitMap.deserialize(bytes(data)) for place, data in zip(PLACES, sets, strict=True)}
