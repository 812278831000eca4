"""The shapes of what the API takes and answers, made of the tables, for its OpenAPI description."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.utils import translation
from ninja import Schema
from pydantic import Field, create_model

from commitments.choices import Basis
from commitments.data.api.resources import RESOURCES, Resource
from commitments.data.narrowing import EVERY, UNDERTAKEN
from commitments.data.tables import TABLES, Described
from commitments.public.lists.filters import LONGEST_QUERY

MOST = 100
"""How many records an answer holds at most."""

USUAL = 50

NO_NUL = r"^[^\x00]*$"
NAME = r"^[A-Za-z0-9][A-Za-z0-9_-]*$"

Fields = dict[str, Any]
"""The fields of a schema, as pydantic takes them."""

TYPES: Fields = {
    "boolean": bool,
    "date": date,
    "datetime": datetime,
    "integer": int,
    "string": str,
    "time": Annotated[str, Field(pattern=r"^\d\d:\d\d:\d\d$")],  # of no zone, which the format of that name asks for
    "uri": str,
    "uuid": UUID,
}


class Wrong(Schema):
    """A parameter that is wrong."""

    parameter: str = Field(description="The name of the parameter.")
    value: str = Field(description="Its value, cut short where it is long.")
    message: str = Field(description="What is wrong, and what to write.")


class Refused(Schema):
    """A problem, as RFC 9457 has it."""

    type: str = Field(description="Always `about:blank`: the title says what kind of problem it is.")
    title: str = Field(description="The meaning of the status.")
    status: int = Field(description="The status of the answer.")
    detail: str = Field(default="", description="What is wrong, in words.")
    instance: str = Field(default="", description="The path that was asked for.")
    errors: list[Wrong] = Field(default=[], description="The parameters that are wrong, where some are.")
    reference: str = Field(default="", description="With 410: the key of what was withdrawn.")
    withdrawn_on: str = Field(default="", description="With 410: the day of its withdrawal.")
    reason: str = Field(default="", description="With 410: why it was withdrawn, in French.")


class Days(Schema):
    """The days that an answer is read for."""

    as_of: date | None = Field(description="The day of the facts; null: today.")
    known_on: date | None = Field(description="The day of what this site knew; null: all that it knows now.")


def stated(kind: Any, description: str, default: Any = None, **more: Any) -> Any:
    """Return a field of a schema: its type, what it is, its default (`...`: it must be there)."""
    return (Annotated[kind, Field(description=description, **more)], default)


def shape(column: Described) -> Any:
    """Return the type of a column, with its words."""
    if column.words:
        words: Any = Literal[tuple(str(value) for value, _label in column.words if value)]
        return words if column.is_required else words | None
    kind = TYPES[column.kind]
    return kind if column.is_required else kind | None


def about(column: Described) -> str:
    """Return what a column is, in a sentence or two."""
    label, more = str(column.label), str(column.about)
    words = "; ".join(f"`{value}`: {named}" for value, named in column.words if value)
    refers = f"A key of `{column.refers}`." if column.refers else ""
    return " ".join(part for part in (f"{label[:1].upper()}{label[1:]}.", more, refers, words) if part)


def columns_of(columns: dict[str, Described], names: Any, key: str = "") -> Fields:
    """Return the fields of a schema for the columns called `names`; all but `key` may be left out."""
    found = {}
    for name in names:
        column = columns[name]
        found[name] = stated(shape(column), about(column), ... if name == key else None)
    return found


def record_schema(resource: Resource) -> type[Schema]:
    """Return the schema of a record; with `fields`, an answer has its key and the fields asked for."""
    fields = columns_of(resource.table.described, resource.table.names(), resource.key)
    for name, part in resource.parts.items():
        described = TABLES[part.table].described
        if len(part.shown) == 1:
            item: Any = shape(described[part.shown[0]])
        else:
            inner = columns_of(described, part.shown)
            item = create_model(f"{resource.singular.title()}{name.title()}", __base__=Schema, **inner)
        fields[name] = stated(list[item], str(TABLES[part.table].about), [])
    fields["links"] = stated(dict[str, str], "Addresses: of the record, its pages, what belongs to it.", {})
    return create_model(resource.singular.title(), __base__=Schema, __doc__=str(resource.table.about), **fields)


def page_schema(name: str, item: type[Schema]) -> type[Schema]:
    """Return the schema of an answer with several records."""
    fields: Fields = {
        "items": (list[item], ...),  # type: ignore[valid-type]
        "count": stated(int, "How many there are in all, under the filters.", ...),
        "next": stated(str | None, "The address of the next ones; null: these are the last.", ...),
        "reading": (Days, ...),
        "revision": stated(int, "Rises with every change of what is public.", ...),
    }
    about = f"Some of the {name}, and where the next ones are."
    return create_model(f"{name.title()}Page", __base__=Schema, __doc__=about, **fields)


DAYS: Fields = {
    "as_of": stated(date | None, "What had taken place by that past day.", examples=["2025-04-03"]),
    "known_on": stated(date | None, "What this site knew at the end of that past day.", examples=["2026-11-21"]),
}


LIMIT = stated(int, f"How many at most, up to {MOST}.", USUAL, ge=1, le=MOST)
"""The parameter that says how many records an answer holds."""


def paging(names: list[str], after: Any, key: str) -> dict[str, Any]:
    """Return the parameters that cut a list into pages; `names` are the fields that may be asked for."""
    told = f"Begin after the record with this `{key}`: what is added meanwhile shifts nothing."
    return {
        "limit": LIMIT,
        "after": stated(after | None, told),
        "fields": sparse(names),
    }


def sparse(names: list[str]) -> Any:
    """Return the parameter that says which fields an answer holds."""
    one = "|".join(names)
    told = f"Only these fields, beside the key, separated by commas: {', '.join(names)}."
    return stated(str | None, told, pattern=rf"^({one})(,({one}))*$", examples=[",".join(names[1:3])])


_BASES: Any = Literal[(*Basis.values, UNDERTAKEN, EVERY)]
BASIS = stated(
    _BASES | None,
    f"Only on this basis; by default `{UNDERTAKEN}`, commitments proper, as the site lists them. What was only "
    f"`expected`, or `envisaged` by one party, is no commitment: ask for it by name, or for `{EVERY}`.",
)
"""The parameter that says on what basis commitments are stated."""


def filters(resource: Resource) -> Fields:
    """Return the parameters that narrow a list: of commitments, those of their page."""
    described = resource.table.described
    found: Fields = {}
    if resource.name != "commitments":
        for name in resource.table.narrowed_by:
            column = described[name]
            kind = shape(column._replace(is_required=False))
            more = {"pattern": NAME} if kind == str | None else {}
            found[name] = stated(kind, f"Only those with this `{name}`. {about(column)}", **more)
        return found
    found["q"] = stated(
        str | None,
        "Words to look for, in French or English, or a reference or its beginning.",
        max_length=LONGEST_QUERY,
        pattern=NO_NUL,
        examples=["force unifiée"],
    )
    found["basis"] = BASIS
    for name in ("status", "timeliness"):
        found[name] = stated(shape(described[name]._replace(is_required=False)), about(described[name]))
    for name, label in (
        ("sector", "In"),
        ("party", "Undertaken by, or for, or concerning,"),
        ("instrument", "Carried by"),
    ):
        told = f"{label} the {name} with this key; one that has no public commitment returns 404."
        found[name] = stated(str | None, told, pattern=NAME)
    return found


def parameters(resource: Resource) -> type[Schema]:
    """Return the parameters of a list of records."""
    names = [*resource.table.names(), *resource.parts, "links"]
    is_uid = resource.table.described[resource.key].kind == "uuid"
    after = UUID if is_uid else Annotated[str, Field(pattern=NAME)]
    fields = {**DAYS, **filters(resource), **paging(names, after, resource.key)}
    return create_model(f"{resource.name.title()}Asked", __base__=Schema, **fields)


def one_parameters(resource: Resource) -> type[Schema]:
    """Return the parameters of one record."""
    names = [*resource.table.names(), *resource.parts, "links"]
    return create_model(f"{resource.singular.title()}Asked", __base__=Schema, **DAYS, fields=sparse(names))


with translation.override("en"):
    RECORDS = {name: record_schema(resource) for name, resource in RESOURCES.items()}
    PAGES = {name: page_schema(name, item) for name, item in RECORDS.items()}
    ASKED = {name: parameters(resource) for name, resource in RESOURCES.items()}
    ASKED_OF_ONE = {name: one_parameters(resource) for name, resource in RESOURCES.items()}
