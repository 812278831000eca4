"""How days and quotations are set in what this site prints itself. Pure; imports nothing of ours."""

import re
from datetime import date

from django.utils.formats import localize
from django.utils.translation import get_language


def in_full(day: date) -> str:
    """Return a day, or a day and its hour, in words; in French the first of a month is “1er”: no format writes that."""
    text = str(localize(day))
    if day.day == 1 and (get_language() or "fr").startswith("fr"):
        text = text.replace("1 ", "1er ", 1)
    return text


def inner(words: str) -> str:
    """Return `words`, a title or the beginning of a passage, as they stand between « »: their own guillemets are “ ”.

    Not for a passage that is shown to be checked: that stands as its source has it.
    """
    return re.sub(r"\s*»", "”", re.sub(r"«\s*", "“", words))


def quoted(words: str) -> str:
    """Return `words` between « »."""
    return f"«\u00a0{inner(words)}\u00a0»"
