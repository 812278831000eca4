"""Rows below a record, as a page submits them: some may have been deleted by somebody else in the meantime."""

import re
from typing import Any

from django import forms

from commitments.admin.unsaved.concurrency import SEEN, DeskForm, as_control, is_same, sent_for
from commitments.rules.keys import a_key


class RowsFormSet(forms.BaseInlineFormSet):
    """Rows edited on their parent's page.

    Django would drop the last rows of a page that is shown again after a row was deleted elsewhere. Here, a deleted row
    in which nothing was typed is dropped; one in which something was typed is shown as a new row, and says so
    (`DeskForm.was_deleted`).
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.told: set[int] = set()
        if self.is_bound and self.management_form.is_valid():
            self._sort_out()

    def _construct_form(self, i: int, **kwargs: object) -> DeskForm:
        form: DeskForm = super()._construct_form(i, **kwargs)  # type: ignore[misc]
        form.was_deleted = i in self.told
        return form

    def _sort_out(self) -> None:
        """Order the rows: those that still exist first, in page order, then the new ones."""
        total = self.total_form_count()  # which is bounded; how many were opened is whatever the form claims
        opened = min(self.initial_form_count(), total)
        key = self.model._meta.pk.name
        names = [f"{self.prefix}-{place}-{key}" for place in range(opened)]
        if any(name not in self.data for name in names):
            return  # read-only rows: the page submits nothing of them
        stored = {str(row.pk): row for row in self.get_queryset()}
        there = [place for place in range(opened) if self.data[names[place]] in stored]
        self._queryset = [stored[self.data[names[place]]] for place in there]
        gone = [place for place in range(opened) if place not in there]
        if not gone:
            return
        typed = [place for place in gone if self._was_typed_in(place, self.data[names[place]])]
        order = [*there, *typed, *range(opened, total)]
        data = self._renumbered({old: new for new, old in enumerate(order)}, new=typed)
        data[f"{self.prefix}-INITIAL_FORMS"] = str(len(there))
        data[f"{self.prefix}-TOTAL_FORMS"] = str(len(order))
        self.data = data
        del self.management_form
        self.told = {order.index(place) for place in typed}

    def _was_typed_in(self, place: int, key: str) -> bool:
        """Whether the row differs from what was deleted; not if it was ticked for deletion here too."""
        prefix = f"{self.prefix}-{place}"
        if f"{prefix}-DELETE" in self.data:
            return False
        last = None
        if a_key(key) is not None:
            last = self.model.history.filter(id=key).order_by("-history_id").first()
        if last is None:
            return True
        fields = {name: field for name, field in self.form.base_fields.items() if hasattr(last, name)}
        return not all(
            is_same(
                sent_for(field, self.data, self.files, f"{prefix}-{name}"),
                as_control(field, getattr(last, last._meta.get_field(name).attname)),
            )
            for name, field in fields.items()
            if name not in (SEEN, self.fk.name, self.model._meta.pk.name)
        )

    def _renumbered(self, places: dict[int, int], *, new: list[int]) -> Any:
        """Return the form data with its rows renumbered; rows in `new` are not in the database."""
        pattern = re.compile(rf"{re.escape(str(self.prefix))}-(\d+)-(.+)", re.ASCII)
        sent: Any = self.data
        data = sent.copy()
        for name in filter(pattern.fullmatch, list(data)):
            del data[name]
        for name, values in sent.lists():
            match = pattern.fullmatch(name)
            if match and int(match[1]) in places:
                is_blank = int(match[1]) in new and match[2] in (SEEN, self.model._meta.pk.name)
                data.setlist(f"{self.prefix}-{places[int(match[1])]}-{match[2]}", [""] if is_blank else values)
        return data
