"""The state of a publication under way, in a scratch database on disk, so that memory stays flat."""

import sqlite3
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from commitments.data.publishing.places import Place

TABLES = """
CREATE TABLE address (address TEXT PRIMARY KEY, file TEXT NOT NULL, page TEXT NOT NULL, wave INTEGER NOT NULL);
CREATE TABLE made (file TEXT PRIMARY KEY, address TEXT NOT NULL, digest TEXT NOT NULL, ids TEXT NOT NULL,
                   is_new INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE wanted (file TEXT, fragment TEXT, page TEXT NOT NULL, PRIMARY KEY (file, fragment)) WITHOUT ROWID;
CREATE TABLE had (file TEXT PRIMARY KEY) WITHOUT ROWID;
"""


class Broken(NamedTuple):
    """A link that leads nowhere: the page that has it, and where it leads."""

    page: str
    target: str


class Ledger:
    """The addresses found, the files made, the fragments wanted, the files that the folder had before."""

    def __init__(self) -> None:
        self.base = sqlite3.connect("")  # a temporary file, deleted when it is closed
        self.base.executescript(TABLES)

    def close(self) -> None:
        """Forget everything."""
        self.base.close()

    def add(self, places: Iterable[tuple[Place, str]], wave: int) -> None:
        """Add places to request in `wave`, each with the page that links to it. Those already known are left alone."""
        rows = ((place.address, place.file, page, wave) for place, page in places)
        self.base.executemany("INSERT OR IGNORE INTO address VALUES (?, ?, ?, ?)", rows)

    def wave(self, number: int) -> Iterator[tuple[Place, str]]:
        """Yield the places of a wave, in the order in which they were found, and the page that led to each."""
        rows = self.base.execute("SELECT address, file, page FROM address WHERE wave = ? ORDER BY rowid", [number])
        return ((Place(address, file), page) for address, file, page in rows.fetchall())

    def make(self, file: str, address: str, digest: str, ids: Iterable[str], *, is_new: bool) -> str:
        """Add a file; return the address that had already made the same one, "" if none had."""
        row = (file, address, digest, " ".join(ids), is_new)
        if self.base.execute("INSERT OR IGNORE INTO made VALUES (?, ?, ?, ?, ?)", row).rowcount:
            return ""
        [[other]] = self.base.execute("SELECT address FROM made WHERE file = ?", [file])
        return other

    def want(self, links: Iterable[tuple[str, str]], page: str) -> None:
        """Add the fragments that `page` links to, each with its file."""
        rows = ((file, fragment, page) for file, fragment in links)
        self.base.executemany("INSERT OR IGNORE INTO wanted VALUES (?, ?, ?)", rows)

    def broken(self) -> Iterator[Broken]:
        """Yield each fragment that is linked to and missing."""
        rows = self.base.execute(
            "SELECT wanted.file, fragment, page, ids FROM wanted LEFT JOIN made USING (file) ORDER BY wanted.file"
        )
        for file, fragment, page, ids in rows:
            if ids is None or fragment not in ids.split():
                yield Broken(page, f"{file}#{fragment}")

    def files(self) -> Iterator[tuple[str, str]]:
        """Yield each file made, in order, with its digest."""
        return iter(self.base.execute("SELECT file, digest FROM made ORDER BY file"))

    def changed(self) -> Iterator[str]:
        """Yield each file made that is new to the folder or differs there."""
        return (file for [file] in self.base.execute("SELECT file FROM made WHERE is_new ORDER BY file"))

    def remember(self, files: Iterable[str]) -> None:
        """Add the files that the folder has from an earlier run."""
        self.base.executemany("INSERT OR IGNORE INTO had VALUES (?)", ([file] for file in files))

    def had(self, file: str) -> bool:
        """Whether the folder has `file` from an earlier run."""
        return self.base.execute("SELECT 1 FROM had WHERE file = ?", [file]).fetchone() is not None

    def gone(self) -> list[str]:
        """Return the files of an earlier run that this one did not make."""
        rows = self.base.execute("SELECT file FROM had EXCEPT SELECT file FROM made ORDER BY file")
        return [file for [file] in rows]
