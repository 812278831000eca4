"""The site that keeps what was typed across signing in: it answers those not signed in, and restores the text."""

from collections.abc import Iterable
from copy import copy
from functools import update_wrapper
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.middleware.csrf import REASON_NO_CSRF_COOKIE
from django.template.response import TemplateResponse
from django.urls import get_script_prefix, reverse
from django.utils.cache import add_never_cache_headers
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.csrf import csrf_failure as plain_failure
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect

from commitments.admin.unsaved import unsaved_form
from commitments.admin.unsaved.concurrency import RESTORED
from commitments.admin.unsaved.unsaved_form import KEPT, UnsavedForm


class KeepingSite(AdminSite):
    """An admin site that carries what was typed across signing in."""

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Return `view` for those who are signed in; for anybody else, keep what they submitted.

        A form restored after signing in only reaches a view that shows it before acting on it.
        """
        inner = super().admin_view(view, cacheable)

        @csrf_protect
        def guarded(request: HttpRequest, *args: object, **kwargs: object) -> Any:
            if self.has_permission(request) or unsaved_form.destination(request.path) is None:
                is_restored = request.method == "POST" and unsaved_form.is_restored(request)
                is_refused = is_restored and not unsaved_form.comes_back(unsaved_form.sent_back(request))
                return not_done(request, request.get_full_path()) if is_refused else inner(request, *args, **kwargs)
            if unsaved_form.wants_data(request):
                return signed_out()
            if request.method == "POST":
                return self.ask_to_sign_in(request, unsaved_form.of(request, by_nobody=True))
            return inner(request, *args, **kwargs)

        return update_wrapper(guarded, inner)

    def ask_to_sign_in(self, request: HttpRequest, typed: UnsavedForm) -> HttpResponse:
        """Return the sign-in page, carrying what was typed; status 401."""
        page = copy(request)
        page.method = "GET"
        page.path = reverse("admin:login")
        page.path_info = "/" + page.path.removeprefix(get_script_prefix())
        page.META["QUERY_STRING"] = urlencode({"next": typed.path})
        page.GET, page.POST = QueryDict(page.META["QUERY_STRING"]), QueryDict()
        response = self.login(page, {"kept": typed})
        response.status_code = 401
        return response

    @method_decorator(never_cache)
    def login(self, request: HttpRequest, extra_context: dict[str, object] | None = None) -> HttpResponse:
        """Sign in; then show what was typed before, if the form carries anything."""
        typed = unsaved_form.read(request.POST.get(KEPT, "")) if request.method == "POST" else None
        if typed and "username" not in request.POST:
            return self.ask_to_sign_in(request, typed)  # back from the lockout page
        response = super().login(request, {"kept": typed, **(extra_context or {})})
        if typed and isinstance(response, HttpResponseRedirect):
            return self.resume(request, typed) if self.has_permission(request) else self.ask_to_sign_in(request, typed)
        return response

    def resume(
        self,
        request: HttpRequest,
        typed: UnsavedForm,
        *,
        title: str = "",
        lead: Iterable[str] = (),
        button: str | None = None,
    ) -> HttpResponse:
        """Return the page that shows what was typed, with the button that sends it back to its form.

        If nothing was typed, redirect to the page itself. If the text was too long to carry, redirect too, with a
        warning. `title` and `lead` say what happened, if it is not that a session ended, and `button` what it leads to.
        With "" there is no button and the text can only be copied; so it is if the text does not fit in another form,
        or if its page does not accept it again.
        """
        if not typed.fields and typed.is_too_long:
            words = _("Ce que vous aviez tapé était trop long pour être gardé : collez ici ce que vous en avez copié.")
            messages.warning(request, words)
        if not typed.fields:
            return HttpResponseRedirect(typed.path)
        is_taken_back, lines = unsaved_form.comes_back(typed), unsaved_form.lines(typed, by=request.user)
        if not (is_taken_back or lines or typed.files):
            return not_done(request, typed.path)
        can_be_sent = is_taken_back and fits_a_form(typed)
        context = {
            **self.each_context(request),
            "title": title or _("Vous revoilà"),
            "lead": lead,
            "typed": typed,
            "lines": lines,
            "can_be_sent": can_be_sent,
            "is_taken_back": is_taken_back,
            "button": (_("Reprendre là où j’en étais") if button is None else button) if can_be_sent else "",
            "is_record": unsaved_form.is_record(typed),
            "is_shown_again": unsaved_form.is_shown_again(typed),
            "again": unsaved_form.what_again(request, typed),
            "restored": RESTORED,
        }
        response = TemplateResponse(request, "admin/commitments/resume.html", context)
        add_never_cache_headers(response)
        return response


def not_done(request: HttpRequest, path: str) -> HttpResponseRedirect:
    """Redirect to `path`, with a message that what was submitted before signing in was not done."""
    messages.warning(request, _("Ce que vous demandiez n’a pas été fait : tapez-le ou demandez-le de nouveau ici."))
    return HttpResponseRedirect(path)


def fits_a_form(typed: UnsavedForm) -> bool:
    """Whether what was typed can be resubmitted by a form that adds a few fields of its own."""
    most_bytes, most_fields = settings.DATA_UPLOAD_MAX_MEMORY_SIZE, settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
    size = sum(len(name.encode()) + len(value.encode()) + 4 for name, value in typed.fields)
    fits = most_bytes is None or size <= most_bytes - 512
    return fits and (most_fields is None or len(typed.fields) <= most_fields - 3)


def signed_out() -> JsonResponse:
    """Return the response to a script whose user is no longer signed in."""
    message = _("Votre session a expiré. Connectez-vous de nouveau : rien de ce que vous avez tapé n’est perdu.")
    response = JsonResponse(
        {"message": message, "sign_in": reverse("admin:login"), "link": _("Se connecter dans un nouvel onglet")},
        status=401,
    )
    add_never_cache_headers(response)
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose CSRF token is missing or no longer valid.

    It comes from somebody who signed in again in another tab, or lost their cookies. If the browser says that a page of
    this site sent it, what was typed is kept as when a session ends, and not acted on; any other form is refused.
    """
    site = admin.site
    if not isinstance(site, KeepingSite) or not unsaved_form.comes_from_here(request):
        return plain_failure(request, reason)
    if unsaved_form.wants_data(request):
        message = _("Vous vous êtes connecté de nouveau ailleurs : copiez ce que vous avez tapé, puis rechargez.")
        return JsonResponse({"message": message}, status=403)
    at_sign_in = request.path == reverse("admin:login")
    if at_sign_in and reason == REASON_NO_CSRF_COOKIE:
        return plain_failure(request, reason)  # without cookies, nobody can sign in
    if at_sign_in or KEPT in request.POST:  # this form, or that of the second factor, carries another
        typed = unsaved_form.read(request.POST.get(KEPT, ""))
    else:
        is_of_desk = unsaved_form.destination(request.path) is not None
        typed = unsaved_form.of(request, by_nobody=not site.has_permission(request)) if is_of_desk else None
    if typed is None:
        return plain_failure(request, reason)
    if site.has_permission(request):
        return site.resume(request, typed)
    return site.ask_to_sign_in(request, typed)
