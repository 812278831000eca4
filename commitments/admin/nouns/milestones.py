"""Milestones at the desk."""

from django.contrib import admin
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from commitments.admin import wording
from commitments.admin.base import column, english, fieldset
from commitments.admin.nouns.citations import CitationsInline
from commitments.admin.nouns.inlines import MilestoneForm
from commitments.admin.review.reviewed import ReviewedAdmin
from commitments.admin.spreadsheets.views import SpreadsheetAdmin
from commitments.models import Milestone
from commitments.querysets.follow_up import day_met, timeliness
from commitments.reading import NOW
from commitments.rules.judging import evidence
from commitments.rules.review import publication


@admin.register(Milestone)
class MilestoneAdmin(SpreadsheetAdmin, ReviewedAdmin):
    """A dated step; once it is taken, the passage that reports it is quoted."""

    form = MilestoneForm
    list_display = ["title_fr", "commitment_reference", "deadline", "met_on", "timeliness", "review_state"]
    commitment_reference = column(
        _("engagement"), lambda row: row.commitment.reference, ordering="commitment__reference"
    )
    deadline = column(
        _("échéance"), lambda row: row.deadline.in_words() if row.deadline else wording.EMPTY, ordering="due_on"
    )
    list_filter = [
        "state",
        "due_precision",
        "from_recurrence",
        ("met_on", admin.EmptyFieldListFilter),
        ("commitment__sector", admin.RelatedOnlyFieldListFilter),
    ]
    search_fields = ["title_fr", "title_en", "commitment__reference", "commitment__title_fr"]
    date_hierarchy = "due_on"
    listing_related = ["commitment"]
    autocomplete_fields = ["commitment"]
    readonly_fields = ["timeliness"]
    fieldsets = [
        fieldset(None, ["commitment", "title_fr"]),
        fieldset(
            _("Échéance"),
            [("due_from", "due_on", "due_precision"), "reading_fr", "place_fr"],
            about=_("Précise au mois ou à l’année, n’importe quel jour suffit : la période entière est enregistrée."),
        ),
        fieldset(
            _("Réalisation"),
            ["met_on", "timeliness"],
            about=_("Un jalon réalisé cite, mot pour mot, la source qui le rapporte."),
        ),
        english("title_en", "reading_en", "place_en"),
    ]
    inlines = [CitationsInline]

    @admin.display(description=_("respect des délais"))
    def timeliness(self, milestone: Milestone) -> str | Promise:
        """Show the milestone's timeliness today: computed, never typed."""
        if milestone.pk is None:
            return wording.EMPTY
        met_on = day_met(milestone.met_on, milestone.met_recorded_at, NOW)
        return timeliness([(milestone.due_on, met_on)], NOW.day).label

    def after_save(self, request: HttpRequest, form: ModelForm, *, change: bool) -> None:
        """Refuse a realisation that no verified passage reports, draft or not."""
        publication.refuse(found for found in evidence.objections(form.instance) if found.field == "met_on")
        super().after_save(request, form, change=change)
