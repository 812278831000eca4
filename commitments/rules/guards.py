"""Puts the rules under every save and every deletion, whatever the way in: admin, import, command, fixture, shell.

`connect()` is called once, when the app is ready. A guard refuses with a ValidationError (`publication.Refused`).
"""

from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.signals import post_save, pre_delete, pre_save
from django.utils import timezone
from django.utils.translation import gettext as _

from commitments.choices import ReviewState
from commitments.models import (
    Assessment,
    Citation,
    Claim,
    Commitment,
    Discrepancy,
    Milestone,
    Search,
    Source,
    Undertaking,
)
from commitments.models.base import Record, Reviewed, nouns
from commitments.rules import act
from commitments.rules.judging import evidence, settlement
from commitments.rules.review import publication
from commitments.rules.search import analysis
from commitments.rules.sourcing import citations
from commitments.rules.text import digests, web_address
from commitments.rules.time import days, precision

MOVES = {
    ReviewState.DRAFT: {ReviewState.IN_REVIEW, ReviewState.PUBLISHED},
    ReviewState.IN_REVIEW: {ReviewState.DRAFT, ReviewState.PUBLISHED, ReviewState.DECLINED},
    ReviewState.PUBLISHED: {ReviewState.WITHDRAWN},
    ReviewState.WITHDRAWN: set(),
    ReviewState.DECLINED: set(),
}
"""From each state, the states that an act may lead to."""

WITHDRAWAL = {"state", "withdrawn_by_id", "withdrawn_at", "withdrawal_reason"}
"""The only fields that may ever change in a published assessment or search."""

PUBLICATION = {"state", "published_by_id", "published_at"}
"""The fields of an assessment's evidence that change when both are published."""

PLACE = {"prefix", "suffix", "verification", "start", "end", "verified_at"}
"""The fields of a published assessment's citation that may change: its words may not, their place may."""


def connect() -> None:
    """Connect the guards to every model of the tracker."""
    for model in nouns():
        pre_save.connect(before_save, sender=model, dispatch_uid=f"guard-save-{model.__name__}")
        if issubclass(model, (Reviewed, Claim)):
            pre_delete.connect(before_delete, sender=model, dispatch_uid=f"guard-delete-{model.__name__}")
    post_save.connect(after_source, sender=Source, dispatch_uid="guard-source")


def before_save(sender: type[Record], instance: Record, raw: bool = False, **kwargs: object) -> None:
    """Refuse a save that would break a rule, and set what is computed. `raw` is True while a fixture loads.

    The stored row is what is checked, locked until the end of the save's transaction (`Record.save`). A fixture may
    load a record as published: its evidence comes later in the file, and is therefore checked by the command
    check_citations, not here. Everything else applies to fixtures too.
    """
    judged = _judged(instance)
    instance.on_file = stored = _stored(instance)  # type: ignore[attr-defined]  # read by `act` after the save
    for name in instance.get_deferred_fields() if stored is not None else ():
        setattr(instance, name, getattr(stored, name))  # already read: spares a query for each deferred field
    _refuse_nul(instance)
    to_come = None if raw else days.day_to_come(instance, stored)
    if to_come:
        raise ValidationError(dict([to_come]), code="future")
    _compute(instance, stored, raw=raw)
    if isinstance(instance, Milestone) and (found := dict(precision.objections(instance))):
        raise ValidationError(found, code="due_precision")
    if isinstance(instance, Milestone) and stored is not None:
        _hold_step(instance, stored)
    if isinstance(instance, Citation) and judged:
        _hold_evidence(instance, stored, judged, raw=raw)
    if isinstance(instance, Reviewed):
        _hold_history(instance, stored, raw=raw)
    commitment = _given_other_roles(instance, stored)
    if commitment is not None and commitment.is_published and not raw:
        act.at_end(("roles", commitment.pk), partial(_hold_roles, commitment.pk))


