"""Turns what people write in Markdown into HTML of a few plain tags. Pure: text in, safe HTML out."""

from html import unescape

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

TAGS = {"p", "br", "em", "strong", "ul", "ol", "li", "blockquote", "code", "a"}

_MARKDOWN = MarkdownIt("commonmark", {"html": False}).disable("image")


def html(text: str) -> SafeString:
    """Return `text`, written in Markdown, as HTML of the tags in `TAGS`; anything else is shown as typed.

    The public pages and the desk's preview both call this, so that the preview shows what will be published.
    """
    cleaned = nh3.clean(
        _MARKDOWN.render(text), tags=TAGS, attributes={"a": {"href"}}, url_schemes={"http", "https", "mailto"}
    )
    return mark_safe(cleaned)  # noqa: S308 - cleaned on the line above


def plain(text: str) -> str:
    """Return `text`, written in Markdown, without its marks and the addresses of its links."""
    return unescape(nh3.clean(_MARKDOWN.render(text), tags=set())).strip()
