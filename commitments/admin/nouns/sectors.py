"""Sectors at the desk."""

from django.contrib import admin

from commitments.admin.base import RecordAdmin, fieldset
from commitments.models import Sector


@admin.register(Sector)
class SectorAdmin(RecordAdmin):
    """The classes of commitments; editors keep them."""

    list_display = ["name_fr", "name_en", "slug", "position"]
    search_fields = ["name_fr", "name_en", "slug"]
    prepopulated_fields = {"slug": ["name_fr"]}
    fieldsets = [fieldset(None, ["name_fr", "name_en", "slug", "position"])]
