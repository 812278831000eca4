"""Writes the bundle: the same state and day always give the same file, byte for byte."""

from collections.abc import Iterable, Iterator
from datetime import date
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.conf import settings
from django.utils import timezone, translation

from commitments.data.bundle import history, package, texts
from commitments.data.bundle.package import Written
from commitments.data.bundle.snapshot import snapshot
from commitments.data.tables import TABLES, rows
from commitments.data.writing import csv_lines, json_lines
from commitments.reading import NOW, Reading

MOMENT = (1980, 1, 1, 0, 0, 0)
"""When every file of the bundle says it was written: the first moment that the format knows."""

READABLE = 0o644 << 16
UNIX = 3
BUFFER = 1 << 16


def name(day: date) -> str:
    """Return the file name of the bundle of `day`."""
    return f"tracker-{day.isoformat()}.zip"


def reading_of(day: date) -> Reading:
    """Return the reading that the bundle of `day` holds: what the site knew then."""
    return NOW if day == timezone.localdate() else Reading(known_on=day)


def write(file: IO[bytes], day: date) -> list[Written]:
    """Write the bundle of `day` into `file`; return what is in it. Memory holds some thousand rows at a time."""
    with translation.override("en"), snapshot(), ZipFile(file, "w", ZIP_DEFLATED, compresslevel=6) as archive:
        reading = reading_of(day)
        written = [_write(archive, path, content) for path, content in _contents(reading)]
        written.append(_write(archive, "datapackage.json", _text(package.descriptor(day, written))))
        written += [_write(archive, path, _text(text)) for path, text in _about(day).items()]
        sums = "".join(f"{item.sha256}  {item.path}\n" for item in sorted(written))
        written.append(_write(archive, "SHA256SUMS", _text(sums)))
    return written


def _contents(reading: Reading) -> Iterator[tuple[str, Iterable[bytes]]]:
    for table in TABLES.values():
        yield f"data/{table.name}.csv", csv_lines(table.names(), rows(table, reading))
        yield f"data/{table.name}.jsonl", json_lines(rows(table, reading))
    named = history.Named()
    yield "history/versions.jsonl", json_lines(named.noting(history.versions(reading)))
    yield "history/named.jsonl", json_lines(named.elsewhere(reading))
    for reference, text in texts.public(reading):
        yield f"texts/{reference}.txt", _text(text)
    yield "texts/shown.jsonl", json_lines(texts.pieces(reading))


def _about(day: date) -> dict[str, str]:
    codebook = Path(settings.BASE_DIR) / "docs" / "codebook.md"
    return {
        "README.md": package.readme(day),
        "DICTIONARY.md": f"# Data dictionary\n\n{package.dictionary()}",
        "CODEBOOK.md": codebook.read_text(encoding="utf-8"),
        "LICENCE.md": package.licence_text(),
        "CITATION.cff": package.citation_file(day),
    }


def _text(text: str) -> list[bytes]:
    return [text.encode()]


def _write(archive: ZipFile, path: str, content: Iterable[bytes]) -> Written:
    info = ZipInfo(path, MOMENT)
    info.compress_type, info.external_attr, info.create_system = ZIP_DEFLATED, READABLE, UNIX
    digest, size = sha256(), 0
    with archive.open(info, "w", force_zip64=True) as file:
        held: list[bytes] = []
        n = 0
        for piece in chain(content, [b""]):
            held.append(piece)
            n += len(piece)
            if n >= BUFFER or not piece:
                block = b"".join(held)
                digest.update(block)
                size += len(block)
                file.write(block)
                held, n = [], 0
    return Written(path, size, digest.hexdigest())
