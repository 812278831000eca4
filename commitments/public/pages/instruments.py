"""The page of an instrument: every commitment that it carries, with its status, the notes and the passages quoted."""

from typing import Any, NamedTuple

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from commitments.choices import Status, UndertakingRole
from commitments.models import Commitment, Instrument
from commitments.public.lists.charts import bars
from commitments.public.records.dossier import Part, cited, notes_on, public_instrument, verdict
from commitments.public.time.requested_reading import check
from commitments.public.views import PagedMixin, RecordView
from commitments.reading import Reading
from commitments.rules.time.rewind import rewind, rewind_undertakings

SHOWN = 10
"""Commitments on a page."""

WHOLE = 100
"""Commitments of the report in one piece, for paper, at most."""


class WholeForm(forms.Form):
    """Whether the report is requested in one piece."""

    whole = forms.ChoiceField(
        choices=[("1", "1")],
        required=False,
        error_messages={"invalid_choice": _("écrivez 1 pour tout lire d’un seul tenant, ou retirez ce paramètre")},
    )


class Item(NamedTuple):
    """A commitment in the report, and where it stands: for all its parties, and for each that was looked at apart."""

    commitment: Commitment
    whole: Part
    apart: list[Part]


class InstrumentView(PagedMixin, RecordView):
    """An instrument, as a report to read by pages or to print."""

    model = Instrument
    template_name = "public/instrument.html"
    asks = (WholeForm,)

    def get_queryset(self) -> QuerySet:
        return Instrument.objects.published(self.reading).for_detail(self.reading)

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        instrument, reading = self.object, self.reading
        form = WholeForm(self.request.GET)
        check(form)
        whole = bool(form.cleaned_data["whole"])
        carried = Commitment.objects.for_detail(reading).filter(instrument=instrument)
        page = self.page_of(carried.order_by("reference"), WHOLE if whole else SHOWN)
        meeting = public_instrument(instrument, reading)["meeting"]
        rewind(reading, cited([instrument]), instrument.issuers.all())
        held = self.catalogue
        counts = held.sizes("status", held.of("instrument", instrument.pk) & held.proper)
        return super().get_context_data(
            **page,
            whole=whole,
            most=WHOLE,
            meeting=meeting,
            items=report(page["records"], reading),
            notes=notes_on(instrument, reading),
            total=sum(counts.values()),
            status_bars=bars(counts, Status),
            **kwargs,
        )


def report(commitments: list[Any], reading: Reading) -> list[Item]:
    """Return the report's items on `commitments`, rows of `for_detail(reading)`, as known on the day read."""
    assessments = [item for commitment in commitments for item in commitment.public_assessments]
    searches = [item for commitment in commitments for item in commitment.public_searches]
    rewind(reading, commitments, assessments, searches, cited([*commitments, *assessments]))
    rewind(reading, [item.party for item in (*assessments, *searches) if item.party_id])
    rewind(reading, [search.milestone for search in searches if search.milestone])
    rewind_undertakings(reading, commitments)
    found = []
    for commitment in commitments:
        commitment.withdrawn_assessments = commitment.withdrawn_searches = []  # these are on the commitment's own page
        commitment.leading_parties = [
            item for item in commitment.public_undertakings if item.role in UndertakingRole.leading()
        ]
        found.append(Item(commitment, *verdict(commitment)))
    return found
