"""What is next for a person: the work queue of the desk, each line with the form that settles it.

Only those with the right to settle its lines have a section in their queue. Whoever may publish commitments sees
everybody's; an analyst sees their own and what nobody follows.
"""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import Case, Exists, Max, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _, ngettext

from commitments.choices import GONE, ReviewState, Verification
from commitments.deadlines import Deadline
from commitments.models import Assessment, Citation, Commitment, Discrepancy, FollowUpNote, Milestone, Search, Source
from commitments.querysets import CitationQuerySet
from commitments.querysets.follow_up import notice
from commitments.reading import Reading
from commitments.rules.people import name_of
from commitments.rules.work_queue import review_sections
from commitments.rules.work_queue.sections import Line, Section, SectionPreview, Target, dated, section_of
from commitments.typography import in_full, quoted

SHOWN = 8
"""How many lines of a section the queue shows."""

NEWS = ("declined",)
"""The sections that only inform, and ask for nothing."""


def worklist(user: User, *, today: date | None = None, shown: int = SHOWN) -> list[SectionPreview]:
    """Return the sections that have lines for `user`, the most urgent first, each with its first `shown` lines.

    `today` defaults to the current day. The number of queries does not depend on the number of rows.
    """
    found = [section.preview(shown) for section in _sections(user, today)]
    return [section for section in found if section.total]


def whole_section(user: User, key: str, *, today: date | None = None) -> Section | None:
    """Return all the lines of the section `key` for `user`, to be cut into pages; None if they have no such section.

    `today` defaults to the current day.
    """
    return next((found for found in _sections(user, today) if found.key == key), None)


def _sections(user: User, today: date | None) -> list[Section]:
    today = today or timezone.localdate()
    found = [make(user, today) for right, make in SECTIONS if not right or user.has_perm(f"commitments.{right}")]
    return [section for section in found if section is not None]


# Whose it is


def _is_editor(user: User) -> bool:
    return user.has_perm("commitments.publish_commitment")


def _theirs(rows: QuerySet, user: User, path: str = "") -> QuerySet:
    """Return the rows that `user` should handle, annotated with `turn`: 0 if they follow the commitment, 1 otherwise.

    `path` leads from a row to its commitment.
    """
    mine = Q(**{f"{path}assigned_to": user})
    if not _is_editor(user):
        # What a closed account follows counts as followed by nobody.
        nobodys = Q(**{f"{path}assigned_to": None}) | Q(**{f"{path}assigned_to__is_active": False})
        rows = rows.filter(mine | nobodys)
    return rows.annotate(turn=Case(When(mine, then=Value(0)), default=Value(1)))


def _follower(commitment: Commitment, user: User) -> str:
    """Return the words at the end of a line about who follows `commitment`."""
    if commitment.assigned_to is None:
        return _("Personne ne le suit.")
    if commitment.assigned_to == user:
        return _("Vous le suivez.")
    return _("Suivi par %s.") % name_of(commitment.assigned_to)


def _settling(model: type[Assessment | Search], user: User) -> QuerySet:
    """Return the rows of `model` that settle a line for `user`: those public or in review, and the drafts they made.

    Somebody else's draft settles a line for nobody but them.
    """
    rows = model._default_manager.exclude(state__in=GONE)
    return rows.filter(~Q(state=ReviewState.DRAFT) | Q(review_sections.made_by(model, user)))


# Milestones


def _overdue(user: User, today: date) -> Section | None:
    """Return the section of public milestones whose last day is past."""

    def when(due: Deadline) -> str:
        days = (today - due.last).days
        if due.is_period:
            past = ngettext("passée depuis %(n)d jour", "passée depuis %(n)d jours", days) % {"n": days}
            return _("Période : %(deadline)s, %(past)s.") % {"deadline": due.in_words(), "past": past}
        late = ngettext("dépassée de %(n)d jour", "dépassée de %(n)d jours", days) % {"n": days}
        return _("Échéance le %(day)s, %(late)s.") % {"day": in_full(due.last), "late": late}

    rows = Milestone.objects.published().overdue(Reading(as_of=today))
    return _milestones("overdue", _("Échéances dépassées"), rows, user, when, judged_from=OuterRef("due_on"))


