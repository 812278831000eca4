"""Nothing typed is lost when a session ends: what was sent by nobody known comes back after signing in.

A form that is sent without a session is answered with the sign-in page, which carries what was typed in one hidden
field. After signing in, a page shows it, and one button sends it back to where it was going, marked `_restored`: a
record's form then comes back as it was typed, and unsaved (`DeskForm`). Nothing is kept on the server.
"""

import json
import re
from collections.abc import Iterable
from copy import copy
from functools import update_wrapper
from typing import Any, NamedTuple
from urllib.parse import quote_plus, unquote, urlencode, urlsplit

from django.conf import settings
from django.contrib import admin
from django.contrib.admin import AdminSite
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.middleware.csrf import REASON_NO_CSRF_COOKIE
from django.template.response import TemplateResponse
from django.urls import Resolver404, ResolverMatch, get_script_prefix, resolve, reverse
from django.utils.cache import add_never_cache_headers
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.csrf import csrf_failure as plain_failure
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect

from commitments.admin.concurrency import RESTORED, SEEN, DeskForm

KEPT = "_kept"
"""The hidden field of the sign-in page that carries what was typed."""

SECRET = re.compile(r"(?i)password|passwd|token|secret|otp")
"""The names of fields that are never carried."""

CONFIRMATIONS = {"post", "_confirm"}
"""What says “yes, do it”: never carried, so that the page that asks asks again."""

MACHINERY = {SEEN, "id", "pk", "action", "index", "select_across", "next"} | {
    f"{name}_FORMS" for name in ("TOTAL", "INITIAL", "MIN_NUM", "MAX_NUM")
}
"""The last part of the names of fields that nobody typed."""

LONGEST_ADDRESS = 2000


class Kept(NamedTuple):
    """What was typed in a form that could not be taken: where it was going, its fields, its files by name."""

    path: str
    fields: tuple[tuple[str, str], ...] = ()
    files: tuple[str, ...] = ()
    is_too_long: bool = False

    def as_text(self) -> str:
        """Return it for the hidden field."""
        return json.dumps(self._asdict(), ensure_ascii=False)


class Typed(NamedTuple):
    """One text as a person reads it."""

    label: str
    text: str


def of(request: HttpRequest) -> Kept:
    """Return what the form of `request` holds, without secrets and confirmations.

    Files cannot be carried: they are named, to be chosen again. What is too long to be sent once more with the
    sign-in form is not carried either, and says so.
    """
    path = request.get_full_path()
    kept = Kept(
        path if len(path) <= LONGEST_ADDRESS else request.path,
        tuple(
            (name, value)
            for name, values in request.POST.lists()
            if not SECRET.search(name) and name not in CONFIRMATIONS | {RESTORED, KEPT}
            for value in values
        ),
        tuple(str(file.name) for _name, files in request.FILES.lists() for file in files if file),
    )
    # The sign-in form is sent URL-encoded; Django takes no more than this of it, and it has other fields too.
    room = (settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 2_621_440) - 8192
    if len(quote_plus(kept.as_text())) > room:
        return kept._replace(fields=(), is_too_long=True)
    return kept


def read(text: str) -> Kept | None:
    """Return what the hidden field holds; None where it holds nothing that this desk wrote."""
    try:
        held = json.loads(text)
        kept = Kept(
            str(held["path"]),
            tuple((str(name), str(value)) for name, value in held["fields"] if not SECRET.search(str(name))),
            tuple(str(name) for name in held["files"]),
            held["is_too_long"] is True,
        )
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return kept if destination(kept.path) else None


def destination(path: str) -> ResolverMatch | None:
    """Return which page of the desk `path` is the address of; None for any other address, and for signing in or out."""
    if not url_has_allowed_host_and_scheme(path, allowed_hosts=None) or not path.startswith(reverse("admin:index")):
        return None
    bare = unquote(urlsplit(path).path)
    if {".", ".."} & set(bare.split("/")):
        return None
    try:
        match = resolve("/" + bare.removeprefix(get_script_prefix()))
    except Resolver404:
        return None
    return match if match.namespace == "admin" and match.url_name not in (None, "login", "logout") else None


