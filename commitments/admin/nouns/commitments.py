"""Commitments at the desk: the record, its parties, and on one page all that follows from it."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _, gettext_lazy

from commitments.admin.base import column, english, fieldset
from commitments.admin.judgement.search_made import SearchMadeMixin
from commitments.admin.nouns.citations import CitationsInline
from commitments.admin.nouns.inlines import (
    AssessmentsInline,
    EditableInline,
    MilestonesInline,
    NotesInline,
    SearchesInline,
)
from commitments.admin.spreadsheets.views import SpreadsheetAdmin
from commitments.admin.unsaved.concurrency import DeskForm
from commitments.admin.work_queue.assignment import AssignedAdmin, FollowerFilter
from commitments.choices import Status, Timeliness
from commitments.models import Commitment, Record, Undertaking
from commitments.rules.time import schedule


class ComputedFilter(admin.SimpleListFilter):
    """Filters by a computed value that `for_listing` annotates under the filter's name."""

    choices_class: type[models.TextChoices]

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        """Return the values."""
        return self.choices_class.choices

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        """Return the rows with the value asked for."""
        return queryset.filter(**{str(self.parameter_name): self.value()}) if self.value() else queryset


class StatusFilter(ComputedFilter):
    """Filters by the assessment in force."""

    title = gettext_lazy("état d’avancement")
    parameter_name = "status"
    choices_class = Status


class TimelinessFilter(ComputedFilter):
    """Filters by timeliness."""

    title = gettext_lazy("respect des délais")
    parameter_name = "timeliness"
    choices_class = Timeliness


class UndertakingInline(EditableInline):
    """The parties' roles."""

    model = Undertaking
    fields = ["party", "role", "according_to"]
    autocomplete_fields = ["party", "according_to"]

    def get_extra(self, request: HttpRequest, obj: Record | None = None, **kwargs: object) -> int:
        """Return two open rows on a new commitment: who undertakes, who benefits; or who is concerned."""
        return 2 if obj is None else 0


class CommitmentForm(DeskForm):
    """A commitment; its recurrence is parsed before it is saved."""

    def clean(self) -> dict[str, object]:
        """Refuse a recurrence that cannot be read, next to its field."""
        cleaned = super().clean() or self.cleaned_data
        rule, start = cleaned.get("recurrence"), cleaned.get("recurrence_start")
        if rule and start:
            try:
                schedule.parse_recurrence(rule, start)
            except ValidationError as error:
                self.add_error("recurrence", error)
        elif rule and "recurrence_start" not in self.errors:
            self.add_error("recurrence_start", _("Une récurrence demande la fin de sa première période."))
        elif start and "recurrence" not in self.errors:
            self.add_error("recurrence", _("Cette date demande une récurrence, par exemple FREQ=YEARLY."))
        return cleaned


@admin.register(Commitment)
class CommitmentAdmin(SearchMadeMixin, SpreadsheetAdmin, AssignedAdmin):
    """One promise, with its evidence, assessments, steps and notes."""

    form = CommitmentForm
    actions = [*AssignedAdmin.actions, "search_made"]
    list_display = ["reference", "title_fr", "review_state", "current_status", "current_timeliness", "follower"]
    list_display_links = ["reference", "title_fr"]
    current_status = column(gettext_lazy("état"), lambda row: str(Status(row.status).label), ordering="status")
    current_timeliness = column(
        gettext_lazy("délais"), lambda row: str(Timeliness(row.timeliness).label), ordering="timeliness"
    )
    list_filter = [
        "state",
        StatusFilter,
        TimelinessFilter,
        FollowerFilter,
        "basis",
        ("sector", admin.RelatedOnlyFieldListFilter),
        ("instrument", admin.RelatedOnlyFieldListFilter),
        ("parties", admin.RelatedOnlyFieldListFilter),
    ]
    show_facets = admin.ShowFacets.ALWAYS
    search_fields = ["reference", "title_fr", "title_en", "statement_fr"]
    search_help_text = gettext_lazy("Référence, titre ou mots de l’énoncé.")
    date_hierarchy = "made_on"
    listing_related = ["sector", "assigned_to"]
    autocomplete_fields = ["sector", "instrument"]
    locked_once_saved = ["reference"]
    fieldsets = [
        fieldset(None, ["reference", "title_fr", "statement_fr", "criterion_fr"]),
        fieldset(gettext_lazy("Origine"), ["instrument", ("basis", "made_on"), "sector"]),
        fieldset(
            gettext_lazy("Récurrence"),
            [("recurrence", "recurrence_start"), "recurrence_reading_fr"],
            about=gettext_lazy("Pour un engagement périodique ; à la publication, les jalons s’ensuivent."),
        ),
        english("title_en", "statement_en", "criterion_en", "recurrence_reading_en"),
    ]
    inlines = [
        UndertakingInline,
        CitationsInline,
        AssessmentsInline,
        SearchesInline,
        MilestonesInline,
        NotesInline,
    ]

    def for_listing(self, queryset: Any) -> Any:
        """Return the commitments with their computed status and timeliness, as the public reads them today."""
        commitments: Any = super().for_listing(queryset)
        return commitments.with_status().with_timeliness()

    def after_save(self, request: HttpRequest, form: Any, *, change: bool) -> None:
        """Make the milestones that a changed recurrence calls for, if the commitment is public."""
        super().after_save(request, form, change=change)
        commitment = form.instance
        if commitment.is_published and {"recurrence", "recurrence_start"} & set(form.changed_data):
            schedule.extend(commitment, by=request.user)
