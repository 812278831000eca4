"""Intake of an article: what its text plainly states, the next free reference, and whether it is already on file.

What neither the text nor its publisher states stays blank (codebook). Nothing here is decided: a proposal comes with
the words that it was read from, and a person accepts or overrides it.
"""

import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, NamedTuple

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from commitments.models import Source
from commitments.rules.act import perform
from commitments.rules.text import digests
from commitments.rules.text.documents import Document
from commitments.rules.text.french_dates import DATE, Day, day_of
from commitments.rules.text.web_page import Stated

# What a text states

HEAD_LINES = 8
TAIL_LINES = 3
LONGEST_TITLE = 160
"""A headline fits; a first paragraph without a full stop (article A004 opens with one of 313 characters) does not."""

FEWEST_TITLE_WORDS = 4
"""Fewer words are a rubric (“Politique”), which comes above the headline."""

_AGENCY_NAMES = "APAnews|AFP|TASS|RIA Novosti|Sputnik|Reuters|Xinhua|Anadolu|AMAP|AIB|ANP"
AGENCIES = {name.lower(): name for name in _AGENCY_NAMES.split("|")}
"""Agencies that are named at the head of their dispatches, as they write their names."""

_DASH = r"\s*[-–—]\s+"
_ANNOUNCED = re.compile(r"^\W*(?:[Aa]rticle )?(?:[Pp]ubliée?|[Pp]arue?|[Mm]ise? en ligne|[Pp]ostée?) (?:le |: ?)?")
_PLACE = r"[A-ZÀ-Þ][\w’'-]*"
_DATELINE = re.compile(rf"^(?:{_PLACE}(?: (?:de|du|la|le|les|{_PLACE})){{0,3}}, ?|{_PLACE} )?(?:[Ll]e )?$")
_BODY = re.compile(rf"^(?: ?\([^)]*\))?{_DASH}")
_RUBRIC = re.compile(r"[>›|]|^(?:Mise? à jour|Modifiée?|Actualisée?)\b")
_AGENCY = re.compile(rf"^({'|'.join(AGENCIES)}){_DASH}", re.IGNORECASE)
_NAME = r"(?:[A-ZÀ-Þ][\w’'-]*\.?)"
_PERSON = re.compile(
    rf"^(?:Par\s+)?({_NAME}(?:\s+(?:de|du|d’|ag|ould|el|al|ben|bin|von|van|{_NAME})){{0,3}}\s+{_NAME})$"
)
_INITIALS = re.compile(r"^[A-Za-z]{1,5}(?:/[A-Za-z]{1,6})+$")


def propose(text: str) -> dict[str, Stated]:
    """Return what `text` plainly states about itself, by field of a source, each with the words that state it.

    The fields are title, published_on, published_time, author, publisher; one that the text does not state, or on
    which it contradicts itself, is left out.
    """
    lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    head, tail = lines[:HEAD_LINES], lines[HEAD_LINES:][-TAIL_LINES:]
    return _date(head, tail) | _title(head) | _publisher(head) | _author(lines)


def _date(head: list[str], tail: list[str]) -> dict[str, Stated]:
    """Return the day of publication: the one announced as such, else that of the date lines, if they agree."""
    openings = [opening for line in head if (opening := _opening(line))]
    openings += [opening for line in tail if (opening := _opening(line)) and not opening.rest]
    announced = [opening for opening in openings if opening.is_announced]
    days = {opening.day.day for opening in announced or openings}
    stated = days.pop() if len(days) == 1 else None
    if stated is None:
        return {}
    agreed = announced or openings
    found = {"published_on": Stated(stated, agreed[0].words)}
    timed = [opening for opening in agreed if opening.day.hour is not None]
    if len({opening.day.hour for opening in timed}) == 1 and (hour := timed[0].day.hour):
        found["published_time"] = Stated(hour, timed[0].words)
    return found


class _Opening(NamedTuple):
    """A date that a line opens with: the words up to it, what follows, whether a place or “publié” comes before."""

    day: Day
    words: str
    rest: str
    is_announced: bool
    is_dateline: bool


