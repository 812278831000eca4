"""The table of commitments: its columns, links and order."""

from typing import Any

import django_tables2 as tables
from django.db.models import Case, F, IntegerField, Value, When
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from commitments.choices import Status
from commitments.models import Commitment
from commitments.querysets import CommitmentQuerySet

STATUS_RANK = Case(
    *(When(status=status.value, then=Value(rank)) for rank, status in enumerate(Status)),
    output_field=IntegerField(),
)
"""Statuses in the order of the vocabulary, not of the alphabet."""


def cell(label: str | Promise, kind: str) -> dict[str, Any]:
    """Return the attributes of a column: `label` heads each cell where the table is read as cards."""
    return {"td": {"data-label": label, "class": kind}, "th": {"class": kind}}


class CommitmentTable(tables.Table):
    """Public commitments, one to a row; each order ends on the reference, so that pages do not overlap."""

    title = tables.TemplateColumn(
        template_name="public/_commitment_cell.html",
        verbose_name=_("Engagement"),
        order_by="reference",
        attrs=cell(_("Engagement"), "name"),
    )
    parties = tables.TemplateColumn(
        template_name="public/_parties_cell.html",
        verbose_name=_("Qui s’engage"),
        orderable=False,
        attrs=cell(_("Qui s’engage"), "parties"),
    )
    sector = tables.TemplateColumn(
        "{% load public %}{% wording record.sector 'name' %}",
        verbose_name=_("Secteur"),
        order_by=("sector__position", "sector__slug", "reference"),
        attrs=cell(_("Secteur"), "sector"),
    )
    made_on = tables.TemplateColumn(
        "{% load public %}{% day record.made_on %}",
        verbose_name=_("Pris le"),
        order_by=("made_on", "reference"),
        attrs=cell(_("Pris le"), "date"),
    )
    status = tables.TemplateColumn(
        "{% load public %}{% status_mark record.status %}",
        verbose_name=pgettext_lazy("avancement", "État"),
        attrs=cell(pgettext_lazy("avancement", "État"), "mark"),
    )
    due = tables.TemplateColumn(
        "{% load public %}{% timeliness_mark record.timeliness record.next_due %}",
        verbose_name=_("Échéance"),
        attrs=cell(_("Échéance"), "mark"),
    )

    class Meta:
        model = Commitment
        fields = ()
        sequence = ("title", "parties", "sector", "made_on", "status", "due")
        order_by = ("title",)
        order_by_field = "sort"

    def order_status(self, queryset: CommitmentQuerySet, is_descending: bool) -> tuple[CommitmentQuerySet, bool]:
        """Order by the vocabulary's own order."""
        ranked = queryset.annotate(status_rank=STATUS_RANK)
        return ranked.order_by("-status_rank" if is_descending else "status_rank", "reference"), True

    def order_due(self, queryset: CommitmentQuerySet, is_descending: bool) -> tuple[CommitmentQuerySet, bool]:
        """Order by the next last day; those without one come last either way."""
        next_due = F("next_due")
        ordered = next_due.desc(nulls_last=True) if is_descending else next_due.asc(nulls_last=True)
        return queryset.order_by(ordered, "reference"), True
