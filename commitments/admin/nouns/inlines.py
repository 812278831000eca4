"""Rows on another record's page: those on file listed to read, with a link; new ones typed below."""

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext_lazy as _

from commitments.admin import permissions, wording
from commitments.admin.unsaved.concurrency import SEEN, DeskForm
from commitments.admin.unsaved.submitted_rows import RowsFormSet
from commitments.admin.widgets import DeskWidgets
from commitments.choices import DuePrecision
from commitments.deadlines import whole
from commitments.models import Assessment, FollowUpNote, Milestone, Record, Search

Column = tuple[str | Promise, Callable[[Any], object]]
"""A heading, and what a cell under it shows of a row."""


class ListedInline(DeskWidgets, admin.StackedInline):
    """Rows that are read here and edited on their own page; new ones may be added where the parent allows it."""

    template = "admin/commitments/edit_inline/listed.html"
    form = DeskForm
    extra = 0
    can_delete = False
    columns: Sequence[Column] = ()
    related: Sequence[str] = ()
    unlisted_fields: Sequence[str] = ()
    parent: Record | None = None
    add_label: str | Promise = ""

    def has_change_permission(self, request: HttpRequest, obj: Record | None = None) -> bool:
        """Whether rows on file may change here: never; they have their own page."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Record | None = None) -> bool:
        """Whether rows on file may be deleted here: never."""
        return False

    def has_add_permission(self, request: HttpRequest, obj: Record | None = None) -> bool:
        """Whether rows may be added: as long as the parent is not closed to them."""
        return super().has_add_permission(request, obj) and (obj is None or permissions.may_gain(obj))

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        """Return no rows: the formset is for new ones, `listed` shows those on file."""
        return super().get_queryset(request).none()

    def get_formset(self, request: HttpRequest, obj: Record | None = None, **kwargs: object) -> Any:
        """Return the formset of new rows; on a second pass it knows why the first was refused."""
        self.parent = obj
        formset: Any = super().get_formset(request, obj, **kwargs)
        formset.form.refused_with_parent = getattr(request, "refusal", None)
        return formset

    @cached_property
    def rows(self) -> list[dict[str, object]]:
        """The rows on file, each with the address of its page and its cells."""
        if self.parent is None or self.parent.pk is None:
            return []
        name = self.fk_name or next(
            field.name
            for field in self.model._meta.fields
            if isinstance(field, models.ForeignKey) and field.related_model is self.parent_model
        )
        rows = self.listed(self.model._default_manager.filter(**{name: self.parent}))
        rows = rows.select_related(*self.related).defer(*self.unlisted_fields)
        return [
            {
                "url": reverse(f"admin:commitments_{self.opts.model_name}_change", args=[row.pk]),
                "cells": [{"heading": heading, "value": show(row)} for heading, show in self.columns],
            }
            for row in rows
        ]

    def listed(self, rows: models.QuerySet) -> models.QuerySet:
        """Return those of the parent's `rows` that are listed read-only: all of them."""
        return rows

    @property
    def headings(self) -> list[str | Promise]:
        """The headings of the columns."""
        return [heading for heading, _show in self.columns]

    @property
    def add_url(self) -> str:
        """The address of the form that adds a row, filled in with the parent; "" if rows are added here."""
        return ""


class AddedApartInline(ListedInline):
    """Rows on a commitment; a new one is typed in its own form, to which the page leads from its top too."""

    tool_label: str | Promise = ""

    def has_add_permission(self, request: HttpRequest, obj: Record | None = None) -> bool:
        """Whether a row may be typed here: never."""
        self.may_add = super().has_add_permission(request, obj)
        return False

    @property
    def add_url(self) -> str:
        """The address of the form that adds a row to this commitment."""
        if not getattr(self, "may_add", False) or self.parent is None or self.parent.pk is None:
            return ""
        return reverse(f"admin:commitments_{self.opts.model_name}_add", query={"commitment": self.parent.pk})


