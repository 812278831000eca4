"""What a deadline is: a window, how precise it is, and whose reading; and how it is said, here and nowhere else."""

from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.utils.dates import MONTHS
from django.utils.translation import gettext as _

from commitments.choices import DuePrecision
from commitments.typography import in_full


def begins(day: date, precision: str) -> bool:
    """Whether `day` is the first of a month or a year."""
    return day.day == 1 and (precision == DuePrecision.MONTH or day.month == 1)


def ends(day: date, precision: str) -> bool:
    """Whether `day` is the last of a month or a year."""
    return day == date.max or begins(day + timedelta(days=1), precision)


def whole(first: date, last: date, precision: str) -> tuple[date, date]:
    """Return the first and the last day of the months or years that the days from `first` to `last` fall in."""
    if precision == DuePrecision.YEAR:
        first, last = first.replace(month=1), last.replace(month=12)
    return first.replace(day=1), last.replace(day=monthrange(last.year, last.month)[1])


def precision_of(first: date | None, last: date) -> DuePrecision:
    """Return how precise a window is by its days alone: to the year or the month if it has whole ones only."""
    for precision in (DuePrecision.YEAR, DuePrecision.MONTH):
        if first is not None and begins(first, precision) and ends(last, precision):
            return precision
    return DuePrecision.DAY


class Deadline(NamedTuple):
    """The window in which a step is due, from `first` (None: nothing says when it begins) to `last`.

    `precision` is a DuePrecision; `is_reading` says that no source gives it so, and that it is read into one here.
    """

    first: date | None
    last: date
    precision: str
    is_reading: bool = False

    @property
    def is_period(self) -> bool:
        """Whether it names months or years, and no day."""
        return self.precision in (DuePrecision.MONTH, DuePrecision.YEAR)

    @property
    def is_whole(self) -> bool:
        """Whether the window is what its precision says: of months or years, from a first day to a last one."""
        if not self.is_period:
            return True
        return self.first is not None and begins(self.first, self.precision) and ends(self.last, self.precision)

    @property
    def days(self) -> tuple[date, date]:
        """The first and the last day of a period; of any other deadline, its last day twice."""
        return (self.first if self.is_period and self.first else self.last), self.last

    def in_words(self, join: Callable[..., Any] = str.format, shown: Callable[[date, str], Any] | None = None) -> Any:
        """Return the deadline in words: "au plus tard le 3 avril 2026", "2026, jour non précisé".

        `shown` gives a day, or the month or the year that it is in, and `join` puts these into a sentence: plain text
        unless given.
        """
        shown = shown or point
        first = None if self.first is None else shown(self.first, self.precision)
        last = shown(self.last, self.precision)
        if self.is_period:
            return join(_("{period}, jour non précisé"), period=self.period(join, shown))
        if first is None:
            return join(_("au plus tard le {last}"), last=last)
        if self.first == self.last:
            return join(_("le {last}"), last=last)
        return join(_("du {first} au {last}"), first=first, last=last)

    def in_a_sentence(
        self, join: Callable[..., Any] = str.format, shown: Callable[[date, str], Any] | None = None
    ) -> Any:
        """Return the deadline as prose has it: "courant 2026", "au plus tard le 3 avril 2026"."""
        if not self.is_period:
            return self.in_words(join, shown)
        shown = shown or point
        first, last = (shown(day, self.precision) for day in self.days)
        if first == last:
            return join(_("courant {period}"), period=last)
        return join(_("entre {first} et {last}"), first=first, last=last)

    def in_brief(self, join: Callable[..., Any] = str.format, shown: Callable[[date, str], Any] | None = None) -> Any:
        """Return the deadline in few words: its last day, or the period if it names no day."""
        return self.in_words(join, shown) if self.is_period else (shown or point)(self.last, self.precision)

    def period(self, join: Callable[..., Any] = str.format, shown: Callable[[date, str], Any] | None = None) -> Any:
        """Return the months or years of the window, or its days: "2026", "avril 2026 à juin 2026"."""
        shown = shown or point
        last = shown(self.last, self.precision)
        first = last if self.first is None else shown(self.first, self.precision)
        return last if first == last else join(_("{first} à {last}"), first=first, last=last)


def point(day: date, precision: str) -> str:
    """Return a day in words, or the month or the year that it is in."""
    match precision:
        case DuePrecision.YEAR:
            return str(day.year)
        case DuePrecision.MONTH:
            return _("{month} {year}").format(month=MONTHS[day.month], year=day.year)
    return in_full(day)


def machine_readable(day: date, precision: str) -> str:
    """Return a day, a month or a year as HTML's `time` and ISO 8601 write it: 2026-12-31, 2026-12, 2026."""
    return day.isoformat()[: {DuePrecision.YEAR: 4, DuePrecision.MONTH: 7}.get(DuePrecision(precision))]
