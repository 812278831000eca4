"""How days and quotations are typeset in the site's own texts. Pure; imports nothing of ours."""

import re
from datetime import date

from django.utils.formats import localize
from django.utils.translation import get_language


def in_full(day: date) -> str:
    """Return a day, or a day and its hour, in words; the French “1er” is beyond date formats."""
    text = str(localize(day))
    if day.day == 1 and (get_language() or "fr").startswith("fr"):
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
