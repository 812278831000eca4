"""Meetings, texts, steps and assessments in the order of their days: the page, its drawing, which home has too.

Searches are left out: what they looked for is not known to have taken place.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from django.db.models import CharField, F, QuerySet, Value
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from commitments.choices import Timeliness
from commitments.models import Assessment, Commitment, Instrument, Meeting, Milestone, Record
from commitments.public.time.changes import known
from commitments.public.views import PagedView
from commitments.querysets import AssessmentQuerySet, InstrumentQuerySet, MeetingQuerySet, MilestoneQuerySet
from commitments.querysets.follow_up import timeliness
from commitments.reading import Reading
from commitments.rules.time.rewind import rewind
from commitments.typography import in_full

PAGE_SIZE = 40
COMING = 10
"""How many future events are listed, the nearest ones; the list of commitments, by deadline, has them all."""

MARGIN = 3
STEP = 5
"""The drawing, in hundredths of its width: the margin at either end, and the distance under which days share a dot."""

FIRST_LANE, LANE = 50, 44
"""The drawing, in pixels: where the first lane's line is, and from one line to the next."""


class Event(NamedTuple):
    """Something that took place, or is due, on a day; its address is a meeting's page if that page shows it."""

    day: date
    kind: str
    record: Record
    timeliness: Timeliness | None = None
    address: str = ""


class Dot(NamedTuple):
    """One or several events of a lane at nearly the same place: they took place, or are only due or planned."""

    x: str
    n: int
    is_done: bool


class Lane(NamedTuple):
    """A line of the drawing."""

    label: str | Promise
    y: int
    n: int
    dots: list[Dot]

    @property
    def above(self) -> int:
        """Return the vertical position of the words above the line."""
        return self.y - 14


class Drawing(NamedTuple):
    """A time axis with a lane for each kind: its days in words, where the day read falls, and in which half."""

    first: str
    last: str
    today: str
    today_at: str
    today_is_late: bool
    lanes: list[Lane]
    height: int

    @property
    def foot(self) -> int:
        """Return the vertical position of the days under the lanes."""
        return self.height - 6


LANES: dict[str, tuple[str | Promise, tuple[str, ...]]] = {
    "meetings": (_("Rencontres"), ("meeting",)),
    "instruments": (_("Textes"), ("instrument",)),
    "milestones": (_("Jalons"), ("met", "due")),
    "assessments": (_("Évaluations"), ("assessment",)),
}


MODELS = {
    "meeting": Meeting,
    "instrument": Instrument,
    "met": Milestone,
    "due": Milestone,
    "assessment": Assessment,
}


def past(reading: Reading) -> QuerySet:
    """Return the events up to the day read, as rows of (day, kind, key), the latest first."""
    meetings, instruments, milestones, assessments = _public(reading)
    rows = _rows(meetings.filter(starts_on__lte=reading.day), "starts_on", "meeting").union(
        _rows(instruments.filter(issued_on__lte=reading.day), "issued_on", "instrument"),
        _rows(milestones.met(reading), "met_on", "met"),
        _rows(milestones.overdue(reading), "due_on", "due"),
        _rows(assessments, "as_of", "assessment"),
        all=True,
    )
    return rows.order_by("-day", "what", "row")


def coming(reading: Reading) -> QuerySet:
    """Return the events that are planned for the day read or later, as such rows, the nearest first."""
    meetings, _instruments, milestones, _assessments = _public(reading)
    planned = _rows(meetings.filter(starts_on__gt=reading.day), "starts_on", "meeting")
    return planned.union(_rows(milestones.coming(reading), "due_on", "due"), all=True).order_by("day", "what", "row")


def _public(reading: Reading) -> tuple[MeetingQuerySet, InstrumentQuerySet, MilestoneQuerySet, AssessmentQuerySet]:
    proper = Commitment.objects.published(reading).held(reading).undertaken().values("pk")
    return (
        Meeting.objects.published(reading).held(reading),
        Instrument.objects.published(reading),
        Milestone.objects.published(reading).filter(commitment__in=proper),
        Assessment.objects.standing(reading).filter(commitment__in=proper),
    )


def _rows(queryset: QuerySet, day: str, kind: str) -> QuerySet:
    named = queryset.order_by().annotate(day=F(day), what=Value(kind, output_field=CharField()), row=F("pk"))
    return named.values_list("day", "what", "row")


