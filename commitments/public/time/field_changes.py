"""Describes in words what changed between two versions of a record, field by field, as the public reads them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from types import SimpleNamespace
from typing import Any, NamedTuple

from django.apps import apps
from django.db.models import Field
from django.utils.formats import time_format
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _

from commitments.choices import UndertakingRole
from commitments.models import Instrument, Party, Reviewed, Source
from commitments.models.wording import language_of
from commitments.querysets import was_public
from commitments.querysets.follow_up import outcome
from commitments.reading import Reading
from commitments.rules.text.differences import DELETED, INSERTED, SAME, Piece, compare, is_version
from commitments.rules.time import schedule
from commitments.rules.time.rewind import rewind
from commitments.typography import in_full

AROUND = 60
"""How many unchanged characters are shown on each side of a change."""

SHOWN = 300
"""How many characters are shown of a text that was rewritten."""

DIGEST = 12
"""How many characters of a digest are shown: enough to tell two apart."""

CODES = ("sha256", "language", "recurrence")
"""The fields that hold no words: of two values, no part is said to have stayed the same."""

Version = dict[str, Any]
"""The values of a version of a record, by the names of its columns."""


class Withheld(NamedTuple):
    """A record that the public read of when another referred to it, and that is not public now: it has no name."""

    model: Any
    key: int


class Named(NamedTuple):
    """The records that versions refer to, by model and primary key, as named for a reading."""

    records: dict[Any, dict[int, Any]]
    reading: Reading

    def value(self, field: Any, value: Any, at: datetime) -> Any:
        """Return the value that a correction gave `field` at the moment `at`, a record in the place of its key.

        None for a record that was not public then, Withheld for one that was and is not any more.
        """
        if not field.is_relation or value is None:
            return value
        record = self.records[field.related_model].get(value)
        if not isinstance(record, Reviewed):
            return record
        if not was_public(record, at + datetime.resolution):
            return None
        return record if was_public(record, self.reading.known_before) else Withheld(field.related_model, value)


class Change(NamedTuple):
    """A public field of a record that changed, as pieces of its old and new text."""

    label: str
    language: str
    pieces: list[Piece]


def named_in(versions: Mapping[str, Mapping[int, Version]], reading: Reading) -> Named:
    """Return the records that `versions`, by noun and key, refer to in their public fields, as named for `reading`."""
    wanted: dict[Any, set[int]] = defaultdict(set)
    for noun, rows in versions.items():
        model: Any = apps.get_model("commitments", noun)
        for field in filter(lambda field: field.is_relation, map(model._meta.get_field, model.public_fields)):
            wanted[field.related_model] |= {row[field.attname] for row in rows.values()} - {None}
    found = {model: model.objects.in_bulk(keys) for model, keys in wanted.items()}
    rewind(reading, *(records.values() for records in found.values()))
    return Named(found, reading)


def changes(noun: str, record: Any, old: Version | None, new: Version, named: Named, at: datetime) -> list[Change]:
    """Return what a correction made at the moment `at` changed in `record` of `noun`; `old` is None for a new part."""
    if noun == "undertaking":
        return _roles(old, new, named)
    return _changes(record, old or new, new, named, at)


def _roles(old: Version | None, new: Version, named: Named) -> list[Change]:
    """Return what changed in the parties of a commitment: one added, removed, or given another role."""

    def said(version: Version | None) -> str:
        if version is None:
            return ""
        party, other = (named.records[Party].get(version[name]) for name in ("party_id", "according_to_id"))
        role = str(UndertakingRole(version["role"]).label)
        if other:
            role = _("%(role)s, d’après les propos de : %(party)s") % {"role": role, "party": other}
        return f"{party or ''} ({role})"

    label = capfirst(str(Party._meta.verbose_name))
    if new["history_type"] == "-":
        return [Change(label, "", _replaced(said(new), ""))]
    return [Change(label, "", _replaced(said(old), said(new)))]


def _changes(record: Any, old: Version, new: Version, named: Named, at: datetime) -> list[Change]:
    """Return the public differences, made at the moment `at`, between two versions of `record`, field by field."""
    found = []
    for name in record.public_fields:
        field = record._meta.get_field(name)
        before, after = (named.value(field, version[field.attname], at) for version in (old, new))
        if before == after:
            continue
        if name == "is_compatible":  # says nothing by itself: what it decides is read together with the day
            found.append(Change(_("Décision"), "", _replaced(_outcome(old), _outcome(new))))
            continue
        told = [_said(field, value) for value in (before, after)]
        pieces = compare(*told) if _is_text(field) and all(told) else []
        pieces = excerpt(pieces) if is_version(pieces) else _replaced(*told)
        found.append(Change(capfirst(field.verbose_name), _language(record, name), pieces))
    return found


def _language(record: Any, name: str) -> str:
    """Return the language that a field is written in; "" if it is this page's."""
    if name in ("exact", "prefix", "suffix"):
        return record.source.language
    return record.language if isinstance(record, Source) and name == "title" else language_of(name)


def _is_text(field: Field) -> bool:
    """Whether a field has free text, not a word of a vocabulary or a code."""
    kind = field.get_internal_type()
    return kind in ("CharField", "TextField") and not field.choices and field.name not in CODES


def _said(field: Field, value: Any) -> str:
    """Return the value of a field as the public reads it; "" for none."""
    if isinstance(value, Withheld) or (value is None and field.is_relation and not field.null):
        is_text = field.related_model is Instrument
        return _("un texte qui n’est pas public") if is_text else _("une rencontre qui n’est pas publique")
    if value is None or value == "":
        return ""
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if field.name == "recurrence":
        return schedule.in_words(value)
    if isinstance(value, bool):
        return _("oui") if value else _("non")
    if isinstance(value, date):
        return in_full(value)
    if isinstance(value, time):
        return time_format(value, "H:i")
    return f"{value[:DIGEST]}…" if field.name == "sha256" else str(value)


def _outcome(version: Version) -> str:
    """Return how a discrepancy stood in one of its versions, in the words of the vocabulary."""
    return str(outcome(SimpleNamespace(**version, settled_at=None)).label)


def _replaced(old: str, new: str) -> list[Piece]:
    """Return the pieces of one value replaced by another, each cut to SHOWN characters; a blank one gives none."""
    told = ((DELETED, old), (INSERTED, new))
    return [Piece(kind, Truncator(text).chars(SHOWN)) for kind, text in told if text]


def excerpt(pieces: Sequence[Piece], around: int = AROUND) -> list[Piece]:
    """Return `pieces` with what stayed the same cut down to `around` characters on each side of a change."""
    found = []
    for place, piece in enumerate(pieces):
        head = around if place else 0
        tail = around if place < len(pieces) - 1 else 0
        if piece.kind == SAME and len(piece.text) > head + tail + len(" […] "):
            start = piece.text[:head].rpartition(" ")[0] if head else ""
            end = piece.text[-tail:].partition(" ")[2] if tail else ""
            piece = Piece(SAME, " […] ".join((start, end)))
        found.append(piece)
    return found
