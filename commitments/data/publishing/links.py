"""Turns a page of the site into a static file: links point at files, and nothing on it needs a server.

Templates mark with `data-live` what needs the site itself: a link so marked leads there, anything else is left out of
the copy. What is marked `data-live="address"` only makes sense if it is known at which address the site is served.
"""

import posixpath
import re
from datetime import date
from functools import lru_cache
from html import escape, unescape
from typing import NamedTuple
from urllib.parse import quote, urljoin

from csp.constants import SELF
from django.conf import settings
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import translation

from commitments.data.publishing.listed import rows_file
from commitments.data.publishing.places import OF_THE_LIST, OF_THE_SEARCH, SCRIPTS, Map, Place
from commitments.data.publishing.records import records_file
from commitments.data.publishing.search import WORDS
from commitments.public.sharing.citing import FORMATS

TAG = re.compile(r'<(/?)([a-zA-Z][a-zA-Z0-9-]*)((?:\s+[^\s"=<>/]+(?:="[^"]*")?)*)\s*/?>')
ADDRESS = re.compile(r'\s(href|src|action|poster)="([^"]*)"')
MARK = re.compile(r'\sdata-live(?:="([a-z]*)")?(?=\s|$)')
IDENTIFIER = re.compile(r'(?<=\s)id="([^"]+)"')
LANGUAGE = re.compile(r'<html[^>]*\slang="([a-z]+)"')
REFERENCE = re.compile(r'href="[^"]*cite=(bibtex|ris)"([^>]*>.*?<code>(.*?)</code>)', re.DOTALL)
KEY = re.compile(r"@misc\{([^,]+),")
SHARED = re.compile(r'\s*<meta (?:property="og:(?:url|image)[^"]*"|name="(?:twitter:card|citation_public_url)")[^>]*>')


class Page(NamedTuple):
    """A page as it is published: its HTML, the places it links to, and the fragments on other pages (file, fragment).

    `ids` are the ids in the page, `broken` its same-page links without a target, and `live` the number of links to the
    live site.
    """

    html: str
    links: frozenset[Place]
    marks: frozenset[tuple[str, str]]
    ids: frozenset[str]
    broken: tuple[str, ...]
    live: int


class Rewriter:
    """Turns pages of the site into pages of a folder.

    `base` is where the site is served, "" if unknown; `origin` is the prefix of its own whole addresses. `elsewhere`
    gives the page of passages that are not on the first page of their source: file and fragment → file.
    """

    def __init__(self, places: Map, base: str, origin: str, day: date, elsewhere: dict[tuple[str, str], str]) -> None:
        self.places, self.base, self.origin, self.day, self.elsewhere = places, base, origin, day, elsewhere

    def page(self, place: Place, html: str) -> Page:
        """Return the page that the site gives as `html`, as it is published at `place`."""
        return _Rewriting(self, place, html).done()

    def live(self, address: str) -> str:
        """Return `address` as a link to the live site, "" if its address is unknown."""
        return f"{self.base}{address}" if self.base else ""


