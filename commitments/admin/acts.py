"""The acts of review that ask before they do: publish, send back, withdraw. Their page, and what it shows."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commitments.admin import wording
from commitments.admin.public_text import public_lines
from commitments.models import Citation
from commitments.models.base import Reviewed
from commitments.rules import publication

MOST_AT_ONCE = 100


class Act(NamedTuple):
    """One act: the permission it needs, its words, whether it asks for a reason, and the rule that does it."""

    name: str
    permission: str
    title: Any
    button: Any
    done: Any
    reason: Any
    reason_length: int
    perform: Callable[[Reviewed, Any, str], Any]


def _publish(record: Reviewed, by: Any, reason: str) -> None:
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
            0,
            _publish,
        ),
        Act(
            "send_back",
            "publish",
            gettext_lazy("Renvoyer en brouillon"),
            gettext_lazy("Renvoyer"),
            gettext_lazy("Renvoyé en brouillon : %s."),
            gettext_lazy("Ce qu’il faut revoir ; gardé dans l’historique, lu au bureau seulement."),
            1000,
            lambda record, by, reason: publication.send_back(record, by=by, reason=reason),
        ),
        Act(
            "withdraw",
            "withdraw",
            gettext_lazy("Retirer"),
            gettext_lazy("Retirer"),
            gettext_lazy("Retiré : %s."),
            gettext_lazy("Le motif que le public lira. L’enregistrement reste lisible aux dates passées."),
            1000,
            lambda record, by, reason: publication.withdraw(record, by=by, reason=reason),
        ),
    )
}


class ReasonForm(forms.Form):
    """Asks why."""

    def __init__(self, act: Act, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if act.reason:
            self.fields["reason"] = forms.CharField(
                label=_("Motif"),
                max_length=act.reason_length,
                widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
                help_text=act.reason,
                error_messages={"required": _("Un motif est demandé.")},
            )


class SelectionForm(forms.Form):
    """The records that an act is about, as an address or a form names them."""

    def __init__(self, queryset: models.QuerySet, data: QueryDict) -> None:
        # A key that no database holds names nothing; SQLite would overflow on it.
        kept = data.copy()
        kept.setlist("pk", [key for key in data.getlist("pk") if key.isdecimal() and len(key) < 19])
        super().__init__(kept)
        self.fields["pk"] = forms.ModelMultipleChoiceField(queryset)

    def clean_pk(self) -> list[Reviewed]:
        """Return the records, at most as many as one page can show."""
        records = self.cleaned_data["pk"]
        if len(records) > MOST_AT_ONCE:
            raise ValidationError(_("Au plus %d enregistrements à la fois.") % MOST_AT_ONCE)
        return list(records)


class Item(NamedTuple):
    """One record that becomes public, as the confirmation page shows it."""

    kind: str
    title: str
    lines: list[wording.Line]
    quotation: str
    mark: str


class Prospect(NamedTuple):
    """What an act would do to one record: what becomes public with it, and what stands against it."""

    record: Reviewed
    items: list[Item]
    objections: list[str]


def prospect(record: Reviewed, act: Act, *, by: Any) -> Prospect:
    """Return what `act` would do to `record`; nothing is changed."""
    if act.name != "publish":
        return Prospect(record, [], [])
    bundle = publication.bundle(record) if record.is_draft else []
    # The record first, then the passages that it rests on, then what these come from.
    shown = sorted(bundle, key=lambda entry: (entry != record, not isinstance(entry, Citation)))
    against = [objection.message for objection in publication.obstacles(record, by=by)]
    return Prospect(record, [_item(entry) for entry in shown], against)


def _item(record: Any) -> Item:
    is_citation = isinstance(record, Citation)
    return Item(
        kind=str(record._meta.verbose_name),
        title="" if is_citation else str(record),
        lines=public_lines(record),
        quotation=record.exact if is_citation else "",
        mark=wording.verification_mark(record) if is_citation else "",
    )


def perform(act: Act, records: list[Reviewed], *, by: Any, reason: str) -> ValidationError | None:
    """Do `act` on all the records, or on none; return what refused it, named by record where there are several."""
    record = None
    try:
        with transaction.atomic():
            for record in records:
                act.perform(record, by, reason)
    except ValidationError as refused:
        if len(records) == 1:
            return refused
        return ValidationError([f"{record} : {message}" for message in refused.messages])
    return None
