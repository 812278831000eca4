"""Writes a feed as JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""

import json
from typing import Any

from commitments.data.changes import Change

CONTENT_TYPE = "application/feed+json; charset=utf-8"


def write(feed: Any) -> bytes:
    """Return `feed`, a `feeds.Feed`, as a document in UTF-8."""
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.home,
        "feed_url": feed.address,
        "language": feed.language,
        "authors": [{"name": feed.author}],
        "items": [_item(entry, feed.language) for entry in feed.entries],
    }
    if feed.next:
        document["next_url"] = feed.next
    return json.dumps(document, ensure_ascii=False).encode()


def _item(entry: Any, language: str) -> dict[str, object]:
    change = entry.change
    return {
        "id": change.urn,
        "url": entry.url,
        "title": entry.title,
        "content_html": entry.html,
        "date_published": change.moment.isoformat(),
        "date_modified": change.updated.isoformat(),
        "authors": [{"name": entry.author}],
        "language": language,
        "tags": [change.act, change.noun],
        "_change": _data(change),
    }


def _data(change: Change) -> dict[str, object]:
    """Return the change as data: an extension, which the format lets begin with an underscore."""
    found: dict[str, object] = {
        "id": change.id,
        "act": change.act,
        "noun": change.noun,
        "key": change.key,
        "commitment": change.commitment,
        "party": change.party,
        "status": change.status,
        "from": change.before,
        "to": change.after,
        "outcome": change.outcome,
        "fields": [item._asdict() for item in change.fields],
        "reason": change.reason,
        "undone": change.undone,
    }
    return {name: value for name, value in found.items() if value}
