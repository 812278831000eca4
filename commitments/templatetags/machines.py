"""What pages hold for machines: the addresses of the feeds and calendars that follow them."""

from typing import Any

from django import template
from django.template.context import Context
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from commitments.models import Commitment, Party, Sector
from commitments.models.wording import Wording
from commitments.rules import markdown

register = template.Library()


def _feed(record: Any) -> tuple[str, dict[str, str]]:
    """Return the name and the arguments of the address of the feed about `record`; that of everything for another."""
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
def alternates(context: Context) -> dict[str, Any]:
    """Show, for the head of a page, the feed of everything and that of its record: today's, whatever the day read."""
    found = [(reverse("feed", args=["atom"]), _("Tous les changements"))]
    record = context.get("record")
    name, arguments = _feed(record)
    if arguments:
        found.append((reverse(name, kwargs={**arguments, "ending": "atom"}), _("Les changements de cette page")))
    return {"feeds": found}


@register.inclusion_tag("data/_follow.html", takes_context=True)
def follow(context: Context) -> dict[str, Any]:
    """Show, for the foot of a page, the links by which it is followed: those of today, whatever the day read."""
    record = context.get("record")
    name, arguments = _feed(record)
    calendar = {
        "feed": lambda: reverse("calendar"),
        "feed_commitment": lambda: reverse("calendar_commitment", kwargs=arguments),
    }.get(name)
    return {
        "atom": reverse(name, kwargs={**arguments, "ending": "atom"}),
        "json": reverse(name, kwargs={**arguments, "ending": "json"}),
        "calendar": calendar() if calendar else "",
    }


@register.simple_tag
def marked_down(text: Wording) -> SafeString:
    """Return `text`, written in Markdown, as HTML of a few plain tags, marked with its language."""
    return format_html('<div lang="{}">{}</div>', text.language, markdown.html(text.text))
