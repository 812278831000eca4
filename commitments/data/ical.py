"""Writes a calendar as iCalendar (RFC 5545), with the names and the interval of RFC 7986."""

from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

import icalendar

from commitments.data.atom import clean
from commitments.models.wording import Wording

CONTENT_TYPE = "text/calendar; charset=utf-8"

CONFIRMED, TENTATIVE, CANCELLED = "CONFIRMED", "TENTATIVE", "CANCELLED"
"""The status of an event: it took place or is planned; it is due and not known to be done; it was withdrawn."""

REFRESH = timedelta(hours=12)
"""How often a subscriber is asked to look again."""


class Event(NamedTuple):
    """An event of whole days, the last included. `rule` makes it a series, without the days `without`."""

    uid: str
    title: Wording
    first: date
    last: date
    url: str
    description: str
    categories: list[str]
    status: str
    sequence: int
    modified: datetime
    place: Wording | None = None
    rule: str = ""
    without: list[date] | None = None


class Calendar(NamedTuple):
    """A calendar: its name, the language of its own words, when something in it last changed, if ever."""

    name: str
    language: str
    modified: datetime | None
    events: list[Event]


def uid(urn: str) -> str:
    """Return the identifier of an event, a UUID (RFC 7986, section 5.3), from the URN of its record."""
    return urn.removeprefix("urn:uuid:")


def write(calendar: Calendar) -> bytes:
    """Return `calendar` as a file in UTF-8: folded lines, each ended by CR LF."""
    tongue = {"LANGUAGE": calendar.language}
    file = icalendar.Calendar()
    file.add("prodid", f"-//Suivi des engagements//Calendrier 1.0//{calendar.language.upper()}")
    file.add("version", "2.0")
    file.add("calscale", "GREGORIAN")
    file.add("method", "PUBLISH")
    file.add("name", clean(calendar.name), parameters=tongue)
    file.add("x-wr-calname", clean(calendar.name))
    file.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    file.add("x-published-ttl", "PT12H")
    if calendar.modified:
        file.add("last-modified", _second(calendar.modified))
    for event in calendar.events:
        file.add_component(_written(event, tongue))
    if not calendar.events:
        # A calendar holds at least one component (RFC 5545, section 3.6): a time zone shows nowhere.
        file.add_component(_universal_time())
    return file.to_ical()


def _written(event: Event, tongue: dict[str, str]) -> icalendar.Event:
    written = icalendar.Event()
    written.add("uid", event.uid)
    written.add("dtstamp", _second(event.modified))
    written.add("last-modified", _second(event.modified))
    written.add("sequence", event.sequence)
    written.add("dtstart", event.first)
    written.add("dtend", event.last + timedelta(days=1))
    if event.rule:
        written.add("rrule", icalendar.vRecur.from_ical(event.rule))
    if event.without:
        written.add("exdate", event.without)
    written.add("summary", clean(event.title.text), parameters={"LANGUAGE": event.title.language})
    written.add("description", clean(event.description), parameters=tongue)
    if event.place and event.place.text:
        written.add("location", clean(event.place.text), parameters={"LANGUAGE": event.place.language})
    written.add("categories", event.categories, parameters=tongue)
    written.add("status", event.status)
    written.add("transp", "TRANSPARENT")  # nobody is busy because something is due
    written.add("url", event.url)
    return written


def _universal_time() -> icalendar.Timezone:
    zone = icalendar.Timezone()
    zone.add("tzid", "UTC")
    standard = icalendar.TimezoneStandard()
    standard.add("dtstart", datetime(1970, 1, 1))  # noqa: DTZ001 - local time, as the format has it
    standard.add("tzoffsetfrom", timedelta(0))
    standard.add("tzoffsetto", timedelta(0))
    zone.add_component(standard)
    return zone


def _second(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)
