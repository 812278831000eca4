"""Reads the settings' environment variables, and says which one is wrong and how to fix it."""

import os
import re
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off", ""}

CONTACT = re.compile(r"mailto:[^\s@?]+@[^\s@?]+|https://[^\s/]+(?:/\S*)?")
"""A way to reach somebody, as RFC 9116 writes it."""

LICENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+-]*|https?://[^\s/]+(?:/\S*)?")
"""An SPDX identifier, or an address."""


def flag(name: str, *, default: bool) -> bool:
    """Return the boolean in variable `name`, or `default` if it is unset.

    Raises ImproperlyConfigured for a word that is neither a yes nor a no.
    """
    value = os.environ.get(name)
    if value is None:
        return default
    word = value.strip().lower()
    if word not in TRUE | FALSE:
        raise ImproperlyConfigured(f"{name}={value!r} is neither yes nor no: set it to 1 or 0.")
    return word in TRUE


def number(name: str, *, default: int, minimum: int = 0) -> int:
    """Return the whole number in variable `name`, or `default` if it is unset or empty.

    Raises ImproperlyConfigured for anything but a whole number of at least `minimum`.
    """
    value = os.environ.get(name, "").strip()
    if not value:
        return default
    if not value.isdecimal() or int(value) < minimum:
        raise ImproperlyConfigured(f"{name}={value!r}: set it to a whole number of at least {minimum}.")
    return int(value)


def words(name: str) -> list[str]:
    """Return the comma-separated words in variable `name`; an empty list if it is unset or empty."""
    return [word.strip() for word in os.environ.get(name, "").split(",") if word.strip()]


def words_of(name: str, *, allowed: set[str]) -> set[str]:
    """Return the comma-separated words in variable `name`, in lower case; none if it is unset or empty.

    Raises ImproperlyConfigured for a word that is not one of `allowed`.
    """
    found = {word.lower() for word in words(name)}
    if not found <= allowed:
        raise ImproperlyConfigured(
            f"{name}={os.environ[name]!r}: set it to some of {', '.join(sorted(allowed))}, separated by commas."
        )
    return found


def text(name: str, *, default: str = "") -> str:
    """Return variable `name` without surrounding space, or `default` if it is unset or empty."""
    return os.environ.get(name, "").strip() or default


def site(name: str) -> str:
    """Return the web address in variable `name` without its last slash; "" if it is unset or empty.

    Raises ImproperlyConfigured for anything but http:// or https:// with a host name.
    """
    value = text(name)
    try:
        parts = urlsplit(value)
        whole = parts.scheme in ("http", "https") and bool(parts.hostname) and not (parts.query or parts.fragment)
    except ValueError:
        whole = False
    if value and not whole:
        raise ImproperlyConfigured(f"{name}={value!r}: set it to an address such as https://tracker.example.org")
    return value.rstrip("/")


def of_form(name: str, form: re.Pattern[str], hint: str) -> str:
    """Return variable `name`, a text of the given form; "" if it is unset or empty.

    Raises ImproperlyConfigured for any other text: `hint` says what to set it to.
    """
    value = text(name)
    if value and not form.fullmatch(value):
        raise ImproperlyConfigured(f"{name}={value!r}: set it to {hint}.")
    return value
