"""Parties at the desk, with the members of organisations."""

from django.contrib import admin

from commitments.admin.base import RecordAdmin, fieldset
from commitments.admin.nouns.inlines import EditableInline
from commitments.models import Membership, Party


class MembershipInline(EditableInline):
    """The members of an organisation: too many fields for one line of a table."""

    model = Membership
    fk_name = "organisation"
    template = "admin/edit_inline/stacked.html"
    fields = ["member", ("role_fr", "role_en"), ("since", "until"), ("source", "stated_on")]
    autocomplete_fields = ["member", "source"]


@admin.register(Party)
class PartyAdmin(RecordAdmin):
    """States and organisations of states; editors keep them."""

    list_display = ["code", "name_fr", "name_en", "kind"]
    list_filter = ["kind"]
    show_facets = admin.ShowFacets.ALWAYS
    search_fields = ["code", "name_fr", "name_en"]
    fieldsets = [fieldset(None, [("code", "kind"), ("name_fr", "name_en")])]
    inlines = [MembershipInline]
