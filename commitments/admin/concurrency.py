"""No lost update (DESIGN, rule 7): a form knows which version it was opened on, and says so when that is past."""

import re
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from commitments.admin import wording

SEEN = "seen_version"
"""The hidden field: the identifier of the record's latest history row when the form was opened."""

ROW_TEXT = re.compile(r"-\d+-(exact|prefix|suffix|(title|body|value)_(fr|en))$")
"""The names of the typed texts in rows below a record."""


class Difference(NamedTuple):
    """One field that somebody else changed: what is stored now, and what was typed here."""

    label: str
    theirs: str
    yours: str


def latest_version(record: Any) -> str:
    """Return the identifier of the latest history row of `record`; "" where it has none."""
    row = record.history.order_by("-history_id").values_list("history_id", flat=True).first()
    return "" if row is None else str(row)


class DeskForm(forms.ModelForm):
    """A form that refuses to overwrite a version its user has not seen, and shows why a rule refused a save.

    `refusal` is set by the admin on a second pass, after a rule said no while the record was being saved: its
    messages go next to the fields that they name.
    """

    refusal: ValidationError | None = None

    seen_version = forms.CharField(label=_("version"), required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None and not self.is_bound:
            self.initial[SEEN] = latest_version(self.instance)

    @cached_property
    def changed_data(self) -> list[str]:
        """The names of the fields that were changed; the hidden version is not one of them."""
        return [name for name in super().changed_data if name != SEEN]

    def full_clean(self) -> None:
        """Validate; then refuse over a version not seen, and repeat what a rule said of the attempt before."""
        super().full_clean()
        if not self.is_bound or (self.empty_permitted and not self.has_changed()):
            return
        if self.instance.pk is not None and self.shows_version:
            self._refuse_unseen()
        if self.refusal is not None:
            self.add_refusal(self.refusal)

    @property
    def shows_version(self) -> bool:
        """Whether the page carries the hidden field for this form: rows that can only be added do not."""
        return self.instance._state.adding is False

    def add_refusal(self, refusal: ValidationError) -> None:
        """Put each message of `refusal` next to the field it names, or above the form where it has no such field."""
        by_field = refusal.error_dict if hasattr(refusal, "error_dict") else {NON_FIELD_ERRORS: refusal.error_list}
        for name, errors in by_field.items():
            self.add_error(name if name in self.fields else None, errors)

    def _refuse_unseen(self) -> None:
        if transaction.get_connection().in_atomic_block:
            # The stored row stays locked until the end of the save: nobody slips in after this look.
            self._meta.model._base_manager.select_for_update(of=("self",)).filter(pk=self.instance.pk).first()
        latest = latest_version(self.instance)
        seen = self.data.get(self.add_prefix(SEEN), "")
        if seen == latest:
            return
        self.add_error(None, ValidationError(self._conflict(seen), code="conflict"))
        # Saving again, having read this, is deliberate.
        typed: Any = self.data.copy()  # type: ignore[attr-defined]
        typed[self.add_prefix(SEEN)] = latest
        self.data = typed

    def _conflict(self, seen: str) -> str:
        rows = self.instance.history.select_related("history_user")
        latest = rows.order_by("-history_id").first()
        before = rows.filter(history_id=seen).first() if seen.isdecimal() else None
        differences = [
            Difference(change.label, change.new, self._typed(change.name))
            for change in (wording.changes(before, latest) if before and latest else [])
        ]
        closed = set(self.fields) == {SEEN}
        if closed:
            differences += self._left_over({difference.label for difference in differences})
        context = {"latest": latest, "differences": differences, "closed": closed}
        return render_to_string("admin/commitments/_conflict.html", context)

    def _left_over(self, shown: set[str]) -> list[Difference]:
        """Return what was typed in fields that the page no longer has, its record having been closed meanwhile."""
        found = []
        for field in self.instance._meta.fields:
            typed, stored = self._typed(field.name), getattr(self.instance, field.attname)
            label = wording.label_of(field)
            if isinstance(stored, str) and typed and typed != stored and label not in shown:
                found.append(Difference(label, stored, typed))
        rows = [key for key in self.data if ROW_TEXT.search(key) and self.data[key]]
        return found + [Difference(str(_("ligne ajoutée")), "", self.data[key]) for key in rows]

    def _typed(self, name: str) -> str:
        """Return what was typed in field `name`, in words; "" where the form does not have it."""
        if name in getattr(self, "cleaned_data", {}):
            return wording.in_words(self._meta.model._meta.get_field(name), self.cleaned_data[name])
        raw = self.data.getlist(self.add_prefix(name)) if hasattr(self.data, "getlist") else []
        return ", ".join(raw)
