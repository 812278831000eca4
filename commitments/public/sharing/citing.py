"""How a page is cited: its permanent address, the day of its state, a digest of its words, and the usual formats.

The permanent address names the days of the reading, so that the state that was cited can be read again. The digest is
the beginning of the SHA-256 of the words of the page's main part, tags left out and white space made single: two
readings that show the same words have the same digest, however the site around them has changed.
"""

import hashlib
import re
from collections.abc import Callable
from datetime import date
from html import unescape
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from django.utils.translation import gettext as _, gettext_lazy

from commitments.public.serving import pairs
from commitments.public.sharing.latex import latex, one_line
from commitments.reading import Reading
from commitments.typography import in_full, language, quoted

DIGEST_LENGTH = 16
"""How many characters of the digest are given: enough that no two pages share them by accident."""

TAG = re.compile(r"<[^>]*>")

ASIDE = re.compile(r'<span data-live>.*?</span>|<p class="take">.*?</p>', re.DOTALL)
"""What is no part of what a page says: how long ago something was on the day it is opened; how it is taken along."""

MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]


class CiteForm(forms.Form):
    """The format in which a page's reference is requested, instead of the page."""

    cite = forms.ChoiceField(
        choices=[("bibtex", "BibTeX"), ("ris", "RIS")],
        required=False,
        error_messages={"invalid_choice": gettext_lazy("ce format de référence n’existe pas ; écrivez bibtex ou ris")},
    )


class Cited:
    """A page as it is cited. Its title, description and digest are recorded while it is rendered (`{% keep %}`)."""

    def __init__(self, request: HttpRequest, reading: Reading) -> None:
        self.known = reading.known_on or timezone.localdate()
        self.as_of = reading.as_of
        self.title = self.description = self.digest = ""
        self.marked_title = mark_safe("")
        days = {"as_of": reading.as_of.isoformat()} if reading.as_of else {}
        days["known_on"] = self.known.isoformat()
        asked = [pair for pair in pairs(request.GET) if pair[1] and pair[0] not in ("cite", "as_of", "known_on")]
        self.path = f"{request.path}?{urlencode([*sorted(asked), *days.items()])}"
        self.address = request.build_absolute_uri(self.path)
        self.key = slugify(f"suivi-{request.path.replace('/', '-')}-{self.known.isoformat()}")

    def keep(self, name: str, html: str) -> None:
        """Record a rendered part of the page: its `title` and `description` as plain text, the digest of its `main`.

        The title is recorded as HTML too, in which a name in another language is marked as such.
        """
        if name == "main":
            self.digest = digest(html)
            return
        if name == "title":
            self.marked_title = mark_safe(html.strip())  # noqa: S308 - a part of a rendered template
        setattr(self, name, one_line(unescape(without_tags(html))))

    @property
    def author(self) -> str:
        """The name that signs the page."""
        return site()

    @cached_property
    def state(self) -> str:
        """The days of the state shown, in words."""
        if self.as_of is None:
            return _("état au %(known)s") % {"known": in_full(self.known)}
        days = {"day": in_full(self.as_of), "known": in_full(self.known)}
        return _("faits survenus jusqu’au %(day)s, d’après ce que le site savait le %(known)s") % days

    def note(self) -> str:
        """Return the state and the digest as a sentence without a full stop."""
        return _("%(state)s ; empreinte %(digest)s") % {"state": self.state, "digest": self.digest}

    def apa(self) -> SafeString:
        """Return the reference in the style of the American Psychological Association (7th edition)."""
        return format_html(
            "{}. ({}). <cite>{}</cite> [{}]. {}",
            self.author,
            apa_day(self.known),
            self.marked_title,
            self.note(),
            self.web_address(),
        )

    def chicago(self) -> SafeString:
        """Return the reference in the style of the Chicago Manual of Style, as its bibliographies cite a web page."""
        words = quoted(self.marked_title) + "." if language() == "fr" else f"“{self.marked_title}.”"
        title = mark_safe(words)  # noqa: S308 - the template escaped it; quotation marks are all that is new
        note = self.note()
        return format_html("{}. {} {}{}. {}", self.author, title, note[:1].upper(), note[1:], self.web_address())

    def web_address(self) -> SafeString:
        """Return the permanent address as HTML that says it is one."""
        return format_html('<span class="url">{}</span>', self.address)

    def bibtex(self) -> str:
        """Return the reference as a BibTeX entry, with non-ASCII letters written for any TeX."""
        fields = {
            "author": f"{{{latex(self.author)}}}",
            "title": f"{{{latex(self.title)}}}",
            "year": str(self.known.year),
            "month": None,
            "date": self.known.isoformat(),
            "url": re.sub(r"[{}\\\s]", "", self.address),
            "note": latex(self.note()),
            "langid": {"fr": "french", "en": "english"}.get(language(), language()),
        }
        lines = [
            f"  {name} = {MONTHS[self.known.month - 1] if value is None else f'{{{value}}}'},"
            for name, value in fields.items()
        ]
        return "\n".join([f"@misc{{{self.key},", *lines, "}", ""])

    def ris(self) -> str:
        """Return the reference as a RIS record, one field to a line."""
        day = self.known.isoformat().replace("-", "/") + "/"
        fields = [
            ("TY", "ELEC"),
            ("AU", self.author),
            ("TI", self.title),
            ("PY", str(self.known.year)),
            ("DA", day),
            ("UR", self.address),
            ("N1", self.note()),
            ("LA", language()),
            ("ER", ""),
        ]
        return "".join(f"{name}  - {one_line(value)}\r\n" for name, value in fields)


FORMATS: dict[str, tuple[Callable[[Cited], str], str, str]] = {
    "bibtex": (Cited.bibtex, "application/x-bibtex", "bib"),
    "ris": (Cited.ris, "application/x-research-info-systems", "ris"),
}
"""How each format on offer is made, its content type, and the ending of its file name."""


def wanted(parameters: QueryDict) -> str:
    """Return the format that an address asks for; "" if it asks for the page, or for an unknown format."""
    if "cite" not in parameters:
        return ""
    form = CiteForm(parameters)
    return form.cleaned_data["cite"] if form.is_valid() else ""


def download(response: Any, name: str) -> HttpResponse:
    """Return the reference, in the format `name`, of the page that `response` is; any other is returned as it is."""
    cited = (response.context_data or {}).get("cited")
    if cited is None:
        return response
    response.render()
    make, content_type, ending = FORMATS[name]
    file = HttpResponse(make(cited), content_type=f"{content_type}; charset=utf-8")
    file["Content-Disposition"] = f'attachment; filename="{cited.key}.{ending}"'
    return file


def digest(html: str) -> str:
    """Return the beginning of the SHA-256 of the words of `html`: tags, white space and what is ASIDE do not count."""
    words = " ".join(unescape(TAG.sub(" ", ASIDE.sub("", html))).split())
    return hashlib.sha256(words.encode()).hexdigest()[:DIGEST_LENGTH]


def without_tags(html: str) -> str:
    """Return `html` without its tags; escaped characters stay escaped."""
    return TAG.sub("", html)


def site() -> str:
    """Return the name of the site, which signs its pages."""
    return _("Suivi des engagements")


def apa_day(day: date) -> str:
    """Return a day as APA puts it, the year first."""
    if language() == "fr":
        return f"{day.year}, {in_full(day).removesuffix(f' {day.year}')}"
    return date_format(day, "Y, F j")
