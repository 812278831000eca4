"""What search engines are told: which pages exist, and which they need not read."""

from collections.abc import Iterable
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.generic import View

from commitments.models import Commitment, Discrepancy, Instrument, Meeting, Party, Sector, Source
from commitments.public.time.requested_reading import ReadingMixin
from commitments.public.views import PagedMixin
from commitments.reading import Reading
from commitments.typography import in_each_language

LISTS = [
    *("home", "commitments", "sources", "discrepancies", "sectors", "parties", "matrix", "chronology"),
    *("comparison", "corrections", "method", "about", "data", "api"),
]
"""The names of the pages that exist whatever is published."""

RECORDS: dict[str, tuple[Any, str]] = {
    "engagements": (Commitment, "reference"),
    "sources": (Source, "reference"),
    "rencontres": (Meeting, "reference"),
    "instruments": (Instrument, "reference"),
    "divergences": (Discrepancy, "reference"),
    "secteurs": (Sector, "slug"),
    "parties": (Party, "code"),
}
"""The records that have a page each, with what names one in its address, by the word for them in addresses."""

AT_ONCE = 10_000
"""Records in one sitemap, each with an address in every language: it may have 50,000 addresses and 50 MB at most."""

SCHEMA = "http://www.sitemaps.org/schemas/sitemap/0.9"
XHTML = "http://www.w3.org/1999/xhtml"


def references(word: str, reading: Reading) -> QuerySet:
    """Return the name in addresses of each public record of the kind `word`. Raises Http404 for an unknown kind."""
    if word not in RECORDS:
        raise Http404(word)
    model, field = RECORDS[word]
    rows: QuerySet = model.objects.published(reading)
    return rows.order_by(field).values_list(field, flat=True)


class RobotsView(ReadingMixin, View):
    """robots.txt: where the sitemaps are. List and search have an address for every query: none is to be crawled."""

    def get(self, request: HttpRequest) -> HttpResponse:
        found = ["User-agent: *"]
        closed = in_each_language(lambda: [reverse("admin:index"), f"{reverse('commitments')}?", reverse("search")])
        found += [f"Disallow: {path}" for paths in closed.values() for path in paths]
        found.append(f"Sitemap: {request.build_absolute_uri(reverse('sitemap_index'))}")
        return HttpResponse("".join(f"{line}\n" for line in found), content_type="text/plain; charset=utf-8")


class SitemapIndexView(ReadingMixin, View):
    """The index of sitemaps (sitemaps.org, 0.9): one for the pages without a record, one for each kind of record."""

    def get(self, request: HttpRequest) -> HttpResponse:
        maps = [reverse("sitemap", args=["pages"])]
        for word in RECORDS:
            pages = Paginator(references(word, self.reading), AT_ONCE)
            if pages.count:
                maps += [f"{reverse('sitemap', args=[word])}?page={number}" for number in pages.page_range]
        found = (f"<sitemap>{element('loc', request.build_absolute_uri(path))}</sitemap>" for path in maps)
        return xml(f'<sitemapindex xmlns="{SCHEMA}">', found, "</sitemapindex>")


class SitemapView(PagedMixin, View):
    """The addresses, in every language, of the pages of one kind of record, or of the pages without a record.

    Each names its own other languages. When a page last changed would cost a query for each, and is left out.
    """

    def get(self, request: HttpRequest, word: str) -> HttpResponse:
        if word == "pages":
            named: list[tuple[str, list[str]]] = [(name, []) for name in LISTS]
        else:
            name = RECORDS[word][0]._meta.model_name if word in RECORDS else ""
            rows = self.page_of(references(word, self.reading), AT_ONCE)["records"]
            named = [(name, [row]) for row in rows]
        addresses = in_each_language(
            lambda: [request.build_absolute_uri(reverse(name, args=args)) for name, args in named]
        )
        found = (entry for pages in zip(*addresses.values(), strict=True) for entry in entries(list(addresses), pages))
        return xml(f'<urlset xmlns="{SCHEMA}" xmlns:xhtml="{XHTML}">', found, "</urlset>")


def entries(codes: list[str], pages: tuple[str, ...]) -> Iterable[str]:
    """Yield the entry of each of `pages`, the versions of one page in the languages `codes`: each lists all of them."""
    links = "".join(
        f'<xhtml:link rel="alternate" hreflang="{code}" href={quoteattr(page)}/>'
        for code, page in zip(codes, pages, strict=True)
    )
    for page in pages:
        yield f"<url>{element('loc', page)}{links}</url>"


def element(name: str, text: str) -> str:
    """Return an element of XML with nothing but `text` in it."""
    return f"<{name}>{escape(text)}</{name}>"


def xml(opening: str, lines: Iterable[str], closing: str) -> HttpResponse:
    """Return a response in XML: `lines` within one element."""
    text = "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', opening, *lines, closing, ""])
    return HttpResponse(text, content_type="application/xml; charset=utf-8")
