"""Two days compared: what this site said on the second that it did not say on the first, and what it no longer said.

Each part is the difference of two readings on the axis of knowledge; the words are those of the second day.
"""

from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import CharField, F, OuterRef, Q, QuerySet, Subquery, Value
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from commitments.choices import Visibility
from commitments.models import Assessment, Commitment, Discrepancy, FollowUpNote, Meeting, Milestone, Source
from commitments.public.reading import DayField, check
from commitments.public.views import PagedMixin
from commitments.reading import Reading
from commitments.rules.rewind import rewind

SHOWN = 8
"""How many changes of a kind are shown beside those of other kinds; each kind has pages of its own."""

SPAN = 7
"""How many days apart the two are where the first is not given."""


class Days(NamedTuple):
    """The readings that are compared."""

    before: Reading
    after: Reading

    @property
    def since(self) -> Any:
        """The first moment that the first reading does not know."""
        return self.before.known_before


def _shown(model: Any, reading: Reading) -> QuerySet:
    """Return the rows of `model` that the reading shows; what belongs to a commitment goes with it."""
    shown = _held(model.objects.published(reading), reading)
    return shown.filter(commitment__made_on__lte=reading.day) if "commitment__" in shown.parents else shown


def _held(rows: Any, reading: Reading) -> Any:
    """Return those of `rows` that had taken place on the day read, where they have a day."""
    return rows.held(reading) if hasattr(rows, "held") else rows


def _appeared(model: Any, days: Days) -> QuerySet:
    """Return the rows that the second reading shows and the first does not, the latest published first."""
    return _since(_shown(model, days.before), _shown(model, days.after)).order_by("-published_at", "-pk")


def _since(before: Any, now: Any) -> Any:
    """Return the rows of `now` that are not among those of `before`."""
    return now.exclude(pk__in=before.order_by().values("pk"))


def published(days: Days) -> QuerySet:
    """Return the commitments made public, and what was expected."""
    return _appeared(Commitment, days)


def statuses(days: Days) -> QuerySet:
    """Return the commitments of both days whose status is another; `status_before` is the former one."""
    before = _shown(Commitment, days.before).filter(pk=OuterRef("pk")).with_status(days.before).order_by()
    made = _shown(Assessment, days.after).filter(Q(published_at__gte=days.since) | Q(as_of__gt=days.before.day))
    taken_back = Assessment.objects.withdrawn(days.after).filter(withdrawn_at__gte=days.since)
    moved = Q(pk__in=made.order_by().values("commitment")) | Q(pk__in=taken_back.order_by().values("commitment"))
    rows = _shown(Commitment, days.after).filter(moved).with_status(days.after)
    rows = rows.annotate(status_before=Subquery(before.values("status")[:1]))
    return rows.filter(status_before__isnull=False).exclude(status=F("status_before")).order_by("reference")


def judgements(days: Days) -> QuerySet:
    """Return the judgements about one party each that were made public."""
    return _appeared(Assessment, days).filter(party__isnull=False).select_related("commitment", "party")


def met(days: Days) -> QuerySet:
    """Return the milestones met, or known to be, since the first day."""
    before, now = (_shown(Milestone, reading).met(reading) for reading in days)
    return _since(before, now).select_related("commitment").order_by("-met_on", "pk")


def overdue(days: Days) -> QuerySet:
    """Return the milestones whose last day went by, unmet, since the first day."""
    before, now = (_shown(Milestone, reading).overdue(reading) for reading in days)
    return _since(before, now).select_related("commitment").order_by("-due_on", "pk")


def notes(days: Days) -> QuerySet:
    """Return the public notes that were added."""
    return _appeared(FollowUpNote, days).select_related("commitment")


def opened(days: Days) -> QuerySet:
    """Return the discrepancies made public."""
    return _appeared(Discrepancy, days)


def settled(days: Days) -> QuerySet:
    """Return the discrepancies that were settled."""
    before, now = (_shown(Discrepancy, reading).settled(reading) for reading in days)
    return _since(before, now).order_by("-settled_at", "-pk")


WITHDRAWN: dict[str, Any] = {
    "commitment": Commitment,
    "assessment": Assessment,
    "discrepancy": Discrepancy,
    "source": Source,
    "meeting": Meeting,
}
"""What has a page, or a place on one, that says that it was withdrawn."""


