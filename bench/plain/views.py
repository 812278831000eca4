"""A view that says "ok"; and a page of 50 rows with filters, as django-tables2 and django-filter document it."""

import django_tables2 as tables
from django.http import HttpRequest, HttpResponse
from django_filters import FilterSet
from django_filters.views import FilterView

from .models import Commitment


def ok(request: HttpRequest) -> HttpResponse:
    """Say "ok"."""
    return HttpResponse("ok")


class CommitmentTable(tables.Table):
    """Fewer columns than the tracker's list, none of them computed."""

    class Meta:
        model = Commitment
        fields = ("reference", "title_fr", "sector", "instrument", "basis", "made_on")


class CommitmentFilter(FilterSet):
    """Filters without facets."""

    class Meta:
        model = Commitment
        fields = {"title_fr": ["icontains"], "sector": ["exact"], "instrument": ["exact"], "basis": ["exact"]}


class CommitmentList(tables.SingleTableMixin, FilterView):
    """The page."""

    queryset = Commitment.objects.filter(state="published").select_related("sector", "instrument")
    table_class = CommitmentTable
    filterset_class = CommitmentFilter
    paginate_by = 50
    template_name = "plain/commitment_list.html"
