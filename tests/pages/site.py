"""Serves the seed articles as in production: granian, compressed static files, DEBUG off, from a scratch database."""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tests import databases

ROOT = Path(__file__).resolve().parent.parent.parent
SEEDS = ["accounts", "sources", "parties", "sectors", "meetings", "instruments", "commitments", "discrepancies"]
SET_UP = """
import sys
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("loaddata", *sys.argv[2:], verbosity=0)
if sys.argv[1] == "specimens":
    from tests import specimens
    specimens.make()
call_command("collectstatic", interactive=False, verbosity=0)
"""
"""What makes the site, in one process: each takes seconds to start."""


class Site(NamedTuple):
    """A site that is being served: its address, and the environment that its commands are run in."""

    address: str
    environment: dict[str, str]


def free_port() -> int:
    """Return a port of the loopback address that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(address: str) -> None:
    """Return once `address` answers; raises SystemExit after half a minute."""
    for _attempt in range(150):
        try:
            with urllib.request.urlopen(address):  # noqa: S310 - our own loopback address
                return
        except OSError:
            time.sleep(0.2)
    raise SystemExit(f"{address} does not answer.")


@contextmanager
def served(*, with_specimens: bool = False) -> Iterator[Site]:
    """Serve the seed articles from a scratch SQLite file on a free port; with the records of `tests.specimens`, or not.

    Yields the Site; raises CalledProcessError where it cannot be set up, SystemExit where it does not answer.
    """
    with tempfile.TemporaryDirectory() as scratch:
        port = free_port()
        environment = {
            "DJANGO_SETTINGS_MODULE": "tracker.settings",
            "DATABASE_URL": f"sqlite:///{scratch}/db.sqlite3",
            "DJANGO_DEBUG": "0",
            "DJANGO_HTTPS": "0",
            "DJANGO_SECRET_KEY": "scratch-" + "x" * 50,
            "DJANGO_ALLOWED_HOSTS": "127.0.0.1",
            "DJANGO_STATIC_ROOT": f"{scratch}/static",
        }
        databases.copy_migrated(Path(scratch) / "db.sqlite3")
        subprocess.run(  # noqa: S603
            [sys.executable, "-c", SET_UP, "specimens" if with_specimens else "", *SEEDS],
            cwd=ROOT,
            check=True,
            env=os.environ | environment,
        )
        server = subprocess.Popen(  # noqa: S603
            [
                Path(sys.executable).with_name("granian"),
                *("--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--log-level", "error"),
                "tracker.wsgi:application",
            ],
            cwd=ROOT,
            env=os.environ | environment,
        )
        try:
            address = f"http://127.0.0.1:{port}"
            wait_for(address)
            yield Site(address, environment)
        finally:
            server.terminate()
            server.wait()
