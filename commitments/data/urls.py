"""Addresses of the machines' side: formats without a language have one address, the others one in each language."""

from django.urls import URLPattern, URLResolver, path, register_converter
from django.urls.converters import StringConverter

from commitments.data import annotations, calendars, catalog, downloads, feeds, page as data_page, security
from commitments.data.api import page, site
from commitments.data.bundle import serving as bundle


class FeedEnding(StringConverter):
    """How the address of a feed ends: the format that it is in."""

    regex = "atom|json"


register_converter(FeedEnding, "feed_ending")

once: list[URLPattern | URLResolver] = [
    path("api/v1/citations/<str:uid>/annotation", annotations.AnnotationView.as_view(), name="citation_annotation"),
    path("api/v1/", site.addresses()),
    path("data/catalog.jsonld", catalog.CatalogView.as_view(), name="catalog"),
    path("data/tracker-<str:day>.zip", bundle.BundleView.as_view(), name="bundle"),
    path("data/<slug:table>.<slug:form>", downloads.TableView.as_view(), name="table"),
    path(".well-known/security.txt", security.SecurityView.as_view(), name="security"),
]
"""The API, the downloads, the catalogue: codes and both languages' texts side by side."""

in_each_language: list[URLPattern | URLResolver] = [
    path("donnees/", data_page.DataView.as_view(), name="data"),
    path("api/", page.APIView.as_view(), name="api"),
    path("flux/tout.<feed_ending:ending>", feeds.FeedView.as_view(), name="feed"),
    path("flux/secteurs/<slug:slug>.<feed_ending:ending>", feeds.SectorFeedView.as_view(), name="feed_sector"),
    path("flux/parties/<slug:code>.<feed_ending:ending>", feeds.PartyFeedView.as_view(), name="feed_party"),
    path(
        "engagements/<slug:reference>/flux.<feed_ending:ending>",
        feeds.CommitmentFeedView.as_view(),
        name="feed_commitment",
    ),
    path("calendrier/tout.ics", calendars.CalendarView.as_view(), name="calendar"),
    path(
        "engagements/<slug:reference>/calendrier.ics",
        calendars.CommitmentCalendarView.as_view(),
        name="calendar_commitment",
    ),
]
"""The feeds, the calendars, the pages that explain all this."""
