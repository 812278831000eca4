"""Checks a file row by row, writing nothing but the report; imports it, all or nothing. Both report progress."""

import logging
from collections.abc import Iterator
from datetime import timedelta
from difflib import get_close_matches
from itertools import islice
from typing import Any, NamedTuple

from django.contrib.auth.models import User
from django.db import DatabaseError
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import get_language, gettext as _

from commitments.admin.spreadsheets.nouns import RESOURCES
from commitments.admin.spreadsheets.resources import DeskResource, Loader
from commitments.models import SpreadsheetImport, SpreadsheetRow
from commitments.models.base import in_bulk
from commitments.rules.act import OutOfTurn, act, is_passing
from commitments.rules.spreadsheets import cells as words
from commitments.rules.spreadsheets.parsing import Cell, Row, Table, Unreadable, letter
from commitments.rules.text.digests import sha256

CHUNK = 200
"""The rows whose records are fetched together; progress is reported after each chunk."""

MOST_OF_LABEL = 200
"""How many characters of a row's name are kept."""

KEPT_DAYS = 30
"""How long the content of a file that was not imported is kept."""

Outcome = SpreadsheetRow.Outcome

logger = logging.getLogger(__name__)


class Progress(NamedTuple):
    """How many rows are done, of about how many."""

    done: int
    expected: int


class NotImported(Exception):
    """An import that was abandoned with nothing saved; `reasons` tells the user why."""

    def __init__(self, *reasons: str) -> None:
        super().__init__(*reasons)
        self.reasons = reasons


class Judged(NamedTuple):
    """A row, read and checked: what it would do; None if it changes nothing.

    `said` holds the reasons of a refusal, or else remarks to read before importing.
    """

    number: int
    outcome: Outcome | None
    label: str = ""
    changes: list[list[str]] = []
    said: list[list[Any]] = []
    unproposable: list[str] = []


def receive(content: bytes, *, noun: str, file_name: str, by: User) -> SpreadsheetImport:
    """Store a file to be checked, after reading its titles. Raises Unreadable if it cannot be read."""
    reader = Reader(content, RESOURCES[noun](by=by))
    reader.read_titles()
    return SpreadsheetImport.objects.create(
        noun=noun,
        file_name=Truncator(file_name.replace("\x00", "")).chars(200),
        sha256=sha256(content),
        content=content,
        uploaded_by=by,
    )


def forget_old(**_signal: Any) -> None:
    """Remove the content and the report of files that were left for a month.

    Called whenever somebody signs in at the desk, so that it happens wherever the desk is used at all.
    """
    before = timezone.now() - timedelta(days=KEPT_DAYS)
    for upload in SpreadsheetImport.objects.filter(uploaded_at__lt=before, content__isnull=False).defer("content"):
        forget(upload)


def forget(upload: SpreadsheetImport) -> None:
    """Remove the content and the report of a file; the fact that it was sent, and its outcome, stay."""
    upload.content = None
    upload.save(update_fields=["content"])
    upload.rows.all().delete()


