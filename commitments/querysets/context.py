"""Queries on what commitments refer to: sectors, parties, meetings, instruments, sources."""

from __future__ import annotations

from typing import Any, Self

from django.db.models import Count, F, OuterRef, Prefetch, Q, Subquery
from django.db.models.functions import Coalesce

from commitments.querysets.base import NaturalKeyQuerySet, ReviewedQuerySet, model
from commitments.querysets.follow_up import of_parts, public_notes
from commitments.querysets.past import undertakings, versions_then
from commitments.reading import NOW, Reading


class SectorQuerySet(NaturalKeyQuerySet):
    """Sectors; one is public only through a public commitment."""

    def published(self, reading: Reading = NOW) -> Self:
        """Return the sectors that a commitment public for `reading` belongs to."""
        commitments = model("Commitment").objects.published(reading).held(reading)
        return self.filter(pk__in=commitments.values("sector"))


class PartyQuerySet(NaturalKeyQuerySet):
    """Parties; one is public only through a public commitment."""

    def published(self, reading: Reading = NOW) -> Self:
        """Return the parties with a role in a commitment public for `reading`, and those on whose word one rests."""
        commitments = model("Commitment").objects.published(reading).held(reading)
        roles = undertakings(reading).filter(commitment__in=commitments.values("pk"))
        return self.filter(Q(pk__in=roles.values("party")) | Q(pk__in=roles.values("according_to")))

    def with_page(self, reading: Reading = NOW) -> Self:
        """Return the parties of the public commitments, and those whose part in one was looked at apart."""
        return self.filter(Q(pk__in=self.model.objects.published(reading).values("pk")) | of_parts(reading, "party"))

    def named(self, reading: Reading = NOW) -> Self:
        """Return the parties that anything public names.

        That is a commitment, an assessment, a search, a meeting or an instrument.
        """
        commitments = model("Commitment").objects.published(reading).held(reading)
        roles = undertakings(reading).filter(commitment__in=commitments)
        judged, sought = (
            model(name).objects.published(reading).held(reading).filter(commitment__in=commitments)
            for name in ("Assessment", "Search")
        )
        meetings = model("Meeting").objects.published(reading).held(reading)
        return self.filter(
            Q(pk__in=roles.values("party"))
            | Q(pk__in=roles.values("according_to"))
            | Q(pk__in=judged.order_by().values("party"))
            | Q(pk__in=sought.order_by().values("party"))
            | Q(pk__in=meetings.order_by().values("participants"))
            | Q(pk__in=model("Instrument").objects.published(reading).order_by().values("issuers"))
        )


class MeetingQuerySet(ReviewedQuerySet):
    """Meetings."""

    def held(self, reading: Reading = NOW) -> Self:
        """Return the meetings that had begun on the day read; today's reading also has future ones."""
        return self.filter(starts_on__lte=reading.day) if reading.is_past else self

    def for_detail(self, reading: Reading = NOW) -> Self:
        """Return the meetings with all that their page shows, in a constant number of queries."""
        instruments = model("Instrument").objects.published(reading).with_citations(reading)
        instruments = instruments.order_by(F("issued_on").asc(nulls_last=True), "reference")
        return self.with_citations(reading).prefetch_related(
            "participants", Prefetch("instruments", instruments, to_attr="public_instruments"), public_notes(reading)
        )


class InstrumentQuerySet(ReviewedQuerySet):
    """Instruments."""

    def for_detail(self, reading: Reading = NOW) -> Self:
        """Return the instruments with all that their page shows of them, in a constant number of queries."""
        return self.with_citations(reading).prefetch_related("issuers", public_notes(reading))


class SourceQuerySet(ReviewedQuerySet):
    """Sources."""

    def named(self) -> Self:
        """Return the sources without their archived text."""
        return self.defer("text")

    def held(self, reading: Reading = NOW) -> Self:
        """Return the sources that had appeared on the day read; those of unknown date always count."""
        if not reading.is_past:
            return self
        return self.filter(Q(published_on__isnull=True) | Q(published_on__lte=reading.day))

    def last_dated(self, reading: Reading = NOW) -> Any:
        """Return, of these sources, the one that appeared last by what was known for `reading`; None if none has a day.

        It has its reference and its day as they were known then, and no more. One whose day is stated comes before one
        whose day is deduced.
        """
        rows: Any = self
        if reading.known_before is not None:
            rows = versions_then(self.model, reading).filter(id__in=self.values("pk"))
        dated = rows.filter(published_on__lte=reading.day)
        fields = ("id", "reference", "published_on", "published_on_reading_fr", "published_on_reading_en")
        last = dated.order_by("-published_on", "published_on_reading_fr", "reference").values(*fields).first()
        return self.model(**last) if last else None

    def for_list(self, reading: Reading = NOW) -> Self:
        """Return the sources without their archived text, each with `citation_count`, its public citations."""
        citations = (
            model("Citation")
            .objects.published(reading)
            .held(reading)
            .filter(source=OuterRef("pk"))
            .order_by()
            .values("source")
            .annotate(n=Count("pk"))
            .values("n")
        )
        return self.defer("text").annotate(citation_count=Coalesce(Subquery(citations), 0))
