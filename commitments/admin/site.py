"""The desk: the admin site of analysts and editors."""

from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

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