def events(rows: Iterable[tuple[date, str, int]], reading: Reading) -> list[Event]:
    """Return the events of `rows` with their records as known on the day read, the latest first."""
    listed = list(rows)
    wanted = defaultdict(set)
    for _day, kind, pk in listed:
        wanted[kind].add(pk)
    _meetings, instruments, milestones, assessments = _public(reading)
    issued = list(instruments.filter(pk__in=wanted["instrument"]))
    # An instrument links to the page of its meeting, if that is public.
    named = wanted["meeting"] | {item.meeting_id for item in issued if item.meeting_id}
    shown = {meeting.pk: meeting for meeting in Meeting.objects.published(reading).filter(pk__in=named)}
    followed = [
        *milestones.filter(pk__in=wanted["met"] | wanted["due"]).named(),
        *assessments.filter(pk__in=wanted["assessment"]).select_related("commitment", "party"),
    ]
    followed = known(followed, reading)
    rewind(reading, shown.values(), issued)
    records: dict[tuple[type, int], Any] = {
        (type(item), item.pk): item for item in [*shown.values(), *issued, *followed]
    }
    found = [
        _event(day, kind, records[key], shown, reading)
        for day, kind, pk in listed
        if (key := (MODELS[kind], pk)) in records
    ]
    return sorted(found, key=lambda event: event.day, reverse=True)


def _event(day: date, kind: str, record: Any, meetings: dict[int, Meeting], reading: Reading) -> Event:
    match kind:
        case "instrument":
            meeting = meetings.get(record.meeting_id)
            address = f"{meeting.get_absolute_url()}#i-{record.reference}" if meeting else ""
            return Event(record.issued_on or day, kind, record, address=address)
        case "met" | "due":
            met_on = (record.met_on or day) if kind == "met" else None
            where: Timeliness | None = timeliness([(record.due_on, met_on)], reading.day)
            if met_on and where is Timeliness.NO_DEADLINE:
                where = None  # a step without a deadline that was taken
            return Event(met_on or record.due_on or day, kind, record, where, record.get_absolute_url())
        case "meeting":
            return Event(record.starts_on, kind, record, address=record.get_absolute_url())
        case _:
            return Event(record.as_of, kind, record, address=record.get_absolute_url())


def drawing(days: Iterable[tuple[date, str]], today: date) -> Drawing | None:
    """Return the drawing of events given as (day, kind), with the day read on it; None if there is none."""
    days = list(days)
    if not days:
        return None
    first, last = (end([day for day, _kind in days] + [today]) for end in (min, max))
    span = max((last - first).days, 1)

    def place(day: date) -> float:
        return MARGIN + (100 - 2 * MARGIN) * (day - first).days / span

    lanes = []
    for index, (label, kinds) in enumerate(LANES.values()):
        near: dict[tuple[int, bool], list[float]] = defaultdict(list)
        for day, kind in days:
            if kind in kinds:
                near[round(place(day) / STEP), kind != "due" and day <= today].append(place(day))
        dots = [Dot(f"{sum(at) / len(at):.1f}%", len(at), is_done) for (_bin, is_done), at in sorted(near.items())]
        lanes.append(Lane(label, FIRST_LANE + LANE * index, sum(dot.n for dot in dots), dots))
    height = FIRST_LANE + LANE * len(lanes)
    return Drawing(
        first=in_full(first),
        last=in_full(last),
        today=in_full(today),
        today_at=f"{place(today):.1f}%",
        today_is_late=place(today) > 50,
        lanes=lanes,
        height=height,
    )


def sketch(reading: Reading) -> Drawing | None:
    """Return the drawing of the nearest events, for a page that leads to the chronology; None if there is none."""
    return drawing([row[:2] for row in [*coming(reading)[:COMING], *past(reading)[:PAGE_SIZE]]], reading.day)


class ChronologyView(PagedView):
    """What took place and what is planned, the latest first, a page at a time."""

    template_name = "public/chronology.html"

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        reading = self.reading
        context = self.page_of(past(reading), PAGE_SIZE)
        planned = coming(reading)
        next_ones = list(planned[:COMING]) if context["page"].number == 1 else []
        gone = events(context.pop("records"), reading)
        ahead = events(next_ones, reading)
        return super().get_context_data(
            **context,
            gone=gone,
            ahead=ahead,
            more_ahead=planned.count() - len(next_ones) if next_ones else 0,
            drawing=drawing([(event.day, event.kind) for event in [*ahead, *gone]], reading.day),
            **kwargs,
        )
