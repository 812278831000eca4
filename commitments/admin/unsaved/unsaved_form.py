"""Nothing typed is lost when a session ends: what was submitted without a session is restored after signing in.

A form submitted without a session is answered with the sign-in page, which carries what was typed in one hidden field.
After signing in, a page shows it, and one button resubmits it to its destination, marked `_restored`: a record's form
is then shown as it was typed, unsaved (`DeskForm`), and so is the form of a page that acts (`shows_again`); a list
action has to be confirmed again, with its records named. Any other form is not accepted again and must be filled in
anew. Nothing is kept on the server. This module reads and describes what is carried; the site that carries it is in
`keeping_site`.
"""

import json
import re
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar
from urllib.parse import quote_plus, unquote, urlsplit

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import models
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import Resolver404, ResolverMatch, get_script_prefix, resolve, reverse
from django.utils.choices import flatten_choices
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from commitments.admin.unsaved.concurrency import RESTORED, SEEN, DeskForm
from commitments.rules.keys import that_are_keys
from commitments.rules.people import Account
from commitments.rules.text import documents

KEPT = "_kept"
"""The hidden field of the sign-in page that carries what was typed."""

SECRET = re.compile(r"(?i)password|passwd|token|secret|otp")
"""The names of fields that are never carried."""

CONFIRMATIONS = {"post", "_confirm"}
"""The fields that confirm an act: never carried, so that the confirmation page asks again."""

MACHINERY = {SEEN, "id", "pk", "action", "index", "select_across", "next"} | {
    f"{name}_FORMS" for name in ("TOTAL", "INITIAL", "MIN_NUM", "MAX_NUM")
}
"""Last segment of the names of fields that the page fills in, not the user."""

LONGEST_ADDRESS = 2000

MOST_NAMED = 20
"""How many of an action's records are named; those beyond are counted."""


MOST_ECHOED = documents.MOST_CHARACTERS + 100_000
"""The most characters sent back to somebody not signed in: the longest archived text, and the rest of its form."""


class Typed(NamedTuple):
    """One text as a person reads it."""

    label: str
    text: str


class Again(NamedTuple):
    """What resubmitting a list action would do: its label, the names of its records, how many more there are."""

    words: str
    names: list[str]
    more: int


class UnsavedForm(NamedTuple):
    """What was typed in a form that could not be accepted: its destination, its fields, the names of its files.

    If it is too long to travel with the sign-in form, only the response to the form itself has the fields, and shows
    them.
    """

    path: str
    fields: tuple[tuple[str, str], ...] = ()
    files: tuple[str, ...] = ()
    is_too_long: bool = False

    def as_text(self) -> str:
        """Return it for the hidden field."""
        carried = self._replace(fields=()) if self.is_too_long else self
        return json.dumps(carried._asdict(), ensure_ascii=False)

    @property
    def texts(self) -> list[Typed]:
        """The texts, for a page shown to whoever is not signed in yet."""
        return lines(self)


def of(request: HttpRequest, *, by_nobody: bool = False) -> UnsavedForm:
    """Return the form that `request` submitted, without secrets and confirmations.

    Files cannot be carried: they are named, to be chosen again. What is too long to travel with the sign-in form is
    marked so. With `by_nobody`, the sender is not signed in, and is sent back no more than MOST_ECHOED characters.
    """
    path = request.get_full_path()
    kept = UnsavedForm(
        path if len(path) <= LONGEST_ADDRESS else request.path,
        tuple(
            (name, value)
            for name, values in request.POST.lists()
            if not SECRET.search(name) and name not in CONFIRMATIONS | {RESTORED, KEPT}
            for value in values
        ),
        tuple(str(file.name) for _name, files in request.FILES.lists() for file in files if file),
    )
    if by_nobody and not _may_be_echoed(kept):
        return kept._replace(fields=(), is_too_long=True)
    # The sign-in form is sent URL-encoded; Django accepts no more than this, and the form has other fields too.
    room = (settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 2_621_440) - 8192
    return kept._replace(is_too_long=len(quote_plus(kept.as_text())) > room)


