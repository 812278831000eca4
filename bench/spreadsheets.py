"""Measures how long checking and importing a spreadsheet takes, and the memory that it needs (bench/README.md).

    DJANGO_DEBUG=1 .venv/bin/python bench/spreadsheets.py [rows …]      (1000 and 10000 unless said)

It makes its own database, in a temporary directory, and removes it. For each noun and size one process of its own
measures, so that the peak of memory is that of the one import.
"""

import csv
import io
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FORMS = (("milestone", "csv"), ("commitment", "csv"), ("assessment", "csv"), ("milestone", "xlsx"))


def cells(noun: str, number: int) -> dict[str, str]:
    """Return one made-up row."""
    reference = f"AES-RU-2025-{number % 50 + 1:02}"
    if noun == "milestone":
        return {"Engagement": reference, "Intitulé": f"Étape n° {number}", "Au plus tard le": "2027-03"}
    if noun == "commitment":
        return {
            "Référence": f"AES-RU-{2026 + number // 9000}-{number % 9000 + 1000}",
            "Titre": f"Engagement n° {number}",
            "Énoncé": "Les parties conviennent de mesurer.",
            "S’engagent": "RU, AES",
            "Bénéficient": "AES",
            "Instrument": "instrument-1",
            "Fondement": "Convenu",
            "Pris le": "3/4/2025",
            "Secteur": "securite",
        }
    return {
        "Engagement": reference,
        "État d’avancement": "Progrès limité",
        "Au": "10 avril 2025",
        "Motifs": f"Dix véhicules ont été livrés, selon la source ({number}).",
        "Source": "S001",
        "Passage": "La Russie a livré dix véhicules le 10 avril.",
        "Nature de la preuve": "Action concrète",
    }


def file_of(noun: str, form: str, rows: int) -> bytes:
    """Return a file of `rows` made-up rows."""
    titles = list(cells(noun, 1))
    lines = ([*cells(noun, number).values()] for number in range(1, rows + 1))
    if form == "csv":
        text = io.StringIO()
        csv.writer(text, delimiter=";").writerows([titles, *lines])
        return text.getvalue().encode()
    from commitments.rules.spreadsheets.writing import Sheet, workbook, writable

    return workbook(Sheet("Essai", titles, writable(titles, lines))).read()


def measure(noun: str, form: str, rows: int) -> None:
    """Check and import a file, and print what it took."""
    sys.path.insert(0, str(ROOT))
    os.environ["DJANGO_SETTINGS_MODULE"] = "tracker.settings"
    import django

    django.setup()
    from django.core.management import call_command

    from commitments.admin.spreadsheets import importing
    from tests import factories

    call_command("migrate", verbosity=0)
    analyst = factories.make_user("mesure", group="Analysts")
    factories.make_source(reference="S001")
    instrument = factories.make_instrument(reference="instrument-1")
    for number in range(1, 51):
        factories.make_commitment(reference=f"AES-RU-2025-{number:02}", instrument=instrument)
    content = file_of(noun, form, rows)
    started, cpu_started = time.perf_counter(), time.process_time()
    upload = importing.receive(content, noun=noun, file_name=f"essai.{form}", by=analyst)
    longest = last = time.perf_counter()
    longest = 0.0
    for _progress in importing.check(upload):
        longest, last = max(longest, time.perf_counter() - last), time.perf_counter()
    checked, cpu_checked = time.perf_counter(), time.process_time()
    if (upload.created, upload.refused) != (rows, 0):
        raise SystemExit(f"{upload.created} rows of {rows} accepted. {upload.fault}")
    propose = noun == "assessment"
    for _progress in importing.apply(upload, by=analyst, propose=propose):
        longest, last = max(longest, time.perf_counter() - last), time.perf_counter()
    done, cpu_done = time.perf_counter(), time.process_time()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(
        f"| {noun}{', proposed' if propose else ''} | {form} | {rows} | {len(content) / 1e6:.1f} | "
        f"{checked - started:.1f} ({cpu_checked - cpu_started:.1f}) | "
        f"{done - checked:.1f} ({cpu_done - cpu_checked:.1f}) | "
        f"{longest:.1f} | {peak:.0f} |\n"
    )


def main() -> None:
    """Measure each noun and size in a process of its own."""
    sizes = [int(size) for size in sys.argv[1:]] or [1_000, 10_000]
    sys.stdout.write(
        "| noun | file | rows | MB | check, s (CPU) | import, s (CPU) | longest silence, s | peak memory, MB |\n"
    )
    sys.stdout.write("|---|---|---:|---:|---:|---:|---:|---:|\n")
    sys.stdout.flush()
    for rows in sizes:
        for noun, form in FORMS:
            with tempfile.TemporaryDirectory() as place:
                settings = {"DJANGO_DEBUG": "0", "DJANGO_SECRET_KEY": "x" * 60, "DJANGO_ALLOWED_HOSTS": "localhost"}
                database = {"DATABASE_URL": f"sqlite:///{place}/bench.sqlite3"}
                subprocess.run(  # noqa: S603 - itself
                    [sys.executable, __file__, "--measure", noun, form, str(rows)],
                    env=os.environ | settings | database,
                    check=True,
                )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        measure(sys.argv[2], sys.argv[3], int(sys.argv[4]))
    else:
        main()
