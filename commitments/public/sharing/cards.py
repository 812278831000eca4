"""The preview images of pages shared on networks: a card of the site, and one of each commitment."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.generic import View

from commitments.choices import Status
from commitments.models import Commitment, Source
from commitments.public.lists.firmness import firmness
from commitments.public.lists.table_rows import restore_rows
from commitments.public.sharing.citing import Cited
from commitments.public.sharing.describing import SITE
from commitments.public.time.requested_reading import ReadingMixin
from commitments.public.views import RecordView
from commitments.typography import in_full


class CommitmentCardView(RecordView):
    """The card of a commitment: its title, its reference, its status."""

    model = Commitment

    def get_queryset(self) -> QuerySet:
        return Commitment.objects.for_table(self.reading)

    def render_to_response(self, context: dict[str, object], **kwargs: object) -> HttpResponse:
        """Answer with the picture."""
        commitment = self.object
        restore_rows([commitment], self.reading)
        state = Cited(self.request, self.reading).state
        return picture(
            kicker=commitment.reference if commitment.is_undertaken else commitment.get_basis_display(),
            title=commitment.wording("title").text,
            foot=state,
            status=Status(commitment.status),
            when=when(commitment),
        )


class SiteCardView(ReadingMixin, View):
    """The card of the site, for pages that have none of their own: how firm its promises are, how old its sources."""

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        """Answer with the picture."""
        held, reading = self.catalogue, self.reading
        last = Source.objects.published(reading).held(reading).last_dated(reading)
        return picture(
            kicker="",
            title=str(SITE),
            foot=Cited(request, reading).state,
            figures=[(str(item.n), item.words) for item in firmness(held, held.proper)] if held.proper else [],
            note=_("Dernière source datée au dossier : %(day)s") % {"day": in_full(last.published_on)} if last else "",
        )


def when(commitment: Commitment) -> str:
    """Return, in words, the day that the status of a row of a list judges, or of the search that it follows from."""
    if commitment.status_as_of:
        return _("au %(day)s") % {"day": in_full(commitment.status_as_of)}
    if commitment.last_search:
        return _("cherché le %(day)s") % {"day": in_full(commitment.last_search.searched_on)}
    return ""


def picture(**parts: Any) -> HttpResponse:
    """Return the card of `parts` (those of `drawing.draw`) as a response."""
    from commitments.public.sharing.drawing import draw  # loads Pillow, which few answers need

    return HttpResponse(draw(**parts), content_type="image/png")
