"""No lost update (DESIGN, rule 7): a form knows the version it was opened on, and reports conflicts with later ones."""

import json
import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, ClassVar, NamedTuple

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from commitments.admin import wording
from commitments.models import Version
from commitments.rules.keys import a_key
from commitments.rules.text import differences
from commitments.rules.text.plain_text import on_lines

SEEN = "seen_version"
"""The hidden field: the identifier of the record's latest history row when the form was opened."""

RESTORED = "_restored"
"""The field that marks a form restored after signing in: it is shown as typed, and not saved."""

ASIDE = {"assigned_to"}
"""Fields set elsewhere than in the form; a change to them is no edit conflict."""

LONGEST_COMPARED = 5_000
"""Two texts longer than this together are not compared word by word."""

ROW_TEXT = re.compile(r"-\d+-(exact|prefix|suffix|(title|body|value)_(fr|en))$")
"""The names of the typed texts in rows below a record."""


class Part(NamedTuple):
    """A run of text; `is_other` is true if the other version lacks it."""

    text: str
    is_other: bool


class Difference(NamedTuple):
    """One field that somebody else changed: what is stored now, and what was typed here.

    `name` is the field's name in the page, `stored` the value of its control in the stored version, as JSON ("" if the
    page has no such control). `is_taken` is true if nothing was typed here: the stored version is taken.
    """

    label: str
    theirs: list[Part]
    yours: list[Part]
    name: str = ""
    stored: str = ""
    is_taken: bool = False


def compared(theirs: str, yours: str) -> tuple[list[Part], list[Part]]:
    """Return both texts in parts, with what the other lacks marked.

    Long texts, and texts that share little, are returned whole.
    """
    if not theirs.strip() or not yours.strip() or len(theirs) + len(yours) > LONGEST_COMPARED:
        return [Part(theirs, False)], [Part(yours, False)]
    pieces = differences.compare(theirs, yours)
    if not differences.is_version(pieces):
        return [Part(theirs, False)], [Part(yours, False)]
    kinds = (differences.INSERTED, differences.DELETED)  # the pieces that each of the two versions lacks
    left, right = (
        [Part(piece.text, piece.kind != differences.SAME) for piece in pieces if piece.kind != other] for other in kinds
    )
    return left, right


def as_control(field: forms.Field, value: object) -> list[str]:
    """Return what the control of `field` submits for `value`."""
    if isinstance(field, forms.BooleanField):
        return ["on"] if value else []
    widget: Any = getattr(field.widget, "widget", field.widget)  # within the wrapper of a related record's choice
    held = widget.format_value(field.prepare_value(value))
    if held is None:
        return [] if isinstance(field, forms.ModelMultipleChoiceField) else [""]
    return [str(item) for item in held] if isinstance(held, (list, tuple)) else [str(held)]


def sent_for(field: forms.Field, data: Any, files: Any, name: str) -> list[str]:
    """Return what the control of `field` submitted under `name`."""
    sent = field.widget.value_from_datadict(data, files, name)
    if isinstance(sent, bool):
        return ["on"] if sent else []
    return [str(item) for item in sent] if isinstance(sent, list) else [str(sent or "")]


def is_same(one: list[str], other: list[str]) -> bool:
    """Whether two controls submit the same values, ignoring line endings and the order of multiple choices."""

    def plain(values: list[str]) -> list[str]:
        return sorted(on_lines(value).strip() for value in values)

    return plain(one) == plain(other)


def sent_again(data: Any, values: Mapping[str, Sequence[str]]) -> Any:
    """Return the submitted `data` as if `values` had been submitted in the fields that they name."""
    changed = data.copy()
    for name, sent in values.items():
        changed.setlist(name, sent)
    return changed


def add_refusal(form: forms.BaseForm, refusal: ValidationError, called: Mapping[str, str] | None = None) -> None:
    """Put each message of `refusal` next to the field of `form` that it names, or above the form if there is none.

    `called` gives the names that fields have on this form, where they differ from those that rules know them by.
    """
    by_field = refusal.error_dict if hasattr(refusal, "error_dict") else {NON_FIELD_ERRORS: refusal.error_list}
    for name, errors in by_field.items():
        field = (called or {}).get(name, name)
        form.add_error(field if field in form.fields else None, errors)


def latest_version(record: Any) -> str:
    """Return the identifier of the latest history row of `record`; "" if it has none."""
    row = record.history.order_by("-history_id").values_list("history_id", flat=True).first()
    return "" if row is None else str(row)


