"""The acts of review: propose, send back, decline, publish, withdraw, supersede.

Each is one act (`rules.act`), signed and dated; public ones are dated in their turn.
"""

from collections.abc import Iterable
from typing import Any, NoReturn, TypeVar

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from commitments.choices import ReviewState
from commitments.models import (
    Assessment,
    Citation,
    Commitment,
    Countersigned,
    Discrepancy,
    FollowUpNote,
    Instrument,
    Meeting,
    Milestone,
    Source,
)
from commitments.models.base import Reviewed, in_bulk
from commitments.rules.act import as_act
from commitments.rules.judging import evidence
from commitments.rules.people import Account
from commitments.rules.time import schedule

Record = TypeVar("Record", bound=Reviewed)


class Refused(ValidationError):
    """An act was refused by a rule; `error_dict` has the reasons by the fields that they concern."""


def refuse(objections: Iterable[evidence.Objection]) -> None:
    """Raise Refused with the objections, each under its field; do nothing if there are none."""
    by_field: dict[str, list[ValidationError]] = {}
    for objection in objections:
        by_field.setdefault(objection.field, []).append(ValidationError(objection.message, code=objection.code))
    if by_field:
        raise Refused(by_field)


def _refuse(code: str, message: str, field: str = NON_FIELD_ERRORS) -> NoReturn:
    raise Refused({field: [ValidationError(message, code=code)]})


def refuse_state(message: str) -> NoReturn:
    """Raise Refused with `message`: the record's review state does not allow the act."""
    _refuse("state", message)


def _locked(record: Record) -> Record:
    """Return the stored row of `record`, locked until the end of the transaction (SQLite locks the whole file)."""
    return type(record)._default_manager.select_for_update(of=("self",)).get(pk=record.pk)


def _tell(record: Reviewed, by: Any, reason: str) -> None:
    """Name in the history row that the next save of `record` writes who did it, and why."""
    record._history_user = by  # type: ignore[attr-defined]
    record._change_reason = reason  # type: ignore[attr-defined]


def _sign(record: Reviewed, act: str, by: Any, *, reason: str = "") -> None:
    """Sign and date `act` on the record, and in the history row that its next save writes."""
    _tell(record, by, reason)
    setattr(record, f"{act}_by", by)
    setattr(record, f"{act}_at", timezone.now())


def _adopt(record: Reviewed, stored: Reviewed) -> None:
    """Update the caller's instance to what was just stored."""
    for field in stored._meta.concrete_fields:
        if field.attname in stored.__dict__:
            setattr(record, field.attname, getattr(stored, field.attname))


@as_act()
def propose(record: Reviewed, *, by: User, remark: str = "") -> None:
    """Submit a draft for review; `remark` is for the editor, and replies to the one who sent it back.

    Raises Refused if the record is no draft, if it is a note that stays at the desk, or if a rule of evidence refuses
    an assessment or a search.
    """
    stored = _locked(record)
    if stored.state != ReviewState.DRAFT:
        _refuse("not_draft", _("Seul un brouillon se propose ; celui-ci est : %s.") % stored.get_state_display())
    if isinstance(stored, Countersigned | FollowUpNote):
        # What it is on may be waiting for review too; publishing asks for that one first.
        refuse(objection for objection in evidence.objections(stored) if objection.code != "parent")
    stored.state = ReviewState.IN_REVIEW
    _sign(stored, "proposed", by, reason=remark.strip())
    stored.save()
    _adopt(record, stored)


@as_act()
def answer(record: Reviewed, *, by: User, remark: str) -> None:
    """Record the reply to an editor in the history of a draft that was sent back, before it is proposed again.

    Raises Refused if the record was not sent back; does nothing if `remark` is blank.
    """
    stored = _locked(record)
    if not stored.is_sent_back:
        _refuse("not_sent_back", _("Seul un brouillon renvoyé appelle une réponse."))
    if remark.strip():
        _tell(stored, by, remark.strip())
        stored.save()
        _adopt(record, stored)


@as_act()
def send_back(record: Reviewed, *, by: User, reason: str) -> None:
    """Return a proposal to draft; its proposer stays on record, and reads `reason` in its history.

    Raises Refused if it is not in review, or if no reason is given.
    """
    _return(record, ReviewState.DRAFT, by=by, reason=reason)


@as_act()
def decline(record: Reviewed, *, by: User, reason: str) -> None:
    """End a proposal that will not be published; it stays on file, closed, with `reason` in its history.

    Raises Refused if it is not in review, or if no reason is given.
    """
    _return(record, ReviewState.DECLINED, by=by, reason=reason)


