"""The page about the API for people: its own description, laid out for reading."""

from functools import cache
from typing import Any

from django.views.generic import TemplateView

from commitments.data.api.examples import EXAMPLES
from commitments.data.api.site import ABOUT, api
from commitments.data.writing import json_text
from commitments.public.time.requested_reading import ReadingMixin
from commitments.rules.text import markdown


def shape(schema: dict[str, Any]) -> str:
    """Return the type of a parameter in a few words: its allowed values, or its type and format."""
    kinds = [kind for kind in schema.get("anyOf", [schema]) if kind.get("type") != "null"]
    kind = kinds[0]
    if "enum" in kind:
        return " | ".join(kind["enum"])
    return kind.get("format") or kind.get("type", "")


@cache
def operations() -> list[dict[str, Any]]:
    """Return the operations in the description, as the page presents them; cached: only the code changes them."""
    found = []
    for path, methods in api.get_openapi_schema()["paths"].items():
        operation = methods["get"]
        parameters = [
            {
                "name": item["name"],
                "shape": shape(item["schema"]),
                "is_required": item["required"],
                "about": markdown.html(item.get("description") or item["schema"].get("description", "")),
            }
            for item in operation["parameters"]
        ]
        example = EXAMPLES.get(operation["operationId"], {})
        found.append(
            {
                "name": operation["operationId"],
                "path": path,
                "summary": operation["summary"],
                "about": markdown.html(operation.get("description", "")),
                "parameters": parameters,
                "example": example.get("request", ""),
                "answer": json_text(example["answer"], indent=1) if example else "",
            }
        )
    return found


class APIView(ReadingMixin, TemplateView):
    """What the API answers, and how to query it."""

    template_name = "public/api.html"

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        return super().get_context_data(about=markdown.html(ABOUT), operations=operations(), **kwargs)