def _due_soon(user: User, today: date) -> Section | None:
    """Return the section of public milestones whose last day is near."""

    def when(due: Deadline) -> str:
        days = (due.last - today).days
        if due.is_period:
            left = ngettext("finit dans %(n)d jour", "finit dans %(n)d jours", days) % {"n": days}
            left = left if days else _("finit aujourd’hui")
            return _("Période : %(deadline)s, %(left)s.") % {"deadline": due.in_words(), "left": left}
        if days == 0:
            return _("Échéance aujourd’hui.")
        left = ngettext("dans %(n)d jour", "dans %(n)d jours", days) % {"n": days}
        return _("Échéance le %(day)s, %(left)s.") % {"day": in_full(due.last), "left": left}

    rows = Milestone.objects.published().due_soon(Reading(as_of=today))
    # Neither an assessment nor a search is of a day to come: any since the deadline became near settles the line.
    became_near = OuterRef("due_on") - notice()
    return _milestones("due_soon", _("Échéances proches"), rows, user, when, judged_from=became_near)


def _milestones(key: str, heading: str, rows: QuerySet, user: User, when: Any, *, judged_from: Any) -> Section | None:
    """Return a section of public milestones: to be marked as met by their editors, else leading to an assessment.

    For the latter, an assessment of the day `judged_from` or of a later one settles the line, and so does a search of
    such a day that is about all parties, and about neither another step nor a period apart from the deadline's.
    """
    rows = _theirs(rows, user, "commitment__").select_related("commitment__assigned_to")
    may_edit = user.has_perm("commitments.publish_milestone")
    if not may_edit:
        if not user.has_perm("commitments.add_assessment"):
            return None
        # All they can do about a deadline is to assess the commitment, or to search.
        judgements, searches = (
            _settling(model, user).filter(commitment=OuterRef("commitment")) for model in (Assessment, Search)
        )
        of_step = Q(milestone=None) | Q(milestone=OuterRef("pk"))
        begun = Q(period_from=None) | Q(period_from__lte=OuterRef("due_on"))
        lasting = Q(period_to=None) | Q(period_to__gte=Coalesce(OuterRef("due_from"), OuterRef("due_on")))
        rows = rows.exclude(Exists(judgements.filter(as_of__gte=judged_from)))
        rows = rows.exclude(Exists(searches.filter(of_step, begun, lasting, party=None, searched_on__gte=judged_from)))

    def line(row: Any) -> Line:
        due, follower = when(row.deadline), _follower(row.commitment, user)
        if may_edit:
            return Line(str(row), f"{due} {follower}", Target("milestone", row.pk))
        why = f"{due} {_('À évaluer.')} {follower}"
        return Line(str(row), why, Target("commitment", row.commitment_id, "assess"))

    return section_of(key, heading, rows.order_by("turn", "due_on", "pk"), line)


# Commitments


def looked_at(rows: QuerySet) -> QuerySet:
    """Annotate commitments with `looked_at`, the last moment at which somebody looked at them here.

    That is the latest of: the commitment recorded or published; an assessment, a search or a note of it recorded; a
    passage recorded for it, or for one of its assessments, milestones or notes. Declined records do not count;
    withdrawn ones do: somebody had looked.
    """

    def latest(model: Any, path: str) -> Subquery:
        kept = model.objects.filter(**{path: OuterRef("pk")}).exclude(state=ReviewState.DECLINED)
        return Subquery(kept.order_by().values(path).annotate(latest=Max("recorded_at")).values("latest"))

    moments = [
        latest(Assessment, "commitment"),
        latest(Search, "commitment"),
        latest(FollowUpNote, "commitment"),
        latest(Citation, "commitment"),
        *(latest(Citation, f"{name}__commitment") for name in ("assessment", "milestone", "note")),
    ]
    known = [Coalesce(moment, "recorded_at") for moment in (*moments, "published_at")]
    return rows.annotate(looked_at=Greatest(*known))


def _stale(user: User, today: date) -> Section | None:
    """Return the section of public commitments at which nobody has looked for as many days as the setting says."""
    last_day = today - timedelta(days=settings.TRACKER_STALE_DAYS)
    limit = timezone.make_aware(datetime.combine(last_day + timedelta(days=1), time.min))
    rows = looked_at(_theirs(Commitment.objects.published().undertaken(), user)).filter(looked_at__lt=limit)
    rows = rows.select_related("assigned_to").order_by("turn", "looked_at", "reference")

    def line(row: Any) -> Line:
        why = _("Dernier regard le %s.") % dated(row.looked_at, today) + f" {_follower(row, user)}"
        return Line(str(row), why, Target("commitment", row.pk, "assess"))

    heading = ngettext(
        "Engagements non regardés depuis %(n)d jour",
        "Engagements non regardés depuis %(n)d jours",
        settings.TRACKER_STALE_DAYS,
    )
    return section_of("stale", heading % {"n": settings.TRACKER_STALE_DAYS}, rows, line)