def _return(record: Reviewed, state: ReviewState, *, by: User, reason: str) -> None:
    stored = _locked(record)
    if stored.state != ReviewState.IN_REVIEW:
        _refuse("not_in_review", _("Cet enregistrement n’est pas en relecture."))
    if not reason.strip():
        _refuse("reason", _("Dites pourquoi : la personne qui propose le lira."), "reason")
    stored.state = state
    _tell(stored, by, reason.strip())
    stored.save()
    _adopt(record, stored)


def bundle(record: Reviewed) -> list[Reviewed]:
    """Return the records that publishing `record` makes public, in the order in which they are published.

    With a record go its instrument and that instrument's meeting, its citations and their sources, if these are not
    public yet; for a discrepancy, the citations of its claims.
    """
    wanted: list[Reviewed] = []

    def want(candidate: Reviewed | None) -> None:
        if candidate is not None and candidate.is_draft and candidate not in wanted:
            wanted.append(candidate)

    if isinstance(record, Commitment):
        want(record.instrument.meeting)
        want(record.instrument)
    if isinstance(record, Instrument | Discrepancy):
        want(record.meeting)
    attached = citations_of(record)
    for citation in attached:
        want(citation.source)
    want(record)
    for citation in attached:
        want(citation)
    return wanted


def citations_of(record: Reviewed) -> list[Citation]:
    """Return the passages attached to `record`: those of a discrepancy's claims; for a passage itself."""
    if isinstance(record, Citation):
        return [record]
    if isinstance(record, Discrepancy):
        return [citation for claim in record.claims.all() for citation in evidence.attached(claim)]
    return evidence.attached(record)


def signed_by(user: Account, model: type[Countersigned]) -> Q:
    """Return the condition that `user` proposed a record of `model` in review, or changed it since it was proposed."""
    history = model.history.model.objects.order_by()
    before = history.filter(id=OuterRef("id")).exclude(state=ReviewState.IN_REVIEW).order_by("-history_id")
    in_review = history.filter(id=OuterRef("pk"), state=ReviewState.IN_REVIEW, proposed_by=user)
    since = Coalesce(Subquery(before.values("history_id")[:1]), Value(0))
    return Q(proposed_by=user) | Q(Exists(in_review.filter(history_id__gt=since)))


def is_own(record: Reviewed, user: Account) -> bool:
    """Whether `user` proposed `record`, or, if it asks for two people, changed it in review."""
    if isinstance(record, Countersigned):
        return type(record)._default_manager.filter(signed_by(user, type(record)), pk=record.pk).exists()
    return record.proposed_by_id == user.pk


def obstacles(
    record: Reviewed, *, by: Account, own: bool | None = None, with_it: list[Reviewed] | None = None
) -> list[evidence.Objection]:
    """Return the objections to `by` publishing `record` now; nothing is changed. `publish` refuses on any of them.

    `own` is the result of `is_own`, and `with_it` the `bundle` of `record`, if already known.
    """
    if not record.is_draft:
        return [evidence.Objection("not_draft", _("Ceci ne se publie plus : %s.") % record.get_state_display())]
    found = evidence.objections(record)
    if isinstance(record, Countersigned) and record.state != ReviewState.IN_REVIEW:
        message = _("Une évaluation ou une recherche se publie après avoir été proposée.")
        found.append(evidence.Objection("not_proposed", message))
    two_people = isinstance(record, Countersigned) and not settings.TRACKER_SINGLE_PERSON_DESK
    if two_people and (is_own(record, by) if own is None else own):
        message = _("Vous l’avez proposée ou modifiée : une autre personne doit la publier.")
        found.append(evidence.Objection("two_people", message))
    with_it = bundle(record) if with_it is None else with_it
    found += [
        evidence.Objection("unsound", f"{item} : {item.get_verification_display()}")
        for item in with_it
        if item != record and isinstance(item, Citation) and not item.may_be_published
    ]
    barred = [item._meta.verbose_name_plural for item in with_it if not by.has_perm(_right_to_publish(item))]
    if barred:
        kinds = ", ".join(dict.fromkeys(str(kind) for kind in barred))
        message = _("Votre compte ne publie pas tout ce qui deviendrait public ici : %s.") % kinds
        found.append(evidence.Objection("rights", message))
    return found


def _right_to_publish(record: Reviewed) -> str:
    return f"{record._meta.app_label}.publish_{record._meta.model_name}"