class AssessmentsInline(AddedApartInline):
    """The assessments on a commitment, each with its own evidence."""

    model = Assessment
    related = ["commitment", "party", "proposed_by", "published_by"]
    add_label = _("Nouvelle évaluation")
    tool_label = _("Proposer une évaluation")
    columns = [
        (_("état"), lambda row: row.get_status_display()),
        (_("au"), lambda row: wording.in_words(row._meta.get_field("as_of"), row.as_of)),
        (_("partie"), lambda row: row.party or _("toutes")),
        (_("publication"), wording.state_mark),
        (_("proposée par"), lambda row: wording.in_words(row._meta.get_field("proposed_by"), row.proposed_by)),
        (_("publiée par"), lambda row: wording.in_words(row._meta.get_field("published_by"), row.published_by)),
    ]


class SearchesInline(AddedApartInline):
    """The searches on a commitment that found nothing; a new one may be about one of its steps."""

    model = Search
    related = ["commitment", "party", "milestone", "proposed_by", "published_by"]
    add_label = _("Nouvelle recherche sans résultat")
    tool_label = _("Recherche faite, rien trouvé")
    columns = [
        (_("recherche faite le"), lambda row: wording.in_words(row._meta.get_field("searched_on"), row.searched_on)),
        (_("où la recherche a porté"), lambda row: row.wording("searched_where")),
        (_("porte sur"), wording.scope),
        (_("publication"), wording.state_mark),
        (_("proposée par"), lambda row: wording.in_words(row._meta.get_field("proposed_by"), row.proposed_by)),
        (_("publiée par"), lambda row: wording.in_words(row._meta.get_field("published_by"), row.published_by)),
    ]


class MilestoneForm(DeskForm):
    """A milestone; of a period precise to the month or the year, any day of it may be typed."""

    def clean(self) -> dict[str, Any]:
        """Widen the window to the whole months or years that its precision names."""
        cleaned = super().clean() or self.cleaned_data
        typed = [day for day in (cleaned.get("due_from"), cleaned.get("due_on")) if day]
        if typed and cleaned.get("due_precision") in (DuePrecision.MONTH, DuePrecision.YEAR):
            cleaned["due_from"], cleaned["due_on"] = whole(typed[0], typed[-1], cleaned["due_precision"])
        return cleaned


class MilestonesInline(ListedInline):
    """The dated steps of a commitment."""

    model = Milestone
    form = MilestoneForm
    fields = ["title_fr", "title_en", ("due_from", "due_on", "due_precision"), "reading_fr", "reading_en"]
    columns = [
        (_("intitulé"), lambda row: row.wording("title")),
        (_("échéance"), lambda row: row.deadline.in_words() if row.deadline else wording.EMPTY),
        (_("réalisé le"), lambda row: wording.in_words(row._meta.get_field("met_on"), row.met_on)),
        (_("publication"), wording.state_mark),
    ]


class NotesInline(ListedInline):
    """The follow-up notes on a commitment, an instrument or a meeting."""

    model = FollowUpNote
    fields = [("visibility", "dated"), "body_fr", "body_en"]
    columns = [
        (_("en date du"), lambda row: wording.in_words(row._meta.get_field("dated"), row.dated)),
        (_("visibilité"), lambda row: row.get_visibility_display()),
        (_("note"), lambda row: row.wording("body")),
        (_("publication"), wording.state_mark),
    ]


class EditableInline(DeskWidgets, admin.TabularInline):
    """Small rows edited on their parent's page by those who may edit the parent; each knows its version."""

    form = DeskForm
    formset = RowsFormSet
    extra = 0

    def get_fields(self, request: HttpRequest, obj: Record | None = None) -> list[Any]:
        """Return the columns, with the hidden version if rows may change."""
        fields = list(super().get_fields(request, obj))
        fields = [name for name in fields if name != SEEN]
        return [*fields, SEEN] if self.has_change_permission(request, obj) else fields

    def has_add_permission(self, request: HttpRequest, obj: Record | None = None) -> bool:
        """Whether rows may be added: by those who may edit the parent."""
        return super().has_add_permission(request, obj) and not permissions.is_closed(request.user, obj)

    def has_change_permission(self, request: HttpRequest, obj: Record | None = None) -> bool:
        """Whether rows may change: by those who may edit the parent."""
        return super().has_change_permission(request, obj) and not permissions.is_closed(request.user, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Record | None = None) -> bool:
        """Whether rows may be deleted: by those who may edit the parent."""
        return super().has_delete_permission(request, obj) and not permissions.is_closed(request.user, obj)
