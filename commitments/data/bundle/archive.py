"""Opens a bundle and checks it: the digests of its files, the columns of its tables."""

import json
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date, datetime, time
from hashlib import sha256
from typing import Any
from uuid import UUID
from zipfile import BadZipFile, ZipFile

from django.core.exceptions import ValidationError
from django.db import DatabaseError
from django.utils.translation import gettext as _

from commitments.data.tables import TABLES, Described, Row
from commitments.rules.text.documents import MOST_BYTES

BLOCK = 1 << 20


class Unreadable(ValueError):
    """A bundle that cannot be loaded; the message says which file, which line, and why."""


DAMAGED = (BadZipFile, OSError, EOFError, zlib.error, NotImplementedError, RuntimeError)
"""What the standard library raises for an archive that is cut short, altered, encrypted, or packed in another way."""

ODD = (KeyError, TypeError, ValueError, OverflowError, ValidationError, DatabaseError)
"""The exceptions that a malformed line of a bundle raises."""


class Bundle:
    """A bundle whose files match its SHA256SUMS. Open it with `opened`."""

    def __init__(self, archive: ZipFile, files: ExitStack) -> None:
        self.archive, self.files = archive, files
        self.names = set(archive.namelist())
        self.file, self.line = "SHA256SUMS", 0
        """The position being read; the line is 0 for a file that is read whole."""
        self._check()

    def _check(self) -> None:
        if "SHA256SUMS" not in self.names:
            raise Unreadable(_("Ce fichier n’est pas un lot de données : il y manque SHA256SUMS."))
        stated = dict(line.split("  ", 1)[::-1] for line in self.text("SHA256SUMS").splitlines() if "  " in line)
        for name in sorted(self.names | stated.keys() - {"SHA256SUMS"}):
            if name == "SHA256SUMS":
                continue
            if name not in self.names or name not in stated:
                raise Unreadable(
                    _("%(file)s : dans SHA256SUMS ou dans le lot, mais pas dans les deux.") % {"file": name}
                )
            if self._digest(name) != stated[name]:
                raise Unreadable(_("%(file)s : son empreinte n’est pas celle qu’indique SHA256SUMS.") % {"file": name})
        missing = [f"data/{name}.jsonl" for name in TABLES if f"data/{name}.jsonl" not in self.names]
        if missing:
            raise Unreadable(_("Il manque au lot : %(files)s.") % {"files": ", ".join(missing)})

    def _digest(self, name: str) -> str:
        digest = sha256()
        self.file, self.line = name, 0
        with self.archive.open(name) as file:
            while block := file.read(BLOCK):
                digest.update(block)
        return digest.hexdigest()

    def text(self, name: str) -> str:
        """Return the text of a file. Raises Unreadable if it is not UTF-8, or longer than any that is archived."""
        self.file, self.line = name, 0
        if self.archive.getinfo(name).file_size > MOST_BYTES:
            raise Unreadable(_("%(file)s dépasse %(most)d octets.") % {"file": name, "most": MOST_BYTES})
        try:
            return self.archive.read(name).decode()
        except UnicodeDecodeError as error:
            raise Unreadable(_("%(file)s n’est pas en UTF-8.") % {"file": name}) from error

    def lines(self, name: str) -> Iterator[tuple[int, Row]]:
        """Yield the rows of a JSON Lines file, each with its number. Raises Unreadable for a line that is not one."""
        file = self.files.enter_context(self.archive.open(name))
        for number, line in enumerate(file, start=1):
            self.file, self.line = name, number
            try:
                row = json.loads(line)
            except ValueError as error:
                raise wrong(name, number, error) from error
            if not isinstance(row, dict):
                raise wrong(name, number, "{}")
            yield number, row
        file.close()

    def rows(self, table: str) -> Iterator[tuple[int, Row]]:
        """Yield the rows of a table as a database takes them, with their numbers. Raises Unreadable naming a column."""
        described = TABLES[table].described
        name = f"data/{table}.jsonl"
        for number, row in self.lines(name):
            if row.keys() != described.keys():
                raise wrong(name, number, ", ".join(sorted(row.keys() ^ described.keys())))
            yield number, values(row, described, name, number)


@contextmanager
def opened(path: str) -> Iterator[Bundle]:
    """Open the bundle at `path` while it is loaded.

    Raises Unreadable if it is no bundle, or if anything in it cannot be loaded, naming the file and the line.
    """
    bundle: Bundle | None = None
    try:
        with ZipFile(path) as archive, ExitStack() as files:  # also closes a file that was not read to its end
            bundle = Bundle(archive, files)
            yield bundle
    except Unreadable:
        raise
    except DAMAGED as error:
        where = bundle.file if bundle else path
        message = _("%(path)s n’est pas un fichier ZIP lisible : %(error)s")
        raise Unreadable(message % {"path": where, "error": error}) from error
    except ODD as error:
        raise wrong(bundle.file if bundle else path, bundle.line if bundle else 0, error) from error


def values(row: Row, described: dict[str, Described], name: str, number: int) -> Row:
    """Return the values of `row` by the types of their columns. Raises Unreadable naming file, line and column."""
    found = {}
    for column, value in row.items():
        try:
            found[column] = None if value is None else READ[described[column].kind](value)
        except (ValueError, TypeError, KeyError) as error:
            raise wrong(name, number, f"{column} : {value!r}") from error
    return found


def _exactly(kind: type) -> Callable[[object], object]:
    def read(value: object) -> object:
        if type(value) is not kind:
            raise TypeError(value)
        return value

    return read


def _text(value: object) -> str:
    if type(value) is not str or "\x00" in value:
        raise TypeError(value)
    return value


def _moment(value: str) -> datetime:
    found = datetime.fromisoformat(value)
    if found.tzinfo is None:
        raise ValueError(value)
    return found


READ: dict[str, Callable[[Any], object]] = {
    "boolean": _exactly(bool),
    "date": date.fromisoformat,
    "datetime": _moment,
    "integer": _exactly(int),
    "string": _text,
    "time": time.fromisoformat,
    "uri": _text,
    "uuid": lambda value: str(UUID(value)),
}
"""The parser of each type; each raises ValueError or TypeError for a value of another type."""


def wrong(name: str, number: int, why: object) -> Unreadable:
    """Return the exception for a line of a bundle: the file, the line, and what is wrong there."""
    if isinstance(why, KeyError):
        why = _("« %(name)s » n’est pas dans le lot") % {"name": why.args[0]}
    elif isinstance(why, ValidationError):
        why = " ".join(why.messages)
    return Unreadable(
        _("%(file)s, ligne %(line)d : ne se lit pas (%(why)s).") % {"file": name, "line": number, "why": why}
    )
