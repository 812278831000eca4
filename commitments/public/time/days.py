"""The days that a reader goes to in one step from the page at hand."""

from datetime import date, timedelta
from typing import NamedTuple

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy as _, ngettext

from commitments.reading import Reading

BACK: list[tuple[Promise, int]] = [
    (_("il y a une semaine"), 7),
    (_("il y a un mois"), 30),
    (_("il y a trois mois"), 91),
    (_("il y a un an"), 365),
]
"""How far back the quick steps go, in days."""

ONE_DAY = timedelta(days=1)


class DaySteps(NamedTuple):
    """The quick steps into the past, by their labels; from a past page, the parameters of the days before and after.

    These change the day of the facts if the page has one, else that of knowledge; None if there is no such day.
    """

    today: date
    back: list[tuple[Promise, date]]
    before: dict[str, str | None] | None
    after: dict[str, str | None] | None


def day_steps(reading: Reading) -> DaySteps:
    """Return the steps from a page read for `reading`."""
    today = timezone.localdate()
    back = [(label, today - timedelta(days=days)) for label, days in BACK]
    here = reading.as_of or reading.known_on
    if here is None:
        return DaySteps(today, back, before=None, after=None)
    return DaySteps(
        today,
        back,
        before=_moved(reading, here - ONE_DAY) if here > date.min else None,
        after=_moved(reading, here + ONE_DAY) if here < today else None,
    )


def elapsed(since: date, day: date) -> str:
    """Return how long before `day` it was that `since` came, in words: days, then months, then years, rounded."""
    days = (day - since).days
    months, years = round(days / 30.4375), round(days / 365.25)
    if days < 1:
        return gettext("aujourd’hui")
    if days < 45:
        return ngettext("il y a %(n)s jour", "il y a %(n)s jours", days) % {"n": days}
    if months < 24:
        return ngettext("il y a %(n)s mois", "il y a %(n)s mois", months) % {"n": months}
    return ngettext("il y a %(n)s an", "il y a %(n)s ans", years) % {"n": years}


def _moved(reading: Reading, day: date) -> dict[str, str | None]:
    """Return the parameters of the page for another day, on the axis that the reading has."""
    known_on = reading.known_on.isoformat() if reading.known_on else None
    if reading.as_of:
        return {"as_of": day.isoformat(), "known_on": known_on}
    return {"as_of": None, "known_on": day.isoformat()}
