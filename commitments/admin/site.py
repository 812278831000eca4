"""The desk: the admin site of analysts and editors."""

from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from commitments.admin import preferences, queue

ORDER = [
    "Commitment",
    "Assessment",
    "Milestone",
    "FollowUpNote",
    "Discrepancy",
    "Claim",
    "Citation",
    "Source",
    "Instrument",
    "Meeting",
    "Party",
    "Sector",
]
"""The nouns in the order in which people work on them."""


class DeskSite(AdminSite):
    """The desk, in French, with its nouns in working order and a way back to the public site."""

    site_header = _("Suivi des engagements – bureau")
    site_title = _("Bureau")
    index_title = _("Au bureau")
    empty_value_display = "–"
    index_template = "admin/queue.html"

    def get_urls(self) -> list[Any]:
        """Return the addresses of the desk, with those that belong to no noun."""
        return [
            path("file/<slug:key>/", self.admin_view(self.section), name="queue_section"),
            path("preferences/", self.admin_view(self.preferences), name="preferences"),
            *super().get_urls(),
        ]

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """Show what is next for whoever is signed in, above the list of nouns."""
        return super().index(request, queue.first_page(request.user) | (extra_context or {}))

    def section(self, request: HttpRequest, key: str) -> HttpResponse:
        """Show one section of the work queue in full."""
        return queue.section_page(request, key, self.each_context(request))

    def preferences(self, request: HttpRequest) -> HttpResponse:
        """Show or keep how whoever is signed in wants to hear from the desk."""
        return preferences.preferences_page(request, self.each_context(request))

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Return what every page shows; "view site" leads to the public site in the language of the page."""
        public = "/" if (get_language() or "fr").startswith("fr") else "/en/"
        return super().each_context(request) | {"site_url": f"{request.META['SCRIPT_NAME']}{public}"}

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[dict[str, Any]]:
        """Return the menu: the tracker's nouns first, in the order of work."""
        apps = super().get_app_list(request, app_label)
        rank = {name: place for place, name in enumerate(ORDER)}
        for app in apps:
            app["models"].sort(key=lambda entry: rank.get(entry["object_name"], len(rank)))
        return sorted(apps, key=lambda app: app["app_label"] != "commitments")
