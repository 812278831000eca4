"""The calendars that a phone subscribes to: milestones, meetings and recurring events, of all or of one commitment."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Count, Max, Q, QuerySet
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.utils.text import capfirst
from django.utils.translation import gettext as _, override
from django.views import View

from commitments.choices import DuePrecision, Status
from commitments.data import ical
from commitments.data.changes import urn
from commitments.data.feeds import commitment_of
from commitments.deadlines import Deadline
from commitments.models import Assessment, Commitment, Meeting, Milestone, Record, Reviewed, Search
from commitments.models.wording import Wording
from commitments.public.records.dossier import Step, cited, public_instrument, steps
from commitments.public.sharing.citing import site
from commitments.public.time import corrected
from commitments.public.time.changes import known
from commitments.public.time.requested_reading import ReadingMixin
from commitments.querysets import ReviewedQuerySet
from commitments.querysets.past import was
from commitments.reading import Reading
from commitments.rules.revision import SEEN
from commitments.rules.time import corrections, schedule
from commitments.rules.time.rewind import rewind
from commitments.templatetags.public import with_days
from commitments.typography import in_full, language, quoted

AHEAD = 3
"""How many periods of a recurrence that are not on file yet a calendar has: each is a line across all of its days."""

MOST = 500
"""How many events of a kind a calendar has on either side of the day read, the nearest ones: a phone reads it whole."""


class CalendarView(ReadingMixin, View):
    """The calendar of all meetings, and of the milestones of the commitments proper."""

    request: HttpRequest
    kwargs: dict[str, str]

    def get(self, request: HttpRequest, **kwargs: object) -> HttpResponse:
        """Answer with the calendar, in iCalendar."""
        name, events = self.named_events()
        modified = max((event.modified for event in events), default=None)
        calendar = ical.Calendar(name, language(), modified, sorted(events, key=lambda event: (event.first, event.uid)))
        return HttpResponse(ical.write(calendar), content_type=ical.CONTENT_TYPE)

    def named_events(self) -> tuple[str, list[ical.Event]]:
        """Return the name of the calendar, and its events. Raises Http404 if there is no such calendar."""
        reading = self.reading
        meetings = Meeting.objects.published(reading).held(reading)
        gone = Meeting.objects.withdrawn(reading).held(reading).order_by("-withdrawn_at", "-pk")[:MOST]
        commitments = Commitment.objects.published(reading).held(reading).undertaken()
        return site(), [
            *self.meetings([*_nearest(meetings.order_by(), "starts_on", reading)]),
            *self.withdrawn("meeting", gone),
            *self.followed(commitments),
        ]

    def followed(self, commitments: QuerySet) -> Iterator[ical.Event]:
        """Yield the events of `commitments`: milestones, withdrawn ones too, and occurrences not on file yet."""
        reading = self.reading
        mine = commitments.order_by().values("pk")
        public = Milestone.objects.published(reading).filter(commitment__in=mine).order_by()
        dated = public.annotate(day=Coalesce("due_on", "met_on")).filter(day__isnull=False)
        yield from self.milestones(_nearest(dated, "day", reading))
        gone = Milestone.objects.withdrawn(reading).filter(commitment__in=mine)
        yield from self.withdrawn("milestone", gone.order_by("-withdrawn_at", "-pk")[:MOST])
        recurring = ~Q(recurrence="")
        if reading.known_before is not None:
            recurring = was(Commitment, reading, recurring, otherwise=recurring)
        yield from self.recurrences(commitments.filter(recurring).order_by("reference")[:MOST])

    def milestones(self, rows: list[Any]) -> Iterator[ical.Event]:
        """Yield the event of each milestone: the last day of its window, or all of a period that names no day."""
        reading = self.reading
        rows = known(rows, reading)
        rewind(reading, cited(rows))
        keys = {row.commitment_id for row in rows}
        statuses, moved = _statuses(keys, reading), _moved(keys, reading)
        versions = _versions(Milestone, rows, reading)
        for step in steps(rows, reading):
            row = step.milestone
            shown = _shown(step)
            if shown is None:
                continue
            commitment = row.commitment
            first, last = shown.days
            sequence, modified = versions[row.pk]
            yield ical.Event(
                uid=str(row.uid),
                title=_title(commitment, row.wording("title"), shown),
                first=first,
                last=last,
                url=self.in_full(row.get_absolute_url()),
                description=_lines(*_step_lines(step, statuses[commitment.pk]), *self.quotations(row)),
                categories=[capfirst(str(row._meta.verbose_name)), str(step.timeliness.label)],
                status=ical.CONFIRMED if step.met_on else ical.TENTATIVE,
                sequence=sequence,
                modified=max(modified, moved.get(commitment.pk, modified)),
                place=row.wording("place"),
            )

    def meetings(self, rows: list[Any]) -> Iterator[ical.Event]:
        """Yield the event of each meeting, from its first day to its last."""
        rewind(self.reading, rows, cited(rows))
        versions = _versions(Meeting, rows, self.reading)
        for row in rows:
            sequence, modified = versions[row.pk]
            summary = row.wording("summary").text
            yield ical.Event(
                uid=ical.uid(urn(f"meeting/{row.reference}")),
                title=row.wording("title"),
                first=row.starts_on,
                last=row.ends_on or row.starts_on,
                url=self.in_full(row.get_absolute_url()),
                description=_lines(summary, *self.quotations(row)),
                categories=[capfirst(str(row._meta.verbose_name))],
                status=ical.CONFIRMED,
                sequence=sequence,
                modified=modified,
                place=row.wording("place"),
            )

    def withdrawn(self, noun: str, found: Iterable[Reviewed]) -> Iterator[ical.Event]:
        """Yield the cancellation of each withdrawn record, on its day: its name, the day, the reason."""
        events = [corrections.Event(corrections.WITHDRAWAL, noun, row.pk, None, row.withdrawn_at) for row in found]
        told = corrected.told_of(events, self.reading)
        rows = [told.record(event) for event in events]
        versions = _versions(type(rows[0]), rows, self.reading) if rows else {}
        for event, row in zip(events, rows, strict=True):
            subject = told.subject(event)
            day = row.withdrawn_at.date()
            sequence, modified = versions[row.pk]
            words = {"what": subject.kind, "day": in_full(day), "reason": row.withdrawal_reason}
            yield ical.Event(
                uid=str(row.uid) if noun == "milestone" else ical.uid(urn(f"meeting/{row.reference}")),
                title=Wording(_("%(what)s, retiré") % words, language()),
                first=day,
                last=day,
                url=self.in_full(subject.url or "/"),
                description=_("Retiré le %(day)s. Motif : %(reason)s") % words,
                categories=[capfirst(str(row._meta.verbose_name))],
                status=ical.CANCELLED,
                sequence=sequence,
                modified=max(modified, row.withdrawn_at),
            )

    def recurrences(self, found: Iterable[Commitment]) -> Iterator[ical.Event]:
        """Yield the recurring events beyond the milestones on file: a series that begins after the last one made."""
        reading = self.reading
        rows = list(found)
        rewind(reading, rows)
        ever = Milestone.objects.published(reading) | Milestone.objects.withdrawn(reading)
        ever = ever.filter(commitment__in=[row.pk for row in rows], due_on__isnull=False).order_by()
        made, due = defaultdict(list), defaultdict(set)
        for key, day, is_made in ever.values_list("commitment", "due_on", "from_recurrence"):
            due[key].add(day)
            if is_made:
                made[key].append(day)
        versions = _versions(Commitment, rows, reading)
        for row in rows:
            last = max(made[row.pk], default=None)
            try:
                ahead = schedule.periods_beyond(row.recurrence, row.recurrence_start, last=last, most=AHEAD)
                series = None if ahead else schedule.beyond(row.recurrence, row.recurrence_start, last=last)
            except ValidationError:
                continue  # a rule of the past that is no longer accepted
            sequence, modified = versions[row.pk]
            event = partial(
                ical.Event,
                url=self.in_full(row.get_absolute_url()),
                description=_lines(
                    _("Échéance récurrente, selon la règle de l’engagement ; son jalon n’est pas encore enregistré."),
                    _whose_reading(row),
                ),
                categories=[capfirst(str(Milestone._meta.verbose_name)), _("Récurrence")],
                status=ical.TENTATIVE,
                sequence=sequence + len(made[row.pk]),
                modified=modified,
            )
            name, title = f"commitment/{row.reference}/recurrence", row.wording("title")
            for deadline in ahead:
                if deadline.last not in due[row.pk]:
                    uid, (first, last) = ical.uid(urn(f"{name}/{deadline.last}")), deadline.days
                    yield event(uid=uid, title=_title(row, title, deadline), first=first, last=last)
            if series is not None:
                uid, first = ical.uid(urn(name)), series.first
                without = sorted(day for day in due[row.pk] if day >= first)
                title = _title(row, title)
                yield event(uid=uid, title=title, first=first, last=first, rule=series.rule, without=without)

    def quotations(self, record: Record) -> Iterator[str]:
        """Yield the words quoted for `record`, each with its source and the address of the passage."""
        for citation in record.public_citations:
            source = citation.source
            publisher = source.publisher if source.title else ""
            named = ", ".join(filter(None, [source.reference, source.label, publisher, source.published_in_full]))
            yield f"{quoted(citation.exact)}\n{named}\n{self.in_full(citation.get_absolute_url())}"

    def in_full(self, path: str) -> str:
        """Return `path`, with the days read, as an address in full."""
        return self.request.build_absolute_uri(with_days(path, self.reading))


class CommitmentCalendarView(CalendarView):
    """The calendar of a commitment: its milestones, and the meeting that it was made at.

    The calendar of a withdrawn commitment stays, but empty: a phone then drops its events, which it does not on a 410.
    """

    def named_events(self) -> tuple[str, list[ical.Event]]:
        reading = self.reading
        commitment = commitment_of(self.kwargs["reference"], reading)
        if commitment.is_gone:
            return commitment.reference, []
        mine = Commitment.objects.published(reading).held(reading).filter(pk=commitment.pk)
        rewind(reading, commitment)
        meeting = public_instrument(commitment.instrument, reading)["meeting"]
        found = Meeting.objects.published(reading).held(reading).filter(pk=meeting.pk if meeting else None)
        meetings = list(found.with_citations(reading))
        name = f"{commitment.reference}, {commitment.wording('title')}"
        return name, [*self.meetings(meetings), *self.followed(mine)]


def _nearest(found: ReviewedQuerySet, name: str, reading: Reading) -> list[Any]:
    """Return the MOST rows whose day, called `name`, comes next and the MOST whose day passed last, with quotations."""
    if found.model is Milestone:
        found = found.select_related("commitment")
    found = found.with_citations(reading)
    coming = found.filter(**{f"{name}__gte": reading.day}).order_by(name, "pk")[:MOST]
    return [*coming, *found.filter(**{f"{name}__lt": reading.day}).order_by(f"-{name}", "pk")[:MOST]]


def _step_lines(step: Step, status: str) -> Iterator[str]:
    row = step.milestone
    yield row.commitment.wording("title").text
    if step.met_on:
        yield _("Réalisé le %(day)s.") % {"day": in_full(step.met_on)}
    if row.deadline and row.deadline.is_period:
        yield _("Période : %(deadline)s.") % {"deadline": row.deadline.in_words()}
    elif row.due_from:
        yield _("Période : du %(first)s au %(last)s.") % {"first": in_full(row.due_from), "last": in_full(row.due_on)}
    if row.deadline and row.deadline.is_reading:
        yield _("Cette échéance est une lecture faite ici : %(reading)s") % {"reading": row.wording("reading")}
    yield _("Échéance : %(timeliness)s.") % {"timeliness": step.timeliness.label}
    yield _("État d’avancement de l’engagement : %(status)s.") % {"status": Status(status).label}


def _whose_reading(commitment: Commitment) -> str:
    if not commitment.recurrence_reading_fr:
        return ""
    return _("Cette récurrence est une lecture faite ici : %(reading)s") % {
        "reading": commitment.wording("recurrence_reading")
    }


def _shown(step: Step) -> Deadline | None:
    """Return when a calendar shows a step: its deadline; the day on which it was taken, if no deadline names a day."""
    deadline = step.milestone.deadline
    if step.met_on and (deadline is None or deadline.is_period):
        return Deadline(step.met_on, step.met_on, DuePrecision.DAY)
    return deadline


def _title(commitment: Commitment, title: Wording, deadline: Deadline | None = None) -> Wording:
    """Return the title of an event; a deadline that names no day says so there: a calendar draws it on every day."""
    words = ""
    if deadline and deadline.is_period:
        with override(title.language):
            words = f" ({deadline.in_words()})"
    return Wording(f"{commitment.reference} – {title}{words}", title.language)


def _lines(*parts: str) -> str:
    return "\n\n".join(filter(None, parts))


def _statuses(keys: set[int], reading: Reading) -> dict[int, str]:
    """Return the status of each commitment, by its key."""
    rows = Commitment.objects.filter(pk__in=keys).with_status(reading)
    return dict(rows.order_by().values_list("pk", "status"))


def _moved(keys: set[int], reading: Reading) -> dict[int, datetime]:
    """Return when what the status of each commitment follows from was last published or withdrawn, by its key."""
    found: dict[int, datetime] = {}
    for model in (Assessment, Search):
        for rows, name in (
            (model.objects.published(reading), "published_at"),
            (model.objects.withdrawn(reading), "withdrawn_at"),
        ):
            last = rows.filter(commitment__in=keys).order_by().values("commitment").annotate(last=Max(name))
            for row in last:
                found[row["commitment"]] = max(row["last"], found.get(row["commitment"], row["last"]))
    return found


def _versions(model: type[Record], rows: list[Any], reading: Reading) -> dict[int, tuple[int, datetime]]:
    """Return how often each record was changed in public, and when last, by its key.

    Changes made while it was a draft are not counted. A record whose history begins later counts as never changed.
    """
    found = {row.pk: (0, row.published_at) for row in rows}
    history = model.history.model.objects.filter(id__in=found, state__in=SEEN).order_by()
    if reading.known_before is not None:
        history = history.filter(history_date__lt=reading.known_before)
    for row in history.values("id").annotate(n=Count("pk"), last=Max("history_date")):
        found[row["id"]] = (row["n"] - 1, row["last"])
    return found
