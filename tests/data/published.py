"""Reads a published folder as a stranger would: with the standard library's parser of HTML, nothing of ours.

Publishes a site once for all that is said of it in a run: that takes longer than any other thing that tests do.
"""

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.test import override_settings

from commitments.data.publishing.site_build import publish
from tests import snapshots
from tests.databases import locked

SITE = "http://testserver"
OURS = ("http://testserver", "http://localhost")


def once_published(name):
    """Return the folder, read by all and written by none, in which what is on file is published as `name`.

    The first process of the run that asks publishes it; it is called with the same records each time.
    """
    folder = snapshots.folder / f"published-{name}"
    with locked(folder.with_suffix(".lock")), override_settings(TRACKER_SITE_URL=SITE):
        if not (folder / "done").exists():
            publish(folder / "site")
            (folder / "done").touch()
    return folder / "site"


class Reader(HTMLParser):
    """What a page has that leads somewhere, and what may be led to."""

    def __init__(self, html):
        super().__init__()
        self.addresses, self.ids, self.tags, self.metas = [], [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        named = dict(attrs)
        self.tags.append((tag, named))
        self.addresses += [value for name, value in attrs if name in ("href", "src", "action", "srcset", "poster")]
        self.ids += [named["id"]] if named.get("id") else []


def pages(folder):
    """Return what every page of `folder` has, by its path within it."""
    return {
        path.relative_to(folder).as_posix(): Reader(path.read_text(encoding="utf-8"))
        for path in sorted(folder.rglob("*.html"))
    }


def faults(folder):
    """Return each link that leads nowhere, or out of the folder but not to the web: the page, and the address."""
    found, read = [], pages(folder)
    for name, page in read.items():
        for address in page.addresses:
            parts = urlsplit(address)
            if parts.scheme in ("http", "https", "data", "mailto"):
                continue
            there = (folder / Path(name).parent / unquote(parts.path)).resolve() if parts.path else folder / name
            inside = there.is_relative_to(folder.resolve()) and there.is_file()
            if parts.scheme or parts.netloc or address.startswith("/") or not inside:
                found.append((name, address))
            elif parts.fragment:
                target = read[there.resolve().relative_to(folder.resolve()).as_posix()]
                found += [] if parts.fragment in target.ids else [(name, address)]
    return found


def written(folder):
    """Return the time at which each file of `folder` was last written, and its bytes."""
    return {
        path.relative_to(folder).as_posix(): (path.stat().st_mtime_ns, path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