def read(text: str) -> UnsavedForm | None:
    """Return the content of the hidden field; None if this desk did not write it."""
    try:
        held = json.loads(text)
        kept = UnsavedForm(
            str(held["path"]),
            tuple((str(name), str(value)) for name, value in held["fields"] if not SECRET.search(str(name))),
            tuple(str(name) for name in held["files"]),
            held["is_too_long"] is True,
        )
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    if not destination(kept.path):
        return None
    return kept if _may_be_echoed(kept) else UnsavedForm(kept.path, is_too_long=True)  # `of` carries no more


def _may_be_echoed(kept: UnsavedForm) -> bool:
    """Whether it is short enough to send back to an anonymous user (escaping can make a character six times longer)."""
    return sum(len(part) for parts in (*kept.fields, kept.files) for part in parts) <= MOST_ECHOED


def destination(path: str) -> ResolverMatch | None:
    """Return the page of the desk at `path`; None for any other address, and for signing in or out."""
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


def as_new(kept: UnsavedForm, path: str) -> UnsavedForm:
    """Return what was typed for a deleted record, as the form at `path` would submit it for a new one."""
    owner = _owner(path)
    fields = []
    for name, value in kept.fields:
        last = name.rsplit("-", 1)[-1]
        field = _field(owner, last, in_row=True) if last != name else None
        is_parent = field is not None and owner is not None and field.related_model is owner.model
        if last == "INITIAL_FORMS":
            fields.append((name, "0"))
        elif last not in (SEEN, "id", "DELETE") and not is_parent:
            fields.append((name, value))
    return UnsavedForm(path, tuple(fields), kept.files)


def is_restored(request: HttpRequest) -> bool:
    """Whether the form was sent by the button of the page "Vous revoilà": a page that acts asks again first."""
    return RESTORED in request.POST


def sent_back(request: HttpRequest) -> UnsavedForm:
    """Return the whole form of `request`, as it was submitted."""
    fields = tuple((name, value) for name, values in request.POST.lists() for value in values)
    return UnsavedForm(request.get_full_path(), fields)


def asks_again(request: HttpRequest) -> bool:
    """Whether the page must redisplay the submitted form instead of acting on it; if so, add a message saying so."""
    if is_restored(request):
        messages.warning(request, _("Voici ce que vous aviez tapé. Rien n’en est fait : relisez, puis confirmez."))
    return is_restored(request)


View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def shows_again(form_of: Callable[[UnsavedForm, Account], forms.BaseForm]) -> Callable[[View], View]:
    """Mark a view that acts, and that asks again when a form is restored (`asks_again`).

    `form_of` returns the form that a person saw, given what was typed and who is signed in: its labels name the values,
    and a value for which it has no field was not typed.
    """

    def mark(view: View) -> View:
        view.kept_form = form_of  # type: ignore[attr-defined]  # found again at the address, under its wrappers
        return view

    return mark


def wants_data(request: HttpRequest) -> bool:
    """Whether a script made the request, and has no use for a page."""
    return (
        request.get_preferred_type(["text/html", "application/json"]) == "application/json"
        or request.headers.get("X-Requested-With") == "XMLHttpRequest"
        or request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate"
    )


def comes_from_here(request: HttpRequest) -> bool:
    """Whether the browser says that a page of this site sent the form."""
    return request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"


# Its content, in words


def lines(kept: UnsavedForm, by: Account | None = None) -> list[Typed]:
    """Return the texts among the fields, each under its label, in the order of the form.

    `by` is the signed-in user, who is shown the names of records they may see; None if nobody is signed in yet.
    """
    form_of = _form_of(kept)
    if form_of is not None:
        return _lines_of(form_of(kept, by or AnonymousUser()), kept)
    owner = _owner(kept.path)
    found = []
    for name, value in kept.fields:
        last = name.rsplit("-", 1)[-1]
        if not value.strip() or name.startswith(("_", "initial-")) or "__prefix__" in name or last in MACHINERY:
            continue
        field = _field(owner, last, in_row=last != name)
        if field is None:
            label = _label(owner, last)
            if label:
                found.append(Typed(label, value))
        elif (
            not field.is_relation and not isinstance(field, models.BooleanField) and (last == name or not field.choices)
        ):
            found.append(Typed(capfirst(str(field.verbose_name)), str(dict(field.flatchoices).get(value, value))))
    return found


