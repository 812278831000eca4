"""Follow-up notes at the desk."""

from django.contrib import admin
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from commitments.admin.base import column, english, fieldset
from commitments.admin.nouns.citations import CitationsInline
from commitments.admin.review.reviewed import ReviewedAdmin
from commitments.admin.spreadsheets.views import SpreadsheetAdmin
from commitments.models import FollowUpNote


@admin.register(FollowUpNote)
class FollowUpNoteAdmin(SpreadsheetAdmin, ReviewedAdmin):
    """A dated note: kept inside the desk, or for the public."""

    list_display = ["beginning", "commitment_reference", "dated", "visibility", "review_state"]
    beginning = column(_("note"), lambda row: Truncator(row.body_fr).chars(90), ordering="body_fr")
    commitment_reference = column(
        _("engagement"), lambda row: row.commitment.reference, ordering="commitment__reference"
    )
    list_filter = ["state", "visibility", ("commitment__sector", admin.RelatedOnlyFieldListFilter)]
    search_fields = ["body_fr", "body_en", "commitment__reference", "commitment__title_fr"]
    date_hierarchy = "dated"
    listing_related = ["commitment"]
    autocomplete_fields = ["commitment"]
    fieldsets = [
        fieldset(
            None,
            ["commitment", ("visibility", "dated"), "body_fr"],
            about=_("Une note interne reste au bureau : elle ne se propose ni ne se publie."),
        ),
        english("body_en"),
    ]
    inlines = [CitationsInline]
