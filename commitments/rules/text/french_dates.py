"""Reads a date, and the time beside it, that a text states plainly. Pure. “Ce jeudi” is no date."""

import re
from datetime import date, time
from typing import NamedTuple

_SPELLINGS = (
    "janvier janv.|février fevrier févr. fév.|mars|avril avr.|mai|juin|juillet juil.|août aout|septembre sept.|"
    "octobre oct.|novembre nov.|décembre decembre déc."
)
MONTHS = {name: number for number, names in enumerate(_SPELLINGS.split("|"), start=1) for name in names.split()}
WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")

DATE = re.compile(
    rf"""(?<![\w/.-])
    (?:
      (?: (?P<weekday> {"|".join(WEEKDAYS)} ) ,? \s+ )?
      (?: (?P<day> \d{{1,2}} ) (?: er )? \s+ (?P<month> {"|".join(map(re.escape, MONTHS))} ) \s+ (?P<year> \d{{4}} )
        | (?P<iso_year> \d{{4}} ) - (?P<iso_month> \d\d ) - (?P<iso_day> \d\d )
        | (?P<n_day> \d{{1,2}} ) (?P<mark> [-/.] ) (?P<n_month> \d{{1,2}} ) (?P=mark) (?P<n_year> \d{{4}} ) )
    )
    (?: (?: \s* ,? \s+ (?: à \s+ )? | T | \s* [-–|] \s* )
        (?P<hour> [01]?\d | 2[0-3] )
        (?: \s? (?: heures? | h ) \s? (?P<minute> [0-5]\d )? | : (?P<clock> [0-5]\d ) (?: :[0-5]\d )? )
        (?: \s* (?: GMT | UTC | TU | Z ) )? (?! \d ) )?
    (?![\w/]|[-.]\d)""",
    re.IGNORECASE | re.VERBOSE,
)


class Day(NamedTuple):
    """A day written in a text, the time beside it, and whether it is possible: a wrong weekday or 31 April is not."""

    day: date | None
    hour: time | None


def day_of(match: re.Match[str]) -> Day:
    """Return the day written in a match of `DATE`; without a day if the calendar has no such one."""
    parts = match.groupdict()
    year = parts["year"] or parts["iso_year"] or parts["n_year"]
    month = parts["iso_month"] or parts["n_month"] or MONTHS[parts["month"].lower()]
    try:
        day = date(int(year), int(month), int(parts["day"] or parts["iso_day"] or parts["n_day"]))
    except ValueError:
        return Day(None, None)
    if parts["weekday"] and WEEKDAYS[day.weekday()] != parts["weekday"].lower():
        return Day(None, None)
    hour = None
    if parts["hour"]:
        hour = time(int(parts["hour"]), int(parts["minute"] or parts["clock"] or 0))
    return Day(day, hour)
