"""Sectors: their list, and the page of one."""

from django.db.models import QuerySet

from commitments.models import Commitment, Sector
from commitments.public.lists.apart import apart
from commitments.public.lists.charts import figures
from commitments.public.lists.deadlines import deadlines
from commitments.public.lists.table_rows import restore_rows
from commitments.public.views import NamedView, PagedMixin, PagedView
from commitments.rules.time.rewind import rewind


class SectorListView(PagedView):
    """The sectors with at least one public commitment, with their figures."""

    template_name = "public/sector_list.html"

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        reading = self.reading
        context = self.page_of(Sector.objects.published(reading).order_by("position", "slug"))
        sectors = context.pop("records")
        held = self.catalogue
        rewind(reading, sectors)
        rows = [(sector, figures(held, held.of("sector", sector.pk) & held.proper)) for sector in sectors]
        return super().get_context_data(**context, rows=rows, **kwargs)


class SectorView(PagedMixin, NamedView):
    """A sector: its figures, its deadlines, its commitments."""

    model = Sector
    template_name = "public/sector.html"

    def get_queryset(self) -> QuerySet:
        return Sector.objects.published(self.reading)

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        reading, sector = self.reading, self.object
        held = self.catalogue
        mine = held.of("sector", sector.pk)
        proper = Commitment.objects.published(reading).held(reading).undertaken().filter(sector=sector)
        page = self.page_of(
            Commitment.objects.for_table(reading).undertaken().filter(sector=sector).order_by("reference")
        )
        rewind(reading, [sector])
        restore_rows(page["records"], reading)
        return super().get_context_data(
            **figures(held, mine & held.proper)._asdict(),
            **deadlines(proper, reading),
            **page,
            apart=apart(held, mine),
            **kwargs,
        )
