"""Writes CSV and XLSX files that carry no live formula, a row at a time."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from tempfile import TemporaryFile
from typing import IO, Any, NamedTuple

from django.utils.translation import gettext as _

from commitments.rules.spreadsheets.cells import guarded, spared
from commitments.rules.spreadsheets.parsing import Cell

MAX_CELL = 32_767
"""The maximum length of a workbook cell, in characters."""

SHEET_ROWS = 1_048_576
"""The rows that a sheet may have."""

FIRST_YEAR = 1900
"""Before it a workbook has no days: they are written as texts."""


LOOKS: dict[str, dict[str, object]] = {
    "bold": {"bold": True, "quote_prefix": True},
    "text": {"quote_prefix": True},
    "wrapped": {"quote_prefix": True, "text_wrap": True, "valign": "top"},
    "day": {"num_format": "yyyy-mm-dd"},
    "time": {"num_format": "hh:mm:ss"},
}
"""How each kind of cell looks. With a quote prefix, a spreadsheet runs no text as a formula, even once it is edited."""


class Unwritable(ValueError):
    """A value that the format cannot store; the message says which, and what to do."""


class TooLong(ValueError):
    """More rows than a sheet holds."""


class Sheet(NamedTuple):
    """A sheet of a workbook: its name, the titles above its columns, if any, its rows, the widths of its columns.

    One that describes another has its first column in bold, and breaks long texts into lines.
    """

    name: str
    titles: Sequence[str]
    rows: Iterable[Sequence[Cell]]
    widths: Iterable[int] = ()
    is_description: bool = False


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


def workbook(*sheets: Sheet) -> IO[bytes]:
    """Return an open temporary file with a workbook: texts are texts whatever they begin with, days are days.

    It is read and written a row at a time, and the same rows make the same file. Raises TooLong if a sheet cannot hold
    its rows.
    """
    from xlsxwriter import Workbook

    file = TemporaryFile()  # noqa: SIM115 - the caller closes it, or the response that sends it
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    try:
        with Workbook(file, options) as book:
            # A workbook records when it was made: a fixed time.
            book.set_properties({"created": datetime(2000, 1, 1)})  # noqa: DTZ001 - the format has no zone
            forms = {name: book.add_format(looks) for name, looks in LOOKS.items()}
            for sheet in sheets:
                _fill(book.add_worksheet(sheet.name[:31]), sheet, forms)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


def _fill(page: Any, sheet: Sheet, forms: dict[str, Any]) -> None:
    for place, width in enumerate(sheet.widths):
        page.set_column(place, place, width)
    for place, title in enumerate(sheet.titles):
        page.write_string(0, place, title, forms["bold"])
    head = 1 if sheet.titles else 0
    page.freeze_panes(head, 0)
    texts = ["bold", "wrapped"] if sheet.is_description else ["text"]
    for number, row in enumerate(sheet.rows, start=head):
        if number >= SHEET_ROWS:
            raise TooLong(sheet.name)
        for place, value in enumerate(row):
            match value:
                case None | "":
                    pass
                case bool():
                    page.write_boolean(number, place, value)
                case int():
                    page.write_number(number, place, value)
                case date() if value.year >= FIRST_YEAR:
                    page.write_datetime(number, place, value, forms["day"])
                case time():
                    page.write_datetime(number, place, value, forms["time"])
                case _:
                    page.write_string(number, place, as_text(value), forms[texts[min(place, len(texts) - 1)]])


def writable(titles: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[list[Cell]]:
    """Yield `rows` as a workbook of the desk has them: days, times, and everything else as text.

    Raises Unwritable if a text is too long for a cell, or has a character that the format cannot store.
    """
    for row in rows:
        yield [_writable(value, title, row[0]) for title, value in zip(titles, row, strict=True)]


def _writable(value: Cell, title: str, key: object) -> Cell:
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    if isinstance(value, date | time):
        return value
    # Readers remove the apostrophes that guard formulas in CSV: those in this text belong to it.
    text = spared(as_text(value))
    if len(text) > MAX_CELL or ILLEGAL_CHARACTERS_RE.search(text):
        message = _(
            "« %(title)s » de %(key)s ne tient pas dans une cellule de classeur (%(limit)d caractères, sans caractère "
            "de commande) : choisissez le CSV."
        )
        raise Unwritable(message % {"title": title, "key": key, "limit": MAX_CELL})
    return text