def as_new(kept: Kept, path: str) -> Kept:
    """Return what was typed for a record that is no more, as the form at `path` would send it for a new one."""
    owner = _owner(path)
    fields = []
    for name, value in kept.fields:
        last = name.rsplit("-", 1)[-1]
        field = _field(owner, last, in_row=True) if last != name else None
        is_parent = field is not None and field.related_model is owner.model
        if last == "INITIAL_FORMS":
            fields.append((name, "0"))
        elif last not in (SEEN, "id", "DELETE") and not is_parent:
            fields.append((name, value))
    return Kept(path, tuple(fields), kept.files)


def is_restored(request: HttpRequest) -> bool:
    """Whether the form was sent by the button of the page "Vous revoilà": a page that acts asks again first."""
    return RESTORED in request.POST


def wants_data(request: HttpRequest) -> bool:
    """Whether a script asks, which has no use for a page."""
    return (
        request.get_preferred_type(["text/html", "application/json"]) == "application/json"
        or request.headers.get("X-Requested-With") == "XMLHttpRequest"
        or request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate"
    )


def comes_from_here(request: HttpRequest) -> bool:
    """Whether the browser says that a page of this site sent the form."""
    return request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"


# What it says, in words


def lines(kept: Kept) -> list[Typed]:
    """Return the texts among the fields, each under its label, in the order of the form."""
    owner = _owner(kept.path)
    found = []
    for name, value in kept.fields:
        last = name.rsplit("-", 1)[-1]
        if not value.strip() or name.startswith(("_", "initial-")) or "__prefix__" in name or last in MACHINERY:
            continue
        field = _field(owner, last, in_row=last != name)
        if field is None:
            if not value.isdecimal():
                found.append(Typed(_label(last), value))
        elif (
            not field.is_relation and not isinstance(field, models.BooleanField) and (last == name or not field.choices)
        ):
            found.append(Typed(capfirst(str(field.verbose_name)), str(dict(field.flatchoices).get(value, value))))
    return found


def _owner(path: str) -> Any:
    """Return the page of a noun to which the address belongs; None where it belongs to none."""
    match = destination(path)
    return getattr(match.func, "model_admin", None) if match else None


def _field(owner: Any, name: str, *, in_row: bool) -> Any:
    if owner is None:
        return None
    for model in [inline.model for inline in owner.inlines] if in_row else [owner.model]:
        try:
            return model._meta.get_field(name)
        except FieldDoesNotExist:
            continue
    return None


def _label(name: str) -> str:
    return {"reason": _("Motif"), "remark": _("Remarque")}.get(name, capfirst(name.replace("_", " ")))


def is_record(kept: Kept) -> bool:
    """Whether it goes to a record's form, which comes back unsaved."""
    match, owner = destination(kept.path), _owner(kept.path)
    is_form = match is not None and (match.url_name or "").endswith(("_add", "_change"))
    return is_form and owner is not None and issubclass(owner.form, DeskForm)


def what_again(request: HttpRequest, kept: Kept) -> str:
    """Return in words what sending it again would ask for; "" where there is nothing more to say."""
    owner = _owner(kept.path)
    action = dict(kept.fields).get("action")
    if owner is None or not action or action not in owner.get_actions(request):
        return ""
    count = sum(name == ACTION_CHECKBOX_NAME for name, _value in kept.fields)
    return f"{owner.get_actions(request)[action][2]} ({count})"


# The site


