"""Writes a table of 10,000, 100,000 and 1,000,000 rows in each format, and a bundle; prints time and peak memory.

    .venv/bin/python bench/exports.py [--place FOLDER] [--rows 10000 100000 1000000]

For each size it makes a scratch SQLite database of made-up commitments (`manage.py make_synthetic`) in FOLDER, where it
is kept for the next run, whose table of citations has that many rows at least; only the first that many are written.
Each file is written by a process of its own, whose peak memory is that of all that a worker needs for it.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PER_COMMITMENT = 2.5
"""Citations of a made-up commitment: somewhat fewer than there are on average."""

WRITER = """
import io, resource, sys, time
import django
django.setup()
from itertools import islice
from django.utils import timezone
from commitments.data.bundle import export
from commitments.data.tables import TABLES, rows
from commitments.data.writing import lines, workbook

form, n = sys.argv[1], int(sys.argv[2])
begun, worked, size = time.perf_counter(), time.process_time(), 0
if form == "bundle":
    with open(sys.argv[3], "wb") as file:
        export.write(file, timezone.localdate())
        size = file.tell()
else:
    table = TABLES["citations"]
    found = islice(rows(table), n)
    if form == "xlsx":
        with workbook(table, found) as file:
            size = file.seek(0, io.SEEK_END)
    else:
        for line in lines(table, found, form):
            size += len(line)
taken, worked = time.perf_counter() - begun, time.process_time() - worked
print(f"{taken:.1f} {worked:.1f} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} {size // 1_000_000}")
"""


def environment(database: Path) -> dict[str, str]:
    return os.environ | {
        "DATABASE_URL": f"sqlite:///{database}",
        "DJANGO_DEBUG": "1",
        "DJANGO_SETTINGS_MODULE": "tracker.settings",
        "PYTHONPATH": str(ROOT),
    }


def run(database: Path, *command: str) -> str:
    done = subprocess.run(  # noqa: S603
        [sys.executable, *command], cwd=ROOT, env=environment(database), check=True, capture_output=True, text=True
    )
    return done.stdout


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--place", type=Path, default=Path(tempfile.gettempdir()) / "tracker-exports")
    parser.add_argument("--rows", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--forms", nargs="+", default=["csv", "jsonl", "xlsx", "bundle"])
    asked = parser.parse_args()
    asked.place.mkdir(parents=True, exist_ok=True)
    print("| rows | file | seconds (CPU) | peak MB | file MB |\n|---|---|---|---|---|")  # noqa: T201
    for n in asked.rows:
        database = asked.place / f"{n}.sqlite3"
        if not database.exists():
            run(database, "manage.py", "make_synthetic", str(round(n / PER_COMMITMENT)), "--migrate")
        for form in asked.forms:
            told = run(database, "-c", WRITER, form, str(n), str(asked.place / "bundle.zip"))
            taken, worked, memory, size = told.split()
            print(f"| {n:,} | {form} | {taken} ({worked}) | {memory} | {size} |", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
