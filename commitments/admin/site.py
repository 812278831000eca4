"""The desk: the admin site of analysts and editors."""

from functools import partial, wraps
from typing import Any

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters

from commitments.admin.people import preferences, second_factor
from commitments.admin.permissions import account_of
from commitments.admin.review.review_queue import queue_page
from commitments.admin.unsaved.keeping_site import KeepingSite, not_done
from commitments.admin.unsaved.unsaved_form import UnsavedForm, is_restored, shows_again
from commitments.admin.work_queue import queue
from commitments.rules.keys import that_are_keys
from commitments.typography import language

ORDER = [
    "Commitment",
    "Assessment",
    "Search",
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


class DeskSite(KeepingSite):
    """The desk, in French, with its nouns in working order and a way back to the public site."""

    site_header = _("Suivi des engagements – bureau")
    site_title = _("Bureau")
    index_title = _("Au bureau")
    empty_value_display = "–"
    index_template = "admin/queue.html"

    def get_urls(self) -> list[URLResolver | URLPattern]:
        """Return the URLs of the desk, plus those that belong to no noun.

        Without Django's redirect to the public page of any record: it would reveal that of drafts.
        """
        kept = [entry for entry in super().get_urls() if getattr(entry, "name", "") != "view_on_site"]
        return [
            path("file/<slug:key>/", self.admin_view(self.section), name="queue_section"),
            path("relecture/", self.admin_view(partial(queue_page, site=self)), name="review_queue"),
            path("preferences/", self.admin_view(self.preferences), name="preferences"),
            path("second-facteur/", self.second_factor, name="second_factor"),
            *kept,
        ]

    def index(self, request: HttpRequest, extra_context: dict[str, object] | None = None) -> TemplateResponse:
        """Show what is next for the signed-in user, above the list of nouns."""
        return super().index(request, queue.first_page(account_of(request)) | (extra_context or {}))

    def section(self, request: HttpRequest, key: str) -> HttpResponse:
        """Show one section of the work queue in full."""
        return queue.section_page(request, key, self.each_context(request))

    @shows_again(lambda typed, by: preferences.PreferenceForm())
    def preferences(self, request: HttpRequest) -> HttpResponse:
        """Show or save the preferences of the signed-in user."""
        return preferences.preferences_page(request, self.each_context(request))

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Return `view` for those who may see it; ticked rows of a list whose key no record can have are dropped."""

        @wraps(view)
        def readable(request: HttpRequest, *args: object, **kwargs: object) -> Any:
            if request.method == "POST" and ACTION_CHECKBOX_NAME in request.POST:
                typed = request.POST.copy()
                typed.setlist(ACTION_CHECKBOX_NAME, that_are_keys(typed.getlist(ACTION_CHECKBOX_NAME)))
                request.POST = typed  # type: ignore[assignment]
            return view(request, *args, **kwargs)

        return super().admin_view(readable, cacheable)

    # Access

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether the desk is open to this person: staff, with a second factor if one is required; all may sign out."""
        match = request.resolver_match
        leaving = match is not None and match.view_name == "admin:logout"
        return super().has_permission(request) and (leaving or second_factor.has_passed(request))

    @method_decorator(never_cache)
    def login(self, request: HttpRequest, extra_context: dict[str, object] | None = None) -> HttpResponse:
        """Ask for name and password, then for the second factor."""
        if request.method == "GET" and super().has_permission(request) and not second_factor.has_passed(request):
            going = {"next": request.GET.get("next", "")}
            return HttpResponseRedirect(reverse("admin:second_factor", query=going))
        return super().login(request, extra_context)

    def ask_to_sign_in(self, request: HttpRequest, typed: UnsavedForm) -> HttpResponse:
        """Return the page that asks for the missing sign-in step, carrying what was typed; status 401."""
        if not super().has_permission(request):
            return super().ask_to_sign_in(request, typed)
        response = second_factor.ask(request, self, typed)
        if response.status_code == 200:
            response.status_code = 401
        return response

    @method_decorator([never_cache, csrf_protect, sensitive_post_parameters()])
    def second_factor(self, request: HttpRequest) -> HttpResponse:
        """Show the person's second factor, or ask for its code; a restored form is not acted on."""
        if request.method == "POST" and is_restored(request):
            return not_done(request, request.get_full_path())
        return second_factor.page(request, self)

    # What every page shows

    def each_context(self, request: HttpRequest) -> dict[str, object]:
        """Return what every page shows; "view site" leads to the public site in the language of the page."""
        public = "/" if language() == "fr" else "/en/"
        return super().each_context(request) | {"site_url": f"{request.META['SCRIPT_NAME']}{public}"}

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[dict[str, Any]]:
        """Return the menu: the tracker's nouns first, in the order of work."""
        apps = super().get_app_list(request, app_label)
        rank = {name: place for place, name in enumerate(ORDER)}
        for app in apps:
            app["models"].sort(key=lambda entry: rank.get(entry["object_name"], len(rank)))
        return sorted(apps, key=lambda app: app["app_label"] != "commitments")
