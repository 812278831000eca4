"""Keys of records as text brings them: an address, a form, a cell."""

from collections.abc import Iterable

MOST_DIGITS = 18
"""Every number of so many digits fits a key of the databases; they overflow on some of one digit more."""


def a_key(text: object) -> int | None:
    """Return the key that `text` writes in ASCII digits; None if it writes none that a database holds."""
    digits = str(text)
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) <= MOST_DIGITS else None


def that_are_keys(texts: Iterable[str]) -> list[str]:
    """Return those of `texts` that write a key: any other names no record, and a database would not look it up."""
    return [text for text in texts if a_key(text) is not None]