class Reader:
    """Reads the rows of a file for a resource."""

    def __init__(self, content: bytes, resource: DeskResource) -> None:
        self.table = Table(content)
        self.resource = resource
        self.names: list[str | None] = []
        self.seen: dict[Any, int] = {}
        self.count = 0
        self._rows = self.table.rows()

    def read_titles(self) -> None:
        """Read the row of titles. Raises Unreadable if a title is unknown, duplicated or missing."""
        row = next(self._rows, None)
        titles = ["" if cell is None else str(cell).strip() for cell in row.cells] if row else []
        known = {words.folded(title): c.attribute for c in self.resource.columns for title in c.known_titles}
        self.names = [known.get(words.folded(title)) for title in titles]
        if not any(self.names):
            message = _(
                "La première ligne ne porte pas les titres des colonnes : repartez du modèle à télécharger. "
                "Elle dit : %(titles)s"
            )
            raise Unreadable(message % {"titles": Truncator(" | ".join(titles)).chars(200)})
        for place, (title, name) in enumerate(zip(titles, self.names, strict=True), start=1):
            if title and name is None:
                raise Unreadable(self._unknown(title, place, list(known)))
            if name and self.names.index(name) != place - 1:
                raise Unreadable(_("La colonne « %s » figure deux fois.") % title)
        key = self.resource.key
        if key == "reference" and key not in self.names:
            message = _("Il manque la colonne « %s », qui dit de quel enregistrement parle chaque ligne.")
            raise Unreadable(message % self.resource.title_of(key))

    def _unknown(self, title: str, place: int, known: list[str]) -> str:
        fault = words.fault(title)
        if fault:
            return _("Le titre de la colonne %(column)s %(fault)s") % {
                "column": letter(place),
                "fault": fault,
            }
        near = get_close_matches(words.folded(title), known, n=1)
        if not near:
            message = _("La colonne « %(title)s » n’existe pas ici : retirez-la, ou repartez du modèle à télécharger.")
            return message % {"title": title}
        titles = [t for c in self.resource.columns for t in c.known_titles if words.folded(t) == near[0]]
        message = _("La colonne « %(title)s » n’existe pas ici. Vouliez-vous dire « %(near)s » ?")
        return message % {"title": title, "near": titles[0]}

    def judge(self, *, dry_run: bool) -> Iterator[list[Judged]]:
        """Read and check the rows, chunk by chunk; save them too unless `dry_run`. Raises Unreadable on the way."""
        self.read_titles()
        loader = Loader(self.resource, lock=not dry_run)
        while rows := list(islice(self._rows, CHUNK)):
            read = [self._cells(row) for row in rows]
            loader.load(cells for cells, faults in read if not faults)
            with in_bulk():
                judged = [
                    self._judge(row.number, cells, faults, loader, dry_run=dry_run)
                    for row, (cells, faults) in zip(rows, read, strict=True)
                ]
            yield judged
        if not self.count:
            raise Unreadable(_("Le fichier n’a pas d’autre ligne que ses titres."))

    def _cells(self, row: Row) -> tuple[dict[str, Cell], list[list[str]]]:
        cells: dict[str, Cell] = {}
        faults = []
        self.count += 1
        for place, cell in enumerate(row.cells):
            name = self.names[place] if place < len(self.names) else None
            if name is None:
                if cell not in (None, ""):
                    where = letter(place + 1)
                    faults.append(["", _("La case de la colonne %s est remplie sous aucun titre.") % where])
                continue
            cells[name] = cell
            fault = words.fault(cell)
            if fault:
                faults.append([self.resource.title_of(name), _("Cette case %s") % fault])
        return cells, faults

    def _judge(
        self, number: int, cells: dict[str, Cell], faults: list[list[str]], loader: Loader, *, dry_run: bool
    ) -> Judged:
        if faults:
            return self._refused(number, cells, faults)
        key = self.resource.key_of(cells)
        if key is not None and self.seen.setdefault(key, number) != number:
            title = self.resource.title_of(self.resource.key)
            message = _("Déjà à la ligne %d : un enregistrement ne peut figurer deux fois.") % self.seen[key]
            return self._refused(number, cells, [[title, message]])
        result = self.resource.import_row(cells, loader, row_number=number, dry_run=dry_run)
        refusals = self.resource.refusals(result)
        if refusals:
            return self._refused(number, cells, refusals)
        if result.import_type == result.IMPORT_TYPE_SKIP:
            return Judged(number, None)
        record = result.instance
        new = not record.said
        return Judged(
            number,
            Outcome.CREATED if new else Outcome.CHANGED,
            Truncator(record).chars(MOST_OF_LABEL),
            [[self.resource.titles[column.attribute], old, said] for column, old, said in record.changed],
            self.resource.remarks(record, number) if dry_run else [],
            self.resource.unproposable(record) if new and dry_run else [],
        )

    def _refused(self, number: int, cells: dict[str, Cell], reasons: list[list[str]]) -> Judged:
        label = " – ".join(str(cell) for cell in list(cells.values())[:3] if cell not in (None, ""))
        label = Truncator(label.replace("\x00", "")).chars(MOST_OF_LABEL)
        return Judged(number, Outcome.REFUSED, label, said=reasons)


