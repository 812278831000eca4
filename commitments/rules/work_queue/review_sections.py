"""Review work of any noun: waiting for this editor, sent back to this analyst, declined, or never proposed."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.utils.translation import gettext as _

from commitments.choices import ReviewState, Visibility
from commitments.models import Citation, FollowUpNote, Reviewed, Source
from commitments.querysets import CitationQuerySet
from commitments.rules.people import Account, name_of
from commitments.rules.review import review_queue
from commitments.rules.work_queue.sections import Line, Section, Target, dated, kind_of

NOUNS = {str(model._meta.model_name): model for model in review_queue.KINDS}
"""Everything that is reviewed, by name."""

NEWS_DAYS = 30
"""For how many days a declined proposal is shown to whoever proposed it."""


class Word(NamedTuple):
    """An editor's answer to a proposal: who, when, and the reason given."""

    who: str
    when: datetime
    reason: str


def decidable(user: Account) -> list[QuerySet]:
    """Return, noun by noun, the proposals that `user` may publish and did not make.

    A passage whose record is not public yet is published with that record, and does not wait on its own.
    """
    waiting = review_queue.awaiting(user, decidable=True)
    return [
        _alone(rows if settings.TRACKER_SINGLE_PERSON_DESK else rows.exclude(proposed_by=user))
        .order_by()
        .annotate(since=F("proposed_at"))
        for rows in waiting.by_kind.values()
    ]


def to_review(user: User, today: date) -> Section | None:
    """Return the section of what `user` may publish; None for somebody who publishes nothing."""

    def why(record: Reviewed, word: Word | None) -> str:
        said = _("Proposé par %(who)s le %(when)s.")
        when = dated(record.proposed_at or record.recorded_at, today)
        return said % {"who": name_of(record.proposed_by), "when": when}

    return _mixed("review", _("À relire"), decidable(user), why, act="review")


def sent_back(user: User, today: date) -> Section | None:
    """Return the section of what was sent back to those who proposed it or changed it in review, `user` among them.

    Each line says who sent it back, and why. What `user` sent back is left to the others who signed it, if there are
    any; notes that have become internal, which nobody can propose, are left out.
    """
    mine = [
        _proposable(rows.filter(_proposed_by(rows.model, user), state=ReviewState.DRAFT))
        .exclude(_answered_by(rows.model, user, ReviewState.DRAFT) & _proposed_by_another(rows.model, user))
        .annotate(since=F("proposed_at"))
        for rows in _of_nouns(user, "change")
    ]
    why = _answered(_("Renvoyé en brouillon."), _("Renvoyé par %(who)s le %(when)s."), today)
    return _mixed("sent_back", _("Renvoyé vers vous"), mine, why, answered=ReviewState.DRAFT)


def declined(user: User, today: date) -> Section | None:
    """Return the section of what `user` proposed and somebody else declined in recent days.

    It is for information only.
    """
    mine = [
        rows.filter(_proposed_by(rows.model, user), state=ReviewState.DECLINED)
        .exclude(_answered_by(rows.model, user, ReviewState.DECLINED))
        .annotate(
            since=Subquery(
                _answers(rows.model, ReviewState.DECLINED).filter(id=OuterRef("pk")).values("history_date")[:1]
            )
        )
        .filter(since__date__gte=today - timedelta(days=NEWS_DAYS))
        for rows in _of_nouns(user, "view")
    ]
    why = _answered(_("Écarté."), _("Écarté par %(who)s le %(when)s."), today)
    return _mixed("declined", _("Écarté récemment"), mine, why, answered=ReviewState.DECLINED)


def drafts(user: User, today: date) -> Section | None:
    """Return the section of the drafts that `user` made and nobody has proposed.

    Sources are left out: they become public with what quotes them, and those not quoted yet have their own section.
    So are internal notes, which are for the desk only.
    """
    mine = [
        _alone(_proposable(rows.filter(state=ReviewState.DRAFT, proposed_by=None)))
        .filter(made_by(rows.model, user))
        .annotate(since=F("recorded_at"))
        for rows in _of_nouns(user, "change")
        if rows.model is not Source
    ]

    def why(record: Reviewed, word: Word | None) -> str:
        return _("Enregistré le %(when)s, jamais proposé.") % {"when": dated(record.recorded_at, today)}

    return _mixed("drafts", _("Vos brouillons"), mine, why)


def made_by(model: type[Reviewed], user: User) -> Exists:
    """Return the condition that `user` is the one who first recorded a record of `model`."""
    history = model.history.model.objects.order_by()
    return Exists(history.filter(id=OuterRef("pk"), history_type="+", history_user=user))


def _proposed_by(model: type[Reviewed], user: User) -> Exists:
    """Return the condition that `user` once proposed a record of `model`, or changed it in review."""
    history = model.history.model.objects.order_by()
    return Exists(history.filter(id=OuterRef("pk"), state=ReviewState.IN_REVIEW, proposed_by=user))


