"""Tags for records on public pages: texts with their language, days, links that keep the day read, marks."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import template
from django.template.context import Context
from django.urls import reverse, translate_url
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language_info, gettext as _, override

from commitments import deadlines, typography
from commitments.choices import DuePrecision, Status, Timeliness
from commitments.deadlines import Deadline
from commitments.models import Citation, Commitment, Party, Record, Source
from commitments.models.base import Identified
from commitments.models.wording import LANGUAGES, Wording
from commitments.public.records.passages import Window
from commitments.reading import NOW, Reading
from commitments.rules.people import signature
from commitments.rules.text import markdown as markdown_rules

register = template.Library()
register.filter(signature)

GUILLEMETS = {"fr": ("«\u00a0", "\u00a0»"), "ru": ("«", "»")}
"""The quotation marks by language; other languages have “ ”."""

REFERENCE = re.compile(r"\b[A-Z]{2,}(?:-[A-Z]{2,})+(?:-[A-Z]?\d+)+\b")
"""A reference of a record inside a text, such as AES-RU-2025-04."""


@register.simple_tag
def wording(record: Record, field: str) -> str:
    """Return `field` of `record` in the page's language, marked with its own if the two differ."""
    text, language = record.wording(field)
    return in_its_language(language, _unbroken(text))


def _unbroken(text: str) -> str:
    """Return `text` with what keeps the references in it from being broken at a hyphen."""
    if not REFERENCE.search(text):
        return text
    return mark_safe(REFERENCE.sub(r'<span class="ref">\g<0></span>', escape(text)))  # noqa: S308 - escaped here


@register.filter
def plain(record: Record, field: str) -> str:
    """Return `field` of `record` in the page's language, as bare text for titles."""
    return record.wording(field).text


@register.simple_tag
def on_the_word_of(party: Party | None) -> str:
    """Return, in parentheses, the party on whose word another has its role; nothing for None, its own."""
    if party is None:
        return ""
    return format_html(" ({})", format_html(_("d’après les propos de : {party}"), party=wording(party, "name")))


@register.simple_tag
def who(roles: Iterable[Any]) -> SafeString:
    """Return in a line the parties of the leading `roles` of a record: who undertakes it, or whom it concerns."""
    pairs = ((wording(role.party, "name"), on_the_word_of(role.according_to)) for role in roles)
    return format_html_join(", ", "{}{}", pairs)


@register.simple_tag
def worded(text: Wording) -> str:
    """Return `text` marked with its language if that is not the page's; unchanged if it has none."""
    return in_its_language(text.language, text.text) if text.language else text.text


@register.simple_tag
def markdown(record: Record, field: str) -> str:
    """Return `field` of `record`, written in Markdown, as HTML of a few plain tags, marked with its language."""
    text, language = record.wording(field)
    body = markdown_rules.html(text)
    if language == typography.language():
        return format_html('<div class="prose">{}</div>', body)
    return format_html('<div class="prose" lang="{}">{}</div>', language, body)


@register.simple_tag
def source_label(source: Source) -> str:
    """Return the title of `source` marked with its language, or its substitute in the page's."""
    if source.title:
        return in_its_language(source.language, source.title)
    return source.label


@register.filter
def in_french(text: str) -> str:
    """Return a text that the desk writes in French only, such as a reason, marked if the page is in another."""
    return in_its_language("fr", text)


def in_its_language(language: str, text: str) -> str:
    """Return `text`, marked with `language` if the page is in another; a blank one needs no mark."""
    if not text or language == typography.language():
        return text
    return format_html('<span lang="{}">{}</span>', language, text)


@register.simple_tag
def day(value: date | None) -> str:
    """Return a day in the page's language and for machines; nothing for None."""
    if value is None:
        return ""
    return _point(value, DuePrecision.DAY)


@register.simple_tag
def due(deadline: Deadline | None) -> str:
    """Return a deadline in few words: its last day, or the period if it names no day; nothing for None."""
    return deadline.in_brief(format_html, _point) if deadline else ""


@register.simple_tag
def due_in_full(deadline: Deadline) -> str:
    """Return a deadline in words, with the day on which its window begins, if any."""
    return deadline.in_words(format_html, _point)


@register.simple_tag
def due_in_a_sentence(deadline: Deadline) -> str:
    """Return a deadline as prose has it, with the period that it names instead of a day of it."""
    return deadline.in_a_sentence(format_html, _point)


@register.simple_tag
def period(deadline: Deadline) -> str:
    """Return the months or years of the window of `deadline`, or its days."""
    return deadline.period(format_html, _point)


def _point(value: date, precision: str) -> SafeString:
    """Return a day, a month or a year in the page's language and for machines."""
    shown = deadlines.point(value, precision)
    return format_html('<time datetime="{}">{}</time>', deadlines.machine_readable(value, precision), shown)


@register.simple_tag
def published(source: Source) -> str:
    """Return the day on which `source` appeared, as `day` does, and that it is deduced from the text if it is."""
    shown = day(source.published_on)
    return format_html("{} ({})", shown, source.day_note) if source.day_note else shown


