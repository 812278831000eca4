"""What the API offers: tables, each row with the rows of other tables that belong to it, and links."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import translation

from commitments.data.narrowing import EVERY
from commitments.data.tables import TABLES, Row, Table, ordered, rows
from commitments.models import NOTED
from commitments.reading import Reading

Beside = dict[str, list[Any]]
"""What belongs to each row, by its key."""


class Part(NamedTuple):
    """A list nested in each row of a resource: the columns `shown` of the rows of `table` whose column `by` names it.

    With one column the list is of its values, with several of objects.
    """

    table: str
    by: str
    shown: tuple[str, ...]


BELONGING = ("role_fr", "role_en", "since", "until", "source", "stated_on")
"""What is told of a membership beside its two ends."""


class Resource(NamedTuple):
    """A kind of record that the API answers with: the lists that belong to a row, the name of its page."""

    name: str
    singular: str
    parts: dict[str, Part] = {}
    page: str = ""
    children: tuple[str, ...] = ()
    """The resources that may be asked for what belongs to one of these, by a filter named like `singular`."""

    @property
    def table(self) -> Table:
        """The table of its records, which has its name."""
        return TABLES[self.name]

    @property
    def key(self) -> str:
        """The name of the column that identifies a record in a request."""
        return self.table.key[0]

    @property
    def is_by_name(self) -> bool:
        """Whether records come in the order of their keys; others come in the order in which they were recorded."""
        return self.table.described[self.key].kind != "uuid"


RESOURCES = {
    resource.name: resource
    for resource in (
        Resource(
            "commitments",
            "commitment",
            {
                "undertakings": Part("undertakings", "commitment", ("party", "role", "according_to")),
                "discrepancies": Part("discrepancy-commitments", "commitment", ("discrepancy",)),
            },
            page="commitment",
            children=("assessments", "searches", "milestones", "notes", "citations"),
        ),
        Resource("assessments", "assessment", children=("citations",)),
        Resource("searches", "search"),
        Resource("milestones", "milestone", children=("searches", "citations")),
        Resource("notes", "note", children=("citations",)),
        Resource("citations", "citation"),
        Resource("sources", "source", page="source", children=("citations",)),
        Resource(
            "meetings",
            "meeting",
            {"participants": Part("meeting-participants", "meeting", ("party",))},
            page="meeting",
            children=("notes", "citations"),
        ),
        Resource(
            "instruments",
            "instrument",
            {"issuers": Part("instrument-issuers", "instrument", ("party",))},
            page="instrument",
            children=("notes", "citations", "commitments"),
        ),
        Resource(
            "parties",
            "party",
            {
                "member_of": Part("memberships", "member", ("organisation", *BELONGING)),
                "members": Part("memberships", "organisation", ("member", *BELONGING)),
            },
            page="party",
            children=("commitments", "assessments", "searches"),
        ),
        Resource("sectors", "sector", page="sector", children=("commitments",)),
        Resource(
            "discrepancies",
            "discrepancy",
            {
                "claims": Part("claims", "discrepancy", ("uid", "position", "value_fr", "value_en", "is_adopted")),
                "commitments": Part("discrepancy-commitments", "discrepancy", ("commitment",)),
            },
            page="discrepancy",
        ),
    )
}
"""The kinds of records, by the word for them in addresses."""


def records(
    resource: Resource, reading: Reading, among: Any, fields: str | None, absolute: Callable[[str], str]
) -> list[Row]:
    """Return the records of `resource` in the query `among`, with the `fields` named, or with all of them if none is.

    The number of queries does not grow with the number of records. `absolute` turns a path into a whole address.
    """
    found = list(rows(resource.table, reading, among))
    asked = set(fields.split(",")) if fields else set()
    for name, part in resource.parts.items():
        if not asked or name in asked:
            held = _beside(part, reading, [row[resource.key] for row in found])
            for row in found:
                row[name] = held.get(row[resource.key], [])
    for row in found:
        if not asked or "links" in asked:
            row["links"] = links(resource, row, absolute)
    if not asked:
        return found
    return [{name: value for name, value in row.items() if name in asked or name == resource.key} for row in found]


def _beside(part: Part, reading: Reading, keys: list[str]) -> Beside:
    table = TABLES[part.table]
    found: Beside = defaultdict(list)
    among = ordered(table, table.rows(reading).filter(**{f"{table.lookups[part.by]}__in": keys}))  # type: ignore[misc]
    for row in rows(table, reading, among):
        one = row[part.shown[0]] if len(part.shown) == 1 else {name: row[name] for name in part.shown}
        found[row[part.by]].append(one)
    return found


def links(resource: Resource, row: Row, absolute: Callable[[str], str]) -> dict[str, str]:
    """Return the addresses of a record: its own, its pages, and those of what belongs to it."""
    key = row[resource.key]
    here = reverse(f"api-v1:get_{resource.singular}", args=[key])
    found = {"self": absolute(here)}
    for language, name in (("fr", "page"), ("en", "page_en")):
        with translation.override(language):
            path = _page(resource, row)
        if path:
            found[name] = absolute(path)
    for child in resource.children:
        asked = {resource.singular: key, **({"basis": EVERY} if child == "commitments" else {})}
        found[child] = absolute(f"{reverse(f'api-v1:list_{child}')}?{urlencode(asked)}")
    if resource.name == "citations":
        found["annotation"] = absolute(f"{here}/annotation")
    return found


def _page(resource: Resource, row: Row) -> str:
    """Return the path of the page that shows a record; "" if none does."""
    if resource.page:
        return reverse(resource.page, args=[row[resource.key]])
    mark = {"assessments": "e", "searches": "r", "milestones": "j", "notes": "n"}.get(resource.name)
    if mark:
        page = next(name for name in NOTED if row.get(name))
        return f"{reverse(page, args=[row[page]])}#{mark}-{row['uid'][:8]}"
    return f"{reverse('source', args=[row['source']])}#c-{row['uid'][:8]}"
