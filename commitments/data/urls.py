"""Addresses of the machines' side: formats that name no language are there once, the others in each."""

from django.urls import URLPattern, URLResolver, path, register_converter
from django.urls.converters import StringConverter

from commitments.data import calendars, feeds


class FeedEnding(StringConverter):
    """How the address of a feed ends: the format that it is in."""

    regex = "atom|json"


register_converter(FeedEnding, "feed_ending")

once: list[URLPattern | URLResolver] = []
"""The API, the downloads, the catalogue: codes and both languages' texts side by side."""

in_each_language: list[URLPattern | URLResolver] = [
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