@register.simple_tag(takes_context=True)
def at(context: Context, url: str, **parameters: object) -> str:
    """Return `url` with `parameters` and with the days that the page is read for, before its fragment."""
    return with_days(url, context.get("reading") or NOW, **parameters)


def with_days(url: str, reading: Reading, **parameters: object) -> str:
    """Return `url` with `parameters` and the days of `reading`, before its fragment."""
    query = {name: value for name, value in parameters.items() if value not in (None, "")}
    if reading.as_of:
        query["as_of"] = reading.as_of.isoformat()
    if reading.known_on:
        query["known_on"] = reading.known_on.isoformat()
    address, hash_mark, fragment = url.partition("#")
    return f"{address}{'?' if query else ''}{urlencode(query)}{hash_mark}{fragment}"


@register.simple_tag(takes_context=True)
def nav_link(context: Context, name: str, label: str) -> SafeString:
    """Return the link to the page called `name`, as an item of a list, marked if it is the current page."""
    match = context["request"].resolver_match
    current = mark_safe(' aria-current="page"') if match and match.url_name == name else ""
    return format_html('<li><a href="{}"{}>{}</a></li>', at(context, reverse(name)), current, label)


@register.simple_tag(takes_context=True)
def remove_parameter(context: Context, name: str) -> str:
    """Return the query of this page without `name` and without a page number, as the end of a link."""
    parameters = context["request"].GET.copy()
    for dropped in (name, "page"):
        parameters.pop(dropped, None)
    return f"?{parameters.urlencode()}" if parameters else ""


@register.filter
def language_label(code: str) -> str:
    """Return the name, in the page's language, of the language `code`; the code itself if it has none."""
    try:
        return get_language_info(code)["name_translated"]
    except KeyError:
        return code


@register.simple_tag
def quote(citation: Citation) -> str:
    """Return the words of `citation` between the quotation marks of their language, unless they have their own."""
    opening, closing = GUILLEMETS.get(citation.source.language, ("“", "”"))
    words = citation.exact.strip()
    if words.startswith(opening.strip()) and words.endswith(closing.strip()):
        opening = closing = ""
    return format_html("{}{}{}", opening, words, closing)


@register.filter
def anchor(record: Identified) -> str:
    """Return the part of an identifier used in fragments of addresses."""
    return record.uid.hex[:8]


@register.simple_tag
def passage(window: Window) -> SafeString:
    """Return the text of `window` with its cited stretches marked, numbered, and with anchors."""
    listed = {span.number for span in window.spans}
    pieces = []
    for piece in window.pieces:
        html = format_html("<mark>{}</mark>" if piece.marked else "{}", piece.text)
        for citation in piece.begins:
            html = format_html('<span id="c-{}">{}</span>', anchor(citation), html)
        numbers = format_html_join("", "<sup>{}</sup>", ((_number(number, listed),) for number in piece.ends))
        pieces.append(format_html("{}{}", html, numbers))
    return format_html(
        "{}{}{}",
        "[…] " if window.cut_before else "",
        format_html_join("", "{}", ((piece,) for piece in pieces)),
        " […]" if window.cut_after else "",
    )


def _number(number: int, listed: set[int]) -> str:
    """Return the number of a passage as a link to its records, if this page of the source lists them."""
    return format_html('<a href="#p-{}">{}</a>', number, number) if number in listed else str(number)


@register.inclusion_tag("public/_standing.html")
def standing(commitment: Commitment) -> dict[str, object]:
    """Show the status of a commitment of a list and the day judged, or, where no evidence is available, the search."""
    return {
        "status": Status(commitment.status),
        "judged_on": commitment.status_as_of,
        "search": commitment.last_search,
    }


@register.inclusion_tag("public/_status.html")
def status_mark(status: str, judged_on: date | None = None) -> dict[str, object]:
    """Show an implementation status: its ball, its word, its colour, and the day that it judges.

    It stands without a day where nobody judged, and in the keys of what counts or explains.
    """
    return {"status": Status(status), "judged_on": judged_on}


@register.inclusion_tag("public/_timeliness.html")
def timeliness_mark(timeliness: str, deadline: Deadline | None = None, met_on: date | None = None) -> dict[str, object]:
    """Show the timeliness of a deadline: its calendar, its word, and the day or the period that counts."""
    is_met = timeliness in (Timeliness.MET_ON_TIME, Timeliness.MET_LATE)
    return {"timeliness": Timeliness(timeliness), "deadline": None if is_met else deadline, "day": is_met and met_on}


@register.simple_tag(takes_context=True)
def languages(context: Context) -> list[dict[str, Any]]:
    """Return the site's languages, each with the address of this page in it; the home page if there is none.

    The address is given twice: as links have it, and whole, as search engines want it.
    """
    request = context["request"]
    here = request.get_full_path()
    found = []
    for code in LANGUAGES:
        is_current = code == typography.language()
        url = here if is_current else translate_url(here, code)
        if url == here and not is_current:
            with override(code):
                url = reverse("home")
        found.append(
            {
                "code": code,
                "name": get_language_info(code)["name_local"],
                "url": url,
                "in_full": f"{request.scheme}://{request.get_host()}{url}",
                "is_current": is_current,
            }
        )
    return found
