"""What follows a commitment: assessments, searches, milestones, notes (on texts and meetings too), discrepancies.

Which judgement is in force and what status follows, whether a step is met, where a deadline stands and how a question
was settled are decided here and nowhere else: once for the database, and beside it for rows read from it. Tests hold
the two together.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db.models import Case, CharField, Exists, F, OuterRef, Prefetch, Q, Subquery, Value, When
from django.db.models.functions import Coalesce

from commitments.choices import DiscrepancyOutcome, Status, Timeliness, Visibility
from commitments.querysets.base import NaturalKeyQuerySet, ReviewedQuerySet, live, model, public_citations
from commitments.querysets.past import versions_then, was
from commitments.reading import NOW, Reading

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

NEVER = datetime.max.replace(tzinfo=UTC)
"""A moment after every other."""


class AssessmentQuerySet(ReviewedQuerySet):
    """Assessments: dated judgements."""

    parents = ("commitment__",)
    named_by = ("commitment", "party")

    def held(self, reading: Reading = NOW) -> Self:
        """Return the assessments whose day of judgement is not after the day read."""
        return self.filter(as_of__lte=reading.day)

    def standing(self, reading: Reading = NOW) -> Self:
        """Return the assessments public and held for `reading` that no such one supersedes.

        Of those about one commitment and one party (or all), the first of `latest_first` is in force: see `in_force`.
        """
        successors = self.model.objects.filter(live(reading), supersedes=OuterRef("pk")).held(reading)
        return self.published(reading).held(reading).filter(~Exists(successors))

    def latest_first(self) -> Self:
        """Order by the day of judgement, then by publication."""
        return self.order_by("-as_of", "-published_at", "-pk")

    def for_detail(self, reading: Reading = NOW) -> Self:
        """Return the assessments with what a history shows: signers, party, evidence, what they supersede."""
        return (
            self.select_related("party", "proposed_by", "published_by", "withdrawn_by", "supersedes")
            .with_citations(reading)
            .latest_first()
        )


def superseded(judgements: Iterable[Any]) -> set[int]:
    """Return the keys of the assessments that one of `judgements` supersedes."""
    return {item.supersedes_id for item in judgements} - {None}


def in_force(judgements: Iterable[Any]) -> dict[tuple[int, int | None], Any]:
    """Return the assessment in force about each commitment and party (None: for all), by their keys.

    `judgements` are all those public and held for the day read, or those `standing`; one not published yet counts as
    the latest of its day.
    """
    judgements = list(judgements)
    gone = superseded(judgements)
    standing = [item for item in judgements if item.pk not in gone]
    standing.sort(key=lambda item: (item.as_of, item.published_at or NEVER, item.pk))
    return {(item.commitment_id, item.party_id): item for item in standing}


def status_of(judgement: Any, searches: Iterable[Any]) -> Status:
    """Return the status that follows from `judgement`, the one in force or None, and from the public `searches`.

    Both are about all parties, or about the same one. A search without result stands beside a judgement and never
    replaces it; without one it says that somebody looked. `CommitmentQuerySet.with_status` says the same in SQL.
    """
    if judgement is not None:
        return Status(judgement.status)
    return Status.NO_EVIDENCE if any(True for _search in searches) else Status.NOT_ASSESSED


class SearchQuerySet(ReviewedQuerySet):
    """Searches that found nothing."""

    parents = ("commitment__",)
    named_by = ("commitment", "party", "milestone")

    @classmethod
    def attached(cls, reading: Reading, path: str = "") -> Q:
        """Return the condition that the commitment was public, and the step too where the search is about one."""
        of_step = Q(**{f"{path}milestone__isnull": True}) | live(reading, f"{path}milestone__")
        return super().attached(reading, path) & of_step

    def held(self, reading: Reading = NOW) -> Self:
        """Return the searches made no later than the day read."""
        return self.filter(searched_on__lte=reading.day)

    def about_all(self, reading: Reading = NOW) -> Self:
        """Return the public searches made by the day read for all parties; the last one stands beside the status."""
        return self.published(reading).held(reading).filter(party__isnull=True).latest_first()

    def latest_first(self) -> Self:
        """Order by the day of the search, then by publication."""
        return self.order_by("-searched_on", "-published_at", "-pk")

    def for_detail(self, reading: Reading = NOW) -> Self:
        """Return the searches with what a page shows: signers, party, step."""
        return self.select_related("party", "milestone", "proposed_by", "published_by", "withdrawn_by").latest_first()


def met(reading: Reading) -> Q:
    """Return the condition that a milestone, or a version of one, was met by the day read, as far as was known."""
    condition = Q(met_on__lte=reading.day)
    return condition & Q(met_recorded_at__lt=reading.known_before) if reading.known_before else condition


def day_met(met_on: date | None, recorded_at: datetime | None, reading: Reading) -> date | None:
    """Return `met_on`, the day a milestone was met; None if it was not met by the day read, as far as was known."""
    if met_on is None or met_on > reading.day:
        return None
    before = reading.known_before
    return met_on if before is None or (recorded_at is not None and recorded_at < before) else None


def notice() -> timedelta:
    """Return how long before its last day a milestone is due soon.

    Of a period too: "2026" may be met on any day of it, so nothing is near before its end is.
    """
    return timedelta(days=settings.TRACKER_DUE_SOON_DAYS)


def timeliness(steps: Iterable[tuple[date | None, date | None]], day: date) -> Timeliness:
    """Return the timeliness, on `day`, of a commitment with `steps`, or of a milestone alone.

    Each of `steps` is the last day of a milestone and its `day_met`, None where there is none. Nothing is overdue until
    that day has passed, however long the window is. The status of the commitment plays no part (DESIGN §2).
    """
    dated = [(due_on, met_on) for due_on, met_on in steps if due_on is not None]
    next_due = min((due_on for due_on, met_on in dated if met_on is None), default=None)
    if next_due is not None:
        if next_due < day:
            return Timeliness.OVERDUE
        return Timeliness.DUE_SOON if next_due <= day + notice() else Timeliness.UPCOMING
    if any(met_on is not None and met_on > due_on for due_on, met_on in dated):
        return Timeliness.MET_LATE
    return Timeliness.MET_ON_TIME if dated else Timeliness.NO_DEADLINE


class MilestoneQuerySet(ReviewedQuerySet):
    """Milestones: dated steps."""

    parents = ("commitment__",)
    named_by = ("commitment",)

    def met(self, reading: Reading = NOW) -> Self:
        """Return the milestones met by the day read, as far as was known."""
        return self.filter(met(reading))

    def unmet(self, reading: Reading = NOW) -> Self:
        """Return the milestones not met by the day read, as far as was known."""
        return self.exclude(met(reading))

    def next_due(self, reading: Reading = NOW) -> dict[str, Subquery]:
        """Return, by name, the expressions of the earliest deadline among these milestones that are not met.

        `next_due` is its last day; beside it are what else a `Deadline` says.
        """
        unmet = self.unmet(reading).filter(due_on__isnull=False).order_by("due_on", "pk")
        unmet = unmet.annotate(is_reading=~Q(reading_fr="", reading_en=""))
        parts = {"": "due_on", "_from": "due_from", "_precision": "due_precision", "_is_reading": "is_reading"}
        return {f"next_due{end}": Subquery(unmet.values(name)[:1]) for end, name in parts.items()}

    def timeliness(self, reading: Reading = NOW) -> Case:
        """Return the expression of the timeliness of these milestones, for rows annotated with their `next_due`."""
        met = self.met(reading).filter(due_on__isnull=False)
        return Case(
            When(next_due__lt=reading.day, then=Value(Timeliness.OVERDUE.value)),
            When(next_due__lte=reading.day + notice(), then=Value(Timeliness.DUE_SOON.value)),
            When(next_due__isnull=False, then=Value(Timeliness.UPCOMING.value)),
            When(Exists(met.filter(met_on__gt=F("due_on"))), then=Value(Timeliness.MET_LATE.value)),
            When(Exists(met), then=Value(Timeliness.MET_ON_TIME.value)),
            default=Value(Timeliness.NO_DEADLINE.value),
            output_field=CharField(),
        )

    def overdue(self, reading: Reading = NOW) -> Self:
        """Return the unmet milestones whose last day is past, the longest overdue first."""
        return self.unmet(reading).filter(due_on__lt=reading.day).order_by("due_on", "pk")

    def due_soon(self, reading: Reading = NOW) -> Self:
        """Return the unmet milestones whose last day comes within TRACKER_DUE_SOON_DAYS."""
        return self.coming(reading).filter(due_on__lte=reading.day + notice())

    def coming(self, reading: Reading = NOW) -> Self:
        """Return the unmet milestones whose last day is not past, the next one first."""
        return self.unmet(reading).filter(due_on__gte=reading.day).order_by("due_on", "pk")


class FollowUpNoteQuerySet(ReviewedQuerySet):
    """Follow-up notes: an internal one is never public, whatever its state."""

    targets = {name: (f"{name}__",) for name in ("commitment", "instrument", "meeting")}
    named_by = tuple(targets)

    @classmethod
    def attached(cls, reading: Reading, path: str = "") -> Q:
        """Return the condition that the note at `path` is meant for the public, and that what it is on was public."""
        return super().attached(reading, path) & Q(**{f"{path}visibility": Visibility.PUBLIC})

    def held(self, reading: Reading = NOW) -> Self:
        """Return the notes dated no later than the day read; on a past day, none on a meeting that had not begun."""
        found = self.filter(dated__lte=reading.day)
        return found.exclude(meeting__starts_on__gt=reading.day) if reading.is_past else found


def of_parts(reading: Reading, name: str, **about: Any) -> Q:
    """Return the condition that a record is the `name` of what is public about one party only.

    `name` is "commitment" or "party"; `about` may name that party. Superseded assessments do not count.
    """
    found = (model("Assessment").objects.standing(reading), model("Search").objects.published(reading).held(reading))
    judged, sought = (rows.filter(party__isnull=False, **about).order_by().values(name) for rows in found)
    return Q(pk__in=judged) | Q(pk__in=sought)


def public_notes(reading: Reading) -> Prefetch:
    """Return the prefetch, into `public_notes`, of the public notes on records, the latest first."""
    notes = model("FollowUpNote").objects.published(reading).held(reading).select_related("published_by")
    return Prefetch("notes", notes.with_citations(reading).order_by("-dated", "-pk"), to_attr="public_notes")


def settled(reading: Reading) -> Q:
    """Return the condition that a discrepancy, or a version of one, was settled, as far as was known."""
    condition = Q(settled_on__isnull=False)
    return condition & Q(settled_at__lt=reading.known_before) if reading.known_before else condition


def was_settled(discrepancy: Any, reading: Reading) -> bool:
    """Whether `discrepancy` was settled, as far as was known: `settled` for one row."""
    before, at = reading.known_before, discrepancy.settled_at
    return discrepancy.settled_on is not None and (before is None or (at is not None and at < before))


def ended(outcome: DiscrepancyOutcome, reading: Reading) -> Q:
    """Return the condition that `outcome` was that of a discrepancy, or of a version of one, as far as was known."""
    if outcome == DiscrepancyOutcome.OPEN:
        return ~settled(reading)
    return settled(reading) & Q(is_compatible=outcome == DiscrepancyOutcome.COMPATIBLE)


def outcome(discrepancy: Any, reading: Reading = NOW) -> DiscrepancyOutcome:
    """Return the outcome of `discrepancy`, as far as was known: `ended` for one row."""
    if not was_settled(discrepancy, reading):
        return DiscrepancyOutcome.OPEN
    return DiscrepancyOutcome.COMPATIBLE if discrepancy.is_compatible else DiscrepancyOutcome.ADOPTED


class ClaimQuerySet(NaturalKeyQuerySet):
    """The versions of discrepancies."""

    def published(self, reading: Reading = NOW) -> Self:
        """Return the versions that a public passage gives: one without any is visible at the desk only."""
        passages = model("Citation").objects.published_on_public_target(reading).filter(claim=OuterRef("pk"))
        return self.filter(Exists(passages), live(reading, "discrepancy__"))


class DiscrepancyQuerySet(ReviewedQuerySet):
    """Discrepancies: questions on which sources disagree."""

    def open(self, reading: Reading = NOW) -> Self:
        """Return the discrepancies that nothing had settled, as far as was known."""
        return self.ended(DiscrepancyOutcome.OPEN, reading)

    def settled(self, reading: Reading = NOW) -> Self:
        """Return the discrepancies that were settled one way or the other, as far as was known."""
        return self._then(settled(reading), reading)

    def ended(self, outcome: DiscrepancyOutcome, reading: Reading = NOW) -> Self:
        """Return the discrepancies of which `outcome` was the outcome, as far as was known."""
        return self._then(ended(outcome, reading), reading)

    def with_day_signed(self, reading: Reading = NOW) -> Self:
        """Annotate `signed_at`: when the settlement known for `reading` was signed."""
        if reading.known_before is None:
            return self.annotate(signed_at=F("settled_at"))
        then = versions_then(self.model, reading).filter(id=OuterRef("pk")).order_by().values("settled_at")
        return self.annotate(signed_at=Coalesce(Subquery(then[:1]), F("settled_at")))

    def _then(self, condition: Q, reading: Reading) -> Self:
        """Return those that met `condition`: a settlement may have replaced the one that was known for `reading`."""
        if reading.known_before is None:
            return self.filter(condition)
        return self.filter(was(self.model, reading, condition, otherwise=condition))

    def for_detail(self, reading: Reading = NOW) -> Self:
        """Return the discrepancies with their claims, each with its public citations, and the records concerned."""
        claims = model("Claim").objects.published(reading).prefetch_related(public_citations(reading))
        commitments = model("Commitment").objects.published(reading).held(reading).order_by("reference")
        return self.select_related("meeting", "settled_by").prefetch_related(
            Prefetch("claims", claims.order_by("position", "pk"), to_attr="public_claims"),
            Prefetch("commitments", commitments, to_attr="public_commitments"),
        )