def _owner(path: str) -> admin.ModelAdmin | None:
    """Return the page of a noun to which the address belongs; None if it belongs to none."""
    match = destination(path)
    return getattr(match.func, "model_admin", None) if match else None


def _field(owner: admin.ModelAdmin | None, name: str, *, in_row: bool) -> models.Field | None:
    if owner is None:
        return None
    for model in [inline.model for inline in owner.inlines] if in_row else [owner.model]:
        try:
            return model._meta.get_field(name)
        except FieldDoesNotExist:
            continue
    return None


def _label(owner: admin.ModelAdmin | None, name: str) -> str:
    """Return the label of a text on the page that is no field of the record; "" for anything else."""
    for form in (getattr(owner, "form", None), *getattr(owner, "forms_beside", ())):
        field = getattr(form, "base_fields", {}).get(name)
        if field is not None:
            is_text = isinstance(field, forms.CharField) and not field.widget.is_hidden
            return capfirst(str(field.label or "")) if is_text else ""
    return ""


def _form_of(kept: UnsavedForm) -> Callable[[UnsavedForm, Account], forms.BaseForm] | None:
    match = destination(kept.path)
    return getattr(match.func, "kept_form", None) if match else None


def _lines_of(form: forms.BaseForm, kept: UnsavedForm) -> list[Typed]:
    found = []
    for name, value in kept.fields:
        field = form.fields.get(name)
        words = _in_words(field, value) if field is not None and not field.widget.is_hidden else ""
        if field is not None and words.strip():
            found.append(Typed(capfirst(str(field.label or form[name].label)), words))
    return found


def _in_words(field: forms.Field, value: str) -> str:
    """Return what the person saw for the submitted `value`; "" for a checkbox, or a choice not offered to them."""
    if isinstance(field, forms.BooleanField):
        return ""
    if isinstance(field, forms.ModelChoiceField):
        try:
            record = field.to_python(value)
        except ValidationError:
            return ""
        return field.label_from_instance(record) if record is not None else ""
    if isinstance(field, forms.ChoiceField):
        shown: Any = flatten_choices(field.choices)  # type: ignore[arg-type]
        return next((str(label) for choice, label in shown if str(choice) == value), "") if value else ""
    return value


def is_shown_again(kept: UnsavedForm) -> bool:
    """Whether its destination is a page that acts, and that asks again first."""
    return _form_of(kept) is not None


def is_record(kept: UnsavedForm) -> bool:
    """Whether its destination is a record's form, which is shown again unsaved."""
    match, owner = destination(kept.path), _owner(kept.path)
    is_form = match is not None and (match.url_name or "").endswith(("_add", "_change"))
    return is_form and owner is not None and issubclass(owner.form, DeskForm)


def is_list_action(kept: UnsavedForm) -> bool:
    """Whether it is a list action on the records that it names: neither a confirmed one nor one on all rows."""
    match, fields = destination(kept.path), dict(kept.fields)
    is_list = match is not None and (match.url_name or "").endswith("_changelist") and _owner(kept.path) is not None
    is_confirmed = bool(CONFIRMATIONS & fields.keys()) or ("select_across", "1") in kept.fields
    return is_list and "action" in fields and not is_confirmed


def comes_back(kept: UnsavedForm) -> bool:
    """Whether the page it was sent to accepts it again without acting before showing it; all others refuse it."""
    return is_record(kept) or is_shown_again(kept) or is_list_action(kept)


def what_again(request: HttpRequest, kept: UnsavedForm) -> Again | None:
    """Return what resubmitting it would do; None if it is no list action offered to this user."""
    owner = _owner(kept.path)
    if owner is None or not is_list_action(kept):
        return None
    name = dict(kept.fields)["action"]
    action = owner.get_actions(request).get(name)
    if action is None:
        return None
    keys = that_are_keys(value for field, value in kept.fields if field == ACTION_CHECKBOX_NAME)
    rows = owner.get_queryset(request).filter(pk__in=keys)
    count = rows.count()
    listed = owner.for_listing(rows) if hasattr(owner, "for_listing") else rows
    names = [str(record) for record in listed[:MOST_NAMED]]
    return Again(f"{action[2]} ({count})", names, count - len(names))
