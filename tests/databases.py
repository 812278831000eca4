"""The database that tests run on: migrated once for each state of the migrations, then copied for every worker.

Migrating takes some ten seconds of a core, copying a few milliseconds. The migrated one is a file in pytest's cache on
SQLite, a template database beside the tests' own on PostgreSQL; its name carries the digest of what it was made from.
"""

import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.state import ProjectState
from django.db.models import Field

ROOT = Path(__file__).resolve().parent.parent
MADE_FROM = ("commitments/migrations/*.py", "commitments/models/*.py", "tracker/settings.py")
"""What a migrated database depends on, beside what is installed: the migrations, and the models’ permissions."""

CACHE = ROOT / ".pytest_cache" / "d" / "databases"
"""Where pytest keeps what it is asked to under this name."""

MEMORY = Path("/dev/shm")  # noqa: S108 - a name of our own is made in it
OURS = f"tracker_tests_{hashlib.sha256(str(ROOT).encode()).hexdigest()[:6]}"
"""What the databases of this checkout are called, before what tells them apart."""


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Let one process at a time through; the others wait for it at `path`, a file that is made for this."""
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def copy_migrated(to: Path) -> None:
    """Copy to `to` the SQLite file that tests left behind of the migrations as they stand; do nothing without one."""
    migrated = CACHE / f"{_digest()}.sqlite3"
    if migrated.exists():
        shutil.copyfile(migrated, to)


@contextmanager
def copied(cache: Path, *, anew: bool = False) -> Iterator[None]:
    """Point the default connection at a migrated database for this process, and take that away at the end.

    `cache` is a folder that outlives the run. `anew` migrates one whatever there is.
    """
    kind = _Files(cache) if connection.vendor == "sqlite" else _Databases()
    asked_for = connection.settings_dict["NAME"]
    with locked(cache / "lock"):
        kind.sweep()
        name = kind.copy(_digest(), anew=anew)
    _point_at(name)
    try:
        yield
    finally:
        connection.close()
        kind.drop(name)
        _point_at(asked_for)


def _digest() -> str:
    digest = hashlib.sha256()
    for pattern in MADE_FROM:
        for path in sorted(ROOT.glob(pattern)):
            digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    installed = sorted(f"{found.name}=={found.version}" for found in distributions())
    return hashlib.sha256(digest.digest() + "\n".join(installed).encode()).hexdigest()[:16]


def _point_at(name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name


def _migrate(name: str) -> None:
    _point_at(name)
    with _models_of_each_step_made_cheaply():
        call_command("migrate", verbosity=0)
    connection.close()  # on SQLite the last to leave takes the write-ahead log into the file


@contextmanager
def _models_of_each_step_made_cheaply() -> Iterator[None]:
    """Save half of what migrating takes: Django makes some thirty models anew for each of three hundred steps.

    Fields are copied, not taken apart and built again; a constraint or an index is noted on the model that has it,
    which alone is asked for it, and those around it stay. `test_migrations` migrates as Django does.
    """

    def copied(field: Field) -> Field:
        if hasattr(field, "model") or field.auto_created:
            return built(field)
        copy = deepcopy(field)
        copy.creation_counter = Field.creation_counter  # which orders the columns
        Field.creation_counter += 1
        return copy

    def appended(state: ProjectState, label: str, name: str, option: str, added: Any) -> None:
        noted(state, label, name, option, [*state.models[label, name].options[option], added])

    def removed(state: ProjectState, label: str, name: str, option: str, gone: str) -> None:
        noted(state, label, name, option, [it for it in state.models[label, name].options[option] if it.name != gone])

    def noted(state: ProjectState, label: str, name: str, option: str, value: list[Any]) -> None:
        state.models[label, name].options[option] = value
        if "apps" in vars(state):
            setattr(state.apps.get_model(label, name)._meta, option, value)

    built = Field.clone
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Field, "clone", copied)
        patch.setattr(ProjectState, "_append_option", appended)
        patch.setattr(ProjectState, "_remove_option", removed)
        yield


def _is_left_behind(name: str) -> bool:
    """Whether the process that a copy is called after is no more."""
    return not Path("/proc", name.rpartition("_")[2]).exists() if Path("/proc/self").exists() else False


class _Files:
    """SQLite: the migrated one lies in the cache; copies lie in memory where there is such a place."""

    def __init__(self, cache: Path) -> None:
        self.cache = cache
        self.folder = MEMORY if os.access(MEMORY, os.W_OK) else Path(tempfile.gettempdir())

    def copy(self, digest: str, *, anew: bool) -> str:
        migrated = self.cache / f"{digest}.sqlite3"
        if anew or not migrated.exists():
            making = self.cache / "making"
            self.drop(str(making))
            _migrate(str(making))
            for old in self.cache.glob("*.sqlite3"):
                old.unlink()
            making.rename(migrated)
        name = str(self.folder / f"{OURS}_{os.getpid()}")
        self.drop(name)
        shutil.copyfile(migrated, name)
        return name

    def drop(self, name: str) -> None:
        for ending in ("", "-wal", "-shm"):
            Path(f"{name}{ending}").unlink(missing_ok=True)

    def sweep(self) -> None:
        """Take away the copies of runs that were cut short."""
        for path in self.folder.glob(f"{OURS}_*"):
            name = str(path).removesuffix("-wal").removesuffix("-shm")
            if _is_left_behind(name):
                self.drop(name)


class _Databases:
    """PostgreSQL: the migrated one is a template beside the databases made of it."""

    def copy(self, digest: str, *, anew: bool) -> str:
        migrated = f"{OURS}_{digest}"
        if anew or not self._named(migrated):
            making = f"{OURS}_making"
            self.drop(making)
            _run(f'CREATE DATABASE "{making}"')
            _migrate(making)
            for old in self._named(f"{OURS}_{'_' * len(digest)}"):
                self.drop(old)
            _run(f'ALTER DATABASE "{making}" RENAME TO "{migrated}"')
        name = f"test_{OURS}_{os.getpid()}"
        self.drop(name)
        _run(f'CREATE DATABASE "{name}" TEMPLATE "{migrated}"')
        return name

    def drop(self, name: str) -> None:
        _run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def sweep(self) -> None:
        """Take away the copies of runs that were cut short."""
        for name in self._named(f"test_{OURS}_%"):
            if _is_left_behind(name):
                self.drop(name)

    def _named(self, pattern: str) -> list[str]:
        return _run("SELECT datname FROM pg_database WHERE datname LIKE %s", pattern)


def _run(statement: str, *parameters: str) -> list[str]:
    """Run a statement outside any of the tests' databases; return the first column of what it answers."""
    with connection._nodb_cursor() as cursor:
        cursor.execute(statement, parameters or None)
        return [row[0] for row in cursor.fetchall()] if cursor.description else []
