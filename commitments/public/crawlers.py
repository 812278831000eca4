"""What search engines are told: which pages there are, and which they need not read."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import override
from django.views.generic import View

from commitments.models import Commitment, Discrepancy, Instrument, Meeting, Party, Sector, Source
from commitments.public.reading import ReadingMixin
from commitments.public.views import PagedMixin
from commitments.reading import Reading

LISTS = [
    *("home", "commitments", "sources", "discrepancies", "sectors", "parties", "matrix", "chronology"),
    *("comparison", "corrections", "method", "about"),
]
"""The names of the pages that are there whatever is published."""

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

AT_ONCE = 20_000
"""Records in one sitemap: a sitemap has 50,000 addresses at most, and each record has one in each language."""


def references(word: str, reading: Reading) -> QuerySet:
    """Return what names each of the public records that `word` stands for. Raises Http404 where it stands for none."""
    if word not in RECORDS:
        raise Http404(word)
    model, field = RECORDS[word]
    rows: QuerySet = model.objects.published(reading)
    return rows.order_by(field).values_list(field, flat=True)


def lines(found: Iterable[str]) -> HttpResponse:
    """Return an answer of plain text with these lines."""
    return HttpResponse("".join(f"{line}\n" for line in found), content_type="text/plain; charset=utf-8")


class RobotsView(ReadingMixin, View):
    """Where the sitemaps are. The list has an address for every question asked of it: none of these is to be read."""

    def get(self, request: HttpRequest) -> HttpResponse:
        found = ["User-agent: *"]
        for code, _name in settings.LANGUAGES:
            with override(code):
                found += [f"Disallow: {reverse('admin:index')}", f"Disallow: {reverse('commitments')}?"]
        maps = [reverse("sitemap", args=["pages"])]
        for word in RECORDS:
            last = Paginator(references(word, self.reading), AT_ONCE).num_pages
            maps += [f"{reverse('sitemap', args=[word])}?page={number}" for number in range(1, last + 1)]
        return lines([*found, *(f"Sitemap: {request.build_absolute_uri(path)}" for path in maps)])


class SitemapView(PagedMixin, View):
    """The addresses, in every language, of the pages of the records of a kind, or of those that are no record's."""

    def get(self, request: HttpRequest, word: str) -> HttpResponse:
        rows = [] if word == "pages" else self.page_of(references(word, self.reading), AT_ONCE)["records"]
        found = []
        for code, _name in settings.LANGUAGES:
            with override(code):
                if word == "pages":
                    found += [reverse(name) for name in LISTS]
                else:
                    name = RECORDS[word][0]._meta.model_name
                    found += [reverse(name, args=[reference]) for reference in rows]
        return lines(request.build_absolute_uri(path) for path in found)
