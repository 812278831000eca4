"""Meetings and instruments at the desk."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from commitments.admin.base import english, fieldset
from commitments.admin.nouns.citations import CitationsInline
from commitments.admin.nouns.inlines import NotesInline
from commitments.admin.review.reviewed import ReviewedAdmin
from commitments.models import Instrument, Meeting


@admin.register(Meeting)
class MeetingAdmin(ReviewedAdmin):
    """A session, with the passages that report it and the notes on it."""

    list_display = ["title_fr", "reference", "starts_on", "ends_on", "place_fr", "review_state"]
    list_filter = ["state", "participants"]
    search_fields = ["reference", "title_fr", "title_en", "place_fr"]
    date_hierarchy = "starts_on"
    autocomplete_fields = ["participants"]
    locked_once_saved = ["reference"]
    fieldsets = [
        fieldset(None, ["reference", "title_fr", ("starts_on", "ends_on"), "place_fr", "participants"]),
        fieldset(_("Résumé"), ["summary_fr"]),
        english("title_en", "place_en", "summary_en"),
    ]
    inlines = [CitationsInline, NotesInline]


@admin.register(Instrument)
class InstrumentAdmin(ReviewedAdmin):
    """A text that carries commitments, with the passages that report it and the notes on it."""

    list_display = ["title_fr", "reference", "kind", "issued_on", "meeting", "review_state"]
    list_filter = ["state", "kind", ("meeting", admin.RelatedOnlyFieldListFilter)]
    search_fields = ["reference", "title_fr", "title_en"]
    date_hierarchy = "issued_on"
    listing_related = ["meeting"]
    autocomplete_fields = ["meeting", "issuers"]
    locked_once_saved = ["reference"]
    fieldsets = [
        fieldset(None, ["reference", "kind", "title_fr", "meeting", "issued_on", "issuers"]),
        fieldset(_("Résumé"), ["summary_fr"]),
        english("title_en", "summary_en"),
    ]
    inlines = [CitationsInline, NotesInline]
