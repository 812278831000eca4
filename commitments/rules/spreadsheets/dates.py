"""Dates as people write them in a spreadsheet: ISO, numeric with the day first, in words, or as Excel's numbers."""

import re
from calendar import monthrange
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from commitments.rules.spreadsheets.cells import folded


def _numbered(*languages: str, start: int) -> dict[str, int]:
    return {name: number for names in languages for number, name in enumerate(names.split(), start)}


MONTHS = _numbered(
    "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre",
    "january february march april may june july august september october november december",
    start=1,
)
DAYS = _numbered(
    "lundi mardi mercredi jeudi vendredi samedi dimanche",
    "monday tuesday wednesday thursday friday saturday sunday",
    start=0,
)
FIRST_YEAR, LAST_YEAR = 1900, 2150
EPOCH = date(1899, 12, 30)
"""The day before Excel's day 1, as its numbers count after February 1900."""

_ISO = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T ]0{1,2}:00(?::00(?:\.0+)?)?)?")
_FIGURES = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?: 0{1,2}:00(?::00)?)?")
_SHORT_YEAR = re.compile(r"\d{1,2}[/.-]\d{1,2}[/.-]\d{2}")
_WORDS = re.compile(r"(?:([a-z]+) )?(?:le )?(\d{1,2})(?:er|st|nd|rd|th)? ([a-z]+) (\d{4})")
_ENGLISH_WORDS = re.compile(r"(?:([a-z]+) )?([a-z]+) (\d{1,2})(?:st|nd|rd|th)? (\d{4})")
_MONTH = re.compile(r"(\d{4})[-/](\d{1,2})")
_MONTH_FIGURES = re.compile(r"(\d{1,2})[/.-](\d{4})")
_MONTH_WORDS = re.compile(r"([a-z]+) (\d{4})")
_TIME = re.compile(r"(\d{1,2})(?::|\s?[hH]\s?)(\d{2})?(?::(\d{2}))?")


class Span(NamedTuple):
    """The days that a date covers: one, or those of a month or a year."""

    first: date
    last: date

    @property
    def is_day(self) -> bool:
        """Whether it is one day."""
        return self.first == self.last


def read_day(cell: object) -> date | None:
    """Return the day in `cell`; None if it is empty. Raises ValueError, with a message for the user, if it has none."""
    span = read_span(cell)
    if span is None:
        return None
    if not span.is_day:
        message = _("« %(cell)s » n’est pas un jour : cette colonne demande une date complète, comme 2025-04-03.")
        raise ValueError(message % {"cell": cell})
    return span.first


def read_span(cell: object) -> Span | None:
    """Return the days that `cell` covers: a day, a month (`2025-04`) or a year (`2025`); None if it is empty.

    Raises ValueError, with a message for the user, if it cannot be read without guessing.
    """
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return None
    if isinstance(cell, datetime):
        if cell.time() != time():
            raise ValueError(_("« %s » porte une heure : cette colonne demande une date seule.") % cell)
        return _day(cell.year, cell.month, cell.day, cell)
    if isinstance(cell, date):
        return _day(cell.year, cell.month, cell.day, cell)
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    if isinstance(cell, bool) or not isinstance(cell, (int, str)):
        raise _unread(cell)
    text = " ".join(str(cell).split())
    return _from_figures(text) or _from_words(text)


def _from_figures(text: str) -> Span | None:
    if found := _ISO.fullmatch(text):
        return _day(int(found[1]), int(found[2]), int(found[3]), text)
    if found := _FIGURES.fullmatch(text):
        return _day(int(found[3]), int(found[2]), int(found[1]), text)
    if _SHORT_YEAR.fullmatch(text):
        raise ValueError(_("« %s » : écrivez l’année avec ses quatre chiffres.") % text)
    if found := _MONTH.fullmatch(text):
        return _month(int(found[1]), int(found[2]), text)
    if found := _MONTH_FIGURES.fullmatch(text):
        return _month(int(found[2]), int(found[1]), text)
    if text.isdecimal() and text.isascii():
        if len(text) == 4 and FIRST_YEAR <= int(text) <= LAST_YEAR:
            return Span(date(int(text), 1, 1), date(int(text), 12, 31))
        if len(text) == 5:
            day = EPOCH + timedelta(days=int(text))
            return _day(day.year, day.month, day.day, text)
        raise _unread(text)
    return None


def _from_words(text: str) -> Span:
    words = folded(text)
    weekday: str | None = None
    if found := _WORDS.fullmatch(words):
        weekday, day, month, year = found.groups()
    elif found := _ENGLISH_WORDS.fullmatch(words):
        weekday, month, day, year = found.groups()
    elif (found := _MONTH_WORDS.fullmatch(words)) and found[1] in MONTHS:
        return _month(int(found[2]), MONTHS[found[1]], text)
    else:
        raise _unread(text)
    if month not in MONTHS or (weekday and weekday not in DAYS):
        raise _unread(text)
    span = _day(int(year), MONTHS[month], int(day), text)
    if weekday and span.first.weekday() != DAYS[weekday]:
        message = _("« %(cell)s » : ce jour-là était un %(weekday)s. Corrigez le jour ou la date.")
        raise ValueError(message % {"cell": text, "weekday": date_format(span.first, "l")})
    return span


def _day(year: int, month: int, day: int, cell: object) -> Span:
    _refuse_year(year, cell)
    try:
        found = date(year, month, day)
    except ValueError:
        message = _("« %(cell)s » n’est pas un jour du calendrier : écrivez jour/mois/année, ou année-mois-jour.")
        raise ValueError(message % {"cell": cell}) from None
    return Span(found, found)


def _month(year: int, month: int, cell: object) -> Span:
    _refuse_year(year, cell)
    if not 1 <= month <= 12:
        raise ValueError(_("« %s » : ce mois n’existe pas.") % cell)
    return Span(date(year, month, 1), date(year, month, monthrange(year, month)[1]))


def _refuse_year(year: int, cell: object) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        message = _("« %(cell)s » : une année entre %(first)d et %(last)d est attendue.")
        raise ValueError(message % {"cell": cell, "first": FIRST_YEAR, "last": LAST_YEAR})


def _unread(cell: object) -> ValueError:
    return ValueError(_("« %s » ne se lit pas comme une date : écrivez 2025-04-03, 3/4/2025 ou 3 avril 2025.") % cell)


def read_time(cell: object) -> time | None:
    """Return the time of day in `cell`, such as 14:30 or 14 h 30; None if it is empty.

    Raises ValueError, with a message for the user, if it has none.
    """
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return None
    if isinstance(cell, datetime):
        return cell.time()
    if isinstance(cell, time):
        return cell
    if isinstance(cell, timedelta) and timedelta() <= cell < timedelta(days=1):
        return _clock(cell)
    if isinstance(cell, float) and 0 <= cell < 1:
        return _clock(timedelta(seconds=round(cell * 86400)))
    if isinstance(cell, str) and (found := _TIME.fullmatch(cell.strip())):
        hour, minute, second = (int(part or 0) for part in found.groups())
        if hour < 24 and minute < 60 and second < 60:
            return time(hour, minute, second)
    raise ValueError(_("« %s » ne se lit pas comme une heure : écrivez 14:30.") % cell)


def _clock(since_midnight: timedelta) -> time:
    minutes, second = divmod(int(since_midnight.total_seconds()) % 86400, 60)
    return time(*divmod(minutes, 60), second)
