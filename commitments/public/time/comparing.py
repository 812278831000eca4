"""Two days compared: the page that shows what changed on this site from one day to another."""

from datetime import date
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from commitments.public.time.differences import KINDS, Days, restore
from commitments.public.time.requested_reading import DayField, check
from commitments.public.views import PagedMixin
from commitments.reading import Reading

SHOWN = 8
"""How many changes of a kind are shown beside those of other kinds; each kind has pages of its own."""

SPAN = 7
"""How many days apart the two are if the first is not given."""

HEADINGS = {
    "published": _("Fiches publiées"),
    "status": _("Changements d’état d’avancement"),
    "judgement": _("Évaluations publiées sur une seule partie"),
    "search": _("Recherches sans résultat publiées"),
    "met": _("Jalons réalisés"),
    "overdue": _("Échéances passées sans réalisation connue"),
    "note": _("Notes de suivi ajoutées"),
    "opened": _("Divergences publiées"),
    "settled": _("Divergences tranchées, ou versions dites compatibles"),
    "withdrawn": _("Retraits"),
}


class Part(NamedTuple):
    """The changes of one kind: how many there are, and those that are shown."""

    kind: str
    heading: Promise
    n: int
    rows: list[Any]


DaysForm = type(
    "DaysForm",
    (forms.Form,),
    {"from": DayField(label=_("Premier jour")), "to": DayField(label=_("Second jour"))},
)
"""The two days; built by `type`, since `from` is a keyword of Python."""


class ComparisonForm(DaysForm):  # type: ignore[misc, valid-type]
    """The two days, and the one kind of change requested, if any. `latest` is the last day that may be compared."""

    kind = forms.ChoiceField(
        choices=list(HEADINGS.items()),
        required=False,
        error_messages={"invalid_choice": _("ce type de changement n’existe pas")},
    )

    def __init__(self, *args: object, latest: date, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.latest = latest
        for name in DaysForm.base_fields:  # type: ignore[attr-defined]
            self.fields[name].widget.attrs["max"] = latest.isoformat()

    def clean(self) -> dict[str, object]:
        """Fill in the days that were left out. An error on the first if it is not before the second."""
        data = self.cleaned_data
        if "from" in data and "to" in data:
            data["to"] = min(data["to"] or self.latest, self.latest)
            data["from"] = data["from"] or date.fromordinal(max(data["to"].toordinal() - SPAN, 1))
            if data["from"] >= data["to"]:
                self.add_error("from", ValidationError(_("le premier jour doit précéder le second"), code="order"))
        return data


class ComparisonView(PagedMixin, TemplateView):
    """What changed between two days: the first changes of each kind, or all of one kind, page by page."""

    template_name = "public/comparison.html"
    asks = (ComparisonForm,)

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        form = ComparisonForm(self.request.GET, latest=self.reading.known_on or timezone.localdate())
        check(form)
        first, second, kind = (form.cleaned_data[name] for name in ("from", "to", "kind"))
        as_of = self.reading.as_of
        days = Days(Reading(as_of=as_of, known_on=first), Reading(as_of=as_of, known_on=second))
        if kind:
            page = self.page_of(KINDS[kind](days))
            counts, rows = {kind: page["count"]}, {kind: page["records"]}
        else:
            page, changes = {}, {name: make(days) for name, make in KINDS.items()}
            counts = {name: change.count() for name, change in changes.items()}
            rows = {name: list(change[:SHOWN]) for name, change in changes.items()}
        restore(rows, days.after)
        return super().get_context_data(
            **page,
            first=first,
            second=second,
            days=days,
            kind=kind,
            parts=[Part(name, HEADINGS[name], counts[name], rows[name]) for name in rows],
            changed=any(counts.values()),
            form=ComparisonForm(initial={"from": first, "to": second}, latest=form.latest),
            **kwargs,
        )