@as_act()
def amend(record: models.Model | None, *, by: User) -> None:
    """Make whoever changed an assessment or a search in review, or its evidence, its proposer as well.

    Neither they nor those who proposed it before them may publish it, until it is sent back.

    The one place that decides whose proposal it then is, for forms, quoting and imports alike. Only these ask for two
    people (rule 6): any other record, and None, keeps its proposer, and so does one that is not in review. Raises
    Refused if the record no longer meets the rules.
    """
    if not isinstance(record, Countersigned):
        return
    stored = _locked(record)
    if stored.state != ReviewState.IN_REVIEW:
        return
    refuse(objection for objection in evidence.objections(stored) if objection.code != "parent")
    _sign(stored, "proposed", by)
    stored.save()
    _adopt(record, stored)


@as_act(public=True)
def publish(record: Reviewed, *, by: User) -> list[Reviewed]:
    """Make `record` public, with all that `bundle` returns; return what became public.

    Raises Refused if it is public or withdrawn already, if a rule of evidence objects, if `by` may not publish every
    kind of record that would become public, or if one who proposed an assessment or a search, or changed it in review,
    would publish it (rule 6), unless the setting TRACKER_SINGLE_PERSON_DESK allows that: the record then says so. These
    two must have been proposed.
    """
    stored = _locked(record)
    published = bundle(stored)
    refuse(obstacles(stored, by=by, with_it=published))
    if isinstance(stored, Countersigned):
        stored.single_handed = is_own(stored, by)
    with in_bulk():
        for item in published:
            item.state = ReviewState.PUBLISHED
            _sign(item, "published", by)
            item.save()
        if isinstance(stored, Commitment):
            schedule.extend(stored, by=by)
    _adopt(record, stored)
    return published


@as_act(public=True)
def withdraw(record: Reviewed, *, by: User, reason: str) -> None:
    """Withdraw a published record; the public reads `reason`, and the record stays readable on past days.

    Raises Refused if the record is not public, if no reason is given, or while public records rest on it.
    """
    stored = _locked(record)
    if not stored.is_published:
        _refuse("not_published", _("Seul ce qui est publié se retire."))
    if not reason.strip():
        _refuse("reason", _("Un retrait demande un motif, que le public lira."), "reason")
    resting = dependents(stored)
    if resting:
        message = _("Des enregistrements publiés en dépendent : %s. Retirez-les d’abord.")
        _refuse("in_use", message % ", ".join(str(item) for item in resting[:5]))
    rests_on_it = _quoting(stored)
    before = evidence.objections(rests_on_it) if rests_on_it else []
    stored.state = ReviewState.WITHDRAWN
    stored.withdrawal_reason = reason.strip()
    _sign(stored, "withdrawn", by, reason=stored.withdrawal_reason)
    stored.save()
    if rests_on_it:
        # What was public because of this passage must still be justified without it.
        refuse(objection for objection in evidence.objections(rests_on_it) if objection not in before)
    _adopt(record, stored)


def _quoting(record: Reviewed) -> Reviewed | None:
    """Return the public record that a citation is attached to; None for any other record, or if it is not public."""
    if not isinstance(record, Citation):
        return None
    target = record.claim.discrepancy if record.claim else record.target
    return target if isinstance(target, Reviewed) and target.is_published else None


def refuse_unmarked(record: Reviewed) -> None:
    """Refuse what one person proposed and published if it, and the desk's setting, ask for two."""
    alone = isinstance(record, Countersigned) and record.published_by_id == record.proposed_by_id
    if alone and not settings.TRACKER_SINGLE_PERSON_DESK:
        _refuse("two_people", _("Qui propose ne publie pas."))


def dependents(record: Reviewed) -> list[models.Model]:
    """Return the public records that would lose their basis if `record` were withdrawn."""
    match record:
        case Source():
            return list(record.citations.published())
        case Instrument():
            return list(record.commitments.published())
        case Meeting():
            return list(record.instruments.published())
        case Milestone():
            return list(record.searches.published())
        case Citation() if isinstance(record.target, Assessment) and record.target.is_published:
            return [record.target]
        case _:
            return []


@as_act(public=True)
def supersede(old: Assessment, replacement: Assessment, *, by: User, reason: str) -> list[Reviewed]:
    """Publish `replacement`, proposed by somebody else, replacing the published `old`; return what became public.

    `old` stays readable in the history, marked as superseded, with `reason`. Raises Refused as `publish` does, and if
    the two are not of the same commitment and party.
    """
    stored = _locked(replacement)
    if not reason.strip():
        _refuse("reason", _("Un remplacement demande un motif."), "supersession_reason")
    stored.supersedes, stored.supersession_reason = old, reason.strip()
    stored.save()
    published = publish(stored, by=by)
    _adopt(replacement, stored)
    return published
