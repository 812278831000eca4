"""The pages that list what this site corrected, replaced and withdrew: of everything, and of one commitment."""

from datetime import date
from functools import lru_cache

from django.db.models import QuerySet

from commitments.models import Commitment
from commitments.public.serving import state_of
from commitments.public.time.corrected import lines
from commitments.public.views import PagedMixin, PagedView, RecordView
from commitments.reading import Reading
from commitments.rules.time import corrections
from commitments.rules.time.rewind import rewind

KEPT = 64
"""Size of the cache of corrections by commitment: each page is usually requested in both languages in a row."""


class CorrectionListView(PagedView):
    """All that was corrected, replaced and withdrawn, the latest first."""

    template_name = "public/correction_list.html"

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        context = self.page_of(corrections.events(self.reading))
        return super().get_context_data(**context, lines=lines(context["records"], self.reading), **kwargs)


class CommitmentCorrectionsView(PagedMixin, RecordView):
    """What was corrected, replaced and withdrawn of one commitment and of the records that belong to it."""

    model = Commitment
    template_name = "public/correction_list.html"

    def get_queryset(self) -> QuerySet:
        return Commitment.objects.published(self.reading).held(self.reading)

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        context = self.page_of(events_of(state_of(self.request), self.reading, self.object))
        told = lines(context["records"], self.reading)
        rewind(self.reading, self.object)
        return super().get_context_data(**context, lines=told, **kwargs)


@lru_cache(maxsize=KEPT)
def events_of(_state: tuple[str, date], reading: Reading, commitment: Commitment) -> list[tuple[object, ...]]:
    """Return all that was corrected, replaced and withdrawn of `commitment`; cached for each revision."""
    return list(corrections.events(reading, commitment))