class DeskForm(forms.ModelForm):
    """A form that refuses to overwrite a version its user has not seen, and shows why a rule refused a save.

    `refusal` is set by the admin on a second pass, after a rule refused the save: its messages go next to the fields
    that they name.
    """

    refusal: ValidationError | None = None
    held_then: ClassVar[dict[str, object]] = {}
    """The values of the earlier version that the form is filled in with, if one is being restored."""

    was_deleted = False
    """Whether this is a row that somebody deleted since the page was opened, and in which something was typed."""

    seen_version = forms.CharField(label=_("version"), required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None and not self.is_bound:
            self.initial.update(self.held_then)
            self.initial[SEEN] = latest_version(self.instance)

    @cached_property
    def changed_data(self) -> list[str]:
        """The names of the fields that were changed; the hidden version is not one of them."""
        return [name for name in super().changed_data if name != SEEN]

    def full_clean(self) -> None:
        """Validate; then refuse to overwrite an unseen version, and repeat a rule's refusal of the previous attempt."""
        super().full_clean()
        if not self.is_bound or (self.empty_permitted and not self.has_changed()):
            return
        if RESTORED in self.data and not self.prefix:
            words = _("Voici ce que vous aviez tapé. Rien n’en est enregistré : relisez, puis enregistrez.")
            notice = format_html('<div class="desk-notice">{}</div>', words)
            self.add_error(None, ValidationError(notice, code="restored"))
        if self.was_deleted:
            words = _(
                "Quelqu’un a supprimé cette ligne pendant que vous la modifiiez. Enregistrer de nouveau la recrée ; "
                "pour vous en passer, ôtez-la."
            )
            self.add_error(None, ValidationError(words, code="deleted"))
        if self.instance.pk is not None and self.shows_version:
            self._refuse_unseen()
        if self.refusal is not None:
            add_refusal(self, self.refusal)

    @property
    def shows_version(self) -> bool:
        """Whether the page has the hidden version field for this form: forms that only add rows do not."""
        return self.instance._state.adding is False

    def _refuse_unseen(self) -> None:
        if transaction.get_connection().in_atomic_block:
            # The stored row stays locked until the save ends, so nobody can change it after this check.
            self._meta.model._base_manager.select_for_update(of=("self",)).filter(pk=self.instance.pk).first()
        latest = latest_version(self.instance)
        seen = self.data.get(self.add_prefix(SEEN), "")
        if seen == latest or self._is_aside(seen):
            return
        self.add_error(None, ValidationError(self._conflict(seen), code="conflict"))
        # Saving again, having read this, is deliberate.
        self.data = sent_again(self.data, {self.add_prefix(SEEN): [latest]})

    def _is_aside(self, seen: str) -> bool:
        """Whether every change since version `seen` was to a field that is set outside the form."""
        if a_key(seen) is None:
            return False
        rows = list(self.instance.history.filter(history_id__gte=seen).order_by("history_id"))
        if not rows or str(rows[0].history_id) != seen:
            return False
        return all({change.name for change in wording.changes(*pair)} == ASIDE for pair in pairwise(rows))

    def _conflict(self, seen: str) -> str:
        rows = self.instance.history.select_related("history_user")
        latest = rows.order_by("-history_id").first()
        before = rows.filter(history_id=seen).first() if a_key(seen) is not None else None
        changes = wording.changes(before, latest) if before and latest else []
        differences = [self._difference(change, before, latest) for change in changes]
        closed = set(self.fields) == {SEEN}
        if closed:
            differences += self._left_over({difference.label for difference in differences})
        context = {"latest": latest, "differences": differences, "closed": closed}
        return render_to_string("admin/commitments/_conflict.html", context)

    def _difference(self, change: wording.Change, before: Any, latest: Any) -> Difference:
        """Return somebody else's change beside what was typed; a field left untouched here takes the change."""
        field = self.fields.get(change.name)
        if field is None:
            theirs, yours = compared(change.new, self._typed(change.name))
            return Difference(change.label, theirs, yours)
        name = self.add_prefix(change.name)
        stored = as_control(field, self._stored(latest, change.name))
        opened = as_control(field, self._stored(before, change.name))
        is_taken = is_same(sent_for(field, self.data, self.files, name), opened)
        if is_taken:
            self.data = sent_again(self.data, {name: stored})
            return Difference(change.label, [Part(change.new, False)], [], is_taken=True)
        theirs, yours = compared(change.new, self._typed(change.name))
        shown = {"values": stored, "labels": _labels(field, stored)}
        return Difference(change.label, theirs, yours, name, json.dumps(shown, ensure_ascii=False))

    def _stored(self, row: Version, name: str) -> object:
        """Return the value of field `name` in history row `row`: keys if it refers to other records."""
        field = self._meta.model._meta.get_field(name)
        return wording.related_keys(row, field) if field.many_to_many else getattr(row, field.attname)

    def _left_over(self, shown: set[str]) -> list[Difference]:
        """Return what was typed in fields that the page no longer offers because the record has since been closed."""
        found = []
        for field in self.instance._meta.fields:
            typed, stored = self._typed(field.name), getattr(self.instance, field.attname)
            label = wording.label_of(field)
            if isinstance(stored, str) and typed and typed != stored and label not in shown:
                found.append(Difference(label, *compared(stored, typed)))
        rows = [key for key in self.data if ROW_TEXT.search(key) and self.data[key]]
        return found + [Difference(str(_("ligne ajoutée")), [], [Part(self.data[key], False)]) for key in rows]

    def _typed(self, name: str) -> str:
        """Return what was typed in field `name`, in words; "" if the form does not have it."""
        if name in getattr(self, "cleaned_data", {}):
            return wording.in_words(self._meta.model._meta.get_field(name), self.cleaned_data[name])
        raw = self.data.getlist(self.add_prefix(name)) if hasattr(self.data, "getlist") else []
        return ", ".join(raw)


def _labels(field: forms.Field, values: list[str]) -> list[str]:
    """Return the labels of the related records `values`; nothing for any other field."""
    if not isinstance(field, forms.ModelChoiceField) or field.queryset is None:
        return []
    found = {str(record.pk): field.label_from_instance(record) for record in field.queryset.filter(pk__in=values)}
    return [found.get(value, value) for value in values]
