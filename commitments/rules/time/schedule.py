"""The recurrences of commitments, and the milestones that they generate."""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import islice, takewhile
from typing import Any, NamedTuple, cast

from dateutil.rrule import rrule, rrulestr
from django.core.exceptions import ValidationError
from django.utils import timezone, translation
from django.utils.dates import MONTHS
from django.utils.text import Truncator
from django.utils.translation import gettext as _, gettext_lazy

from commitments.choices import DuePrecision, ReviewState
from commitments.deadlines import Deadline, ends, precision_of
from commitments.models import Commitment, Milestone
from commitments.models.wording import LANGUAGES
from commitments.rules.act import perform
from commitments.typography import in_full

FREQUENCIES = ("YEARLY", "MONTHLY", "WEEKLY")
PARTS = {
    "FREQ",
    "INTERVAL",
    "COUNT",
    "UNTIL",
    "BYMONTH",
    "BYMONTHDAY",
    "BYDAY",
    "BYSETPOS",
    "BYYEARDAY",
    "BYWEEKNO",
    "WKST",
}
EVERY = {
    ("YEARLY", 1): gettext_lazy("chaque année"),
    ("MONTHLY", 1): gettext_lazy("chaque mois"),
    ("MONTHLY", 3): gettext_lazy("chaque trimestre"),
    ("MONTHLY", 6): gettext_lazy("chaque semestre"),
    ("WEEKLY", 1): gettext_lazy("chaque semaine"),
}
EVERY_SO_MANY = {
    "YEARLY": gettext_lazy("tous les %(n)d ans"),
    "MONTHLY": gettext_lazy("tous les %(n)d mois"),
    "WEEKLY": gettext_lazy("toutes les %(n)d semaines"),
}
SHAPE = re.compile(r"[A-Z]+=[A-Za-z0-9,+-]+(;[A-Z]+=[A-Za-z0-9,+-]+)*")
MONTHS_IN = {"YEARLY": 12, "MONTHLY": 1}
HOW_OFTEN = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST"}
"""The parts of a rule that says how often, and no more: its periods are all of one length."""

NAMING = ("BYMONTHDAY", "BYDAY", "BYYEARDAY", "BYWEEKNO")
"""The parts of a rule that name a day."""

END_OF_MONTH = ("BYMONTHDAY", "-1")
"""The part of a rule whose periods end with a month: a rule of the 31st would pass over the shorter ones."""

YEARS_TO_FIRST = 50
"""A rule whose first occurrence is further from its start than this is taken to have none."""


def parse_recurrence(text: str, start: date) -> rrule:
    """Return the recurrence that `text`, an RRULE (RFC 5545), defines from its first occurrence on `start`.

    Raises ValidationError if `text` is no RRULE, or one finer than a week, or one that never occurs.
    """
    rule_text, parts = text.strip().removeprefix("RRULE:"), _parts(text)
    # One line, each part once. An interval of 0 would repeat one day for ever, and a count below 1 has no occurrence.
    shaped = SHAPE.fullmatch(rule_text) and len(parts) == rule_text.count(";") + 1
    counted = all(parts.get(name, "1").isdecimal() and int(parts.get(name, "1")) for name in ("INTERVAL", "COUNT"))
    if not shaped or parts.get("FREQ") not in FREQUENCIES or set(parts) - PARTS or not counted:
        raise _not_admitted(text)
    try:
        # All-day recurrences: neither the start nor UNTIL has a time or a zone.
        rule = cast("rrule", rrulestr(rule_text.replace("Z", ""), dtstart=datetime(start.year, start.month, start.day)))  # noqa: DTZ001
        occurs = _occurs(rule, start)
    except (ValueError, KeyError, TypeError, IndexError, OverflowError) as error:
        message = _("La récurrence « %(rule)s » ne se lit pas : %(error)s.")
        raise ValidationError(message % {"rule": text, "error": error}, code="recurrence") from error
    if not occurs:
        raise _not_admitted(text)
    return rule


