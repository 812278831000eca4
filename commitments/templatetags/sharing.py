"""Records parts of a page while it is rendered, to be cited and shown elsewhere."""

from typing import Any

from django import template
from django.template.base import NodeList, Parser, Token
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString

from commitments.public.sharing import describing
from commitments.public.sharing.citing import without_tags
from commitments.templatetags.public import at

register = template.Library()


class Keep(template.Node):
    """A part of a page that is rendered in place, and recorded in `cited` under its name."""

    def __init__(self, nodelist: NodeList, name: str) -> None:
        self.nodelist, self.name = nodelist, name

    def render(self, context: Context) -> str:
        """Return the part, a title without its tags; pages that are not cited, such as errors, record nothing."""
        html = self.nodelist.render(context)
        cited = context.get("cited")
        if cited is not None:
            cited.keep(self.name, html)
        return without_tags(html) if self.name == "title" else html


@register.tag
def keep(parser: Parser, token: Token) -> Keep:
    """Render what comes before `endkeep`, and record it: `{% keep title %}…{% endkeep %}`."""
    _tag, name = token.split_contents()
    nodelist = parser.parse(("endkeep",))
    parser.delete_first_token()
    return Keep(nodelist, name)


@register.simple_tag(takes_context=True)
def description(context: Context) -> str:
    """Return what the page says of itself, in a sentence or two; an error, what the site is."""
    match = context["request"].resolver_match
    if match is None or context.get("cited") is None:
        return str(describing.SITE)
    page: Any = context.flatten()
    return describing.of(match.url_name or "", page)


@register.simple_tag(takes_context=True)
def frame_code(context: Context, url: str, title: str, height: int) -> SafeString:
    """Return the HTML that shows the page at `url` in another site's frame, with the days and filters of this page."""
    asked = context.get("filter")
    chosen = asked.cleaned_data if asked and asked.is_valid() else {}
    source = context["request"].build_absolute_uri(at(context, url, **chosen))
    frame = '<iframe src="{}" title="{}" width="100%" height="{}" loading="lazy" frameborder="0"></iframe>'
    return format_html(frame, source, title, height)