def _opening(line: str) -> _Opening | None:
    """Return the date that `line` opens with or consists of; None if it has none, or only in a sentence."""
    said = _ANNOUNCED.match(line)
    start = said.end() if said else 0
    match = DATE.search(line, start)
    if match is None:
        return None
    before, after = line[start : match.start()], line[match.end() :]
    rest = _BODY.sub("", after)
    if said and not before.strip():
        return _Opening(day_of(match), line[: match.end()], "", True, False)
    if _DATELINE.match(before) and (rest != after or not after.strip(" .")):
        is_dateline = before.strip() not in ("", "Le", "le") or after.lstrip().startswith("(")
        return _Opening(day_of(match), line[: match.end()], rest.strip(" ."), False, is_dateline)
    return None


def _title(head: list[str]) -> dict[str, Stated]:
    """Return the headline: the first line that is neither a rubric nor a date, unless it reads as a sentence."""
    for line, following in pairwise([*head, ""]):
        opening = _opening(line)
        words = opening.rest if opening else line
        if not words or _PERSON.match(words) or _RUBRIC.search(words) or len(words.split()) < FEWEST_TITLE_WORDS:
            continue
        body_has_begun = (opening and opening.is_dateline) or _AGENCY.match(words) or following[:1].islower()
        if body_has_begun or not following or len(words) > LONGEST_TITLE or words[-1] in ".;,:…":
            return {}
        return {"title": Stated(words, line)}
    return {}


def _publisher(head: list[str]) -> dict[str, Stated]:
    """Return the agency named at the head of its dispatch (“Apanews - …”)."""
    for line in head:
        if match := _AGENCY.match(line):
            return {"publisher": Stated(AGENCIES[match[1].lower()], match[0].strip())}
    return {}


def _author(lines: list[str]) -> dict[str, Stated]:
    """Return who signs: a name or initials on the last line, or a line “Par …” at either end.

    A name that also occurs elsewhere in the text is somebody it mentions, or a keyword.
    """
    ends = lines[:HEAD_LINES] + lines[HEAD_LINES:][-TAIL_LINES:]
    signed = [line for line in ends if line.startswith("Par ")]
    for line in [*signed, *lines[-1:]]:
        match = _PERSON.match(line)
        if match and len(lines) > 1 and sum(match[1] in other for other in lines) == 1:
            return {"author": Stated(match[1], line)}
        if _INITIALS.match(line) and len(lines) > 1:
            return {"author": Stated(line, line)}
    return {}


def stated(document: Document) -> dict[str, Stated]:
    """Return what a document states: its publisher's metadata first, then its text."""
    found = propose(document.text) | document.stated
    if "published_on" in document.stated and "published_time" not in document.stated:
        found.pop("published_time", None)  # the time belongs to another day
    return {name: said for name, said in found.items() if _fits(name, said)}


def _fits(name: str, said: Stated) -> bool:
    longest = getattr(Source._meta.get_field(name), "max_length", None)
    return longest is None or len(str(said.value)) <= longest


# References


def next_reference(prefix: str = "A") -> str:
    """Return the first reference after those on file that are `prefix` and a number: A005 after A004."""
    taken = set(Source.objects.order_by().filter(reference__startswith=prefix).values_list("reference", flat=True))
    numbers = [int(end) for reference in taken if (end := reference.removeprefix(prefix)).isdecimal() and end.isascii()]
    return f"{prefix}{max(numbers, default=0) + 1:03}"


# Twins

SHINGLE = 5
LEAST_SHARED = 0.5
FEWEST_SHINGLES = 20

_WORD = re.compile(r"\w+")
_ACCENT = re.compile("[\u0300-\u036f]")


class Twin(NamedTuple):
    """A source on file with the same text, or nearly: `shared` is how much of the shorter text both have, 0 to 1."""

    pk: int
    reference: str
    label: str
    is_same: bool
    shared: float

    @property
    def name(self) -> str:
        """The reference and the title, as people name a source."""
        return f"{self.reference} – {self.label}"

    @property
    def percent(self) -> int:
        """How much is shared, in per cent, rounded down: only the same text is 100 % of itself."""
        return 100 if self.is_same else min(int(self.shared * 100), 99)