def withdrawn(days: Days) -> QuerySet:
    """Return what was taken back, of any kind: its noun, reference, day and reason, and nothing else that it said."""
    parts = [
        _held(model.objects.withdrawn(days.after), days.after)
        .filter(withdrawn_at__gte=days.since)
        .order_by()
        .annotate(
            noun=Value(kind, output_field=CharField()),
            named=F("commitment__reference" if kind == "assessment" else "reference"),
        )
        .values("noun", "named", "pk", "withdrawn_at", "withdrawal_reason")
        for kind, model in WITHDRAWN.items()
    ]
    return parts[0].union(*parts[1:], all=True).order_by("-withdrawn_at", "noun", "pk")


PARTS: dict[str, Callable[[Days], QuerySet]] = {
    "published": published,
    "status": statuses,
    "judgement": judgements,
    "met": met,
    "overdue": overdue,
    "note": notes,
    "opened": opened,
    "settled": settled,
    "withdrawn": withdrawn,
}
"""The kinds of change, in the order of the page."""


HEADINGS = {
    "published": _("Rendus publics"),
    "status": _("États d’avancement changés"),
    "judgement": _("Évaluations publiées sur une seule partie"),
    "met": _("Jalons réalisés"),
    "overdue": _("Échéances passées sans réalisation connue"),
    "note": _("Notes de suivi ajoutées"),
    "opened": _("Divergences publiées"),
    "settled": _("Divergences tranchées"),
    "withdrawn": _("Retraits"),
}


class Part(NamedTuple):
    """The changes of one kind: how many there are, and those that are shown."""

    kind: str
    heading: Promise
    count: int
    rows: list[Any]


class ComparisonForm(forms.Form):
    """The two days, and the one kind of change that is asked for. `latest` is the last day that may be compared."""

    kind = forms.ChoiceField(
        choices=list(HEADINGS.items()),
        required=False,
        error_messages={"invalid_choice": _("cette sorte de changement n’existe pas")},
    )

    def __init__(self, *args: Any, latest: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.latest = latest
        self.fields = {"from": DayField(label=_("Premier jour")), "to": DayField(label=_("Second jour"))} | self.fields
        for name in ("from", "to"):
            self.fields[name].widget.attrs["max"] = latest.isoformat()

    def clean(self) -> dict[str, Any]:
        """Fill in the days that were left out. An error names the first where it is not before the second."""
        data = self.cleaned_data
        if "from" in data and "to" in data:
            data["to"] = min(data["to"] or self.latest, self.latest)
            data["from"] = data["from"] or date.fromordinal(max(data["to"].toordinal() - SPAN, 1))
            if data["from"] >= data["to"]:
                self.add_error("from", ValidationError(_("le premier jour doit précéder le second"), code="order"))
        return data


class ComparisonView(PagedMixin, TemplateView):
    """What changed between two days: all kinds, the first of each; or all of one kind, by pages."""

    template_name = "public/comparison.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = ComparisonForm(self.request.GET, latest=self.reading.known_on or timezone.localdate())
        check(form)
        first, second, kind = (form.cleaned_data[name] for name in ("from", "to", "kind"))
        as_of = self.reading.as_of
        days = Days(Reading(as_of=as_of, known_on=first), Reading(as_of=as_of, known_on=second))
        context: dict[str, Any] = {"first": first, "second": second, "days": days, "form": form}
        if kind:
            context |= self.page_of(PARTS[kind](days))
            context["parts"] = [Part(kind, HEADINGS[kind], context["count"], context["records"])]
        else:
            found = {kind: make(days) for kind, make in PARTS.items()}
            context["parts"] = [
                Part(kind, HEADINGS[kind], rows.count(), list(rows[:SHOWN])) for kind, rows in found.items()
            ]
        context["changed"] = any(part.count for part in context["parts"])
        restore(context["parts"], days.after)
        shown = ComparisonForm(initial={"from": first, "to": second}, latest=form.latest)
        return super().get_context_data(**context | {"form": shown, "kind": kind}, **kwargs)


def restore(parts: list[Part], reading: Reading) -> None:
    """Bring the rows back to what was known for `reading`; those of another commitment then, or internal then, go."""
    rows = [row for part in parts if part.kind != "withdrawn" for row in part.rows]
    attached = {id(row): getattr(row, "commitment_id", None) for row in rows}
    rewind(reading, rows)
    for part in parts:
        part.rows[:] = [
            row
            for row in part.rows
            if part.kind == "withdrawn"
            or (
                getattr(row, "commitment_id", None) == attached[id(row)]
                and getattr(row, "visibility", Visibility.PUBLIC) == Visibility.PUBLIC
            )
        ]
    kept = [row for row in rows if attached[id(row)]]
    rewind(reading, [row.commitment for row in kept], [row.party for row in kept if getattr(row, "party", None)])
