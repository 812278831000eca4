"""What pages contain for machines: linked data, and the addresses of the feeds and calendars that follow them."""

from urllib.parse import quote, urlencode

from django import template
from django.http import QueryDict
from django.template.context import Context
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from commitments.data import graphs
from commitments.data.origin import Origin
from commitments.data.publisher import licence
from commitments.data.writing import FORMATS, json_text
from commitments.models import Commitment, Party, Sector
from commitments.models.wording import Wording
from commitments.public.lists.catalogue import FACETS
from commitments.rules.text import markdown

register = template.Library()

ESCAPES = {ord(char): f"\\u{ord(char):04X}" for char in "<>&"}
"""What would end the script element, or begin another, as JSON escapes."""


@register.simple_tag(takes_context=True)
def linked_data(context: Context) -> SafeString:
    """Return the page's description in JSON-LD (schema.org); "" if it has none."""
    request = context["request"]
    nodes = graphs.of(request.resolver_match.url_name or "", context, Origin(request))  # type: ignore[arg-type]
    if not nodes:
        return mark_safe("")
    return format_html('<script type="application/ld+json">{}</script>', script_json("https://schema.org", nodes))


def script_json(vocabulary: str, nodes: list[graphs.linked.Node]) -> SafeString:
    """Return `nodes` as JSON-LD that is safe within a script element."""
    whole = {"@context": vocabulary, "@graph": nodes}
    return mark_safe(json_text(whole).translate(ESCAPES))  # noqa: S308 - nothing in it can end the element


def _feed(record: object) -> tuple[str, dict[str, str]]:
    """Return the name and the arguments of the address of the feed about `record`; that of everything for any other."""
    match record:
        case Commitment():
            return "feed_commitment", {"reference": record.reference}
        case Sector():
            return "feed_sector", {"slug": record.slug}
        case Party():
            return "feed_party", {"code": record.code}
        case _:
            return "feed", {}


@register.inclusion_tag("data/_alternates.html", takes_context=True)
def alternates(context: Context) -> dict[str, object]:
    """Show, for the head of a page, the feed of everything and that of its record: today's, whatever the day read."""
    found = [(reverse("feed", args=["atom"]), _("Tous les changements"))]
    record = context.get("record")
    name, arguments = _feed(record)
    if arguments:
        found.append((reverse(name, kwargs={**arguments, "ending": "atom"}), _("Les changements de cette page")))
    return {"feeds": found}


@register.inclusion_tag("data/_follow.html", takes_context=True)
def follow(context: Context) -> dict[str, object]:
    """Show, for the foot of a page, the links for following it: today's, whatever the day read."""
    record = context.get("record")
    name, arguments = _feed(record)
    calendar = {"feed": "calendar", "feed_commitment": "calendar_commitment"}.get(name)
    return {
        "atom": reverse(name, kwargs={**arguments, "ending": "atom"}),
        "json": reverse(name, kwargs={**arguments, "ending": "json"}),
        "calendar": reverse(calendar, kwargs=arguments) if calendar else "",
    }


@register.inclusion_tag("public/_take.html", takes_context=True)
def take_along(context: Context) -> dict[str, object]:
    """Show, at the top of a list or a record, how it is cited, downloaded and shared, and under which licence.

    What is shared is the address at hand: today's page, or that of the days read. Nothing where nothing is citable.
    """
    request, cited = context["request"], context.get("cited")
    if cited is None:
        return {}
    title = cited.title
    return {
        "reading": context["reading"],
        "files": listed_files(request.GET) if request.resolver_match.url_name == "commitments" else [],
        "licence": licence(),
        "subject": quote(title, safe=""),
        "share": quote(f"{title} {request.build_absolute_uri()}", safe=""),
    }


def listed_files(asked: QueryDict) -> list[tuple[str, str]]:
    """Return the files that hold what the list of commitments shows, under the filters and days `asked` for."""
    kept = [(name, asked[name]) for name in ("q", *FACETS, "as_of", "known_on") if asked.get(name)]
    query = urlencode(kept)
    return [
        (form.word, f"{reverse('table', args=['commitments', ending])}?{query}") for ending, form in FORMATS.items()
    ]


@register.simple_tag
def marked_down(text: Wording) -> SafeString:
    """Return `text`, written in Markdown, as HTML of a few plain tags, marked with its language."""
    return format_html('<div lang="{}">{}</div>', text.language, markdown.html(text.text))
