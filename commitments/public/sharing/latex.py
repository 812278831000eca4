"""Texts as reference managers take them: on one line, and with their accents written for any TeX. Pure."""

import re
import unicodedata
from functools import lru_cache

ACCENTS = {
    "\u0300": "`",
    "\u0301": "'",
    "\u0302": "^",
    "\u0303": "~",
    "\u0304": "=",
    "\u0306": "u ",
    "\u0307": ".",
    "\u0308": '"',
    "\u030a": "r ",
    "\u030b": "H ",
    "\u030c": "v ",
    "\u0327": "c ",
    "\u0328": "k ",
}
"""What TeX calls the marks over and under a letter."""

SIGNS = {
    "\\": r"{\textbackslash}",
    "{": r"{\textbraceleft}",
    "}": r"{\textbraceright}",
    "~": r"{\textasciitilde}",
    "^": r"{\textasciicircum}",
    '"': r"{\textquotedbl}",
    **{sign: f"\\{sign}" for sign in "&%$#_"},
    "œ": r"{\oe}",
    "Œ": r"{\OE}",
    "æ": r"{\ae}",
    "Æ": r"{\AE}",
    "ß": r"{\ss}",
    "ø": r"{\o}",
    "Ø": r"{\O}",
    "ł": r"{\l}",
    "Ł": r"{\L}",
    "ı": r"{\i}",
    "«": r"{\guillemotleft}",
    "»": r"{\guillemotright}",
    "“": "``",
    "”": "''",
    "‘": "`",
    "’": "'",
    "–": "--",
    "—": "---",
    "…": r"{\ldots}",
    "\u00a0": "~",
    "\u202f": "~",
    "€": r"{\texteuro}",
    "°": r"{\textdegree}",
}
"""What means something to TeX, or has no place in ASCII; braces are named, since BibTeX counts even escaped ones."""


BREAKS = re.compile("[\\x00-\\x20\\x7f-\\x9f\u2028\u2029]+")
"""White space in ASCII, line ends, and the control characters."""


def latex(text: str) -> str:
    """Return `text` for a BibTeX field, on one line, each sign spelled for TeX; what TeX cannot spell is unchanged."""
    return "".join(map(_spelled, unicodedata.normalize("NFC", one_line(text))))


def one_line(text: str) -> str:
    """Return `text` on one line: neither line ends nor other control characters, white space made single."""
    return BREAKS.sub(" ", text).strip()


@lru_cache(maxsize=2048)
def _spelled(letter: str) -> str:
    if letter in SIGNS:
        return SIGNS[letter]
    base, *marks = list(unicodedata.normalize("NFD", letter))
    if base.isascii() and len(marks) == 1 and marks[0] in ACCENTS:
        return f"{{\\{ACCENTS[marks[0]]}{base}}}"
    return letter
