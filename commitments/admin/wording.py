"""Puts records into words: their fields, how two versions differ, what the public will read of them."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple

from django.contrib.auth.models import User
from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from commitments.choices import ReviewState, Verification
from commitments.models import Citation, Reviewed, Search, Version
from commitments.models.wording import language_of
from commitments.rules.people import name_of
from commitments.rules.review.thread import AMENDED, DECLINED, PROPOSED, PUBLISHED, SENT_BACK, WITHDRAWN, Remark, thread
from commitments.typography import in_full

EMPTY = "–"

VERIFICATION_MARKS = {
    Verification.VERIFIED: "✓",
    Verification.AMBIGUOUS: "?",
    Verification.NOT_FOUND: "✗",
    Verification.NO_ARCHIVE: "–",
}

BESIDE_THE_POINT = {"id", "search_text", "start", "end", "verified_at", "uid"}
"""Fields that no one types and no one needs to read in a comparison."""


class Line(NamedTuple):
    """One field of a record: its label, its value in words, the language of the value if it is not the page's.

    `html` is the value as the public pages show it, if it is written in Markdown.
    """

    label: str
    text: str
    language: str = ""
    html: str = ""


class Change(NamedTuple):
    """One field that two versions of a record hold differently."""

    name: str
    label: str
    old: str
    new: str


def in_words(field: models.Field, value: object) -> str:
    """Return `value` of `field` as a person reads it."""
    if value is None or value == "":
        return EMPTY
    if isinstance(value, User):
        return name_of(value)
    if isinstance(value, bool):
        return _("oui") if value else _("non")
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, datetime):
        return in_full(timezone.localtime(value))
    if isinstance(value, str):
        return value
    if isinstance(value, Iterable):
        return ", ".join(str(item) for item in value) or EMPTY
    return in_full(value) if isinstance(value, date) else str(formats.localize(value))


def label_of(field: models.Field) -> str:
    """Return the label of `field`."""
    return str(capfirst(str(field.verbose_name)))


def _held(row: Version, field: models.Field) -> str:
    """Return the value of `field` in a history row, in words; a related record deleted since is named by its key."""
    if not field.is_relation:
        return in_words(field, getattr(row, field.attname))
    try:
        return in_words(field, getattr(row, field.name))
    except ObjectDoesNotExist:
        return _("n° %s, supprimé depuis") % getattr(row, field.attname)


def related_keys(row: Version, field: models.ManyToManyField) -> list[int]:
    """Return the keys of the records that the history row names in many-to-many field `field`."""
    return list(getattr(row, field.name).order_by("pk").values_list(f"{field.m2m_reverse_field_name()}_id", flat=True))


def _related(row: Version, field: models.ManyToManyField) -> str:
    name = field.m2m_reverse_field_name()
    return in_words(field, [getattr(through, name) for through in getattr(row, field.name).select_related(name)])


def held_lines(row: Version) -> list[Line]:
    """Return every field that a history row holds, in words, many-to-many fields as they were then."""
    fields = [field for field in row.tracked_fields if field.name not in BESIDE_THE_POINT]
    lines = [Line(label_of(field), _held(row, field), language_aside(field.name)) for field in fields]
    return lines + [Line(label_of(field), _related(row, field)) for field in row._history_m2m_fields]


def changes(old: Version, new: Version) -> list[Change]:
    """Return how two history rows of one record differ, field by field."""
    found = [
        Change(field.name, label_of(field), _held(old, field), _held(new, field))
        for field in new.tracked_fields
        if field.name not in BESIDE_THE_POINT and getattr(old, field.attname) != getattr(new, field.attname)
    ]
    return found + [
        Change(field.name, label_of(field), _related(old, field), _related(new, field))
        for field in new._history_m2m_fields
        if set(related_keys(old, field)) != set(related_keys(new, field))
    ]


def language_aside(name: str) -> str:
    """Return the language of the text in the field called `name`, if it is not the desk's own."""
    return language_of(name).removeprefix("fr")


def scope(search: Search) -> str:
    """Return what `search` is about where it is not the whole commitment: a party, a step, a period; else EMPTY."""
    step = search.milestone.wording("title") if search.milestone else ""
    return ", ".join(str(part) for part in (search.party, step, search.period) if part) or EMPTY


def verification_mark(citation: Citation | None) -> SafeString:
    """Return the outcome of looking a citation up, as a mark and in words."""
    if citation is None or citation.pk is None:
        return format_html("{}", EMPTY)
    return format_html(
        '<span class="desk-verification desk-{}"><span aria-hidden="true">{}</span> {}</span>',
        citation.verification,
        VERIFICATION_MARKS[Verification(citation.verification)],
        citation.get_verification_display(),
    )


def state_mark(record: Reviewed) -> SafeString:
    """Return the review state of a record, as a label."""
    return format_html('<span class="desk-state desk-{}">{}</span>', record.state, record.get_state_display())


def trail(record: Reviewed, remarks: Sequence[Remark] | None = None) -> list[str]:
    """Return who did what to a record in review, and when, one sentence each, up to its present state.

    `remarks` is its thread, if the caller has it.
    """
    remarks = thread(record) if remarks is None else remarks
    acts = {
        PROPOSED: _("Proposé par %(who)s le %(when)s."),
        AMENDED: _("Modifié en relecture par %(who)s le %(when)s."),
        SENT_BACK: _("Renvoyé par %(who)s le %(when)s."),
        DECLINED: _("Écarté par %(who)s le %(when)s : %(text)s"),
        PUBLISHED: _("Publié par %(who)s le %(when)s."),
        WITHDRAWN: _("Retiré par %(who)s le %(when)s."),
    }
    latest: dict[str, Remark] = {}
    for remark in remarks:
        if remark.act in acts:
            if remark.act == PROPOSED:
                # A new round; the thread still shows the one before.
                latest.pop(AMENDED, None)
                latest.pop(SENT_BACK, None)
            latest[remark.act] = remark
    found = [
        sentence
        % {
            "who": name_of(latest[act].who),
            "when": in_full(timezone.localtime(latest[act].when)),
            "text": latest[act].text,
        }
        for act, sentence in acts.items()
        if act in latest
    ]
    if record.state == ReviewState.WITHDRAWN:
        found.append(_("Motif, lu par le public : %s") % record.withdrawal_reason)
    if getattr(record, "single_handed", False):
        found.append(_("Proposé et publié par la même personne : le public le lit."))
    return found
