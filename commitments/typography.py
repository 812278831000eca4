"""How the site's own texts are set: days, quotations, languages. Pure; imports nothing of ours."""

import re
from collections.abc import Callable
from datetime import date
from typing import TypeVar

from django.conf import settings
from django.utils.formats import localize
from django.utils.translation import get_language, override

T = TypeVar("T")


def language() -> str:
    """Return the code of the language that the page is in."""
    return (get_language() or "fr")[:2]


def in_each_language(make: Callable[[], T]) -> dict[str, T]:
    """Return the result of `make` in each language of the site, by its code."""
    found = {}
    for code, _name in settings.LANGUAGES:
        with override(code):
            found[code] = make()
    return found


def in_full(day: date) -> str:
    """Return a day, or a day and its hour, in words; the French “1er” is beyond date formats."""
    text = str(localize(day))
    if day.day == 1 and language() == "fr":
        text = text.replace("1 ", "1er ", 1)
    return text


def inner(words: str) -> str:
    """Return `words`, a title or the start of a passage, for use between « »: their own guillemets become “ ”.

    Not for a passage that is shown to be checked: that is shown exactly as in its source.
    """
    return re.sub(r"\s*»", "”", re.sub(r"«\s*", "“", words))


def quoted(words: str) -> str:
    """Return `words` between « »."""
    return f"«\u00a0{inner(words)}\u00a0»"
