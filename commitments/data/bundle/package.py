"""How a bundle describes itself: a Frictionless Data Package, a dictionary, how to cite it, its licence."""

import json
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from django.conf import settings

from commitments.data.publisher import licence, publisher
from commitments.data.tables import TABLES, Described, Table
from commitments.rules.spreadsheets.cells import APOSTROPHE

TYPES = {"uuid": ("string", "uuid"), "uri": ("string", "uri"), "datetime": ("datetime", "default")}
"""The type and format that Table Schema uses for ours, if they differ."""

TITLE = "Commitments tracker"


class Written(NamedTuple):
    """A file of the bundle as it was written: where, how long, its digest."""

    path: str
    size: int
    sha256: str


def schema(table: Table) -> dict[str, object]:
    """Return the schema of a table (Table Schema, specs.frictionlessdata.io): fields, keys, blanks."""
    found: dict[str, object] = {
        "fields": [_field(column) for column in table.described.values()],
        "missingValues": [""],
        "primaryKey": list(table.key),
    }
    keys = [
        {
            "fields": [column.name],
            "reference": {
                "resource": "" if column.refers == table.name else column.refers,
                "fields": [TABLES[column.refers].key[0]],
            },
        }
        for column in table.described.values()
        if column.refers
    ]
    return found | ({"foreignKeys": keys} if keys else {})


def _field(column: Described) -> dict[str, object]:
    kind, form = TYPES.get(column.kind, (column.kind, "default"))
    constraints: dict[str, object] = {}
    if column.is_required:
        constraints["required"] = True
    if column.words:
        constraints["enum"] = [str(value) for value, _label in column.words if value]
    if column.longest and not column.words:
        constraints["maxLength"] = 2 * column.longest + 1  # and the apostrophes that keep formulas from running
    found: dict[str, object] = {"name": column.name, "type": kind}
    if form != "default":
        found["format"] = form
    found["title"] = str(column.label)
    if column.about:
        found["description"] = str(column.about)
    return found | ({"constraints": constraints} if constraints else {})


def descriptor(day: date, written: Iterable[Written]) -> str:
    """Return datapackage.json (Data Package, specs.frictionlessdata.io) for the tables among the files `written`."""
    resources = []
    for item in written:
        name = item.path.removeprefix("data/").removesuffix(".csv")
        if item.path.startswith("data/") and item.path.endswith(".csv"):
            table = TABLES[name]
            resources.append(
                {
                    "name": name,
                    "path": item.path,
                    "profile": "tabular-data-resource",
                    "title": str(table.label),
                    "description": str(table.about),
                    "format": "csv",
                    "mediatype": "text/csv",
                    "encoding": "utf-8",
                    "bytes": item.size,
                    "hash": f"sha256:{item.sha256}",
                    "schema": schema(table),
                }
            )
    found: dict[str, object] = {
        "profile": "tabular-data-package",
        "name": "commitments-tracker",
        "title": TITLE,
        "description": f"All that the tracker publishes, as it stood on {day.isoformat()}.",
        "version": day.isoformat(),
    }
    if settings.TRACKER_SITE_URL:
        found["homepage"] = settings.TRACKER_SITE_URL
    stated = licence()
    if stated:
        found["licenses"] = [{"name": stated.name, "path": stated.address} if stated.name else {"path": stated.address}]
    found["resources"] = resources
    return json.dumps(found, ensure_ascii=False, indent=2) + "\n"


def citation_file(day: date) -> str:
    """Return CITATION.cff (Citation File Format 1.2.0): how the bundle is cited."""
    lines = [
        "cff-version: 1.2.0",
        "message: Cite this data set with the day of its state.",
        "type: dataset",
        f"title: {json.dumps(f'{TITLE}: all public data')}",
        "authors:",
        f"  - name: {json.dumps(publisher(), ensure_ascii=False)}",
        f"version: {json.dumps(day.isoformat())}",
        f"date-released: {json.dumps(day.isoformat())}",
    ]
    if settings.TRACKER_SITE_URL:
        lines.append(f"url: {json.dumps(settings.TRACKER_SITE_URL)}")
    stated = licence()
    if stated:
        lines.append(
            f"license: {json.dumps(stated.name)}" if stated.name else f"license-url: {json.dumps(stated.address)}"
        )
    return "\n".join([*lines, ""])


def licence_text() -> str:
    """Return LICENCE.md: what may be done with the bundle."""
    stated = licence()
    own = (
        f"are under this licence: {stated.name or stated.address}"
        if stated
        else "have no licence stated: ask the tracker's editors"
    )
    return (
        f"# Licence\n\nThe tracker's own records (commitments as worded here, judgements, notes, codes) {own}.\n\n"
        "The words quoted, and the texts in `texts/`, remain the property of their publishers. They are here so that\n"
        "every quotation can be checked.\n"
    )


def dictionary() -> str:
    """Return the data dictionary, in Markdown: every table and column, as the models and the tables define them."""
    found = []
    for table in TABLES.values():
        found += [f"### {table.name}", "", f"{table.about} Key: {', '.join(f'`{name}`' for name in table.key)}.", ""]
        found += ["| column | type | may be blank | what it is |", "|---|---|---|---|"]
        for column in table.described.values():
            blank = "no" if column.is_required else "yes"
            found.append(f"| `{column.name}` | {column.kind} | {blank} | {_meaning(column)} |")
        found.append("")
    return "\n".join(found)


def _meaning(column: Described) -> str:
    label = str(column.label)
    parts = [f"{label[:1].upper()}{label[1:]}."]
    if column.about:
        parts.append(str(column.about))
    if column.refers:
        parts.append(f"Key of `{column.refers}`.")
    if column.words:
        parts.append("; ".join(f"`{value}` {named}" for value, named in column.words if value) + ".")
    return " ".join(parts).replace("|", "\\|")


def readme(day: date) -> str:
    """Return README.md: what is in the bundle."""
    return f"""# {TITLE}: all public data, {day.isoformat()}

- `data/<table>.csv` and `data/<table>.jsonl`: the same rows twice. `datapackage.json` describes the CSV files (types,
  keys, foreign keys, digests); `DICTIONARY.md` says what each column is; `CODEBOOK.md` how the words are used.
- In CSV an apostrophe more stands before whatever a spreadsheet might run as a formula, at the beginning of a text and
  after each comma, semicolon, tab and line end in it. Delete what matches
  `{APOSTROPHE.pattern}` to have the text. JSON Lines has texts as they are.
- `history/versions.jsonl`: what each record said before; `history/named.jsonl`: sectors and parties that only these
  name.
- `texts/<source>.txt`: the archived texts that may be published, in UTF-8; `texts/shown.jsonl`: of the others the
  stretches that the site shows, with their places. `sha256` in `data/sources.csv` is the digest of each whole text.
- `SHA256SUMS`: the digest of every other file; `sha256sum -c SHA256SUMS` checks them.
- Times are universal (UTC). A blank cell, or `null`, stands for what no source states.
- `manage.py import_bundle FILE` loads all of it into an empty tracker, which then shows the same public pages.
"""
