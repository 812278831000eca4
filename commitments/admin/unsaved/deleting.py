"""What a deletion would cascade to, and what forbids it: only drafts are deleted; the rest stays on file."""

from collections.abc import Iterable
from typing import Any

from django.contrib.admin.utils import NestedObjects
from django.db import router
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from commitments.admin import permissions
from commitments.choices import ReviewState
from commitments.models import Record
from commitments.rules import guards


def why_kept(record: Record) -> str:
    """Return why `record` may not be deleted, in words; "" if it may."""
    if permissions.may_delete(record):
        return ""
    held = permissions.reviewed(record)
    if held is not None and held.state == ReviewState.IN_REVIEW:
        return _("« %s » est en relecture : seul un brouillon se supprime. Faites-le d’abord renvoyer.") % record
    return guards.why_kept(record, held)


def staying(records: Iterable[Record]) -> list[str]:
    """Return the records that deleting `records` would cascade to although they must stay, each with a link."""
    records = list(records)
    if not records:
        return []
    collector = NestedObjects(using=router.db_for_write(type(records[0])))
    collector.collect(records)
    taken = (record for rows in collector.model_objs.values() for record in rows)
    return [_linked(record) for record in taken if not permissions.may_delete(record)]


def spaced(listed: Iterable[Any]) -> list[Any]:
    """Return Django's nested list of what a deletion affects, with colons spaced as in French."""
    return [spaced(line) if isinstance(line, list) else _spaced(line) for line in listed]


def _spaced(line: str) -> str:
    noun, colon, record = line.partition(": ")
    of_line = type(line)  # safe strings stay safe, others are escaped
    return format_html("{}\u00a0: {}", of_line(noun), of_line(record)) if colon else line


def _linked(record: Any) -> str:
    noun, held = capfirst(record._meta.verbose_name), permissions.reviewed(record)
    state = held.get_state_display() if held is not None else ""
    try:
        address = reverse(f"admin:commitments_{record._meta.model_name}_change", args=[record.pk])
    except NoReverseMatch:
        return format_html("{} : {} ({})", noun, record, state)
    return format_html('{} : <a href="{}">{}</a> ({})', noun, address, record, state)
