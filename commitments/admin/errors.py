"""The desk's error pages: forbidden, not found, and a request that is too large or cannot be parsed."""

from django.contrib import admin
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _


def is_at_desk(request: HttpRequest) -> bool:
    """Whether `request` is for an address of the desk, in the language of the request."""
    return request.path.startswith(reverse("admin:index"))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 403: what the account gives no access to, and whom to ask."""
    return _page(
        request,
        403,
        _("Votre compte n’ouvre pas cette page"),
        _("Elle est à d’autres rôles que le vôtre : le guide dit qui peut quoi."),
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404: nothing at this address, or no longer."""
    return _page(
        request,
        404,
        _("Il n’y a pas de page à cette adresse"),
        _("L’adresse est incomplète, ou ce qu’elle montrait a été supprimé."),
    )


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 400: the request has more fields than a form may, or cannot be parsed."""
    if isinstance(exception, RequestDataTooBig):
        title = _("Ce que vous envoyez est trop long")
        text = _(
            "Rien n’a été enregistré. Revenez en arrière : ce que vous avez tapé y est encore. Puis raccourcissez-le."
        )
    else:
        title = _("Cette demande n’a pas été comprise")
        text = _("Rien n’a été enregistré. Revenez en arrière, et recommencez depuis la page du formulaire.")
    return _page(request, 400, title, text)


def _page(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    context: dict[str, object] = {"title": title, "text": text}
    if status != 400:  # skip `each_context`, which looks up the user: the request cannot be parsed
        context = admin.site.each_context(request) | context
    return render(request, "admin/refused.html", context, status=status)
