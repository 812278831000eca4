"""The page about the API for people: its own description, laid out for reading."""

from functools import cache
from typing import Any, NamedTuple

from django.views.generic import TemplateView

from commitments.data.api.examples import EXAMPLES
from commitments.data.api.site import ABOUT, api
from commitments.data.writing import json_text
from commitments.public.reading import ReadingMixin
from commitments.rules import markdown


class Parameter(NamedTuple):
    """A parameter of an operation: its name, its type in words, whether it is required, its description (HTML)."""

    name: str
    shape: str
    is_required: bool
    about: str


class Operation(NamedTuple):
    """An operation of the API as the page presents it; `about` is HTML."""

    name: str
    path: str
    summary: str
    about: str
    parameters: list[Parameter]
    example: str
    answer: str


def shape(schema: dict[str, Any]) -> str:
    """Return the type of a parameter in a few words: its allowed values, or its type and format."""
    kinds = [kind for kind in schema.get("anyOf", [schema]) if kind.get("type") != "null"]
    kind = kinds[0]
    if "enum" in kind:
        return " | ".join(kind["enum"])
    return kind.get("format") or kind.get("type", "")


@cache
def operations() -> list[Operation]:
    """Return the operations in the description; cached, since only the code changes them."""
    found = []
    for path, methods in api.get_openapi_schema()["paths"].items():
        operation = methods["get"]
        parameters = [
            Parameter(
                item["name"],
                shape(item["schema"]),
                item["required"],
                markdown.html(item.get("description") or item["schema"].get("description", "")),
            )
            for item in operation["parameters"]
        ]
        example = EXAMPLES.get(operation["operationId"], {})
        found.append(
            Operation(
                operation["operationId"],
                path,
                operation["summary"],
                markdown.html(operation.get("description", "")),
                parameters,
                example.get("request", ""),
                json_text(example["answer"], indent=1) if example else "",
            )
        )
    return found


class APIView(ReadingMixin, TemplateView):
    """What the API answers, and how to query it."""

    template_name = "public/api.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(about=markdown.html(ABOUT), operations=operations(), **kwargs)