class KeepingSite(AdminSite):
    """An admin site that carries what was typed over signing in."""

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Return `view` for those who are signed in; from anybody else, keep what they sent."""
        inner = super().admin_view(view, cacheable)

        @csrf_protect
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if self.has_permission(request) or destination(request.path) is None:
                return inner(request, *args, **kwargs)
            if wants_data(request):
                return signed_out()
            if request.method == "POST":
                return self.ask_to_sign_in(request, of(request))
            return inner(request, *args, **kwargs)

        return update_wrapper(guarded, inner)

    def ask_to_sign_in(self, request: HttpRequest, kept: Kept) -> HttpResponse:
        """Return the sign-in page, carrying what was typed; status 401."""
        page = copy(request)
        page.method = "GET"
        page.path = reverse("admin:login")
        page.path_info = "/" + page.path.removeprefix(get_script_prefix())
        page.META["QUERY_STRING"] = urlencode({"next": kept.path})
        page.GET, page.POST = QueryDict(page.META["QUERY_STRING"]), QueryDict()
        response = self.login(page, {"kept": kept})
        response.status_code = 401
        return response

    @method_decorator(never_cache)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Sign in; then show what was typed before, where the form carries something."""
        kept = read(request.POST.get(KEPT, "")) if request.method == "POST" else None
        if kept and "username" not in request.POST:
            return self.ask_to_sign_in(request, kept)  # back from the page of those who had to wait
        response = super().login(request, {"kept": kept, **(extra_context or {})})
        if kept and isinstance(response, HttpResponseRedirect):
            return self.resume(request, kept) if self.has_permission(request) else self.ask_to_sign_in(request, kept)
        return response

    def resume(
        self,
        request: HttpRequest,
        kept: Kept,
        *,
        title: str = "",
        lead: Iterable[str] = (),
        button: str | None = None,
    ) -> HttpResponse:
        """Return the page that shows what was typed, with the button that sends it back to its form.

        Where nothing was typed, and where something was to be deleted, it leads to the page itself, which asks.
        `title` and `lead` say what happened, where it is not that a session ended, and `button` what it leads to; with
        "" the page has none, and is there to copy from.
        """
        match = destination(kept.path)
        if not kept.fields or (match is not None and (match.url_name or "").endswith("_delete")):
            return HttpResponseRedirect(kept.path)
        context = {
            **self.each_context(request),
            "title": title or _("Vous revoilà"),
            "lead": lead,
            "typed": kept,
            "lines": lines(kept),
            "button": _("Reprendre là où j’en étais") if button is None else button,
            "is_record": is_record(kept),
            "what_again": what_again(request, kept),
            "restored": RESTORED,
        }
        response = TemplateResponse(request, "admin/commitments/resume.html", context)
        add_never_cache_headers(response)
        return response


def signed_out() -> JsonResponse:
    """Return the answer to a script whose person is no longer signed in."""
    message = _("Votre session a expiré. Connectez-vous de nouveau : rien de ce que vous avez tapé n’est perdu.")
    response = JsonResponse(
        {"message": message, "sign_in": reverse("admin:login"), "link": _("Se connecter dans un nouvel onglet")},
        status=401,
    )
    add_never_cache_headers(response)
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose token is not, or no more, the browser's.

    Whoever signed in again in another tab sends such a form, and so does whoever lost their cookies. Where the browser
    says that a page of this site sent it, what was typed is kept as over any end of a session, and nothing is
    done with it; any other form is refused.
    """
    site = admin.site
    if not isinstance(site, KeepingSite) or not comes_from_here(request):
        return plain_failure(request, reason)
    if wants_data(request):
        message = _("Vous vous êtes connecté de nouveau ailleurs : copiez ce que vous avez tapé, puis rechargez.")
        return JsonResponse({"message": message}, status=403)
    at_sign_in = request.path == reverse("admin:login")
    if at_sign_in and reason == REASON_NO_CSRF_COOKIE:
        return plain_failure(request, reason)  # without cookies, nobody can sign in
    kept = read(request.POST.get(KEPT, "")) if at_sign_in else of(request) if destination(request.path) else None
    if kept is None:
        return plain_failure(request, reason)
    if site.has_permission(request):
        return site.resume(request, kept)
    return site.ask_to_sign_in(request, kept)
