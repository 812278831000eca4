"""The folder that a site is published in: only what changed is written, only what we made is removed.

Its list of files, in the format of `sha256sum --check`, says what we made. Everything is made in a folder within it
first, and put in place once it can no longer fail.
"""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import IO, Self

from commitments.data.publishing.ledger import Ledger
from commitments.data.publishing.problems import Problem

LIST = "publication.sha256"
"""The list of the files, each with its SHA-256."""

HEAD = "# Site published by manage.py publish_site: what is listed here is replaced and removed by it.\n"
ASIDE = ".publication-under-way"
CHUNK = 1 << 20


class Folder:
    """A folder to publish in, held for as long as that takes. Raises Problem if it is not ours, or in use."""

    def __init__(self, path: Path) -> None:
        self.path, self.list, self.aside = path, path / LIST, path / ASIDE
        self.lock: IO[bytes] | None = None

    def __enter__(self) -> Self:
        if self.path.exists() and not self.path.is_dir():
            raise Problem(f"{self.path} is a file, not a folder.")
        names = set(os.listdir(self.path)) if self.path.exists() else set()
        if names - {ASIDE} and not self._is_ours():
            raise Problem(
                f"{self.path} is not empty, and no site was published there before. "
                "Nothing in it was touched: name an empty folder, or one that does not exist."
            )
        self.aside.mkdir(parents=True, exist_ok=True)
        self.lock = (self.aside / ".lock").open("ab")
        try:
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self.lock.close()
            self.lock = None
            raise Problem(f"A site is being published in {self.path} at this moment. Nothing was touched.") from error
        for left in self.aside.iterdir():  # by an interrupted run
            if left.is_dir():
                shutil.rmtree(left)
            elif left.name != ".lock":
                left.unlink()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.lock is not None:
            shutil.rmtree(self.aside, ignore_errors=True)
            self.lock.close()

    def _is_ours(self) -> bool:
        try:
            with self.list.open(encoding="utf-8") as found:
                return found.readline() == HEAD
        except (OSError, UnicodeDecodeError):
            return False

    def before(self) -> Iterator[str]:
        """Yield the files that were published here before."""
        if not self.list.exists():
            return
        with self.list.open(encoding="utf-8") as found:
            for line in found:
                if not line.startswith("#"):
                    yield _inside(line.rstrip("\n").partition("  ")[2])

    def stage(self, file: str, pieces: Iterable[bytes]) -> tuple[str, bool]:
        """Write `file` to the staging folder; return its digest, and whether it is new or changed."""
        _inside(file)
        aside = self.aside / file
        aside.parent.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256()
        with aside.open("wb") as made:
            for piece in pieces:
                digest.update(piece)
                made.write(piece)
        there = self.path / file
        if there.is_file() and not there.is_symlink() and _digest(there) == digest.hexdigest():
            aside.unlink()
            return digest.hexdigest(), False
        return digest.hexdigest(), True

    def check(self, ledger: Ledger) -> None:
        """Raises Problem if a file to be written would take the place of one that we did not make."""
        root = self.path.resolve()
        for file in ledger.changed():
            there = self.path / file
            if there.exists() and not ledger.had(file):
                raise Problem(f"{there} is in the way, and is none of ours. Nothing was published.")
            above = there.parent
            while not above.exists():
                above = above.parent
            if not above.is_dir() or not above.resolve().is_relative_to(root):
                raise Problem(f"{above} leads out of {self.path}, or is a file. Nothing was published.")

    def put(self, ledger: Ledger) -> tuple[int, int]:
        """Put what changed in place, remove what is no longer published; return how many files of each."""
        changed, gone = list(ledger.changed()), ledger.gone()
        final = "".join(f"{digest}  {file}\n" for file, digest in ledger.files())
        if changed or gone:
            # The files of both runs, until all is in place: if interrupted, the next run still knows what is ours.
            self._write_list(final + "".join(f"{'0' * 64}  {file}\n" for file in gone))
        for file in changed:
            there = self.path / file
            there.parent.mkdir(parents=True, exist_ok=True)
            (self.aside / file).replace(there)
        for file in gone:
            self._remove(file)
        self._write_list(final)
        return len(changed), len(gone)

    def _write_list(self, lines: str) -> None:
        text = HEAD + lines
        if not self.list.exists() or self.list.read_text(encoding="utf-8") != text:
            fresh = self.aside / LIST
            fresh.write_text(text, encoding="utf-8")
            fresh.replace(self.list)

    def _remove(self, file: str) -> None:
        there = self.path / file
        if not there.parent.resolve().is_relative_to(self.path.resolve()):
            return
        there.unlink(missing_ok=True)
        if not there.parent.is_dir():  # somebody took the whole folder away
            return
        for above in there.parents:
            if above == self.path or any(above.iterdir()):
                break
            above.rmdir()


def _inside(file: str) -> str:
    """Return `file`, a path within the folder. Raises Problem for one that leads out of it."""
    path = PurePosixPath(file)
    if not file or path.is_absolute() or ".." in path.parts or "\\" in file or "\0" in file:
        raise Problem(f"{file!r} is no path within the folder.")
    return file


def _digest(path: Path) -> str:
    with path.open("rb") as found:
        return hashlib.file_digest(found, "sha256").hexdigest()
