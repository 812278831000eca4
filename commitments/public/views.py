"""The public pages. Every row comes through `published()`; nothing is ever written."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.core.paginator import InvalidPage, Paginator
from django.db.models import QuerySet
from django.db.models.query import prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.generic import DetailView, TemplateView

from commitments.models import Commitment, Discrepancy, Meeting, Reviewed, Source
from commitments.public.lists.filters import CommitmentFilter, SortForm
from commitments.public.lists.listing import Listing
from commitments.public.lists.table_rows import restore_rows
from commitments.public.lists.tables import CommitmentTable
from commitments.public.records.archive import archive, one_page
from commitments.public.records.dossier import cited, dossier, notes_on, public_meeting, restore_discrepancies
from commitments.public.time.requested_reading import ReadingMixin, Refusal, printable
from commitments.querysets.follow_up import outcome
from commitments.rules.judging import settlement
from commitments.rules.time.rewind import rewind

PAGE_SIZE = 25
"""Rows on a page: fixed, never the visitor's choice."""

PASSAGES = 200
"""Passages on a page of a source."""


class AboutView(ReadingMixin, TemplateView):
    """What this site is, how to read it, who publishes it: what the settings leave unsaid, it says that nobody says."""

    template_name = "public/about.html"

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        return super().get_context_data(
            alone=settings.TRACKER_SINGLE_PERSON_DESK,
            publisher=settings.TRACKER_PUBLISHER,
            contact=settings.TRACKER_CONTACT,
            security=settings.TRACKER_SECURITY_CONTACT,
            **kwargs,
        )


class PageForm(forms.Form):
    """The page number of a list, from an address."""

    page = forms.CharField(required=False)

    def wanted(self) -> str:
        """Return the page requested, the first by default."""
        return (self.cleaned_data.get("page") if self.is_valid() else "") or "1"


class PagedMixin(ReadingMixin):
    """A page with a list that may be paginated."""

    request: HttpRequest
    asks: Sequence[type[forms.Form]] = (PageForm,)

    def wanted_page(self) -> str:
        """Return the page that the address asks for, the first by default."""
        return PageForm(self.request.GET).wanted()

    def missing_page(self, paginator: Paginator) -> Refusal:
        """Return the response for a page that the list does not have."""
        return Refusal("public/page_missing.html", 404, wanted=printable(self.wanted_page()), pages=paginator.num_pages)

    def page_of(self, rows: QuerySet | list[Any], size: int = PAGE_SIZE) -> dict[str, Any]:
        """Return the context of the page requested. Raises Refusal (404) if there is no such page."""
        paginator = Paginator(rows, size)
        try:
            page = paginator.page(self.wanted_page())
        except InvalidPage as error:
            raise self.missing_page(paginator) from error
        return {"page": page, "records": list(page.object_list), "count": paginator.count}


class PagedView(PagedMixin, TemplateView):
    """A paginated list."""


class CommitmentListView(PagedView):
    """The table of commitments."""

    template_name = "public/commitment_list.html"
    asks = (CommitmentFilter, SortForm)

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        listing = Listing(self.request.GET, self.catalogue)
        table = CommitmentTable(listing, order_by=listing.sort)
        try:
            table.paginate(page=self.wanted_page(), per_page=PAGE_SIZE)
        except InvalidPage as error:
            raise self.missing_page(table.paginator) from error
        return super().get_context_data(
            listing=listing,
            filter=listing.filter,
            table=table,
            page=table.page,
            count=len(listing),
            apart=listing.apart,
            **kwargs,
        )

    def render_to_response(self, context: dict[str, Any], **kwargs: object) -> HttpResponse:
        """Answer 400 if a filter has an unknown value: the page says which, and lists nothing."""
        return super().render_to_response(context, status=200 if context["filter"].is_valid() else 400, **kwargs)


class NamedView(ReadingMixin, DetailView):
    """The page of one public record, which its address names, in whatever case."""

    slug_field: str
    context_object_name = "record"

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        """Answer with the page; in another case than its own, a name leads to the address that has it."""
        try:
            return super().get(request, *args, **kwargs)
        except Http404:
            name = self._as_on_file()
            if name is None:
                raise
        path = reverse(request.resolver_match.view_name, kwargs={self.slug_url_kwarg: name})  # type: ignore[union-attr]
        query = request.META["QUERY_STRING"]
        return redirect(f"{path}?{query}" if query else path, permanent=True)

    def _as_on_file(self) -> str | None:
        """Return the name of the public record, or of one withdrawn, that the address has in another case."""
        asked = self.kwargs[self.slug_url_kwarg]
        queries = [self.get_queryset()]
        if issubclass(self.model, Reviewed):
            queries.append(self.model._default_manager.withdrawn(self.reading))  # type: ignore[attr-defined]
        found = (
            name
            for rows in queries
            for name in rows.filter(**{f"{self.slug_field}__iexact": asked}).values_list(self.slug_field, flat=True)
        )
        return next((name for name in found if name != asked), None)


