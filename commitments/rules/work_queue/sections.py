"""Data types of the work queue: a line, the form it leads to, and the section of lines of one kind."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _, ngettext

from commitments.typography import in_full


class Target(NamedTuple):
    """The form that settles a line: which record, and which of its forms. The desk turns it into an address.

    `act` is "change" (the record's own page), "review" (where it is published or sent back), "assess" (a new assessment
    of a commitment), "replace" (the assessment that takes the place of a published one) or "quote" (passages of a
    source).
    """

    model: str
    pk: int
    act: str = "change"


class Line(NamedTuple):
    """One thing to do: what it is about, why it is here, the form that settles it, the remark made on it.

    `kind` is the noun of what it is about, if the section mixes nouns.
    """

    what: str
    why: str
    target: Target
    remark: str = ""
    kind: str = ""


class SectionPreview(NamedTuple):
    """The lines of one kind: how many in all, and the first of them."""

    key: str
    heading: str
    total: int
    lines: list[Line]


@dataclass(frozen=True)
class Section:
    """All the lines of one kind, read from the database as they are asked for; a paginator can cut it into pages."""

    key: str
    heading: str
    rows: QuerySet
    describe: Callable[[list[Any]], list[Line]]

    def count(self) -> int:
        """Return how many lines there are."""
        return self.rows.count()

    def __getitem__(self, part: slice) -> list[Line]:
        """Return the lines of `part`."""
        return self.describe(list(self.rows[part]))

    def preview(self, shown: int) -> SectionPreview:
        """Return the count and the first `shown` lines."""
        total = self.count()
        return SectionPreview(self.key, self.heading, total, self[:shown] if total else [])


def section_of(key: str, heading: str, rows: QuerySet, line: Callable[[Any], Line]) -> Section:
    """Return the section of `rows` that each make one `line`."""
    return Section(key, heading, rows, lambda found: [line(row) for row in found])


def kind_of(record: Any) -> str:
    """Return the noun of `record`."""
    return capfirst(str(record._meta.verbose_name))


def dated(moment: datetime, today: date) -> str:
    """Return the day of `moment`, in the desk's time zone, in words, with how long before `today` it was."""
    day = timezone.localdate(moment)
    days = (today - day).days
    if days <= 0:
        ago = _("aujourd’hui")
    elif days == 1:
        ago = _("hier")
    else:
        ago = ngettext("il y a %(n)d jour", "il y a %(n)d jours", days) % {"n": days}
    return f"{in_full(day)} ({ago})"