def _proposed_by_another(model: type[Reviewed], user: User) -> Exists:
    """Return the condition that somebody other than `user` proposed a record of `model`, or changed it in review."""
    history = model.history.model.objects.order_by()
    return Exists(history.filter(id=OuterRef("pk"), state=ReviewState.IN_REVIEW).exclude(proposed_by=user))


def _answered_by(model: type[Reviewed], user: User, state: str) -> Exists:
    """Return the condition that `user` was the last to move a record of `model` from review to `state`."""
    latest = _answers(model, state).filter(id=OuterRef(OuterRef("pk"))).values("history_id")[:1]
    history = model.history.model.objects.order_by()
    return Exists(history.filter(history_id=Subquery(latest), history_user=user))


def _answered(unsigned: str, signed: str, today: date) -> Callable[[Reviewed, Word | None], str]:
    """Return what says why a record waits after an editor's answer: in `signed`, if the editor is known."""
    return lambda record, word: signed % {"who": word.who, "when": dated(word.when, today)} if word else unsigned


def _of_nouns(user: Any, act: str) -> Iterable[Any]:
    """Yield the rows of each noun on which `user` may do `act`."""
    return [
        model._default_manager.order_by()
        for name, model in NOUNS.items()
        if user.has_perm(f"{model._meta.app_label}.{act}_{name}")
    ]


def _alone(rows: QuerySet) -> QuerySet:
    """Return `rows` without the passages that will be published with the record they are attached to."""
    if rows.model is not Citation:
        return rows
    paths = [path for path, *_above in CitationQuerySet.targets.values()]
    return rows.filter(reduce(or_, (Q(**{f"{path}state": ReviewState.PUBLISHED}) for path in paths)))


def _proposable(rows: QuerySet) -> QuerySet:
    """Return `rows` without the notes that stay at the desk."""
    return rows.exclude(visibility=Visibility.INTERNAL) if rows.model is FollowUpNote else rows


def _mixed(
    key: str,
    heading: str,
    querysets: list[QuerySet],
    why: Callable[[Reviewed, Word | None], str],
    *,
    act: str = "change",
    answered: str = "",
) -> Section | None:
    """Return a section of records of several nouns, the longest waiting first; None if there is no noun to show.

    `answered` is the state that an editor's answer moved them to: each line then carries the reason given.
    """
    if not querysets:
        return None
    parts = [
        rows.annotate(noun=Value(rows.model._meta.model_name)).values_list("noun", "pk", "since") for rows in querysets
    ]
    # The names of the columns are those of the first part, whose key is called "id" there.
    rows = parts[0].union(*parts[1:], all=True).order_by("since", "noun", "id")

    def describe(found: list[tuple[str, int, datetime]]) -> list[Line]:
        records = _fetched(found)
        words = _words(records, answered) if answered else {}
        lines = []
        for record in records:
            word = words.get(record)
            target = Target(str(record._meta.model_name), record.pk, act)
            said = word.reason if word else ""
            lines.append(Line(str(record), why(record, word), target, said, kind_of(record)))
        return lines

    return Section(key, heading, rows, describe)


def _fetched(found: list[tuple[str, int, datetime]]) -> list[Reviewed]:
    """Return the records that the rows of a section refer to, in order, with what their names are made of."""
    records: dict[tuple[str, int], Reviewed] = {}
    for noun in {noun for noun, _pk, _since in found}:
        model = NOUNS[noun]
        rows: Any = model._default_manager.order_by()
        rows = rows.named().select_related("proposed_by")
        keys = [pk for name, pk, _since in found if name == noun]
        records |= {(noun, pk): record for pk, record in rows.in_bulk(keys).items()}
    return [records[noun, pk] for noun, pk, _since in found if (noun, pk) in records]


def _answers(model: type[Reviewed], state: str) -> QuerySet:
    """Return the history rows of `model` that moved a proposal to `state`, and later ones, the earliest first."""
    history = model.history.model.objects
    proposed = history.filter(id=OuterRef("id"), state=ReviewState.IN_REVIEW).order_by("-history_id")
    rows = history.filter(state=state, history_id__gt=Subquery(proposed.values("history_id")[:1]))
    return rows.order_by("history_id")


def _words(records: list[Reviewed], state: str) -> dict[Reviewed, Word]:
    """Return the answer with which each record was moved from review to `state`; one query for each noun."""
    words: dict[Reviewed, Word] = {}
    for model in {type(record) for record in records}:
        of_model = {record.pk: record for record in records if type(record) is model}
        for row in _answers(model, state).filter(id__in=of_model).select_related("history_user"):
            who = name_of(row.history_user)
            words.setdefault(of_model[row.id], Word(who, row.history_date, row.history_change_reason or ""))
    return words
