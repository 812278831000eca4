"""The database that tests run on: migrated once for each state of the migrations, then copied for every worker.

Migrating takes 23 seconds, copying a few milliseconds. The migrated one is a file in pytest's cache on SQLite, a
template database beside the tests' own on PostgreSQL; its name carries the digest of what it was made from.
"""

import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.management import call_command
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent
MADE_FROM = ("commitments/migrations/*.py", "commitments/models/*.py", "tracker/settings.py", "requirements.lock")
"""What a migrated database depends on: the migrations, the permissions that models declare, the other applications."""

MEMORY = Path("/dev/shm")  # noqa: S108 - a name of our own is made in it
PREFIX = "tracker_tests_"


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Let one process at a time through; the others wait for it at `path`, a file that is made for this."""
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


@contextmanager
def copied(cache: Path, worker: str) -> Iterator[None]:
    """Point the default connection at a migrated database for the worker's own use, and take it away at the end.

    `cache` is a folder that outlives the run; `worker` names the process among those that run at once.
    """
    digest = _digest()
    asked_for = connection.settings_dict["NAME"]
    with locked(cache / "lock"):
        name = _copied_file(cache, digest) if connection.vendor == "sqlite" else _copied_database(digest, worker)
    _point_at(name)
    try:
        yield
    finally:
        connection.close()
        if connection.vendor == "sqlite":
            for ending in ("", "-wal", "-shm"):
                Path(f"{name}{ending}").unlink(missing_ok=True)
        else:
            _run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        _point_at(asked_for)


def _digest() -> str:
    digest = hashlib.sha256()
    for pattern in MADE_FROM:
        for path in sorted(ROOT.glob(pattern)):
            digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def _point_at(name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name


def _copied_file(cache: Path, digest: str) -> str:
    migrated = cache / f"{digest}.sqlite3"
    if not migrated.exists():
        for old in cache.glob("*.sqlite3*"):
            old.unlink()
        making = cache / f"{digest}.making"
        making.unlink(missing_ok=True)
        _point_at(str(making))
        call_command("migrate", verbosity=0)
        connection.close()  # the last to leave takes the write-ahead log into the file
        making.rename(migrated)
    folder = MEMORY if os.access(MEMORY, os.W_OK) else Path(tempfile.gettempdir())
    copy = folder / f"commitments-test-{os.getpid()}.sqlite3"
    shutil.copyfile(migrated, copy)
    return str(copy)


def _copied_database(digest: str, worker: str) -> str:
    migrated, copy = f"{PREFIX}{digest}", f"test_{PREFIX}{worker}"
    known = _run("SELECT datname FROM pg_database WHERE datname LIKE %s", f"{PREFIX}%")
    if migrated not in known:
        for old in known:
            _run(f'DROP DATABASE "{old}"')
        making = f"{PREFIX}making"
        _run(f'CREATE DATABASE "{making}"')
        _point_at(making)
        call_command("migrate", verbosity=0)
        connection.close()
        _run(f'ALTER DATABASE "{making}" RENAME TO "{migrated}"')
    _run(f'DROP DATABASE IF EXISTS "{copy}" WITH (FORCE)')
    _run(f'CREATE DATABASE "{copy}" TEMPLATE "{migrated}"')
    return copy


def _run(statement: str, *parameters: str) -> list[str]:
    """Run a statement outside any of the tests' databases; return the first column of what it answers."""
    with connection._nodb_cursor() as cursor:
        cursor.execute(statement, parameters or None)
        return [row[0] for row in cursor.fetchall()] if cursor.description else []
