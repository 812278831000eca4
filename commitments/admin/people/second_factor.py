"""The second factor: a code from an authenticator application (TOTP), with recovery codes for the day it is lost.

Signing in with name and password opens a session; if the account has a second factor, or must have one
(TRACKER_REQUIRE_SECOND_FACTOR), that session reaches this page and sign-out only, until a code has been given.
"""

import re
from base64 import b32encode
from collections.abc import Callable
from math import ceil
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import now
from django.utils.translation import gettext as _, gettext_lazy, ngettext
from django_otp import login as remember
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from commitments.admin.unsaved import unsaved_form
from commitments.admin.unsaved.keeping_site import KeepingSite
from commitments.admin.unsaved.unsaved_form import UnsavedForm
from commitments.rules.people import Account

GROUPS = {"analysts": "Analysts", "editors": "Editors"}
"""The groups that TRACKER_REQUIRE_SECOND_FACTOR may name; its third word, administrators, means superusers."""

RECOVERY_CODES = 10

APPLICATION_CODE = re.compile(r"[0-9]{6}")


# What an account has, and what it requires


def device_of(user: Account, *, confirmed: bool = True) -> TOTPDevice | None:
    """Return the TOTP device of `user`, or with `confirmed=False` the one still being set up; None if there is none."""
    return TOTPDevice.objects.filter(user=user, confirmed=confirmed).order_by("-pk").first()


def is_required_of(user: Account) -> bool:
    """Whether the settings require a second factor of `user`."""
    required = settings.TRACKER_REQUIRE_SECOND_FACTOR
    if "administrators" in required and user.is_superuser:
        return True
    names = [GROUPS[word] for word in required if word in GROUPS]
    return bool(names) and user.groups.filter(name__in=names).exists()


def is_verified(request: HttpRequest) -> bool:
    """Whether a code was given in this session."""
    return getattr(request.user, "otp_device", None) is not None


def has_passed(request: HttpRequest) -> bool:
    """Whether the user of `request` has given everything that their account requires."""
    if is_verified(request):
        return True
    # Called several times for one page.
    needs_code = getattr(request, "_needs_code", None)
    if needs_code is None:
        needs_code = device_of(request.user) is not None or is_required_of(request.user)
        request._needs_code = needs_code  # type: ignore[attr-defined]
    return not needs_code


def remove(user: Account) -> None:
    """Delete the second factor and recovery codes of `user`; sessions they had verified are no longer verified."""
    with transaction.atomic():
        for model in (TOTPDevice, StaticDevice):
            model.objects.filter(user=user).delete()


def renew_recovery_codes(user: Account) -> list[str]:
    """Replace the recovery codes of `user`; return the new ones, formatted for people."""
    with transaction.atomic():
        StaticDevice.objects.filter(user=user).delete()
        device = StaticDevice.objects.create(user=user, name="recovery")
        codes = [device.token_set.model.random_token() for _number in range(RECOVERY_CODES)]
        for code in codes:
            device.token_set.create(token=code)
    return [f"{code[:4]}-{code[4:]}" for code in codes]


# Codes


def check(user: Account, typed: str, *, confirmed: bool = True) -> TOTPDevice | StaticDevice:
    """Return the device of `user` that accepts the code `typed`, which is then used up.

    Six digits are a code of the application, anything else is a recovery code. With `confirmed=False`, the code is
    checked against the application being set up, which is confirmed by it. Raises ValidationError if the code is wrong
    or was used, and while too many wrong ones have been typed.
    """
    code = re.sub(r"[\s-]", "", typed).lower()
    model = TOTPDevice if APPLICATION_CODE.fullmatch(code) or not confirmed else StaticDevice
    with transaction.atomic():
        # Locked: two requests with the same code cannot both find it unused.
        device = model.objects.select_for_update().filter(user=user, confirmed=confirmed).order_by("-pk").first()
        may_try, obstacle = device.verify_is_allowed() if device else (False, None)
        accepted = may_try and device.verify_token(code)
        if accepted and not confirmed:
            device.confirmed = True
            device.save()
    if accepted:
        return device
    if obstacle:
        seconds = max(1, ceil((obstacle["locked_until"] - now()).total_seconds()))
        message = ngettext(
            "Trop de codes refusés. Réessayez dans %d seconde.",
            "Trop de codes refusés. Réessayez dans %d secondes.",
            seconds,
        )
        raise ValidationError(message % seconds, code="throttled")
    raise ValidationError(
        _("Ce code n’est pas le bon, ou il a déjà servi. Attendez que l’application en affiche un autre."),
        code="invalid",
    )