class RecordView(NamedView):
    """The page of one public record, found by its reference."""

    slug_field = slug_url_kwarg = "reference"

    def get_queryset(self) -> QuerySet:
        """Return the public records for the day read, with all that the page shows."""
        raise NotImplementedError

    def get_object(self, queryset: QuerySet | None = None) -> Any:
        """Return the record. Raises Http404, or Refusal (410) if it was public once and is withdrawn."""
        try:
            return super().get_object(queryset)
        except Http404:
            gone = self.model.objects.withdrawn(self.reading).filter(reference=self.kwargs["reference"]).first()
            if gone is None:
                raise
            raise Refusal("public/withdrawn.html", 410, gone=gone) from None


class CommitmentView(RecordView):
    """A commitment: its statement, its status and its history, its steps, its notes, every quotation."""

    model = Commitment
    template_name = "public/commitment.html"

    def get_queryset(self) -> QuerySet:
        return Commitment.objects.for_detail(self.reading)

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        return super().get_context_data(**dossier(self.object, self.reading), **kwargs)


class SourceListView(PagedView):
    """The sources on file."""

    template_name = "public/source_list.html"

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        sources = Source.objects.published(self.reading).held(self.reading).for_list(self.reading)
        context = self.page_of(sources.order_by("reference"))
        rewind(self.reading, context["records"])
        return super().get_context_data(**context, **kwargs)


class SourceView(PagedMixin, RecordView):
    """A source: what is known of it, and the passages cited."""

    model = Source
    template_name = "public/source.html"

    def get_queryset(self) -> QuerySet:
        return Source.objects.published(self.reading)

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        found = archive(self.object, self.reading)
        page = self.page_of(found.pop("passages"), PASSAGES)
        return super().get_context_data(**one_page(found, page["records"]), page=page["page"], **kwargs)


class MeetingView(RecordView):
    """A meeting: its instruments and their commitments, the notes on it, the questions it leaves, its quotations."""

    model = Meeting
    template_name = "public/meeting.html"

    def get_queryset(self) -> QuerySet:
        return Meeting.objects.published(self.reading).for_detail(self.reading)

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        meeting, reading = self.object, self.reading
        instruments = meeting.public_instruments
        prefetch_related_objects(instruments, "issuers")
        rows = Commitment.objects.for_table(reading).filter(instrument__in=[item.pk for item in instruments])
        commitments = list(rows.order_by("reference"))
        grouped = {
            item.pk: [commitment for commitment in commitments if commitment.instrument_id == item.pk]
            for item in instruments
        }
        discrepancies = list(Discrepancy.objects.published(reading).filter(meeting=meeting).order_by("reference"))
        named = [party for item in instruments for party in item.issuers.all()]
        rewind(reading, meeting, instruments, discrepancies, cited([meeting, *instruments]))
        for item in discrepancies:
            item.outcome = outcome(item, reading)
        rewind(reading, named, meeting.participants.all())
        restore_rows(commitments, reading)
        return super().get_context_data(
            carried=[(item, grouped[item.pk]) for item in instruments],
            discrepancies=discrepancies,
            notes=notes_on(meeting, reading),
            **kwargs,
        )


class DiscrepancyListView(PagedView):
    """The questions on which sources disagree."""

    template_name = "public/discrepancy_list.html"

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        rows = Discrepancy.objects.published(self.reading).for_detail(self.reading)
        context = self.page_of(rows.order_by("reference"))
        restore_discrepancies(context["records"], self.reading)
        return super().get_context_data(**context, **kwargs)


class DiscrepancyView(RecordView):
    """A discrepancy: each claim quoted; how it was settled, why, by whom, when, or the question left open."""

    model = Discrepancy
    template_name = "public/discrepancy.html"

    def get_queryset(self) -> QuerySet:
        return Discrepancy.objects.published(self.reading).for_detail(self.reading)

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        discrepancy, reading = self.object, self.reading
        restore_discrepancies([discrepancy], reading)
        rewind(reading, cited(discrepancy.public_claims), discrepancy.public_commitments)
        former = settlement.former(discrepancy, reading)
        discrepancy.on_same_day = settlement.is_on_same_day(discrepancy, former[::-1])
        return super().get_context_data(meeting=public_meeting(discrepancy, reading), former=former, **kwargs)
