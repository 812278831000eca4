"""Filters of the desk's templates: people, passages, days."""

from datetime import date

from django import template

from commitments import typography
from commitments.rules.people import name_of

register = template.Library()


register.filter("person", name_of)
register.filter("inner", typography.inner)


@register.filter(expects_localtime=True)
def in_full(day: date | None) -> str:
    """Return a day, or a day and its hour, in words; nothing for None."""
    return typography.in_full(day) if day else ""