class _Rewriting:
    """One page while it is made."""

    def __init__(self, rewriter: Rewriter, place: Place, html: str) -> None:
        self.rewriter, self.place = rewriter, place
        self.folder = posixpath.dirname(place.file)
        found = LANGUAGE.search(html)
        self.language = found[1] if found else settings.LANGUAGE_CODE
        key = KEY.search(html)
        self.html = REFERENCE.sub(lambda match: _carried(match, key[1]), html) if key else html
        if not rewriter.base:
            self.html = SHARED.sub("", self.html)
        self.pieces: list[str] = []
        self.links: set[Place] = set()
        self.marks: set[tuple[str, str]] = set()
        self.ids: set[str] = set()
        self.own: set[str] = set()
        self.n_live = 0
        self.is_list = '<form class="filters"' in self.html
        self.is_search = place.address in rewriter.places.searches

    def done(self) -> Page:
        """Return the page."""
        done = depth = 0
        left_out = ""
        put = self.pieces.append
        for match in TAG.finditer(self.html):
            closing, name, attributes = match[1], match[2], match[3]
            if left_out:
                if name == left_out:
                    depth += -1 if closing else 1
                    if not depth:
                        left_out, done = "", match.end()
                continue
            put(self.html[done : match.start()])
            done = match.end()
            if closing:
                put(self._closing(name))
                continue
            mark = MARK.search(attributes)
            is_in_full = "application/ld+json" in attributes and not self.rewriter.base
            if is_in_full or (mark and name != "a" and not (mark[1] and self.rewriter.base)):
                left_out, depth = name, 1
                continue
            put(self._opening(match, is_live=bool(mark) and name == "a"))
        put(self.html[done:])
        own = tuple(sorted(f"#{fragment}" for fragment in self.own - self.ids))
        return Page(
            "".join(self.pieces), frozenset(self.links), frozenset(self.marks), frozenset(self.ids), own, self.n_live
        )

    def _opening(self, match: re.Match[str], *, is_live: bool) -> str:
        whole, name, attributes = match[0], match[2], match[3]
        found = IDENTIFIER.search(attributes)
        if found:
            self.ids.add(found[1])
        kept = MARK.sub("", attributes)
        kept = ADDRESS.sub(lambda found: self._address(found[1], unescape(found[2]), is_live=is_live), kept)
        if name == "link" and " href=" not in kept:
            return ""  # to what is not published
        if name == "form" and 'class="filters"' in kept:
            kept += " hidden"  # until its script is there
        tag = f"{whole[: match.start(3) - match.start()]}{kept}{whole[match.end(3) - match.start() :]}"
        return f"{tag}{self._head()}" if name == "meta" and "charset" in kept else tag

    def _closing(self, name: str) -> str:
        if name == "form" and self.is_list:
            return f"</form>{self._said('published/_without_script.html')}"
        if name == "form" and self.is_search:
            return f"</form>{self._said('published/_search_without_script.html')}"
        if name == "footer":
            return f"{self._said('published/_copy.html')}</footer>"
        return f"</{name}>"

    def _address(self, attribute: str, address: str, *, is_live: bool) -> str:
        """Return the attribute with the address of a file; of the live site, or nothing, if no file has it."""
        if address.startswith("#"):
            self.own.add(address[1:])
            return f' {attribute}="{escape(address)}"'
        full = urljoin(self.place.address, address)
        own = full.startswith(f"{self.rewriter.origin}/")
        if own and not self.rewriter.base:
            full = full.removeprefix(self.rewriter.origin)
        if not full.startswith("/") or full.startswith("//"):
            return f' {attribute}="{escape(address)}"'
        there, _mark, fragment = full.partition("#")
        target = None if is_live else self.rewriter.places.place(there)
        if target is None:
            self.n_live += 1
            live = self.rewriter.live(full)
            return f' {attribute}="{escape(live)}"' if live else ""
        self.links.add(target._replace(query=""))
        file = target.file
        if fragment:
            file = self.rewriter.elsewhere.get((file, fragment), file)
            self.marks.add((file, fragment))
        query = f"?{target.query}" if target.query else ""
        mark = f"#{fragment}" if fragment else ""
        return f' {attribute}="{escape(f"{self._relative(file)}{query}{mark}")}"'

    def _relative(self, file: str) -> str:
        return quote(relative(file, self.folder))

    def _head(self) -> str:
        """Return additions to a page's head: the policy a server would send, the original's address, scripts."""
        found = [f'<meta http-equiv="Content-Security-Policy" content="{escape(policy())}">']
        live = self.rewriter.live(self.place.address)
        if live:
            found.append(f'<link rel="canonical" href="{escape(live)}">')
        if self.is_list or self.is_search:
            data = {"rows": rows_file(self.language)} if self.is_list else {"records": records_file(self.language)}
            said = " ".join(f'data-{name}="{self._relative(file)}"' for name, file in (data | {"words": WORDS}).items())
            names = [*SCRIPTS, *(OF_THE_LIST if self.is_list else OF_THE_SEARCH)]
            for name in names:
                place = self.rewriter.places.place(static(name))
                assert place is not None  # noqa: S101 - a static file always has one
                self.links.add(place)
                more = f" {said}" if name == names[-1] else ""
                found.append(f'<script src="{self._relative(place.file)}" defer{more}></script>')
        return "".join(f"\n    {line}" for line in found)

    def _said(self, template: str) -> str:
        context = {"day": self.rewriter.day, "address": self.rewriter.live(self.place.address)}
        with translation.override(self.language):
            return render_to_string(template, context)


@lru_cache(maxsize=50_000)
def relative(file: str, folder: str) -> str:
    """Return the relative link from a page in `folder` to `file`."""
    return posixpath.relpath(file, folder or ".")


@lru_cache(maxsize=1)
def policy() -> str:
    """Return the site's Content-Security-Policy for a page's meta element; it allows `file:`, which 'self' excludes.

    A page cannot say who may frame it: only a server can.
    """
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    return "; ".join(
        f"{name} {' '.join([*values, *(['file:'] if SELF in values else [])])}"
        for name, values in directives.items()
        if name != "frame-ancestors"
    )


def _carried(match: re.Match[str], key: str) -> str:
    """Return the link to a reference as a data URI: the page itself carries what it would download."""
    rest, said = match[2], unescape(match[3])
    _make, content_type, ending = FORMATS[match[1]]
    rest = rest.replace(" download", f' download="{escape(key)}.{ending}"', 1)
    return f'href="data:{content_type};charset=utf-8,{quote(said, safe="")}"{rest}'
