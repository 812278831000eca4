"""What each kind of record is found by: its own texts, and those that its page shows with it, all of them public."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db.models import Case, F, QuerySet, TextField, Value, When
from django.db.models.functions import Cast, Concat, Left

from commitments.models import (
    Assessment,
    Citation,
    Commitment,
    Discrepancy,
    FollowUpNote,
    Instrument,
    Meeting,
    Milestone,
    Party,
    RecordWords,
    Reviewed,
    Search,
    Sector,
    Source,
)
from commitments.models.discrepancies import Claim
from commitments.models.wording import both, language_of
from commitments.querysets.base import live
from commitments.reading import NOW
from commitments.rules.search.kinds import RecordKind
from commitments.rules.text.markdown import plain

PLACES = ("title", "statement", "beside")
"""Where a word may occur, the most significant place first."""

BLANK = Value("", output_field=TextField())

SHOWN_WITH = dict.fromkeys(both("searched_where"), "searched_on") | dict.fromkeys(both("reason"), "settled_on")
"""The texts that a page shows beside another field only, each with that field: without it nothing finds them."""

PASSAGE = ("exact", "source__title", "source__publisher")
"""The texts of a passage, in the language of its source."""

ANCHORS = {"assessment": "e-", "milestone": "j-", "note": "n-", "search": "r-", "claim": "v-", "citation": "c-"}
"""How pages begin the name of a place: that of a record without a page of its own."""

INDEXED = 99
"""The rank of the rows that hold what is indexed already, after all that is read."""

MARKDOWN = frozenset((*Assessment.markdown_fields, *FollowUpNote.markdown_fields))
"""The texts that are written in Markdown: they are searched as they are read."""

Rows = Callable[[list[int]], QuerySet]


class Text(NamedTuple):
    """A public text of a record: in which of PLACES, in which language, and where on the page, "" for the whole."""

    place: str
    text: str
    language: str
    anchor: str


class Part(NamedTuple):
    """Texts that records are found by: public rows for given keys, the lookup to the key, and the texts of a row."""

    rows: Rows
    of: str
    texts: tuple[str, ...]
    anchor: str = ""
    """The lookup to the record, with its name in ANCHORS, whose place on the page the texts are at."""
    language: Any = BLANK


def live_rows(model: Any) -> QuerySet:
    """Return the public rows of `model`; of sectors and parties all, which other records make public."""
    return model.objects.published() if issubclass(model, (Reviewed, Claim)) else model.objects.all()


def as_read(name: str, text: str) -> str:
    """Return `text`, of the field called `name`, as a reader sees it."""
    return plain(text) if name in MARKDOWN else text


def _own(model: Any) -> tuple[str, ...]:
    """Return the public texts of `model` that are in two languages."""
    return tuple(filter(language_of, model.public_fields))


def _attached(model: Any, to: str, **only: object) -> Part:
    """Return the texts of the records of `model` that are attached `to` one."""
    name = {FollowUpNote: "note", Milestone: "milestone", Assessment: "assessment", Search: "search"}[model]
    return Part(
        lambda keys: model.objects.published().filter(**{f"{to}__in": keys}), f"{to}_id", _own(model), f"{name}:"
    )


def _passages(target: str, of: str, place: str = "") -> Part:
    """Return the passages attached to the public records called `target` of those that the lookup `of` leads to.

    One subquery for each: in a single one, all passages on file would be searched.
    """
    model = Citation._meta.get_field(target).related_model
    to = of.removeprefix(target).removeprefix("__").removesuffix("_id") or "pk"

    def rows(keys: list[int]) -> QuerySet:
        public = live_rows(model).filter(**{f"{to}__in": keys})
        return Citation.objects.published_on_public_target().filter(**{f"{target}__in": public.order_by()})

    return Part(rows, of, PASSAGE, place, F("source__language"))


def _names(rows: Rows, of: str, *paths: str) -> Part:
    """Return the names at `paths`, in both languages, of records that others name."""
    return Part(rows, of, both(*paths))


@dataclass(frozen=True)
class Entry:
    """What one kind of record is found by."""

    model: Any
    titles: tuple[str, ...]
    """Its texts that count as its title; its others count as its statement."""
    own: tuple[str, ...]
    parts: tuple[Part, ...] = ()
    language: Any = BLANK
    order: tuple[str, ...] = field(default=("reference",))
    """How those found in the same place follow each other."""

    def place_of(self, name: str) -> str:
        """Return the place that a text of its own counts in."""
        return "title" if name in self.titles else "statement"


def _notes(to: str) -> tuple[Part, ...]:
    return (_attached(FollowUpNote, to), _passages("note", f"note__{to}_id", "note:note__"))


ENTRIES: Mapping[str, Entry] = {
    RecordKind.COMMITMENT: Entry(
        Commitment,
        both("title"),
        _own(Commitment),
        (
            _attached(Assessment, "commitment"),
            _attached(Milestone, "commitment"),
            _attached(FollowUpNote, "commitment"),
            _attached(Search, "commitment"),
            _passages("commitment", "commitment_id"),
            _passages("assessment", "assessment__commitment_id", "assessment:assessment__"),
            _passages("milestone", "milestone__commitment_id", "milestone:milestone__"),
            _passages("note", "note__commitment_id", "note:note__"),
        ),
    ),
    RecordKind.MEETING: Entry(
        Meeting,
        both("title", "place"),
        _own(Meeting),
        (
            _names(
                lambda keys: Meeting.participants.through.objects.filter(meeting__in=keys), "meeting_id", "party__name"
            ),
            _passages("meeting", "meeting_id"),
            *_notes("meeting"),
        ),
    ),
    RecordKind.INSTRUMENT: Entry(
        Instrument,
        both("title"),
        _own(Instrument),
        (
            _names(
                lambda keys: Instrument.issuers.through.objects.filter(instrument__in=keys),
                "instrument_id",
                "party__name",
            ),
            _names(
                lambda keys: Instrument.objects.filter(live(NOW, "meeting__"), pk__in=keys),
                "pk",
                *("meeting__title", "meeting__place"),
            ),
            _passages("instrument", "instrument_id"),
            *_notes("instrument"),
        ),
    ),
    RecordKind.PARTY: Entry(Party, both("name"), _own(Party), order=("code",)),
    RecordKind.SECTOR: Entry(Sector, both("name"), _own(Sector), order=("position", "slug")),
    RecordKind.SOURCE: Entry(
        Source,
        ("title",),
        ("title", "publisher", "author", *both("published_on_reading")),
        (
            Part(
                lambda keys: Citation.objects.published().filter(source__in=keys),
                *("source_id", ("exact",), "citation:", F("source__language")),
            ),
            Part(
                lambda keys: Source.objects.published().filter(pk__in=keys, text_is_public=True),
                *("pk", ("text",), "", F("language")),
            ),
        ),
        F("language"),
    ),
    RecordKind.DISCREPANCY: Entry(
        Discrepancy,
        both("question"),
        _own(Discrepancy),
        (
            Part(
                lambda keys: Claim.objects.published().filter(discrepancy__in=keys),
                "discrepancy_id",
                both("value"),
                anchor="claim:",
            ),
            _passages("claim", "claim__discrepancy_id", "claim:claim__"),
            _names(
                lambda keys: Discrepancy.objects.filter(live(NOW, "meeting__"), pk__in=keys),
                "pk",
                *("meeting__title", "meeting__place"),
            ),
        ),
    ),
    RecordKind.NOTE: Entry(
        FollowUpNote, (), _own(FollowUpNote), (_passages("note", "note_id"),), order=("-dated", "-pk")
    ),
    RecordKind.SEARCH: Entry(Search, (), _own(Search), order=("-searched_on", "-pk")),
}
"""Every kind of record that the public search finds, in the order of its results."""

WIDTH = max(len(texts) for entry in ENTRIES.values() for texts in (entry.own, *(part.texts for part in entry.parts)))
"""The most texts that a row has."""


def read(kind: str, keys: list[int]) -> tuple[dict[int, list[Text]], dict[int, dict[str, set[str]]]]:
    """Return, in one query, the public texts of records of `kind`, in order, and their indexed stems by place."""
    entry = ENTRIES[kind]
    own = Part(lambda keys: live_rows(entry.model).filter(pk__in=keys), "pk", entry.own, language=entry.language)
    parts = (own, *entry.parts)
    queries = [_query(rank, part, keys) for rank, part in enumerate(parts)]
    held = RecordWords.objects.filter(kind=kind, record__in=keys)
    queries.append(_query(INDEXED, Part(lambda keys: held, "record", PLACES), keys))
    found: dict[int, list[Text]] = {}
    indexed: dict[int, dict[str, set[str]]] = {}
    for rank, _number, of, code, anchor, *texts in sorted(
        queries[0].union(*queries[1:], all=True), key=lambda row: row[:2]
    ):
        if rank == INDEXED:
            indexed[of] = {place: set(stems.split()) for place, stems in zip(PLACES, texts, strict=False)}
            continue
        if rank == 0:
            found[of] = []
        for name, text in zip(parts[rank].texts, texts, strict=False):
            if text and of in found:
                place = "beside" if rank else entry.place_of(name)
                found[of].append(Text(place, as_read(name, text), language_of(name) or code, anchor))
    return found, indexed


def _query(rank: int, part: Part, keys: list[int]) -> QuerySet:
    """Return the rows of a part: what it is, its primary key, its record, its language, its place, its texts."""
    held = [*map(_shown, part.texts), *[BLANK] * (WIDTH - len(part.texts))]
    named = {
        "rank": Value(rank),
        "number": F("pk"),
        "of": F(part.of),
        "code": part.language,
        "at": _anchor(part.anchor),
    }
    named |= {f"text_{place}": text for place, text in enumerate(held)}
    columns = {f"read_{name}": value for name, value in named.items()}  # none is a field's
    return part.rows(keys).order_by().annotate(**columns).values_list(*columns)


def _anchor(named: str) -> Any:
    """Return the expression of the place on a page, as templates name it (`anchor`)."""
    name, _colon, path = named.partition(":")
    if not name:
        return BLANK
    return Concat(Value(ANCHORS[name]), Left(Cast(F(f"{path}uid"), TextField()), 8), output_field=TextField())


def _shown(name: str) -> Any:
    """Return the expression of the text `name`, blank where pages do not show it."""
    if name not in SHOWN_WITH:
        return F(name)
    return Case(When(**{f"{SHOWN_WITH[name]}__isnull": False}, then=F(name)), default=BLANK, output_field=TextField())
