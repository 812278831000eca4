"""Primary keys given as text, in an address, a form or a cell."""

from collections.abc import Iterable

MOST_DIGITS = 18
"""Every number of so many digits fits a key of the databases; they overflow on some of one digit more."""


def a_key(text: object) -> int | None:
    """Return the key written in `text` in ASCII digits; None if there is none that a database can store."""
    digits = str(text)
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) <= MOST_DIGITS else None


def that_are_keys(texts: Iterable[str]) -> list[str]:
    """Return those of `texts` that are keys: any other names no record, and a database could not look it up."""
    return [text for text in texts if a_key(text) is not None]
