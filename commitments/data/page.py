"""The page about the open data for people: what can be downloaded, and how."""

from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.functional import Promise
from django.views.generic import TemplateView

from commitments.data.offered import BUNDLE, FOLLOWED, TABLE_FILES, Offer
from commitments.data.publisher import licence
from commitments.data.tables import TABLES
from commitments.public.reading import ReadingMixin


class Files(NamedTuple):
    """A table, and the files that it can be downloaded as."""

    name: str
    label: Promise
    about: Promise
    files: list[Offer]


class DataView(ReadingMixin, TemplateView):
    """Everything that is offered to machines and to those who work with them."""

    template_name = "public/data.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        tables = [
            Files(table.name, table.label, table.about, [file for file in TABLE_FILES if file.table == name])
            for name, table in TABLES.items()
        ]
        return super().get_context_data(
            tables=tables,
            bundle=BUNDLE.path(self.reading.known_on or timezone.localdate()),
            followed=FOLLOWED,
            licence=licence(),
            **kwargs,
        )