def _stored(instance: Record) -> Any:
    """Return the stored row of `instance`, locked; None if it is new."""
    if instance.pk is None:
        return None
    # A plain look-up: the default order would join.
    rows = type(instance)._base_manager.select_for_update(of=("self",)).order_by()
    return next(iter(rows.filter(pk=instance.pk)), None)


def _judged(instance: Record) -> list[Assessment]:
    """Return, locked before the citation itself, the assessments that it is, or was, evidence for.

    Publishing locks in the same order, so that two transactions cannot separate evidence and assessment.
    """
    if not isinstance(instance, Citation):
        return []
    keys = set(Citation.objects.order_by().filter(pk=instance.pk).values_list("assessment_id", flat=True))
    locked = Assessment.objects.select_for_update(of=("self",)).filter(pk__in={*keys, instance.assessment_id} - {None})
    return list(locked.order_by("pk"))


def _refuse_nul(instance: Record) -> None:
    for field in instance._meta.concrete_fields:
        value = getattr(instance, field.attname)
        if isinstance(value, str) and "\x00" in value:
            message = _("« %(field)s » contient un caractère nul, qu’aucune base ne garde : effacez-le.")
            raise ValidationError({field.name: message % {"field": field.verbose_name}}, code="nul")


def _compute(instance: Record, stored: Any, *, raw: bool) -> None:
    match instance:
        case Source():
            if instance.url:
                web_address.check(instance.url)
            if instance.text.isspace():
                # White space alone, of any kind, is no text: an empty string means so to every query.
                instance.text = ""
            if instance.text_is_partial and (stored is None or stored.text != instance.text):
                instance.text_is_partial = stored is None and raw  # a text that replaces it is whole
            if not instance.text_is_partial:
                instance.sha256 = digests.sha256(instance.text) if instance.text else ""
        case Citation():
            if stored is not None and raw:
                # A fixture does not have the outcome of looking its quotations up here before.
                for name in ("verification", "start", "end", "verified_at"):
                    setattr(instance, name, getattr(stored, name))
            citations.verify(instance)
            if instance.is_draft and instance.start is not None:
                # Verbatim: the source's own characters, whatever apostrophes and spaces were typed.
                instance.exact = instance.source.text[instance.start : instance.end]
        case Commitment():
            instance.search_text = analysis.document(instance)
        case Milestone():
            precision.settle(instance)
            if instance.met_on is None:
                instance.met_recorded_at = None
            elif instance.met_recorded_at is None or (stored is not None and stored.met_on != instance.met_on):
                instance.met_recorded_at = timezone.now()
        case Discrepancy():
            settlement.sign(instance, stored, is_fixture=raw)
        case Claim() if not raw:
            settlement.sign_for_claim(instance, stored)


def _hold_step(step: Milestone, stored: Milestone) -> None:
    """Keep a step that a public search is about with its commitment: that is where the search leads to it."""
    is_moved = step.commitment_id != stored.commitment_id
    if is_moved and stored.searches.filter(state=ReviewState.PUBLISHED).exists():
        message = _(
            "Une recherche publiée porte sur ce jalon : retirez-la avant de rattacher le jalon à un autre engagement."
        )
        raise ValidationError({"commitment": message}, code="searched")


def _given_other_roles(instance: Record, stored: Any) -> Commitment | None:
    """Return the commitment whose parties' roles, or whose basis, a save changes; None if neither."""
    if isinstance(instance, Undertaking) and not instance.is_same(stored):
        return instance.commitment
    if isinstance(instance, Commitment) and stored is not None and instance.basis != stored.basis:
        return instance
    return None


def _hold_roles(key: int) -> None:
    """Refuse, in public, roles that do not go with the basis of the commitment `key`.

    Checked at the end of the act: a form saves the commitment first, and then each role.
    """
    public = Commitment.objects.published().filter(pk=key)
    held = Undertaking.objects.filter(commitment__in=public).order_by().values_list("commitment__basis", "role")
    roles = list(held)
    for basis in {basis for basis, _role in roles}:
        publication.refuse(evidence.role_objections(basis, [role for _basis, role in roles]))


