"""The day a page is read for: the form that reads it from the address, and the view mixin that applies it."""

import re
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt

from commitments.public.lists.catalogue import Catalogue, catalogue
from commitments.public.serving import pairs, revision_of
from commitments.public.sharing import citing
from commitments.public.time.days import day_steps
from commitments.reading import NOW, Reading

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
SHOWN = 80
"""How many characters of a refused value an error page repeats."""


class DayField(forms.DateField):
    """A past day or today, written AAAA-MM-JJ and in no other way."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        super().__init__(required=False, widget=widget, **kwargs)

    def to_python(self, value: object) -> date | None:
        """Return the day, or None for a blank. Raises ValidationError for an invalid or future day."""
        if value in self.empty_values:
            return None
        text = str(value).strip()
        if not DAY.fullmatch(text):
            raise ValidationError(_("ce n’est pas une date ; écrivez AAAA-MM-JJ, par exemple 2025-04-03"), code="form")
        try:
            day = date.fromisoformat(text)
        except ValueError as error:
            raise ValidationError(_("cette date n’existe pas ; écrivez AAAA-MM-JJ"), code="invalid") from error
        if day > timezone.localdate():
            raise ValidationError(_("ce jour n’est pas encore venu ; choisissez aujourd’hui ou avant"), code="future")
        return day


class ReadingForm(forms.Form):
    """The two days of a reading."""

    as_of = DayField()
    known_on = DayField()

    def reading(self) -> Reading:
        """Return the reading of a valid form; today is the default on each axis, and shows no band."""
        as_of, known_on = self.cleaned_data["as_of"], self.cleaned_data["known_on"]
        today = timezone.localdate()
        if known_on == today:
            known_on = None
        if as_of == today and known_on is None:
            as_of = None
        return Reading(as_of=as_of, known_on=known_on)


PARAMETERS = frozenset([*ReadingForm.base_fields, *citing.CiteForm.base_fields])
"""The parameters that every page takes."""


class Problem(NamedTuple):
    """A parameter of the address that cannot be read: its name, its value made safe to show, and why."""

    name: str
    value: str
    message: str


class Refusal(Exception):
    """A response other than the page requested: a template, its context and its status."""

    def __init__(self, template: str, status: int, **context: Any) -> None:
        super().__init__(template)
        self.template, self.status, self.context = template, status, context


def printable(value: str) -> str:
    """Return `value` as an error page may repeat it: shortened, with its NUL bytes made visible."""
    shown = value.replace("\x00", "␀")
    return shown if len(shown) <= SHOWN else f"{shown[:SHOWN]}…"


def nul_problems(parameters: QueryDict) -> list[Problem]:
    """Return the parameters with a NUL byte, which a database cannot look up."""
    message = str(_("un caractère nul ne se cherche pas ; retirez-le de l’adresse"))
    return [
        Problem(printable(name), printable(value), message)
        for name, value in pairs(parameters)
        if "\x00" in name + value
    ]


def read(parameters: QueryDict) -> Reading:
    """Return the reading that an address asks for. Raises Refusal (400) naming each invalid parameter."""
    refuse(nul_problems(parameters))
    if not PARAMETERS & parameters.keys():
        return NOW
    form = ReadingForm(parameters)
    check(form, citing.CiteForm(parameters))
    return form.reading()


def check(*forms: forms.Form) -> None:
    """Check that all `forms` are valid. Raises Refusal (400) naming each invalid parameter."""
    refuse([problem for form in forms for problem in problems_of(form)])


def problems_of(form: forms.BaseForm) -> list[Problem]:
    """Return what is wrong with the parameters that `form` reads."""
    return [
        Problem(name, printable(form.data.get(name, "")), " ".join(error.messages))
        for name, errors in form.errors.as_data().items()
        for error in errors
    ]


def refuse(problems: list[Problem], status: int = 400) -> None:
    """Raise Refusal (`status`) naming each of `problems`, if there are any."""
    if problems:
        raise Refusal("public/bad_request.html", status, problems=problems)


@method_decorator(csrf_exempt, name="dispatch")
class ReadingMixin:
    """A public page: read-only, and read for the day that its address names (`self.reading`).

    Nothing is ever written here, so a POST is refused (405) before its CSRF token is checked.
    """

    http_method_names: Sequence[str] = ["get", "head"]
    reading: Reading = NOW
    asks: Sequence[type[forms.Form]] = (ReadingForm, citing.CiteForm)
    """The forms that read the address, besides those that base classes declare; any other parameter is dropped."""

    @classmethod
    def parameters(cls) -> Collection[str] | None:
        """Return the parameters that the page reads; None if the view handles unknown ones itself."""
        asked = (form for part in cls.__mro__ for form in vars(part).get("asks", ()))
        return frozenset(name for form in asked for name in form.base_fields)

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        """Answer the request, or with the page of a Refusal."""
        try:
            if request.method in ("GET", "HEAD"):
                self.reading = read(request.GET)
            return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        except Refusal as refusal:
            return self.refused(refusal)

    def refused(self, refusal: Refusal) -> HttpResponse:
        """Answer with the page of `refusal`."""
        request: HttpRequest = self.request  # type: ignore[attr-defined]
        context = {"reading": self.reading, **refusal.context}
        return render(request, refusal.template, context, status=refusal.status)

    @cached_property
    def catalogue(self) -> Catalogue:
        """The public commitments of this reading, as sets, for counting, listing and sorting."""
        return catalogue(self.reading, revision_of(self.request))  # type: ignore[attr-defined]

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        """Add the reading, its form, and the other parameters that the form keeps."""
        parameters: QueryDict = self.request.GET  # type: ignore[attr-defined]
        kept = [pair for pair in pairs(parameters) if pair[0] not in ("as_of", "known_on", "page")]
        return super().get_context_data(  # type: ignore[misc]
            **{
                "reading": self.reading,
                "kept": kept,
                "kept_query": "".join(f"{urlencode([pair])}&" for pair in kept),
                "day_steps": day_steps(self.reading),
                "cited": citing.Cited(self.request, self.reading),  # type: ignore[attr-defined]
            }
            | kwargs
        )

    def render_to_response(self, context: dict[str, object], **kwargs: object) -> HttpResponse:
        """Answer with the page, or with its reference if the address asks for it."""
        if kwargs.get("status", 200) != 200:
            context.pop("cited", None)  # nothing citable
        response = super().render_to_response(context, **kwargs)  # type: ignore[misc]
        name = citing.wanted(self.request.GET)  # type: ignore[attr-defined]
        return citing.download(response, name) if name else response
