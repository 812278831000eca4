"""The table of commitments: its columns and what it may be sorted by. Its rows are drawn by a template of their own."""

from typing import Any

import django_tables2 as tables
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from commitments.models import Commitment
from commitments.public.rows import drawn


def cell(label: str | Promise, kind: str) -> dict[str, Any]:
    """Return the attributes of a column: `label` heads each cell where the table is read as cards."""
    return {"td": {"data-label": label, "class": kind}, "th": {"class": kind}}


class CommitmentTable(tables.Table):
    """Public commitments, one to a row, from a `Listing`, which sorts them; each order ends on the reference."""

    title = tables.Column(verbose_name=_("Engagement"), attrs=cell(_("Engagement"), "name"))
    parties = tables.Column(verbose_name=_("Qui s’engage"), orderable=False, attrs=cell(_("Qui s’engage"), "parties"))
    sector = tables.Column(verbose_name=_("Secteur"), attrs=cell(_("Secteur"), "sector"))
    made_on = tables.Column(verbose_name=_("Pris le"), attrs=cell(_("Pris le"), "date"))
    status = tables.Column(
        verbose_name=pgettext_lazy("avancement", "État"), attrs=cell(pgettext_lazy("avancement", "État"), "mark")
    )
    due = tables.Column(verbose_name=_("Échéance"), attrs=cell(_("Échéance"), "mark"))

    class Meta:
        model = Commitment
        fields = ()
        sequence = ("title", "parties", "sector", "made_on", "status", "due")
        order_by_field = "sort"

    def body(self) -> SafeString:
        """Return the rows of the page shown, drawn: a cell of the library's own costs ten times as much."""
        listing = self.data
        labels = {column.name: column.header for column in self.columns}
        return drawn([row.record for row in self.page.object_list], labels, listing.reading, listing.terms)
