"""Follow-up notes at the desk."""

from django.contrib import admin
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from commitments.admin.base import english
from commitments.admin.citations import CitationsInline
from commitments.admin.review import ReviewedAdmin
from commitments.admin.spreadsheets.views import SpreadsheetAdmin
from commitments.models import FollowUpNote


@admin.register(FollowUpNote)
class FollowUpNoteAdmin(SpreadsheetAdmin, ReviewedAdmin):
    """A dated note: kept inside the desk, or for the public."""

    list_display = ["beginning", "commitment_reference", "dated", "visibility", "review_state"]
    list_filter = ["state", "visibility", ("commitment__sector", admin.RelatedOnlyFieldListFilter)]
    search_fields = ["body_fr", "body_en", "commitment__reference", "commitment__title_fr"]
    date_hierarchy = "dated"
    listing_related = ["commitment"]
    autocomplete_fields = ["commitment"]
    markdown_fields = ["body_fr", "body_en"]
    fieldsets = [
        (
            None,
            {
                "fields": ["commitment", ("visibility", "dated"), "body_fr"],
                "description": _("Une note interne reste au bureau : elle ne se propose ni ne se publie."),
            },
        ),
        english("body_en"),
    ]
    inlines = [CitationsInline]

    @admin.display(description=_("note"), ordering="body_fr")
    def beginning(self, note: FollowUpNote) -> str:
        """Show the first words."""
        return Truncator(note.body_fr).chars(90)

    @admin.display(description=_("engagement"), ordering="commitment__reference")
    def commitment_reference(self, note: FollowUpNote) -> str:
        """Show the commitment by its reference."""
        return note.commitment.reference
