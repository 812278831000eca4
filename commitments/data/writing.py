"""Writes the rows of tables as CSV, JSON Lines and XLSX, a row at a time: no live formula, and nothing lost.

CSV: RFC 4180, UTF-8 without a byte order mark, a header, blank cells for what is not stated. A text that a spreadsheet
would run, or that begins with the apostrophes that prevent it, is prefixed with one more apostrophe; removing that one
gives the text (`rules.spreadsheets.cells`). JSON Lines: a JSON object a line, `null` for what is not stated. XLSX:
texts are texts whatever they begin with, days are days, moments are texts, since a cell has no time zone.
"""

import csv
import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from tempfile import TemporaryFile
from typing import IO, NamedTuple

from commitments.data.tables import Row, Table
from commitments.data.values import in_utc
from commitments.rules.spreadsheets.cells import guarded
from commitments.rules.spreadsheets.writing import Echo


class Format(NamedTuple):
    """How a table is written: what people call it, its media type, the parameters that it is sent with."""

    word: str
    media_type: str
    parameters: str = ""

    @property
    def content_type(self) -> str:
        """The media type with its parameters."""
        return f"{self.media_type}{self.parameters}"


FORMATS = {
    "csv": Format("CSV", "text/csv", "; charset=utf-8; header=present"),
    "xlsx": Format("XLSX", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "jsonl": Format("JSON Lines", "application/jsonl", "; charset=utf-8"),
}
"""Each format, by the ending of its file's name."""

FIRST_YEAR = 1900
"""Before it a workbook has no days: they are written as texts."""

SHEET_ROWS = 1_048_576
"""The rows that a sheet may have."""


class TooLong(ValueError):
    """More rows than a sheet holds."""


def plain(value: object) -> object:
    """Return `value` as JSON has it."""
    if isinstance(value, datetime):
        return in_utc(value)
    return value.isoformat() if isinstance(value, date | time) else value


def cell(value: object) -> str:
    """Return `value` as a cell of a CSV file."""
    if value is None:
        return ""
    if isinstance(value, str):
        return guarded(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(plain(value))


def csv_lines(names: list[str], rows: Iterable[Row]) -> Iterator[bytes]:
    """Yield the lines of a CSV file."""
    writer = csv.writer(Echo(), lineterminator="\r\n")
    yield writer.writerow(names).encode()
    for row in rows:
        yield writer.writerow([cell(value) for value in row.values()]).encode()


def json_text(value: object, indent: int | None = None) -> str:
    """Return `value` as JSON, always formatted alike: on one line, or indented."""
    separators = (",", ":") if indent is None else (",", ": ")
    return json.dumps(value, ensure_ascii=False, separators=separators, indent=indent, default=plain)


def json_lines(rows: Iterable[Row]) -> Iterator[bytes]:
    """Yield the lines of a JSON Lines file."""
    for row in rows:
        yield f"{json_text(row)}\n".encode()


def lines(table: Table, rows: Iterable[Row], form: str) -> Iterator[bytes]:
    """Yield the lines of `table` as "csv" or "jsonl"."""
    return csv_lines(table.names(), rows) if form == "csv" else json_lines(rows)


def workbook(table: Table, rows: Iterable[Row]) -> IO[bytes]:
    """Return an open temporary file with the rows of `table`, and a sheet that says what its columns are.

    Raises TooLong if a sheet cannot hold them.
    """
    from xlsxwriter import Workbook

    file = TemporaryFile()  # noqa: SIM115 - the caller closes it, or the response that sends it
    book = Workbook(file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    # A workbook records when it was made: a fixed time, so that the same rows make the same file.
    book.set_properties({"created": datetime(2000, 1, 1)})  # noqa: DTZ001 - the format has no zone
    heading = book.add_format({"bold": True})
    text = book.add_format({"quote_prefix": True})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    hour = book.add_format({"num_format": "hh:mm"})
    sheet = book.add_worksheet(table.name[:31])
    sheet.freeze_panes(1, 0)
    for place, name in enumerate(table.names()):
        sheet.write_string(0, place, name, heading)
    for number, row in enumerate(rows, start=1):
        if number >= SHEET_ROWS:
            book.close()
            raise TooLong(table.name)
        for place, value in enumerate(row.values()):
            match value:
                case None:
                    pass
                case bool():
                    sheet.write_boolean(number, place, value)
                case int():
                    sheet.write_number(number, place, value)
                case datetime():
                    sheet.write_string(number, place, in_utc(value), text)
                case date() if value.year >= FIRST_YEAR:
                    sheet.write_datetime(number, place, datetime(value.year, value.month, value.day), day)  # noqa: DTZ001
                case time():
                    sheet.write_datetime(number, place, value, hour)
                case _:
                    sheet.write_string(number, place, str(plain(value)), text)
    about = book.add_worksheet("columns")
    about.set_column(0, 2, 28)
    about.set_column(3, 3, 90)
    for place, name in enumerate(("column", "type", "label", "about")):
        about.write_string(0, place, name, heading)
    for number, column in enumerate(table.described.values(), start=1):
        for place, value in enumerate((column.name, column.kind, str(column.label), str(column.about))):
            about.write_string(number, place, value, text)
    book.close()
    file.seek(0)
    return file
