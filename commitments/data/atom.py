"""Writes a feed as Atom (RFC 4287), with its pages (RFC 5005) and what was deleted from it (RFC 6721)."""

import re
from datetime import datetime
from io import BytesIO
from typing import Any

from django.utils.feedgenerator import Atom1Feed, rfc3339_date
from django.utils.xmlutils import SimplerXMLGenerator

CONTENT_TYPE = "application/atom+xml; charset=utf-8"

DELETED = "http://purl.org/atompub/tombstones/1.0"

NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""The characters that XML 1.0 cannot hold, however they are written."""


def write(feed: Any) -> bytes:
    """Return `feed`, a `feeds.Feed`, as a document in UTF-8."""
    writer = _Atom(
        title=clean(feed.title),
        link=feed.home,
        description=None,
        language=feed.language,
        author_name=feed.author,
        feed_url=feed.address,
        feed_copyright=feed.rights,
        feed_guid=feed.id,
        page=feed,
    )
    for entry in feed.entries:
        change = entry.change
        writer.add_item(
            title=clean(entry.title),
            link=entry.url,
            description=None,  # type: ignore[arg-type] # the writer then leaves the summary out
            unique_id=change.urn,
            pubdate=change.moment,
            updateddate=change.updated,
            author_name=clean(entry.author),
            categories=[change.act, change.noun],
            content=clean(entry.html),
            author_link=None,
        )
    out = BytesIO()
    writer.write(out, "utf-8")
    return out.getvalue()


def clean(text: str) -> str:
    """Return `text` without the characters that XML cannot hold."""
    return NOT_XML.sub("", text)


class _Atom(Atom1Feed):
    """Django's writer, plus what it lacks: content, neighbouring pages, deletions, a date not taken from the clock."""

    def root_attributes(self) -> dict[str, str]:
        return super().root_attributes() | {"xmlns:at": DELETED}

    def latest_post_date(self) -> datetime:
        return self.feed["page"].updated

    def add_root_elements(self, handler: SimplerXMLGenerator) -> None:
        super().add_root_elements(handler)
        page = self.feed["page"]
        for relation in ("first", "previous", "next"):
            address = getattr(page, relation)
            if address:
                handler.addQuickElement("link", "", {"rel": relation, "href": address})
        for entry in page.entries:
            change = entry.change
            if change.undone_urn:
                ref = {"ref": change.undone_urn, "when": rfc3339_date(change.moment)}
                handler.addQuickElement("at:deleted-entry", "", ref)

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        handler.addQuickElement("content", item["content"], {"type": "html"})