def twins(text: str) -> list[Twin]:
    """Return the sources on file whose text is `text`, or nearly, the most similar first.

    The same: letter for letter, up to white space, line endings and Unicode form. Nearly the same: of all runs of five
    words (accents, case and punctuation aside) of the shorter text, at least half occur in the other. The shorter text
    counts, since an article republished elsewhere loses its opening or gains an ending. Half, since articles on one
    event share far less (the five seed articles, which quote one communiqué: at most 4 %), while a copy that an editor
    cut by a third and reframed still shares two thirds. Fewer than twenty runs are too few to tell. Texts are read one
    at a time: memory holds this text and one other.
    """
    if not text.strip():
        return []
    same, own = form_of(text), _shingles(text)
    found = []
    for source in _archived():
        is_same = form_of(source.text) == same
        shared = 1.0 if is_same else _shared(own, _shingles(source.text))
        if shared >= LEAST_SHARED:
            found.append(Twin(source.pk, source.reference, source.label, is_same, shared))
    return sorted(found, key=lambda twin: (not twin.is_same, -twin.shared, twin.reference))


def newcomers(text: str, *, known: list[Twin]) -> list[Twin]:
    """Return the sources with this very text, letter for letter, that are not among its `known` twins.

    One look-up by digest, within the save, after the slow search before it. It narrows the gap without closing it: on
    PostgreSQL, two saves at the same moment may both store the text. No lock is needed, since storing a text twice
    breaks no rule, and a person may choose to.
    """
    if not text.strip():
        return []
    rows = Source.objects.filter(sha256=digests.sha256(text)).exclude(pk__in=[twin.pk for twin in known])
    rows = rows.order_by("reference").only("reference", "title", "publisher", "author", "kind")
    return [Twin(source.pk, source.reference, source.label, True, 1.0) for source in rows]


def by_form() -> dict[str, list[Twin]]:
    """Return the sources on file by the normalised digest of their text, to compare many texts; each is read once."""
    found: dict[str, list[Twin]] = {}
    for source in _archived():
        twin = Twin(source.pk, source.reference, source.label, True, 1.0)
        found.setdefault(form_of(source.text), []).append(twin)
    return found


def _archived() -> Iterator[Source]:
    """Yield the sources that have a text, by reference, with few other fields; only a few are in memory at a time."""
    rows = Source.objects.exclude(text="").order_by("reference")
    return rows.only("reference", "title", "publisher", "author", "kind", "text").iterator(chunk_size=20)


def form_of(text: str) -> str:
    """Return the digest of `text` with its white space, line endings and Unicode form normalised."""
    return digests.sha256(" ".join(unicodedata.normalize("NFC", text.strip("\ufeff")).split()))


def _shingles(text: str) -> set[int]:
    """Return the runs of words of `text`, hashed; words of any script, in lower case and without accents."""
    words = _WORD.findall(_ACCENT.sub("", unicodedata.normalize("NFKD", text.lower())))
    return set(map(hash, zip(*(words[place:] for place in range(SHINGLE)), strict=False)))


def _shared(one: set[int], other: set[int]) -> float:
    shorter = min(len(one), len(other))
    return len(one & other) / shorter if shorter >= FEWEST_SHINGLES else 0.0


# Archiving without the desk's form


def archive(
    document: Document, *, by: User, given: dict[str, Any], prefix: str = "A", allow_twins: bool = False
) -> tuple[Source, list[Twin]]:
    """Put `document` on file as a draft signed by `by`, and return it with its twins, in one transaction.

    `given` holds fields of the source that somebody stated; the others are those that the document states, else blank.
    The twins are looked for before the transaction, which only checks for those added since. Raises ValidationError if
    the same text is on file, unless `allow_twins`, or if a field is refused.
    """
    known = {name: said.value for name, said in stated(document).items()}
    if given.get("published_on"):
        known.pop("published_time", None)  # the time belongs to another day
    known_twins = twins(document.text)

    def put() -> tuple[Source, list[Twin]]:
        found = newcomers(document.text, known=known_twins) + known_twins
        if any(twin.is_same for twin in found) and not allow_twins:
            raise ValidationError(_("Ce texte est déjà au dossier : %s.") % found[0].name, code="twin")
        text = document.text
        archived = {"text": text, "sha256": digests.sha256(text), "file_name": document.name}
        source = Source(**known | given | archived, reference=next_reference(prefix))
        source.full_clean()
        source._history_user = by  # type: ignore[attr-defined]
        source.save()
        return source, found

    return perform(put)