def _changed(instance: Reviewed, stored: models.Model) -> set[str]:
    names = [field.attname for field in instance._meta.concrete_fields]
    return {name for name in names if getattr(instance, name) != getattr(stored, name)}


def _hold_evidence(citation: Citation, stored: Any, judged: list[Assessment], *, raw: bool) -> None:
    """Freeze the evidence of an assessment that is no longer open: published, withdrawn or declined."""
    if not any(not assessment.is_draft for assessment in judged) or (stored is None and raw):
        return
    changed = _changed(citation, stored) if stored is not None else {"uid"}
    allowed = set(PLACE)
    if stored is not None and stored.is_draft:
        allowed |= PUBLICATION
    if all(assessment.state == ReviewState.WITHDRAWN for assessment in judged):
        allowed |= WITHDRAWAL
    if changed - allowed:
        publication.refuse_state(_("L’évaluation est publiée : ses preuves ne changent plus."))


def _hold_history(instance: Reviewed, stored: Any, *, raw: bool) -> None:
    if stored is None:
        if not raw and not instance.is_draft and not _derived(instance):
            publication.refuse_state(_("Un enregistrement naît brouillon, puis se publie."))
        return
    if instance.state != stored.state and instance.state not in MOVES[ReviewState(stored.state)]:
        publication.refuse_state(
            _("De « %(before)s », on ne passe pas à « %(after)s ».")
            % {"before": stored.get_state_display(), "after": instance.get_state_display()}
        )
    if getattr(instance, "reference", None) != getattr(stored, "reference", None):
        raise ValidationError({"reference": _("Une référence ne change plus : elle est dans des adresses.")})
    if stored.is_draft:
        if instance.is_published and not raw:
            publication.refuse(evidence.objections(instance, public=False))
            publication.refuse_unmarked(instance)
        return
    if isinstance(instance, Search) and _changed(instance, stored) - WITHDRAWAL:
        publication.refuse_state(_("Une recherche publiée ou écartée ne se modifie plus : proposez-en une autre."))
    if isinstance(instance, Assessment) and _changed(instance, stored) - WITHDRAWAL:
        publication.refuse_state(
            _("Une évaluation écartée ne se modifie plus : proposez-en une nouvelle.")
            if stored.state == ReviewState.DECLINED
            else _("Une évaluation publiée ne se modifie pas : proposez-en une nouvelle, ou retirez-la avec un motif.")
        )


def _derived(instance: Reviewed) -> bool:
    """Whether a rule derived the record from a public one: a milestone of a recurrence."""
    return isinstance(instance, Milestone) and instance.from_recurrence and instance.commitment.is_published


def before_delete(sender: type[Record], instance: Record, **kwargs: object) -> None:
    """Refuse to delete what has been public: it can only be withdrawn, with a reason, and stays readable.

    The stored row decides, not the caller's instance; a claim is as public as its discrepancy.
    """
    judged = _judged(instance)
    stored = _stored(instance)
    held = stored.discrepancy if isinstance(stored, Claim) else stored
    if held is not None and (not held.is_draft or any(not assessment.is_draft for assessment in judged)):
        publication.refuse_state(why_kept(instance, held))


def why_kept(record: Record, held: Any) -> str:
    """Return why `record` is not deleted: `held`, whose review state is its own, has been public or was declined."""
    if held is not None and held.state == ReviewState.DECLINED:
        return _("« %s » a été écarté : cela reste au dossier, et ne se supprime pas.") % record
    return _("« %s » a été publié : cela se retire avec un motif, et ne se supprime pas.") % record


def after_source(sender: type[Source], instance: Source, created: bool, raw: bool = False, **kwargs: object) -> None:
    """Look a source's quotations up again when its text has been saved."""
    if not created:
        citations.recheck(instance)
