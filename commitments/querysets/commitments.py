"""Queries on commitments, with their computed status and timeliness."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Prefetch, Q, Subquery, Value, When
from django.db.models.functions import Coalesce

from commitments.choices import Basis, Status, UndertakingRole
from commitments.querysets.base import ReviewedQuerySet, live, model, public_citations
from commitments.querysets.follow_up import public_notes
from commitments.reading import NOW, Reading

if TYPE_CHECKING:
    from collections.abc import Iterable


class CommitmentQuerySet(ReviewedQuerySet):
    """Commitments, with their computed status and timeliness."""

    def held(self, reading: Reading = NOW) -> Self:
        """Return the commitments made no later than the day read."""
        return self.filter(made_on__lte=reading.day)

    def undertaken(self) -> Self:
        """Return the commitments proper: what was only expected, or envisaged by one party, is left out."""
        return self.filter(basis__in=Basis.undertaken())

    def with_status(self, reading: Reading = NOW) -> Self:
        """Annotate `status`, `status_as_of`, `searched_on`: for all parties, as `follow_up.status_of` has it.

        The day judged, where a judgement is in force; and the day of the last search, which stands beside any status.
        """
        Assessment = model("Assessment")
        current = (
            Assessment.objects.standing(reading).filter(commitment=OuterRef("pk"), party__isnull=True).latest_first()
        )
        made = model("Search").objects.about_all(reading).filter(commitment=OuterRef("pk"))
        unjudged = Case(
            When(Exists(made), then=Value(Status.NO_EVIDENCE.value)), default=Value(Status.NOT_ASSESSED.value)
        )
        return self.annotate(
            status=Coalesce(Subquery(current.values("status")[:1]), unjudged, output_field=models.CharField()),
            status_as_of=Subquery(current.values("as_of")[:1]),
            searched_on=Subquery(made.values("searched_on")[:1]),
        )

    def with_timeliness(self, reading: Reading = NOW) -> Self:
        """Annotate `timeliness` and the earliest deadline among the milestones not met (`Commitment.next_deadline`)."""
        milestones = model("Milestone").objects.filter(live(reading), commitment=OuterRef("pk"))
        rows = self.annotate(**milestones.next_due(reading))
        return rows.annotate(timeliness=milestones.timeliness(reading))

    def for_table(self, reading: Reading = NOW) -> Self:
        """Return the public commitments of `reading` with all that a row of the table shows."""
        leading = model("Undertaking").objects.filter(role__in=UndertakingRole.leading())
        return (
            self.published(reading)
            .held(reading)
            .with_status(reading)
            .with_timeliness(reading)
            .select_related("sector", "instrument")
            .prefetch_related(
                Prefetch(
                    "undertakings",
                    leading.select_related("party", "according_to").order_by("party__code"),
                    to_attr="leading_parties",
                )
            )
        )

    def for_detail(self, reading: Reading = NOW) -> Self:
        """Return the public commitments of `reading` with all that their page shows, whatever its length."""
        undertakings = model("Undertaking").objects.select_related("party", "according_to")
        assessments = model("Assessment").objects.held(reading).published(reading).for_detail(reading)
        withdrawn = model("Assessment").objects.held(reading).withdrawn(reading).for_detail(reading)
        milestones = model("Milestone").objects.published(reading).with_citations(reading)
        searches = model("Search").objects.held(reading).for_detail(reading)
        steps = milestones.order_by(F("due_on").asc(nulls_last=True), "pk")
        return (
            self.published(reading)
            .held(reading)
            .with_status(reading)
            .with_timeliness(reading)
            .select_related("sector", "instrument__meeting", "published_by")
            .prefetch_related(
                public_citations(reading),
                Prefetch("undertakings", undertakings.order_by("-role", "party__code"), to_attr="public_undertakings"),
                Prefetch("assessments", assessments, to_attr="public_assessments"),
                Prefetch("assessments", withdrawn, to_attr="withdrawn_assessments"),
                Prefetch("milestones", steps, to_attr="public_milestones"),
                Prefetch("searches", searches.published(reading), to_attr="public_searches"),
                Prefetch("searches", searches.withdrawn(reading), to_attr="withdrawn_searches"),
                public_notes(reading),
            )
        )

    def has_stem(self, stems: Iterable[str]) -> Self:
        """Return the commitments whose title or statement has a word of one of `stems` (`rules.search.analysis`)."""
        return self.filter(reduce(or_, (Q(search_text__contains=f" {stem} ") for stem in stems)))
