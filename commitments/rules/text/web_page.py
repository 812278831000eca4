"""Reads a saved web page: the article's text, and what the page itself states about it. Pure; nothing is fetched.

What a page states is in its metadata (Open Graph, the usual `meta` names, JSON-LD, the canonical link); dates are never
sought in its text or its address here.
"""

import codecs
import json
import logging
import re
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from lxml import etree, html

from commitments.rules.text import plain_text, web_address

_DECLARED = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([A-Za-z0-9_:-]{2,40})", re.IGNORECASE)
_ARTICLES = {"Article", "NewsArticle", "ReportageNewsArticle", "BlogPosting", "PressRelease", "WebPage"}

NAMES = {
    "title": ["og:title", "twitter:title", "dc.title"],
    "publisher": ["og:site_name", "dc.publisher"],
    "author": ["author", "article:author", "dc.creator"],
    "published_on": ["article:published_time", "datePublished", "dc.date.issued", "dcterms.issued"],
    "url": ["og:url"],
}
"""The `meta` names that state each field of a source, the most reliable first."""


class Stated(NamedTuple):
    """The value stated for one field, and the words that state it."""

    value: str | date | time
    words: str


def read(data: bytes) -> tuple[str, dict[str, Stated]]:
    """Return the text of the article in a page, "" if none is found, and what its metadata states, by field.

    Raises ValidationError if the page cannot be read.
    """
    import trafilatura  # imported here: it takes 25 MB that a web process does without

    page = _decode(data)
    try:
        logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # an odd page is no error of this site
        tree = html.fromstring(page.encode("utf-8"), parser=html.HTMLParser(encoding="utf-8"))
        found = trafilatura.extract(page, favor_recall=True, include_comments=False, include_tables=True)
    except (etree.LxmlError, ValueError, RecursionError) as error:
        raise ValidationError(_("Cette page web est endommagée : collez-en le texte."), code="damaged") from error
    return found or "", _stated(tree)


def _decode(data: bytes) -> str:
    """Return the page as text, in the encoding that it declares; else as any text."""
    declared = _DECLARED.search(data[:4096])
    if declared and not data.startswith(tuple(plain_text.MARKS)):
        try:
            text = data.decode(codecs.lookup(declared[1].decode("ascii")).name)
        except (LookupError, UnicodeDecodeError):
            text = "\x00"
        if "\x00" not in text:
            return text
    return plain_text.decode(data)


def _stated(tree: Any) -> dict[str, Stated]:
    said: dict[str, str] = {}
    for tag in tree.iter("meta"):
        name = tag.get("property") or tag.get("name") or tag.get("itemprop") or ""
        said.setdefault(name.lower(), " ".join((tag.get("content") or "").split()))
    found: dict[str, Stated] = {}
    for target, names in NAMES.items():
        for name in names:
            _add(found, target, said.get(name.lower(), ""), name)
    for name, target, content in [*_linked_data(tree), *_elements(tree)]:
        _add(found, target, content, name)
    return found


def _add(found: dict[str, Stated], target: str, content: str, name: str) -> None:
    """Add what `name` states, unless a more reliable one has stated it, or it is not valid for the field."""
    words = f"{name} = {content}"
    if target in found or not content:
        return
    if target == "published_on":
        moment = _moment(content)
        if moment is not None:
            found["published_on"] = Stated(moment.date(), words)
            if moment.time() != time.min:  # publishers who state no time write midnight
                found["published_time"] = Stated(moment.time().replace(second=0, microsecond=0), words)
    elif (target == "url") == _is_address(content):  # an author's page is not the author's name
        found[target] = Stated(content, words)


def _is_address(content: str) -> bool:
    return len(content) <= 500 and web_address.is_valid(content)


def _moment(content: str) -> datetime | None:
    """Return the day and the time, by the publisher's clock; None for what is no ISO date."""
    try:
        return datetime.fromisoformat(content)
    except ValueError:
        return None


def _linked_data(tree: Any) -> Iterator[tuple[str, str, str]]:
    """Yield (name, field, content) for what the page's JSON-LD states about an article."""
    for script in tree.iter("script"):
        if (script.get("type") or "").lower() != "application/ld+json":
            continue
        try:
            data = json.loads(script.text or "")
        except (ValueError, RecursionError):
            continue
        for node in _nodes(data):
            kinds = node.get("@type")
            if not _ARTICLES & {
                kind for kind in (kinds if isinstance(kinds, list) else [kinds]) if isinstance(kind, str)
            }:
                continue
            for name, target in (
                ("headline", "title"),
                ("publisher", "publisher"),
                ("author", "author"),
                ("datePublished", "published_on"),
            ):
                if content := ", ".join(_names(node.get(name))):
                    yield name, target, content


def _nodes(data: object) -> Iterator[dict[str, Any]]:
    for node in data if isinstance(data, list) else [data]:
        if isinstance(node, dict):
            yield node
            graph = node.get("@graph")
            yield from (part for part in (graph if isinstance(graph, list) else []) if isinstance(part, dict))


def _names(value: object) -> Iterator[str]:
    for item in value if isinstance(value, list) else [value]:
        name = item.get("name") if isinstance(item, dict) else item
        if isinstance(name, str) and name.strip():
            yield " ".join(name.split())


def _elements(tree: Any) -> Iterator[tuple[str, str, str]]:
    """Yield (name, field, content) for the canonical address, and for the heading if the page has only one."""
    for link in tree.iter("link"):
        if (link.get("rel") or "").lower() == "canonical":
            yield "canonical", "url", (link.get("href") or "").strip()
    headings = [text for tag in tree.iter("h1") if (text := " ".join(tag.text_content().split()))]
    if len(headings) == 1:
        yield "h1", "title", headings[0]