class CodeForm(forms.Form):
    """Asks for a code, and uses it up."""

    required_css_class = "required"

    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=32,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false", "size": 12}
        ),
        error_messages={"required": gettext_lazy("Tapez le code que l’application affiche.")},
    )

    def __init__(self, user: Account, *args: Any, confirmed: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.confirmed, self.device = user, confirmed, None

    def clean_code(self) -> str:
        """Check the code; `device` then is the one that accepted it."""
        self.device = check(self.user, self.cleaned_data["code"], confirmed=self.confirmed)
        return self.cleaned_data["code"]


# The page


def page(request: HttpRequest, site: KeepingSite) -> HttpResponse:
    """Show the second factor of the person signed in, or ask for its code; POST does what its `act` names.

    Those who are not signed in, or not at the desk, are sent to sign in. What was typed before is carried along, and
    shown as soon as nothing more is asked.
    """
    if not (request.user.is_active and request.user.is_staff):
        return redirect_to_login(request.get_full_path(), reverse("admin:login"))
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
    stands = device_of(request.user) is not None
    if stands and not is_verified(request):
        return _challenge(request, site)
    typed = _carried(request)
    if typed is not None and site.has_permission(request):
        return site.resume(request, typed)
    name = request.POST.get("act", "")
    if name == "start" and not stands:
        return _start(request, site)
    act = ACTS.get((stands, name))
    if act is None:
        return _show(request, site)
    form = CodeForm(request.user, request.POST, confirmed=stands)
    return act(request, site, form.device) if form.is_valid() else _show(request, site, form)


def ask(request: HttpRequest, site: KeepingSite, typed: UnsavedForm) -> HttpResponse:
    """Return the page that asks for the code, carrying what was typed in a form that could not be accepted.

    To whoever must have a second factor, and has none yet, it is the page that sets one up.
    """
    if device_of(request.user) is not None:
        return _ask_for_code(request, site, CodeForm(request.user), going=typed.path, typed=typed)
    if not typed.fields and not typed.is_too_long:
        return redirect_to_login(typed.path, reverse("admin:login"))
    return _show(request, site, typed=typed)


def _carried(request: HttpRequest) -> UnsavedForm | None:
    """Return what was typed before, if the submitted form carries it."""
    return unsaved_form.read(request.POST.get(unsaved_form.KEPT, ""))


def _challenge(request: HttpRequest, site: KeepingSite) -> HttpResponse:
    """Ask for the code; then redirect to where the person was going, or show what they had typed."""
    form = CodeForm(request.user, request.POST if request.method == "POST" else None)
    typed = _carried(request)
    going = request.POST.get("next", "") if request.method == "POST" else request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(going, {request.get_host()}, require_https=request.is_secure()):
        going = reverse("admin:index")
    if request.method == "POST" and form.is_valid():
        request.session.cycle_key()
        remember(request, form.device)
        return site.resume(request, typed) if typed else HttpResponseRedirect(going)
    return _ask_for_code(request, site, form, going=going, typed=typed)


def _ask_for_code(
    request: HttpRequest, site: KeepingSite, form: CodeForm, *, going: str, typed: UnsavedForm | None
) -> HttpResponse:
    form.fields["code"].widget.attrs["autofocus"] = True
    context = {
        "next": going,
        "kept": typed,
        "kept_form": "code_form",
        "kept_words": _("Ce que vous avez tapé est gardé dans cette page : donnez le code, et vous le retrouverez."),
    }
    return _answer(request, site, "second_factor_code", title=_("Second facteur"), form=form, **context)


def _show(
    request: HttpRequest,
    site: KeepingSite,
    form: CodeForm | None = None,
    *,
    typed: UnsavedForm | None = None,
    **context: Any,
) -> HttpResponse:
    """Show the current step of the set-up; the form of the next step carries what was typed before."""
    device = device_of(request.user)
    begun = None if device else device_of(request.user, confirmed=False)
    if begun is not None:
        secret = b32encode(begun.bin_key).decode()
        context |= {
            "secret": " ".join(re.findall(".{1,4}", secret)),
            "drawing": _drawing(begun.config_url),
        }
    elif device is not None:
        recovery = StaticDevice.objects.filter(user=request.user).first()
        context["left"] = recovery.token_set.count() if recovery else 0
    context |= {"device": device, "begun": begun, "required": is_required_of(request.user)}
    context["form"] = form or CodeForm(request.user)
    context |= _carrying(typed or _carried(request), context)
    return _answer(request, site, "second_factor", title=_("Second facteur"), **context)


def _carrying(typed: UnsavedForm | None, shown: dict[str, object]) -> dict[str, object]:
    """Return the context about what was typed before, for the page that shows `shown`: which form carries it."""
    if "codes" in shown:
        form, words = "back_form", _("Ce que vous avez tapé est gardé dans cette page : notez d’abord vos codes.")
    else:
        form = "code_form" if shown["begun"] else "start_form"
        words = _("Ce que vous avez tapé est gardé dans cette page : vous le retrouverez, le second facteur activé.")
    return {"kept": typed, "kept_form": form, "kept_words": words}


def _answer(request: HttpRequest, site: KeepingSite, template: str, **context: object) -> HttpResponse:
    return TemplateResponse(request, f"admin/{template}.html", {**site.each_context(request), **context})


def _drawing(address: str) -> SafeString:
    """Return `address` as a QR code: markup of our own making, with nothing of a person's in it but its squares."""
    import segno  # imported here: a web process does without its 9 MB

    code = segno.make(address, micro=False, error="m")
    return mark_safe(  # noqa: S308
        code.svg_inline(scale=4, border=4, dark="#000", light="#fff", svgclass="desk-qr", lineclass=None, omitsize=True)
    )


def _back() -> HttpResponse:
    return HttpResponseRedirect(reverse("admin:second_factor"))


def _start(request: HttpRequest, site: KeepingSite) -> HttpResponse:
    """Start: make a secret, replacing one that was never confirmed."""
    TOTPDevice.objects.filter(user=request.user, confirmed=False).delete()
    TOTPDevice.objects.create(user=request.user, name="totp", confirmed=False)
    return _back() if _carried(request) is None else _show(request, site)


def _confirm(request: HttpRequest, site: KeepingSite, device: TOTPDevice | StaticDevice) -> HttpResponse:
    """Confirm the application once its code is right, and show the recovery codes this one time."""
    request.session.cycle_key()
    remember(request, device)
    return _show(request, site, codes=renew_recovery_codes(request.user), done=_("Le second facteur est activé."))


def _renew(request: HttpRequest, site: KeepingSite, device: TOTPDevice | StaticDevice) -> HttpResponse:
    """Replace the recovery codes in exchange for a code, and show them this one time."""
    codes = renew_recovery_codes(request.user)
    remember(request, device_of(request.user))  # the session may have been verified by a former code
    return _show(request, site, codes=codes, done=_("Les anciens codes de secours ne valent plus."))


def _remove(request: HttpRequest, site: KeepingSite, device: TOTPDevice | StaticDevice) -> HttpResponse:
    """Remove the second factor in exchange for a code."""
    remove(request.user)
    messages.success(request, _("Le second facteur est retiré."))
    return _back()


ACTS: dict[tuple[bool, str], Callable[..., HttpResponse]] = {
    (False, "confirm"): _confirm,
    (True, "renew"): _renew,
    (True, "remove"): _remove,
}
"""What a POST with a code may do, by whether a second factor is set up; each is given the device that accepted it."""
