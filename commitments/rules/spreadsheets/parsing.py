"""Reads a CSV or XLSX file row by row, whatever its encoding, separator and line endings, or says why it cannot."""

import codecs
import csv
import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any, NamedTuple, NoReturn
from xml.etree.ElementTree import ParseError

from django.utils.translation import gettext as _

from commitments.rules.spreadsheets import cells as words

MAX_BYTES = 10 * 1024 * 1024
MAX_ROWS = 20_000
MAX_UNPACKED = 300 * 1024 * 1024
"""The maximum size in bytes of an unpacked workbook."""

Cell = str | int | float | bool | datetime | date | time | timedelta | None

_SEPARATORS = (";", ",", "\t")
_SEPARATOR_LINE = re.compile(r"sep=(.)(?:\r\n|\r|\n)")
_FORMULA_TAG = re.compile(rb"<(?:\w+:)?f[ >/]")
_LINE_END = re.compile(rb"\r\n|\r|\n")


class Unreadable(ValueError):
    """A file, or a place in it, that cannot be read; the message says why, to the person who sent it."""


class Row(NamedTuple):
    """A row: its number as the spreadsheet shows it, and its cells."""

    number: int
    cells: list[Cell]


class Table:
    """The rows of a file, read as they are asked for; blank ones are skipped.

    `expected` is the number of rows, as far as it is known without reading them. Raises Unreadable.
    """

    def __init__(self, content: bytes) -> None:
        if len(content) > MAX_BYTES:
            raise Unreadable(_("Le fichier dépasse %d Mo : partagez-le en plusieurs.") % (MAX_BYTES // 1024 // 1024))
        if not content.strip(b"\x00 \t\r\n") or content in (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            raise Unreadable(_("Le fichier est vide."))
        self.content = content
        self.expected = 0
        _refuse_other_formats(content)

    def rows(self) -> Iterator[Row]:
        """Yield the rows that are not blank. Raises Unreadable, possibly half-way."""
        read = self._workbook() if self.content.startswith(b"PK") else self._csv()
        count = 0
        for row in read:
            if all(cell is None or cell == "" for cell in row.cells):
                continue
            count += 1
            if count > MAX_ROWS + 1:
                message = _("Le fichier a plus de %(rows)d lignes : partagez-le en plusieurs.")
                raise Unreadable(message % {"rows": MAX_ROWS})
            yield row

    # CSV

    def _csv(self) -> Iterator[Row]:
        text = decode(self.content)
        told = _SEPARATOR_LINE.match(text)
        first = 2 if told else 1
        if told:
            text = text[told.end() :]
        separator = told[1] if told else _separator(text)
        self.expected = max(text.count("\n"), text.count("\r"), 1)
        csv.field_size_limit(MAX_BYTES)
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
        number = first - 1
        try:
            for number, cells in enumerate(reader, start=first):
                yield Row(number, [words.unguarded(cell) for cell in cells])
        except csv.Error as error:
            message = _(
                "Ligne %(row)d : un guillemet est ouvert et mal fermé ; doublez-le s’il fait partie du texte "
                "(%(error)s)."
            )
            raise Unreadable(message % {"row": number + 1, "error": error}) from error

    # XLSX

    def _workbook(self) -> Iterator[Row]:
        from openpyxl.utils.exceptions import InvalidFileException

        try:
            yield from self._sheet()
        except (
            zipfile.BadZipFile,
            InvalidFileException,
            ParseError,
            KeyError,
            ValueError,
            TypeError,
            AttributeError,
            IndexError,
            OSError,
            EOFError,
        ) as error:
            if isinstance(error, Unreadable):
                raise
            message = _("Ce classeur ne s’ouvre pas : il est endommagé. Réenregistrez-le depuis votre tableur.")
            raise Unreadable(message) from error

    def _sheet(self) -> Iterator[Row]:
        from openpyxl import load_workbook
        from openpyxl.utils.datetime import CALENDAR_MAC_1904

        formulas = False
        with zipfile.ZipFile(io.BytesIO(self.content)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MAX_UNPACKED:
                raise Unreadable(_("Une fois décompressé, ce classeur est trop grand : partagez-le en plusieurs."))
            workbook = load_workbook(io.BytesIO(self.content), read_only=True, data_only=True)
            if workbook.epoch == CALENDAR_MAC_1904:
                message = _("Ce classeur compte ses dates depuis 1904, ancien réglage des Mac : enregistrez-le en CSV.")
                raise Unreadable(message)
            if not workbook.worksheets:
                raise Unreadable(_("Ce classeur n’a pas de feuille de calcul."))
            sheet: Any = workbook.worksheets[0]
            formulas = _has_formulas(archive, sheet._worksheet_path)
        self.expected = sheet.max_row or 0
        sheet.reset_dimensions()
        values = sheet.iter_rows(values_only=True)
        if formulas:
            written: Any = load_workbook(io.BytesIO(self.content), read_only=True).worksheets[0]
            written.reset_dimensions()
            values = _computed(values, written.iter_rows(values_only=True))
        for number, cells in enumerate(values, start=1):
            yield Row(number, [_plain(cell) for cell in cells])


def letter(number: int) -> str:
    """Return the letters of the spreadsheet column with this number, from 1 on."""
    from openpyxl.utils import get_column_letter

    return get_column_letter(number)


def _computed(values: Iterator[tuple], written: Iterator[tuple]) -> Iterator[tuple]:
    """Yield the rows of values. Raises Unreadable at a formula whose result is not in the file."""
    for number, (results, typed) in enumerate(zip(values, written, strict=False), start=1):
        for column, (result, formula) in enumerate(zip(results, typed, strict=False), start=1):
            if result is None and formula is not None:
                message = _(
                    "La cellule %(cell)s contient une formule sans résultat enregistré : ouvrez le classeur dans votre "
                    "tableur, enregistrez-le, ou remplacez la formule par sa valeur."
                )
                raise Unreadable(message % {"cell": f"{letter(column)}{number}"})
        yield results


def _has_formulas(archive: zipfile.ZipFile, path: str) -> bool:
    with archive.open(path.lstrip("/")) as stream:
        tail = b""
        while block := stream.read(1 << 20):
            if _FORMULA_TAG.search(tail + block):
                return True
            tail = block[-16:]
    return False


def _plain(cell: Any) -> Cell:
    if isinstance(cell, str):
        # How Excel writes a carriage return inside a cell.
        return words.unguarded(cell.replace("_x000D_", ""))
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date()
    if isinstance(cell, float) and cell.is_integer():
        return int(cell)
    return cell


def _refuse_other_formats(content: bytes) -> None:
    head = content[:4096]
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise Unreadable(_("Ce classeur est protégé par un mot de passe : enregistrez-le sans protection."))
        raise Unreadable(_("C’est un ancien classeur Excel (.xls) : enregistrez-le en .xlsx ou en CSV."))
    if head.startswith(b"%PDF"):
        raise Unreadable(_("C’est un fichier PDF, pas un tableau : envoyez un .xlsx ou un CSV."))
    if head.lstrip().lower().startswith((b"<!doctype", b"<html", b"<?xml", b"{\\rtf")):
        raise Unreadable(_("Ce fichier n’est pas un tableau : envoyez un .xlsx ou un CSV."))
    if head.startswith(b"PK"):
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                names = set(archive.namelist())
        except (zipfile.BadZipFile, OSError) as error:
            message = _("Ce classeur ne s’ouvre pas : il est endommagé. Réenregistrez-le depuis votre tableur.")
            raise Unreadable(message) from error
        if "xl/workbook.xml" not in names:
            message = _("Ce fichier n’est pas un classeur .xlsx (c’est peut-être un .ods, un .docx ou une archive).")
            raise Unreadable(message)


def decode(content: bytes) -> str:
    """Return the text of a CSV file: UTF-8, UTF-16 with its mark, or cp1252. Raises Unreadable rather than guess."""
    if content.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise Unreadable(_("Le fichier est en UTF-32 : enregistrez-le en UTF-8."))
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if content.startswith(mark):
            try:
                return content[len(mark) :].decode(encoding)
            except UnicodeDecodeError as error:
                _undecodable(content, error.start + len(mark), encoding.upper()[:6].rstrip("-"))
    head = content[:2000]
    if head.count(b"\x00") > len(head) // 4:
        raise Unreadable(_("Le fichier semble être en UTF-16 sans sa marque d’ordre : enregistrez-le en UTF-8."))
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        return _decode_windows(content, error)


def _decode_windows(content: bytes, not_utf8: UnicodeDecodeError) -> str:
    try:
        text = content.decode("cp1252")
    except UnicodeDecodeError as error:
        _undecodable(content, error.start, "UTF-8, Windows-1252")
    if words.mojibake(text):
        # Most of it is UTF-8: a few bytes of something else were pasted in.
        _undecodable(content, not_utf8.start, "UTF-8")
    strange = words.other_code_page(text)
    if strange:
        message = _(
            "L’encodage du fichier est incertain : lu en Windows-1252, il donne « %(strange)s ». Il vient sans doute "
            "d’un ancien Mac ou de DOS : enregistrez-le en « CSV UTF-8 » ou en .xlsx."
        )
        raise Unreadable(message % {"strange": strange})
    return text


def _undecodable(content: bytes, start: int, encoding: str) -> NoReturn:
    line = len(_LINE_END.findall(content[:start])) + 1
    message = _(
        "L’octet %(byte)s, position %(offset)d (ligne %(line)d du fichier), n’est d’aucun encodage connu "
        "(%(encoding)s) : enregistrez le fichier en « CSV UTF-8 » ou en .xlsx."
    )
    raise Unreadable(message % {"byte": f"0x{content[start]:02X}", "offset": start, "line": line, "encoding": encoding})


def _separator(text: str) -> str:
    """Return the separator that splits the first row into the most cells."""
    cells = {}
    for separator in _SEPARATORS:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        try:
            cells[separator] = max((len(row) for row in islice(reader, 1)), default=0)
        except csv.Error:
            cells[separator] = 0
    return max(cells, key=lambda separator: cells[separator])
