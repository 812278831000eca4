"""Searches that found nothing, at the desk: proposed, published by somebody else, then closed."""

from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from commitments.admin import wording
from commitments.admin.base import column, english, fieldset
from commitments.admin.judgement.about_commitment import AboutCommitmentForm
from commitments.admin.review.reviewed import CountersignedAdmin
from commitments.admin.spreadsheets.views import SpreadsheetAdmin
from commitments.choices import GONE
from commitments.models import Milestone, Search


class SearchForm(AboutCommitmentForm):
    """A search; a step that it is about is one of its commitment's."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "milestone" in self.fields:
            refusal = _("Ce jalon est celui d’un autre engagement, ou il a été retiré.")
            self.offer("milestone", Milestone.objects.select_related("commitment"), ~Q(state__in=GONE), refusal=refusal)
            if self.commitment is None:
                self.fields["milestone"].help_text = _(
                    "Les jalons se proposent une fois l’engagement choisi et le brouillon enregistré."
                )


@admin.register(Search)
class SearchAdmin(SpreadsheetAdmin, CountersignedAdmin):
    """One search: when, where, for what, by whom."""

    form = SearchForm
    list_display = ["commitment", "searched_on", "searched_where_fr", "about", "review_state", "proposer", "publisher"]
    about = column(_("porte sur"), wording.scope)
    list_filter = [
        "state",
        "single_handed",
        ("commitment", admin.RelatedOnlyFieldListFilter),
        ("party", admin.RelatedOnlyFieldListFilter),
    ]
    search_fields = ["commitment__reference", "commitment__title_fr", "searched_where_fr", "sought_fr"]
    search_help_text = _("Référence ou titre de l’engagement, lieu ou objet de la recherche.")
    date_hierarchy = "searched_on"
    listing_related = ["commitment", "party", "milestone", "proposed_by", "published_by"]
    autocomplete_fields = ["commitment", "party"]
    fieldsets = [
        fieldset(
            None,
            ["commitment", "searched_on", "searched_where_fr", "sought_fr", "searched_by_fr"],
            about=_(
                "Quelqu’un a cherché et n’a rien trouvé. La recherche se lit à côté de l’état et ne remplace aucun "
                "jugement ; sans jugement en vigueur, l’état devient « Aucune preuve disponible »."
            ),
        ),
        fieldset(
            _("Une partie, une étape ou une période seulement"),
            ["party", "milestone", ("period_from", "period_to")],
            about=_("Vide : la recherche porte sur tout l’engagement. Un jalon ou une période, pas les deux."),
        ),
        english("searched_where_en", "sought_en", "searched_by_en"),
    ]
