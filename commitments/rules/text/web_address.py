"""Addresses of the web. Pure: nothing is fetched."""

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

check = URLValidator(schemes=["http", "https"])
"""Raises ValidationError, with a message for the user, if it is given no web address (http or https)."""


def is_valid(text: str) -> bool:
    """Whether `text` is an address of the web."""
    try:
        check(text)
    except ValidationError:
        return False
    return True
