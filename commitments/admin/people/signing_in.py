"""Throttling of sign-ins: the name and the address that an attempt counts for, and the lockout page.

django-axes calls these.
"""

from collections.abc import Mapping
from ipaddress import IPv6Address, ip_address, ip_network
from math import ceil

from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.timezone import now
from django.utils.translation import gettext as _

from commitments.admin.unsaved import unsaved_form

NETWORK_BITS = 64
"""Network prefix of an IPv6 address that is assigned to one subscriber, who can vary the rest freely."""

NAME_LENGTH = 150
"""Typed user names are not checked before this point, and PostgreSQL rejects one longer than its column."""


def client_address(request: HttpRequest) -> str | None:
    """Return the address that `request` comes from; of an IPv6 address, its network. None if there is none.

    Behind a proxy (DJANGO_BEHIND_PROXY) it is the last one in X-Forwarded-For, which the proxy wrote; anybody can forge
    those before it. Otherwise that header is ignored.
    """
    stated = request.META.get("REMOTE_ADDR", "")
    if settings.BEHIND_PROXY:
        stated = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip() or stated
    try:
        address = ip_address(stated)
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        return str(address.ipv4_mapped)
    if isinstance(address, IPv6Address):
        return str(ip_network((int(address), NETWORK_BITS), strict=False).network_address)
    return str(address)


def account_name(request: HttpRequest, credentials: Mapping[str, str] | None) -> str | None:
    """Return the name that an attempt is counted for: as typed, cut to the maximum length of a user name."""
    name = (credentials or request.POST).get("username")
    return name and name[:NAME_LENGTH]


def locked_out(
    request: HttpRequest, response: HttpResponse | None, credentials: dict[str, object] | None
) -> HttpResponse:
    """Return the page that says how long to wait: the same whether or not an account has the name."""
    attempts = AxesProxyHandler.get_implementation().get_user_attempts(request, credentials)
    last = max((attempt.attempt_time for found in attempts for attempt in found), default=now())
    seconds = max(1, ceil((last + settings.AXES_COOLOFF_TIME - now()).total_seconds()))
    context = {
        **admin.site.each_context(request),
        "title": _("Trop d’essais de connexion"),
        "minutes": ceil(seconds / 60),
        "kept": unsaved_form.read(request.POST.get(unsaved_form.KEPT, "")),
        "kept_form": "back_form",
        "kept_words": _("Ce que vous avez tapé est gardé dans cette page : laissez-la ouverte, et revenez-en d’ici."),
    }
    page = render_to_string("admin/locked_out.html", context, request)
    return HttpResponse(page, status=429, headers={"Retry-After": str(seconds), "Cache-Control": "no-store"})
