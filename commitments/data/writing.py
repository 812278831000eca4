"""Writes the rows of tables as CSV, JSON Lines and XLSX, a row at a time: no live formula, and nothing lost.

CSV: RFC 4180, UTF-8 without a byte order mark, a header, blank cells for what is not stated. One apostrophe more
stands before whatever a spreadsheet might run, whichever separator it expects; removing it gives the text
(`rules.spreadsheets.cells`). JSON Lines: a JSON object a line, `null` for what is not stated. XLSX: texts are texts
whatever they begin with, days are days, moments are texts, since a cell has no time zone.
"""

import csv
import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from typing import IO, NamedTuple

from commitments.data.tables import Row, Table
from commitments.data.values import in_utc
from commitments.rules.spreadsheets import writing
from commitments.rules.spreadsheets.cells import guarded


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
    writer = csv.writer(writing.Echo(), lineterminator="\r\n")
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
    told = [(column.name, column.kind, str(column.label), str(column.about)) for column in table.described.values()]
    cells = ([in_utc(value) if isinstance(value, datetime) else value for value in row.values()] for row in rows)
    return writing.workbook(
        writing.Sheet(table.name, table.names(), cells),
        writing.Sheet("columns", ("column", "type", "label", "about"), told, (28, 28, 28, 90), is_description=True),
    )
