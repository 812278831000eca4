"""The pages that list what this site corrected, replaced and withdrew: of everything, and of one commitment."""

from typing import Any

from django.db.models import QuerySet

from commitments.models import Commitment
from commitments.public.corrected import lines
from commitments.public.views import PagedMixin, PagedView, RecordView
from commitments.rules import corrections
from commitments.rules.rewind import rewind


class CorrectionListView(PagedView):
    """All that was corrected, replaced and withdrawn, the latest first."""

    template_name = "public/correction_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = self.page_of(corrections.events(self.reading))
        return super().get_context_data(**context, lines=lines(context["records"], self.reading), **kwargs)


class CommitmentCorrectionsView(PagedMixin, RecordView):
    """What was corrected, replaced and withdrawn of one commitment and of what hangs from it."""

    model = Commitment
    template_name = "public/correction_list.html"

    def rows(self) -> QuerySet:
        return Commitment.objects.published(self.reading).held(self.reading)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = self.page_of(corrections.events(self.reading, self.object))
        told = lines(context["records"], self.reading)
        rewind(self.reading, self.object)
        return super().get_context_data(**context, lines=told, **kwargs)