def check(upload: SpreadsheetImport) -> Iterator[Progress]:
    """Check every row and keep the report; nothing else is written. A file that cannot be read says why in `fault`."""
    upload.rows.all().delete()
    upload.checked_at, upload.fault, upload.language = None, "", get_language() or "fr"
    upload.save(update_fields=["checked_at", "fault", "language"])
    counts = dict.fromkeys(("total", "created", "changed", "unchanged", "refused", "unproposable"), 0)
    try:
        reader = Reader(bytes(upload.content or b""), RESOURCES[upload.noun](by=upload.uploaded_by))
        for chunk in reader.judge(dry_run=True):
            kept = [judged for judged in chunk if judged.outcome is not None]
            SpreadsheetRow.objects.bulk_create(SpreadsheetRow(upload=upload, **judged._asdict()) for judged in kept)
            counts["total"] += len(chunk)
            counts["unchanged"] += len(chunk) - len(kept)
            for judged in kept:
                counts[str(judged.outcome).partition("-")[2]] += 1
                counts["unproposable"] += bool(judged.unproposable)
            yield Progress(counts["total"], max(reader.table.expected, counts["total"]))
    except Unreadable as error:
        upload.fault = str(error)
    for name, count in counts.items():
        setattr(upload, name, count)
    upload.checked_at = timezone.now()
    upload.save(update_fields=[*counts, "fault", "checked_at"])


def apply(upload: SpreadsheetImport, *, by: User, propose: bool) -> Iterator[Progress]:
    """Import every row in one transaction, signed by `by`; new records are proposed for review if asked.

    Each row is checked again. Raises NotImported, with nothing saved, if one is refused, or would not do what the
    report said because something changed in between. Nothing is saved either if it is interrupted (a closed
    connection). What a retry may cure is retried once.
    """
    try:
        yield from _apply(upload, by=by, propose=propose)
        return
    except NotImported as given_up:
        if given_up.__cause__ is None or not is_passing(given_up.__cause__):
            raise
    yield from _apply(upload, by=by, propose=propose)


def _apply(upload: SpreadsheetImport, *, by: User, propose: bool) -> Iterator[Progress]:
    try:
        with act():
            stored = SpreadsheetImport.objects.select_for_update().get(pk=upload.pk)
            if stored.applied_at or stored.content is None:
                raise NotImported(_("Ce fichier a déjà été importé."))
            if stored.checked_at is None or stored.fault or stored.refused:
                raise NotImported(_("Ce fichier ne peut pas être importé : des lignes sont refusées."))
            if propose and stored.unproposable:
                raise NotImported(_("Des lignes ne peuvent pas encore être proposées à la relecture."))
            reason = _("Importé de « %(file)s » (SHA-256 %(digest)s)") % {
                "file": stored.file_name,
                "digest": stored.sha256,
            }
            reader = Reader(bytes(stored.content), RESOURCES[stored.noun](by=by, reason=reason, propose=propose))
            done = 0
            for chunk in reader.judge(dry_run=False):
                _hold_to_report(stored, chunk)
                done += len(chunk)
                yield Progress(done, stored.total)
            stored.applied_by, stored.applied_at, stored.proposed = by, timezone.now(), propose
            stored.save(update_fields=["applied_by", "applied_at", "proposed"])
            forget(stored)
    except Unreadable as error:
        raise NotImported(str(error)) from error
    except OutOfTurn:
        raise  # no second try cures it: it is for whoever wrote the import
    except DatabaseError as error:
        logger.exception("Import %s given up.", upload.uid)
        message = _("La base a refusé l’import : une autre personne vient peut-être d’enregistrer. Réessayez.")
        raise NotImported(message) from error


def _hold_to_report(upload: SpreadsheetImport, chunk: list[Judged]) -> None:
    """Raise NotImported if a row is refused, or would do something other than the report said."""
    reported = {row.number: row for row in upload.rows.filter(number__in=[judged.number for judged in chunk])}
    for judged in chunk:
        for title, message in judged.said if judged.outcome == Outcome.REFUSED else ():
            where = _("Ligne %(row)d, « %(column)s »") if title else _("Ligne %(row)d")
            raise NotImported(f"{where % {'row': judged.number, 'column': title}} : {message}")
        row = reported.get(judged.number)
        if (row.outcome if row else None) != judged.outcome or (row.changes if row else []) != judged.changes:
            message = _("Ligne %d : cet enregistrement a changé depuis la vérification. Vérifiez le fichier à nouveau.")
            raise NotImported(message % judged.number)