# Passages and sources


def _unsound(user: User, today: date) -> Section | None:
    """Return the section of passages that are not found, or not in one place, in their source's text.

    Left out: those that were withdrawn or declined, or whose record or its commitment was; and public ones for those
    who may not edit them. The evidence of a published assessment cannot be changed: it leads to the assessment that
    replaces that one, and is left out once there is one, public or in review, or a draft that `user` made.
    """
    rows = Citation.objects.filter(verification__in=[Verification.AMBIGUOUS, Verification.NOT_FOUND])
    rows = rows.exclude(state__in=GONE)
    for path in CitationQuerySet.reviewed:
        rows = rows.exclude(**{f"{path}state__in": GONE})
    closed = Q(assessment__state=ReviewState.PUBLISHED)
    if not user.has_perm("commitments.add_assessment"):
        rows = rows.exclude(closed)
    if not user.has_perm("commitments.publish_citation"):
        rows = rows.exclude(~closed, state=ReviewState.PUBLISHED)
    rows = rows.exclude(Exists(_settling(Assessment, user).filter(supersedes=OuterRef("assessment"))))

    def line(row: Citation) -> Line:
        what = f"{row.source.reference} {quoted(Truncator(row.exact).chars(90))}"
        why = f"{row.get_verification_display()}. " + _("Rattachée à : %s.") % row.target
        if row.assessment is not None and row.assessment.is_published:
            return Line(what, f"{why} {_('À remplacer.')}", Target("assessment", row.assessment.pk, "replace"))
        return Line(what, why, Target("citation", row.pk))

    # Public records come first.
    public = Case(When(state=ReviewState.PUBLISHED, then=Value(0)), default=Value(1))
    rows = rows.with_source().with_targets().select_related("assessment__party")
    rows = rows.annotate(turn=public).order_by("turn", "recorded_at", "pk")
    heading = _("Citations qui ne se vérifient plus")
    return section_of("citations", heading, rows, line)


def _unquoted(user: User, today: date) -> Section | None:
    """Return the section of sources from which no passage is quoted.

    A source without a text needs one: left out for those who may not edit it, that is a public one for an analyst.
    """
    quotations = Citation.objects.filter(source=OuterRef("pk")).exclude(state__in=GONE)
    rows = Source.objects.exclude(state__in=GONE).filter(~Exists(quotations))
    if not user.has_perm("commitments.change_source"):
        rows = rows.exclude(text="")
    elif not user.has_perm("commitments.publish_source"):
        rows = rows.exclude(text="", state=ReviewState.PUBLISHED)

    def line(row: Any) -> Line:
        # The digest shows that there is a text, without reading it.
        why = _("Au dossier depuis le %s.") if row.sha256 else _("Au dossier depuis le %s, sans texte archivé.")
        target = Target("source", row.pk, "quote" if row.sha256 else "change")
        return Line(str(row), why % dated(row.recorded_at, today), target)

    return section_of(
        "unquoted", _("Sources pas encore citées"), rows.defer("text").order_by("recorded_at", "pk"), line
    )


# Discrepancies


def _discrepancies(user: User, today: date) -> Section | None:
    """Return the section of questions for which no value is adopted; public ones only for those who may edit them."""
    rows = Discrepancy.objects.open(Reading(as_of=today)).exclude(state__in=GONE)
    if not user.has_perm("commitments.publish_discrepancy"):
        rows = rows.exclude(state=ReviewState.PUBLISHED)

    def line(row: Any) -> Line:
        why = _("Ouverte depuis le %s.") % dated(row.recorded_at, today)
        state = "" if row.is_published else f" {row.get_state_display()}."
        return Line(str(row), f"{why}{state}", Target("discrepancy", row.pk))

    return section_of("discrepancies", _("Divergences ouvertes"), rows.order_by("recorded_at", "pk"), line)


SECTIONS: tuple[tuple[str, Callable[[User, date], Section | None]], ...] = (
    ("", review_sections.sent_back),
    ("", review_sections.to_review),
    ("change_citation", _unsound),
    ("change_milestone", _overdue),
    ("change_milestone", _due_soon),
    ("", review_sections.drafts),
    ("change_discrepancy", _discrepancies),
    ("add_assessment", _stale),
    ("add_citation", _unquoted),
    ("", review_sections.declined),
)
"""The sections, the most urgent first, each with the right that it takes to settle its lines, if it is one for all."""
