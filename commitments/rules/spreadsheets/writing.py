"""Writes CSV and XLSX files that carry no live formula, a row at a time."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from tempfile import TemporaryFile
from typing import IO, Any, NamedTuple

from django.utils.translation import gettext as _

from commitments.rules.spreadsheets.cells import guarded
from commitments.rules.spreadsheets.parsing import Cell

MAX_CELL = 32_767
"""The maximum length of a workbook cell, in characters."""


class Unwritable(ValueError):
    """A value that the format cannot store; the message says which, and what to do."""


class Note(NamedTuple):
    """The description of one column on the second sheet."""

    title: str
    text: str


class Echo:
    """A file object whose `write` returns what is written."""

    def write(self, text: str) -> str:
        return text


def csv_lines(titles: Sequence[str], rows: Iterable[Sequence[Cell]], *, separator: str) -> Iterator[bytes]:
    """Yield a CSV file line by line: UTF-8 with its mark, so that every spreadsheet reads its accents."""
    writer = csv.writer(Echo(), delimiter=separator, lineterminator="\r\n")
    yield "\ufeff".encode()
    yield writer.writerow(titles).encode()
    for row in rows:
        yield writer.writerow([guarded(as_text(value)) for value in row]).encode()


def as_text(value: object) -> str:
    """Return `value` as a cell of text."""
    if value is None:
        return ""
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    return str(value)


def workbook(
    titles: Sequence[str], rows: Iterable[Sequence[Cell]], *, sheet: str, notes: Sequence[Note], notes_sheet: str
) -> IO[bytes]:
    """Return an open temporary file with a workbook: the rows, and on a second sheet a description of each column.

    Raises Unwritable if a text is too long for a cell, or has a character that the format cannot store.
    """
    from openpyxl import Workbook
    from openpyxl.styles import Alignment
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    first: Any = book.create_sheet(sheet)
    first.freeze_panes = "A2"
    for number, title in enumerate(titles, start=1):
        first.column_dimensions[get_column_letter(number)].width = max(14, min(len(title) + 4, 40))
    first.append([_heading(first, title) for title in titles])
    try:
        for row in rows:
            first.append([_cell(first, value, title, row[0]) for title, value in zip(titles, row, strict=True)])
    except Unwritable:
        # What has been written so far is in a temporary file of the library.
        first.close()
        first._writer.cleanup()
        raise
    second: Any = book.create_sheet(notes_sheet)
    second.column_dimensions["A"].width = 34
    second.column_dimensions["B"].width = 90
    for note in notes:
        text: Any = _cell(second, note.text, note.title, "")
        text.alignment = Alignment(wrap_text=True, vertical="top")
        second.append([_heading(second, note.title), text])
    file = TemporaryFile()  # noqa: SIM115 - the caller closes it, or the response that sends it
    book.save(file)
    file.seek(0)
    return file


def _heading(sheet: Any, title: str) -> Any:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    cell = WriteOnlyCell(sheet, title)
    cell.font = Font(bold=True)
    return cell


def _cell(sheet: Any, value: Any, title: str, key: object) -> Any:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    if isinstance(value, date | time):
        cell: Any = WriteOnlyCell(sheet, value)  # type: ignore[arg-type]
        cell.number_format = "yyyy-mm-dd" if isinstance(value, date) else "hh:mm:ss"
        return cell
    text = as_text(value)
    if text.startswith("'"):
        # Readers remove the apostrophe that guards a formula in CSV: this one belongs to the text.
        text = guarded(text)
    if len(text) > MAX_CELL or ILLEGAL_CHARACTERS_RE.search(text):
        message = _(
            "« %(title)s » de %(key)s ne tient pas dans une cellule de classeur (%(limit)d caractères, sans caractère "
            "de commande) : choisissez le CSV."
        )
        raise Unwritable(message % {"title": title, "key": key, "limit": MAX_CELL})
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"  # never "f", whatever it begins with
    if text:
        cell.quotePrefix = True
    return cell
