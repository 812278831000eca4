"""The page about the open data for people: what can be downloaded, and how."""

from typing import Any

from django.utils import timezone
from django.views.generic import TemplateView

from commitments.data.distributions import BUNDLE, FOLLOWED, TABLE_FILES
from commitments.data.publisher import licence
from commitments.data.tables import TABLES
from commitments.public.time.requested_reading import ReadingMixin


class DataView(ReadingMixin, TemplateView):
    """Everything that is offered to machines and to those who work with them."""

    template_name = "public/data.html"

    def get_context_data(self, **kwargs: object) -> dict[str, Any]:
        return super().get_context_data(
            tables=[(table, [file for file in TABLE_FILES if file.table == name]) for name, table in TABLES.items()],
            bundle=BUNDLE.path(self.reading.known_on or timezone.localdate()),
            followed=FOLLOWED,
            licence=licence(),
            **kwargs,
        )
