"""The review actions that ask for confirmation (publish, send back, decline, withdraw) and what their pages show."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import models
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _, gettext_lazy

from commitments.admin import wording
from commitments.admin.review.public_text import public_lines
from commitments.admin.unsaved.attempts import attempt
from commitments.models import Assessment, Citation, Commitment, Discrepancy, Meeting, Record, Reviewed, Search, Source
from commitments.rules.judging import coding, judgement_in_force
from commitments.rules.keys import that_are_keys
from commitments.rules.people import signature
from commitments.rules.review import proposal_version, publication
from commitments.typography import in_full

MOST_AT_ONCE = 100
LONGEST_REASON = 1000

PUBLIC = ("publish", "withdraw")
"""The acts whose effect the public sees."""

CHANGED = gettext_lazy("Ceci a changé depuis que vous l’avez ouvert : relisez avant de décider.")
"""Shown when a record changed after the person deciding had loaded it."""


class Act(NamedTuple):
    """One act: the permission it needs, its words, whether it asks for a reason, and the rule that does it."""

    name: str
    permission: str
    title: str | Promise
    button: str | Promise
    done: str | Promise
    reason: str | Promise
    perform: Callable[[Reviewed, User, str], object]


def _publish(record: Reviewed, by: User, reason: str) -> None:
    record.refresh_from_db()
    if not record.is_published:  # published a moment ago, with another record of the same selection
        publication.publish(record, by=by)


ACTS = {
    act.name: act
    for act in (
        Act(
            "publish",
            "publish",
            gettext_lazy("Publier"),
            gettext_lazy("Publier"),
            gettext_lazy("Publié : %s."),
            "",
            _publish,
        ),
        Act(
            "send_back",
            "publish",
            gettext_lazy("Renvoyer en brouillon"),
            gettext_lazy("Renvoyer"),
            gettext_lazy("Renvoyé en brouillon : %s."),
            gettext_lazy("Ce qu’il faut revoir ; gardé dans l’historique, lu au bureau seulement."),
            lambda record, by, reason: publication.send_back(record, by=by, reason=reason),
        ),
        Act(
            "decline",
            "publish",
            gettext_lazy("Écarter"),
            gettext_lazy("Écarter"),
            gettext_lazy("Écarté : %s."),
            gettext_lazy("Pourquoi ceci ne sera pas publié ; gardé au dossier, clos, lu au bureau seulement."),
            lambda record, by, reason: publication.decline(record, by=by, reason=reason),
        ),
        Act(
            "withdraw",
            "withdraw",
            gettext_lazy("Retirer"),
            gettext_lazy("Retirer"),
            gettext_lazy("Retiré : %s."),
            gettext_lazy("Le motif que le public lira. L’enregistrement reste lisible aux dates passées."),
            lambda record, by, reason: publication.withdraw(record, by=by, reason=reason),
        ),
    )
}


class ReasonForm(forms.Form):
    """Asks for the reason, if the act asks for one."""

    required = gettext_lazy("Un motif est demandé.")
    attrs: ClassVar[dict[str, object]] = {"rows": 3, "class": "vLargeTextField"}

    def __init__(self, act: Act, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if act.reason:
            self.fields["reason"] = forms.CharField(
                label=_("Motif"),
                max_length=LONGEST_REASON,
                widget=forms.Textarea(attrs=self.attrs),
                help_text=str(act.reason),
                error_messages={"required": self.required},
            )


class SelectionForm(forms.Form):
    """The records that an act concerns, as a URL or a form names them, each with the version that was shown."""

    def __init__(self, queryset: models.QuerySet, data: QueryDict) -> None:
        kept = data.copy()
        kept.setlist("pk", that_are_keys(data.getlist("pk")))
        super().__init__(kept)
        self.fields["pk"] = forms.ModelMultipleChoiceField(queryset)

    def clean_pk(self) -> list[Reviewed]:
        """Return the records, at most as many as one page can show."""
        records = self.cleaned_data["pk"]
        if len(records) > MOST_AT_ONCE:
            raise ValidationError(_("Au plus %d enregistrements à la fois.") % MOST_AT_ONCE)
        return list(records)

    def seen(self) -> dict[int, str]:
        """Return the version of each record that was shown, by primary key."""
        return {record.pk: self.data.get(f"seen-{record.pk}", "") for record in self.cleaned_data["pk"]}


class Item(NamedTuple):
    """One record that becomes public, as the confirmation page shows it."""

    kind: str
    title: str
    lines: list[wording.Line]
    quotation: str
    mark: str


class Prospect(NamedTuple):
    """Preview of an act on one record: what becomes public along with it, and the objections to it.

    `remarks` are those of the codebook, which stop nothing. For a withdrawal, also the notice that the public will read
    in its place, and its effects elsewhere; `effect` is what publishing does to a commitment's status. `version` is
    the one shown.
    """

    record: Reviewed
    version: str
    items: list[Item]
    objections: list[str]
    remarks: Sequence[coding.Remark] = ()
    notice: str = ""
    warnings: Sequence[str] = ()
    effect: str = ""


def prospect(record: Reviewed, act: Act, *, by: User, reason: str = "") -> Prospect:
    """Return what `act` would do to `record`, given `reason`; nothing is changed."""
    # Read the version first: a change made while the page is being built must not count as seen.
    version = proposal_version.version(record)
    if act.name == "withdraw":
        return Prospect(record, version, [], [], notice=_notice(record, reason, by=by), warnings=_consequences(record))
    if act.name != "publish":
        return Prospect(record, version, [], [])
    bundle = publication.bundle(record) if record.is_draft else []
    # The record first, then the passages that it rests on, then what these come from.
    shown = sorted(bundle, key=lambda entry: (entry != record, not isinstance(entry, Citation)))
    against = [objection.message for objection in publication.obstacles(record, by=by)]
    items = [described(entry) for entry in shown]
    return Prospect(record, version, items, against, coding.remarks(record), effect=effect_of_publishing(record))


def _notice(record: Reviewed, reason: str, *, by: User) -> str:
    """Return the notice that the public will read in place of a withdrawn record; "" if there is none."""
    told = {"reason": reason.strip() or _("[votre motif]"), "by": signature(by)}
    if isinstance(record, Assessment):
        told["judged"] = in_full(record.as_of)
        return _("Évaluation au %(judged)s, retirée par %(by)s. Motif : %(reason)s") % told
    if isinstance(record, Search):
        told["searched"] = in_full(record.searched_on)
        return _("Recherche du %(searched)s, retirée par %(by)s. Motif : %(reason)s") % told
    told["withdrawn"] = in_full(timezone.localdate())
    if isinstance(record, Commitment | Discrepancy | Meeting | Source):
        text = _("Cette fiche a été publique, puis retirée le %(withdrawn)s. Motif du retrait : %(reason)s")
        return text % told
    return ""


def _consequences(record: Reviewed) -> list[str]:
    """Return what withdrawing `record` changes elsewhere: which assessment is in force then, which status follows."""
    if not isinstance(record, Assessment | Search) or not record.is_published:
        return []
    change = judgement_in_force.status_once_withdrawn(record)
    if isinstance(record, Search):
        return [_effect(change, record)]
    now, then = judgement_in_force.in_force(record.commitment, record.party), judgement_in_force.without(record)
    if now != record:
        return [_("Le jugement en vigueur ne change pas : %s.") % now] if now else []
    if then is None:
        return [_("Aucun jugement ne sera plus en vigueur : le public lira « %s ».") % change.then.label]
    if then.pk == record.supersedes_id:
        return [_("L’évaluation que celle-ci remplaçait revient en vigueur : %s.") % then]
    return [_("Une évaluation antérieure revient en vigueur : %s.") % then]


def effect_of_publishing(record: Reviewed) -> str:
    """Return what publishing `record`, an assessment or a search, does to the status of its commitment; else ""."""
    if not isinstance(record, Assessment | Search) or not record.is_draft:
        return ""
    return _effect(judgement_in_force.status_once_published(record), record)


def _effect(change: judgement_in_force.StatusChange, record: Assessment | Search) -> str:
    """Return in words what an act on `record` does to the status of its commitment, for its party."""
    told = {"then": change.then.label, "now": change.now.label, "party": record.party}
    if change.then == change.now:
        kept = _("L’état publié pour %(party)s reste « %(now)s ».")
        return (kept if record.party else _("L’état publié reste « %(now)s ».")) % told
    moved = _("L’état publié pour %(party)s devient « %(then)s » ; il est « %(now)s ».")
    return (moved if record.party else _("L’état publié devient « %(then)s » ; il est « %(now)s ».")) % told


def described(record: Record) -> Item:
    """Return what the public would read of `record`, part of a bundle."""
    return Item(
        kind=str(record._meta.verbose_name),
        title="" if isinstance(record, Citation) else str(record),
        lines=public_lines(record),
        quotation=record.exact if isinstance(record, Citation) else "",
        mark=wording.verification_mark(record) if isinstance(record, Citation) else "",
    )


def perform(
    act: Act, records: Sequence[Reviewed], *, by: User, reason: str, seen: Mapping[int, str]
) -> ValidationError | None:
    """Apply `act` to all the records or to none. Return the refusals, each naming its record if there are several.

    `seen` maps primary keys to the versions that `by` was shown: a record changed since is refused. The check and the
    act share one transaction and its locks, so nothing can change in between.
    """
    at: list[Reviewed] = []

    def decide() -> None:
        at.clear()
        stored = proposal_version.locked(records)
        if len(stored) < len(records):
            raise ValidationError(CHANGED)  # somebody deleted one
        for record in stored:
            at.append(record)
            if seen.get(record.pk) != proposal_version.version(record):
                raise ValidationError(CHANGED)
        for record in stored:
            at.append(record)
            act.perform(record, by, reason)

    try:
        attempt(decide, public=act.name in PUBLIC)
    except ValidationError as refused:
        if len(records) == 1 or not at:
            return refused
        return ValidationError([f"{at[-1]} : {message}" for message in refused.messages])
    return None
