"""The table of commitments: its columns and what it may be sorted by. Its rows are drawn by `rows`."""

from urllib.parse import urlencode

import django_tables2 as tables
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from commitments.models import Commitment
from commitments.public.lists import apart
from commitments.public.lists.table_rows import KINDS, drawn


class CommitmentTable(tables.Table):
    """Public commitments, one to a row, from a `Listing`, which sorts them; each order ends on the reference."""

    title = tables.Column(verbose_name=_("Engagement"))
    parties = tables.Column(verbose_name=_("De la part de"), orderable=False)
    sector = tables.Column(verbose_name=_("Secteur"))
    made_on = tables.Column(verbose_name=_("Exprimé le"))
    status = tables.Column(verbose_name=_("État d’avancement"))
    due = tables.Column(verbose_name=_("Échéance"))

    class Meta:
        model = Commitment
        fields = ()
        sequence = ("title", "parties", "sector", "made_on", "status", "due")
        order_by_field = "sort"

    def labels(self) -> dict[str, str]:
        """Return the label of each column by its name, for commitments or for what the list is narrowed to instead."""
        labels = {column.name: str(column.header) for column in self.columns}
        if self.data.shown_apart:
            labels |= {"title": str(self.data.shown_apart.heading), "parties": str(apart.CONCERNED)}
        return labels

    def head(self) -> list[tuple[str, str, str, str]]:
        """Return the head of each column: its label, its class, the query of the link that sorts by it, its order."""
        kept = [pair for pair in self.data.parameters if pair[0] not in ("sort", "page")]
        labels, found = self.labels(), []
        for column in self.columns:
            link, sorted_as = "", ""
            if column.orderable:
                link = "?" + urlencode([*kept, ("sort", column.order_by_alias.next)])
                if column.is_ordered:
                    sorted_as = "descending" if column.order_by_alias.is_descending else "ascending"
            found.append((labels[column.name], KINDS[column.name], link, sorted_as))
        return found

    def body(self) -> SafeString:
        """Return the rows of the page shown, drawn: the library's own cells cost ten times as much."""
        listing = self.data
        return drawn([row.record for row in self.page.object_list], self.labels(), listing.reading, listing.terms)