def in_words(text: str) -> str:
    """Return the RRULE `text` as a reader says it; as it is written, if there are no words for a part of it."""
    parts = _parts(text)
    try:
        frequency, interval = parts.pop("FREQ"), int(parts.pop("INTERVAL", 1))
        every = EVERY.get((frequency, interval)) or EVERY_SO_MANY[frequency] % {"n": interval}
        more = [_part_in_words(*part) for part in parts.items()]
    except (KeyError, ValueError):
        return text
    return f"{every} ({', '.join(more)})" if more else str(every)


def _part_in_words(name: str, value: str) -> str:
    """Return a part of an RRULE in words. Raises KeyError or ValueError if there are none."""
    match name:
        case "BYMONTH":
            return ", ".join(str(MONTHS[int(number)]) for number in value.split(","))
        case "COUNT":
            return _("nombre d’échéances : %(n)d") % {"n": int(value)}
        case "UNTIL":
            return _("jusqu’au %(day)s") % {"day": in_full(date.fromisoformat(value[:8]))}
    raise KeyError(name)


def _not_admitted(text: str) -> ValidationError:
    message = _(
        "« %(rule)s » n’est pas une récurrence admise : écrivez par exemple FREQ=YEARLY ou FREQ=MONTHLY;INTERVAL=6."
    )
    return ValidationError(message % {"rule": text}, code="recurrence")


def _occurs(rule: rrule, start: date) -> bool:
    """Whether `rule` has an occurrence, the first at most YEARS_TO_FIRST after `start`.

    For a rule that never occurs (30 February) dateutil searches up to the year 9999, for seconds. The calendar repeats
    every 400 years, so the rule is first tried from the last equivalent year that leaves it room, which bounds the
    search.
    """
    late = start.year + (date.max.year - YEARS_TO_FIRST - start.year) // 400 * 400
    first = next(iter(rule.replace(dtstart=datetime(late, start.month, start.day), until=None)), None)  # noqa: DTZ001
    if first is None or first.year > late + YEARS_TO_FIRST:
        return False
    return next(iter(rule), None) is not None


def periods(text: str, start: date, *, day: date) -> list[Deadline]:
    """Return the periods of a recurrence as deadlines, up to the first that ends on or after `day`.

    Each occurrence is the last day of a period, which begins the day after the occurrence before it. The first one
    begins where a rule that says no more than how often puts it, in whole months or years, and else with the month that
    it ends with. Where the rule names a day, or the first period ends inside a month, its last day is the deadline and
    its first day is None. Raises ValidationError if `text` is no admissible RRULE.
    """
    found = []
    for deadline in _periods(text, start):
        found.append(deadline)
        if deadline.last >= day:
            break
    return found


def period_to(text: str, start: date | None, *, last: date) -> Deadline | None:
    """Return the period of a recurrence that ends on `last`; None if there is none, or no admissible RRULE."""
    if not text or start is None:
        return None
    try:
        return next((deadline for deadline in periods(text, start, day=last) if deadline.last == last), None)
    except ValidationError:
        return None


def _periods(text: str, start: date) -> Iterator[Deadline]:
    """Yield the periods of a recurrence: precise to the day if its rule names one, else as whole months or years."""
    names_a_day = _names_a_day(text)
    before: date | None = None
    for moment in parse_recurrence(text, start):
        last = moment.date()
        first = _begun(text, last) if before is None else before + timedelta(days=1)
        yield Deadline(first, last, DuePrecision.DAY if names_a_day else precision_of(first, last))
        before = last


def _parts(text: str) -> dict[str, str]:
    return dict(part.partition("=")[::2] for part in text.strip().removeprefix("RRULE:").split(";"))


def _names_a_day(text: str) -> bool:
    """Whether an RRULE names a day, and not just the end of a month. A week is told by its days: it is no period."""
    parts = _parts(text)
    named = {name: parts[name] for name in NAMING if name in parts}
    return parts.get("FREQ") not in MONTHS_IN or bool(named.items() - {END_OF_MONTH})


def _begun(text: str, last: date) -> date | None:
    """Return when the first period of a recurrence, which ends on `last`, began; None if its deadline is that day."""
    if _names_a_day(text) or not ends(last, DuePrecision.MONTH):
        return None
    parts = _parts(text)
    months = MONTHS_IN[parts["FREQ"]] * int(parts.get("INTERVAL", 1))
    is_once = months % 12 == 0 and parts.get("BYMONTH") == str(last.month)  # in one month of a year: "every year" still
    if is_once:
        del parts["BYMONTH"]
    if END_OF_MONTH in parts.items() and (is_once or parts["FREQ"] == "MONTHLY"):
        del parts["BYMONTHDAY"]
    if set(parts) - HOW_OFTEN:
        months = 1  # its periods are not all of one length
    year, month = divmod(last.year * 12 + last.month - months, 12)
    return date(year, month + 1, 1) if year >= date.min.year else None


