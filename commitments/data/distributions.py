"""The single list of what can be downloaded or subscribed to: files, API, feeds, calendar.

The catalogue, the linked data of the first page and the page on open data all read it.
"""

from collections.abc import Callable, Iterator
from datetime import date
from typing import NamedTuple

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from commitments.data.tables import TABLES
from commitments.data.writing import FORMATS


class Offer(NamedTuple):
    """Something offered: what it is, its format, its media type, and its path on a day, in the active language.

    A `table` is one of TABLES. What is `by_language` has an address in each language. An API is no file.
    """

    label: Promise
    format: str
    media_type: str
    path: Callable[[date], str]
    table: str = ""
    by_language: bool = False
    is_api: bool = False

    def address(self) -> str:
        """Return the path of what is offered today."""
        return self.path(timezone.localdate())


def _table(name: str, ending: str) -> Offer:
    form, path = FORMATS[ending], lambda day: reverse("table", args=[name, ending])
    return Offer(TABLES[name].label, form.word, form.media_type, path, table=name)


def _followed(label: Promise, form: str, media_type: str, name: str, *args: str) -> Offer:
    return Offer(label, form, media_type, lambda day: reverse(name, args=args), by_language=True)


def page() -> str:
    """Return the path of the page on open data."""
    return reverse("data")


def api_description() -> str:
    """Return the path of the description of the API (OpenAPI)."""
    return reverse("api-v1:openapi-json")


BUNDLE = Offer(
    _("Toutes les tables, avec leur description"),
    "ZIP",
    "application/zip",
    lambda day: reverse("bundle", args=[day.isoformat()]),
)
API = Offer(
    _("Interface de programmation"),
    "JSON",
    "application/json",
    lambda day: api_description().removesuffix("openapi.json"),
    is_api=True,
)
FOLLOWED = [
    _followed(_("Flux des changements"), "Atom", "application/atom+xml", "feed", "atom"),
    _followed(_("Flux des changements"), "JSON Feed", "application/feed+json", "feed", "json"),
    _followed(_("Calendrier des jalons et des rencontres"), "iCalendar", "text/calendar", "calendar"),
]
TABLE_FILES = [_table(name, ending) for name in TABLES for ending in FORMATS]

OFFERED = [BUNDLE, API, *FOLLOWED, *TABLE_FILES]
"""All of it."""


def foremost() -> Iterator[Offer]:
    """Yield the files that the first page names, which stays small: the whole, and the commitments by themselves."""
    yield BUNDLE
    yield from (offer for offer in TABLE_FILES if offer.table == "commitments")
