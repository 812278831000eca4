"""Queries on what follows a commitment: assessments, milestones, notes, discrepancies."""

from __future__ import annotations

from datetime import timedelta
from typing import Self

from django.conf import settings
from django.db.models import Exists, OuterRef, Prefetch, Q

from commitments.choices import Visibility
from commitments.querysets.base import ReviewedQuerySet, live, model
from commitments.querysets.citations import public_citations
from commitments.reading import NOW, Reading


class AssessmentQuerySet(ReviewedQuerySet):
    """Assessments: dated judgements."""

    parents = ("commitment__",)

    def held(self, reading: Reading = NOW) -> Self:
        """Return the assessments whose day of judgement is not after the day read."""
        return self.filter(as_of__lte=reading.day)

    def standing(self, reading: Reading = NOW) -> Self:
        """Return the assessments public for `reading` that no public one has superseded by the day read."""
        return self.published(reading).filter(~Exists(self._successors(reading)))

    def _successors(self, reading: Reading) -> AssessmentQuerySet:
        return self.model.objects.filter(live(reading), supersedes=OuterRef("pk"), as_of__lte=reading.day)

    def latest_first(self) -> Self:
        """Order by the day of judgement, then by publication: the first is the one in force."""
        return self.order_by("-as_of", "-published_at", "-pk")

    def for_detail(self, reading: Reading = NOW) -> Self:
        """Return the assessments with what a history shows: signers, party, evidence, what they supersede."""
        return (
            self.select_related("party", "proposed_by", "published_by", "withdrawn_by", "supersedes")
            .prefetch_related(public_citations(reading))
            .annotate(is_superseded=Exists(self._successors(reading)))
            .latest_first()
        )


class MilestoneQuerySet(ReviewedQuerySet):
    """Milestones: dated steps."""

    parents = ("commitment__",)

    def met(self, reading: Reading = NOW) -> Self:
        """Return the milestones met by the day read, as far as was known."""
        met = self.filter(met_on__lte=reading.day)
        return met.filter(met_recorded_at__lt=reading.known_before) if reading.known_before else met

    def unmet(self, reading: Reading = NOW) -> Self:
        """Return the milestones not met by the day read, as far as was known."""
        unmet = Q(met_on__isnull=True) | Q(met_on__gt=reading.day)
        if reading.known_before:
            unmet |= Q(met_recorded_at__gte=reading.known_before)
        return self.filter(unmet)

    def overdue(self, reading: Reading = NOW) -> Self:
        """Return the unmet milestones whose last day is past, the longest overdue first."""
        return self.unmet(reading).filter(due_on__lt=reading.day).order_by("due_on", "pk")

    def due_soon(self, reading: Reading = NOW) -> Self:
        """Return the unmet milestones whose last day comes within TRACKER_DUE_SOON_DAYS."""
        limit = reading.day + timedelta(days=settings.TRACKER_DUE_SOON_DAYS)
        return self.unmet(reading).filter(due_on__gte=reading.day, due_on__lte=limit).order_by("due_on", "pk")

    def coming(self, reading: Reading = NOW) -> Self:
        """Return the unmet milestones whose last day is not past, the next one first."""
        return self.unmet(reading).filter(due_on__gte=reading.day).order_by("due_on", "pk")

    def for_list(self) -> Self:
        """Return the milestones with their commitment."""
        return self.select_related("commitment")


class FollowUpNoteQuerySet(ReviewedQuerySet):
    """Follow-up notes: an internal one is never public, whatever its state."""

    parents = ("commitment__",)

    def live_condition(self, reading: Reading) -> Q:
        """Return the condition that a public note, and its commitment, were published for `reading`."""
        return super().live_condition(reading) & Q(visibility=Visibility.PUBLIC)

    def held(self, reading: Reading = NOW) -> Self:
        """Return the notes dated no later than the day read."""
        return self.filter(dated__lte=reading.day)


class DiscrepancyQuerySet(ReviewedQuerySet):
    """Discrepancies: questions on which sources disagree."""

    def open(self, reading: Reading = NOW) -> Self:
        """Return the discrepancies for which no value was adopted, as far as was known."""
        return self.exclude(self._settled(reading))

    def settled(self, reading: Reading = NOW) -> Self:
        """Return the discrepancies for which a value was adopted, as far as was known."""
        return self.filter(self._settled(reading))

    def _settled(self, reading: Reading) -> Q:
        settled = Q(settled_on__isnull=False)
        if reading.known_before:
            settled &= Q(settled_at__lt=reading.known_before)
        return settled

    def for_detail(self, reading: Reading = NOW) -> Self:
        """Return the discrepancies with their claims, each with its public citations, and the records concerned."""
        # A claim is public through its passages: one without a public passage is visible at the desk only.
        passages = model("Citation").objects.published_on_public_target(reading).filter(claim=OuterRef("pk"))
        claims = model("Claim").objects.filter(Exists(passages)).prefetch_related(public_citations(reading))
        commitments = model("Commitment").objects.published(reading).held(reading).order_by("reference")
        return self.select_related("meeting", "settled_by").prefetch_related(
            Prefetch("claims", claims.order_by("position", "pk"), to_attr="public_claims"),
            Prefetch("commitments", commitments, to_attr="public_commitments"),
        )
