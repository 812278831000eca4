"""What the pages hold for machines."""

import json

from django import template
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from commitments.data import graphs
from commitments.data.origin import Origin

register = template.Library()

ESCAPES = {ord(char): f"\\u{ord(char):04X}" for char in "<>&"}
"""What would end the block, or begin another, written as JSON also has it."""


@register.simple_tag(takes_context=True)
def linked_data(context: Context) -> SafeString:
    """Return what the page says of itself in JSON-LD (schema.org); nothing where it has nothing to say."""
    request = context["request"]
    nodes = graphs.of(request.resolver_match.url_name or "", context, Origin(request))  # type: ignore[arg-type]
    if not nodes:
        return mark_safe("")
    return format_html('<script type="application/ld+json">{}</script>', script_json("https://schema.org", nodes))


def script_json(vocabulary: str, nodes: list[graphs.linked.Node]) -> SafeString:
    """Return `nodes` as JSON-LD that stands safely in a script element."""
    whole = {"@context": vocabulary, "@graph": nodes}
    text = json.dumps(whole, ensure_ascii=False, separators=(",", ":")).translate(ESCAPES)
    return mark_safe(text)  # noqa: S308 - nothing in it can end the element
