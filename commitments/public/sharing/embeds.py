"""What other sites may embed in a frame: the card of a commitment, and the head of a table of commitments."""

from csp.decorators import csp_replace
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.generic import TemplateView

from commitments.models import Commitment
from commitments.public.lists.filters import CommitmentFilter, SortForm
from commitments.public.lists.listing import Listing
from commitments.public.lists.table_rows import restore_rows
from commitments.public.time.requested_reading import ReadingMixin, Refusal
from commitments.public.views import PAGE_SIZE, RecordView


@method_decorator([csp_replace({"frame-ancestors": ["*"]}), xframe_options_exempt], name="dispatch")
class FrameMixin(ReadingMixin):
    """A page that any site may frame, and so are its errors; no other page of this site may be framed."""

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        """Answer the request; a missing record is reported in the frame."""
        try:
            return super().dispatch(request, *args, **kwargs)
        except Http404:
            return self.refused(Refusal("", 404))

    def refused(self, refusal: Refusal) -> HttpResponse:
        """Answer with a frame that says why it is empty."""
        return super().refused(Refusal("public/embed_refused.html", refusal.status, **refusal.context))

    def render_to_response(self, context: dict[str, object], **kwargs: object) -> HttpResponse:
        """Answer with the frame's content; it is not citable, the page that it links to is."""
        del context["cited"]
        return super().render_to_response(context, **kwargs)


class CommitmentFrameView(FrameMixin, RecordView):
    """The card of a commitment: its title, its status, who undertakes it."""

    model = Commitment
    template_name = "public/embed_commitment.html"

    def get_queryset(self) -> QuerySet:
        return Commitment.objects.for_table(self.reading)

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        restore_rows([self.object], self.reading)
        return super().get_context_data(**kwargs)


class CommitmentListFrameView(FrameMixin, TemplateView):
    """The first commitments that the filters of the list find; the whole list is one link away."""

    template_name = "public/embed_commitments.html"
    asks = (CommitmentFilter, SortForm)

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        listing = Listing(self.request.GET, self.catalogue)
        if not listing.filter.is_valid():
            raise Refusal("", 400)
        return super().get_context_data(
            records=listing[0:PAGE_SIZE], count=len(listing), apart=listing.shown_apart, **kwargs
        )
