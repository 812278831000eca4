"""Follow-up notes at the desk."""

from django.contrib import admin
from django.db.models.functions import Coalesce
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from commitments.admin.base import column, english, fieldset
from commitments.admin.nouns.citations import CitationsInline
from commitments.admin.review.reviewed import ReviewedAdmin
from commitments.admin.spreadsheets.views import SpreadsheetAdmin
from commitments.models import NOTED, FollowUpNote

NOTED_REFERENCE = Coalesce(*(f"{name}__reference" for name in NOTED))
"""The reference of what a note is on."""


@admin.register(FollowUpNote)
class FollowUpNoteAdmin(SpreadsheetAdmin, ReviewedAdmin):
    """A dated note on a commitment, an instrument or a meeting: kept inside the desk, or for the public."""

    list_display = ["beginning", "noted", "dated", "visibility", "review_state"]
    beginning = column(_("note"), lambda row: Truncator(row.body_fr).chars(90), ordering="body_fr")
    noted = column(_("sur"), lambda row: row.target.reference, ordering=NOTED_REFERENCE)
    list_filter = ["state", "visibility", ("commitment__sector", admin.RelatedOnlyFieldListFilter)]
    search_fields = [
        "body_fr",
        "body_en",
        *(f"{name}__{field}" for name in NOTED for field in ("reference", "title_fr")),
    ]
    date_hierarchy = "dated"
    listing_related = [*NOTED]
    autocomplete_fields = [*NOTED]
    fieldsets = [
        fieldset(
            _("Porte sur"),
            [*NOTED],
            about=_("Un engagement, ou ce qui concerne un texte ou une rencontre en entier : un seul des trois."),
        ),
        fieldset(
            None,
            [("visibility", "dated"), "body_fr"],
            about=_("Une note interne reste au bureau : elle ne se propose ni ne se publie."),
        ),
        english("body_en"),
    ]
    inlines = [CitationsInline]