class Series(NamedTuple):
    """The part of a recurrence from its occurrence `first` on: `rule` is the RRULE (RFC 5545) that begins there."""

    first: date
    rule: str


def beyond(text: str, start: date | None, *, last: date | None) -> Series | None:
    """Return the recurrence after `last`, or all of it for None; None if nothing is left.

    Raises ValidationError if `text` is no admissible RRULE.
    """
    if start is None:
        return None
    days = enumerate(moment.date() for moment in parse_recurrence(text, start))
    before, first = next(((place, day) for place, day in days if last is None or day > last), (0, None))
    if first is None:
        return None
    parts = _parts(text)
    if "COUNT" in parts:
        parts["COUNT"] = str(int(parts["COUNT"]) - before)
    if "UNTIL" in parts:
        parts["UNTIL"] = parts["UNTIL"][:8]  # whole days: no time, and no zone
    return Series(first, ";".join(f"{name}={value}" for name, value in parts.items()))


def periods_beyond(text: str, start: date | None, *, last: date | None, most: int) -> list[Deadline]:
    """Return the first periods, `most` of them, of a recurrence after `last`, or of all of it for None.

    None are returned of a recurrence whose deadlines are days: `beyond` gives these, as a rule. One of months or years
    cannot be a rule, since RFC 5545 gives all events of a series the same number of days. Raises ValidationError if
    `text` is no admissible RRULE.
    """
    if start is None:
        return []
    coming = (deadline for deadline in _periods(text, start) if last is None or deadline.last > last)
    return list(islice(takewhile(lambda deadline: deadline.is_period, coming), most))


def extend(commitment: Commitment, *, by: Any, day: date | None = None) -> list[Milestone]:
    """Make the milestones of `commitment`'s recurrence that are missing, up to the next one after `day`; return them.

    `by` is the account that signs them; `day` is today unless given. They share the commitment's state: published with
    it, drafts before. They say what its rule says, and no more: a rule that names no day makes no deadline of one, if
    its first period ends with a month; the day is else the one that the first period ends on. Where the recurrence is a
    reading made here, so are they. It is idempotent; without a recurrence there are none.
    """
    if not commitment.recurrence or commitment.recurrence_start is None:
        return []
    return perform(lambda: _extended(commitment, by, day), public=commitment.is_published)


def _extended(commitment: Commitment, by: Any, day: date | None) -> list[Milestone]:
    day = day or timezone.localdate()
    on_file = set(commitment.milestones.filter(from_recurrence=True).values_list("due_on", flat=True))
    made = []
    for deadline in periods(commitment.recurrence, cast("date", commitment.recurrence_start), day=day):
        if deadline.last in on_file:
            continue
        milestone = Milestone(
            commitment=commitment,
            from_recurrence=True,
            due_from=deadline.first,
            due_on=deadline.last,
            due_precision=deadline.precision,
            reading_fr=commitment.recurrence_reading_fr,
            reading_en=commitment.recurrence_reading_en,
        )
        for language in LANGUAGES:
            with translation.override(language):
                setattr(milestone, f"title_{language}", _title(commitment.wording("title", language).text, deadline))
        if commitment.is_published:
            milestone.state = ReviewState.PUBLISHED
            milestone.published_by, milestone.published_at = by, timezone.now()
        milestone.save()
        made.append(milestone)
    return made


def _title(title: str, deadline: Deadline) -> str:
    """Return the title of the milestone of a period: with its months or years, and never a day of them."""
    if not deadline.is_period:
        deadline = Deadline(None, deadline.last, DuePrecision.MONTH)
    longest = cast("int", Milestone._meta.get_field("title_fr").max_length)
    end = _(" : %(period)s") % {"period": deadline.period()}
    return Truncator(title).chars(longest - len(end)) + end
