"""Loads a bundle into an empty tracker, in one transaction: rows and versions as they are, then every rule over them.

Rows are inserted without the acts of review, which were done elsewhere: they name who signed. Then the rules of every
save (quotations, evidence, digests) are checked on all of them, and nothing is kept if one is broken.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import DatabaseError, models
from django.utils.translation import gettext as _

from commitments.choices import ReviewState, Verification
from commitments.data.bundle import history, texts, versions
from commitments.data.bundle.archive import Bundle, Unreadable, opened, wrong
from commitments.data.bundle.versions import Keys, load_roles, load_versions, number_on
from commitments.data.bundle.withdrawals import load_withdrawals
from commitments.data.tables import TABLES, Row
from commitments.data.tables.fields import Column, Table
from commitments.data.tables.rows import own_field
from commitments.models import Citation, Commitment, Record, Reviewed, Source, Undertaking
from commitments.models.base import nouns
from commitments.rules.act import as_act, changed
from commitments.rules.judging.soundness import publication_faults
from commitments.rules.search import analysis, word_index
from commitments.rules.text import digests, quotes
from commitments.rules.text.documents import MOST_BYTES
from commitments.rules.time import schedule

ORDER = (*history.KEPT, "memberships")
"""The tables of records, each after those it refers to."""

LISTS = [table.name for table in TABLES.values() if table.model and not issubclass(table.model, Record)]
"""The tables that tie two records together."""

CHUNK = 1000


class NotEmpty(Exception):
    """The tracker already has records: a bundle is only loaded into an empty one."""


class Loaded(NamedTuple):
    """How many rows, and how many versions, were loaded."""

    rows: int
    versions: int


class Signers:
    """The accounts that stand for those who signed: one for each name and act, with which nobody can sign in."""

    def __init__(self) -> None:
        self.held: dict[tuple[str, str], int] = {}

    def __call__(self, name: str | None, act: str) -> int:
        """Return the key of the account that signs `act` ("published_by") as `name`; for None, a nameless account."""
        key = (name or "", act)
        if key not in self.held:
            accounts = get_user_model()
            account = accounts(username=f"repris-{len(self.held) + 1}-{act}", first_name=name or "", is_active=False)
            account.set_unusable_password()
            account.save()
            self.held[key] = account.pk
        return self.held[key]


def is_empty() -> bool:
    """Whether no record of any kind is on file; accounts may be."""
    return not any(model._base_manager.exists() for model in nouns())


@as_act(public=True)
def load(path: str, said: Callable[[str], None] = lambda line: None) -> Loaded:
    """Load the bundle at `path`; `said` is called with its progress.

    Raises NotEmpty if the tracker has records, Unreadable if the file is no bundle or breaks a rule.
    """
    if not is_empty():
        raise NotEmpty
    with opened(path) as bundle:
        keys: Keys = defaultdict(dict)
        sign = Signers()
        _load_named(bundle, keys)
        n = 0
        for table in ORDER:
            if table == "undertakings":
                roles, numbers = load_roles(bundle, keys)
                insert(roles)
                number_on(Undertaking, max([role.pk for role in roles] + list(numbers.values()), default=0))
                n += len(roles)
            else:
                n += _load_table(bundle, table, keys, sign)
            said(f"{table}: {n}")
        for table in LISTS:
            n += _load_list(bundle, table, keys)
        n += load_withdrawals(bundle, keys, sign)
        told = load_versions(bundle, keys, numbers)
        said(f"versions: {told}")
    check()
    word_index.rebuild()
    changed()
    return Loaded(n, told)


def _load_named(bundle: Bundle, keys: Keys) -> None:
    """Load the records that only former versions refer to."""
    for number, item in bundle.lines("history/named.jsonl"):
        table = TABLES.get(item.get("table", ""))
        if table is None or table.name not in ("sectors", "parties"):
            raise wrong("history/named.jsonl", number, item.get("table"))
        fields = {name: table.model._meta.get_field(name) for name in item["row"]}
        record = table.model(**{name: versions.stored(fields[name], value) for name, value in item["row"].items()})
        hold(record, "history/named.jsonl", number)
        insert([record])
        keys[table.name][item["row"][table.key[0]]] = record.pk


def _load_table(bundle: Bundle, name: str, keys: Keys, sign: Signers) -> int:
    table = TABLES[name]
    archived = _texts(bundle) if name == "sources" else {}
    held: list[Any] = []
    n = 0
    later: list[tuple[str, str]] = []

    def flush() -> None:
        insert(held)
        for record, row in zip(held, said, strict=True):
            keys[name][row[table.key[0]]] = record.pk
        held.clear()
        said.clear()

    said: list[Row] = []
    for number, row in bundle.rows(name):
        fields = _fields(table, row, keys, sign, name, number)
        if name == "assessments" and row["supersedes"]:
            later.append((row["uid"], row["supersedes"]))
        record = table.model(**fields)
        if name == "sources":
            record.text, record.text_is_partial = archived.get(row["reference"], ("", False))
        if isinstance(record, Commitment):
            record.search_text = analysis.document(record)
        hold(record, f"data/{name}.jsonl", number)
        held.append(record)
        said.append(row)
        n += 1
        if len(held) == CHUNK:
            flush()
    flush()
    for uid, former in later:
        if former not in keys[name]:
            raise Unreadable(_("data/assessments.jsonl : %(uid)s remplace une évaluation absente.") % {"uid": uid})
        models.QuerySet(table.model).filter(uid=uid).update(supersedes_id=keys[name][former])
    return n


def _fields(table: Table, row: Row, keys: Keys, sign: Signers, name: str, number: int) -> dict[str, object]:
    """Return the fields of the record that `row` stands for. Raises Unreadable if it refers to a missing record."""
    found: dict[str, object] = {}
    for column in table.columns:
        value = row[column.name]
        field = table.model._meta.get_field(column.name) if _is_signature(table, column) else own_field(table, column)
        if field is None or column.name == "supersedes":
            continue
        if _is_signature(table, column):
            act = column.name
            needed = act == "published_by" or row.get(act.replace("_by", "_at")) is not None
            found[field.attname] = sign(value, act) if needed else None
        elif field.is_relation:
            if value is not None and value not in keys[column.refers]:
                what = {"file": f"data/{name}.jsonl", "line": number, "column": column.name, "value": value}
                raise Unreadable(
                    _("%(file)s, ligne %(line)d, %(column)s : « %(value)s » n’est pas dans le lot.") % what
                )
            found[field.attname] = keys[column.refers][value] if value is not None else None
        else:
            found[field.attname] = versions.stored(field, value)
    if issubclass(table.model, Reviewed):
        found["state"] = ReviewState.PUBLISHED
    if name == "notes":
        found["visibility"] = "public"
    return found


def _is_signature(table: Table, column: Column) -> bool:
    return column.name.endswith("_by") and table.model._meta.get_field(column.name).related_model is get_user_model()


def _texts(bundle: Bundle) -> dict[str, tuple[str, bool]]:
    """Return the text of each source, and whether it is in part only."""
    found = {
        name.removeprefix("texts/").removesuffix(".txt"): (bundle.text(name), False)
        for name in bundle.names
        if name.startswith("texts/") and name.endswith(".txt")
    }
    lengths: dict[str, int] = {}
    stretches: dict[str, list[Row]] = defaultdict(list)
    for number, row in bundle.lines("texts/shown.jsonl"):
        if row["length"] is not None:
            lengths[row["source"]] = row["length"]
            if type(row["length"]) is not int or not 0 < row["length"] <= MOST_BYTES:
                raise wrong("texts/shown.jsonl", number, f"length : {row['length']!r}")
        else:
            stretches[row["source"]].append(row)
    for source, length in lengths.items():
        try:
            found[source] = (texts.rebuilt(length, stretches[source]), True)
        except (ValueError, TypeError) as error:
            raise Unreadable(
                _("texts/shown.jsonl : %(where)s n’est pas un endroit du texte.") % {"where": error}
            ) from error
    return found


def _load_list(bundle: Bundle, name: str, keys: Keys) -> int:
    table = TABLES[name]
    ends = [(own_field(table, column).attname, column) for column in table.columns]
    rows = [
        table.model(**{attname: keys[column.refers][row[column.name]] for attname, column in ends})
        for _number, row in bundle.rows(name)
    ]
    insert(rows)
    return len(rows)


def hold(record: Record, file: str, number: int) -> None:
    """Validate the fields of `record`. Raises Unreadable naming file, line and column."""
    elsewhere = [field.name for field in record._meta.concrete_fields if field.is_relation]
    try:
        record.clean_fields(exclude=elsewhere)
        if isinstance(record, Commitment) and record.recurrence and record.recurrence_start:
            schedule.parse_recurrence(record.recurrence, record.recurrence_start)
        if isinstance(record, Source):
            versions.check_address(record.url)
    except ValidationError as error:
        column = next(iter(error.message_dict)) if hasattr(error, "error_dict") else ""
        raise wrong(file, number, f"{column} : {' '.join(error.messages)}" if column else error) from error


def insert(records: list[Any]) -> None:
    """Insert new records of one model as they are, and give each its key. Raises Unreadable for a refusal."""
    if records:
        try:
            models.QuerySet(type(records[0])).bulk_create(records, batch_size=CHUNK)
        except DatabaseError as error:
            name = type(records[0])._meta.verbose_name_plural
            raise Unreadable(
                _("%(name)s : la base refuse ces lignes (%(error)s).") % {"name": name, "error": error}
            ) from error


def check() -> None:
    """Check every rule on everything loaded. Raises Unreadable naming the first record that breaks one."""
    for fault in _faults():
        raise Unreadable(fault)


def _faults() -> Iterator[str]:
    for source in Source.objects.filter(text_is_partial=False).exclude(text="").iterator(chunk_size=50):
        if digests.sha256(source.text) != source.sha256:
            yield _("%(record)s : l’empreinte n’est pas celle de son texte.") % {"record": source}
    cited = Citation.objects.published().select_related("source").order_by("source_id", "pk")
    for citation in cited.iterator(chunk_size=500):
        place = quotes.locate(citation.source.text, citation.exact, citation.prefix, citation.suffix)
        told = (citation.verification, citation.start, citation.end)
        hides = citation.source.text_is_partial and citation.verification == Verification.AMBIGUOUS
        if (place.outcome, place.start, place.end) != told and not hides:
            yield _("%(record)s : ce que dit le lot de sa vérification ne se retrouve pas.") % {"record": citation}
    for fault in publication_faults():
        yield f"{fault.record} : {fault.reason}"
