"""What the desk's templates say of its people."""

from typing import Any

from django import template

from commitments.rules.people import name_of

register = template.Library()


@register.filter
def person(user: Any) -> str:
    """Return the name by which the desk calls `user`; a dash where nobody is known."""
    return name_of(user) if user else "–"
