"""Assessments at the desk: proposed with their evidence, published by somebody else, then closed."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from commitments.admin.base import english
from commitments.admin.citations import EvidenceInline
from commitments.admin.review import ReviewedAdmin
from commitments.models import Assessment


@admin.register(Assessment)
class AssessmentAdmin(ReviewedAdmin):
    """One judgement, with the passages that it rests on."""

    list_display = ["commitment", "status", "as_of", "party_shown", "review_state", "proposed_by", "published_by"]
    list_filter = ["state", "status", "single_handed", ("commitment__sector", admin.RelatedOnlyFieldListFilter)]
    show_facets = admin.ShowFacets.ALWAYS
    search_fields = ["commitment__reference", "commitment__title_fr", "rationale_fr"]
    search_help_text = _("Référence ou titre de l’engagement, mots des motifs.")
    date_hierarchy = "as_of"
    listing_related = ["commitment", "party", "proposed_by", "published_by"]
    autocomplete_fields = ["commitment", "party", "supersedes"]
    fieldsets = [
        (
            None,
            {
                "fields": ["commitment", "party", ("status", "as_of"), "rationale_fr"],
                "description": _(
                    "Progrès limité, progrès important et réalisé demandent au moins une action concrète, citée mot "
                    "pour mot plus bas ; une annonce seule n’y suffit jamais."
                ),
            },
        ),
        (
            _("Aucune preuve disponible"),
            {
                "fields": ["searched_on", "searched_where_fr"],
                "description": _("Seulement pour cet état : le jour de la recherche, et où elle a porté."),
            },
        ),
        (
            _("Correction d’une évaluation publiée"),
            {
                "classes": ["collapse"],
                "fields": ["supersedes", "supersession_reason"],
                "description": _("Une évaluation publiée ne se modifie pas : une autre la remplace, avec un motif."),
            },
        ),
        english("rationale_en", "searched_where_en"),
    ]
    inlines = [EvidenceInline]

    @admin.display(description=_("partie"), ordering="party")
    def party_shown(self, assessment: Assessment) -> object:
        """Show whom the judgement concerns."""
        return assessment.party or _("toutes")
