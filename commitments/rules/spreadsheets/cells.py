"""The text of a cell: what corrupts it, what a spreadsheet would run as a formula, and how titles are compared."""

import re
import unicodedata
from functools import lru_cache

from django.utils.translation import gettext as _

from commitments.rules.text.plain_text import on_lines

_FORMULA = r"""'*(?:[^\S\t\r\n]|")*[=+\-@＝＋－＠]"""
_FIRST = re.compile(rf"'*[\t\r\n]|{_FORMULA}")
_INSIDE = re.compile(rf"[,;\t\r\n](?={_FORMULA})")

APOSTROPHE = re.compile(rf"^'(?='*[\t\r\n])|(?:^|(?<=[,;\t\r\n]))'(?={_FORMULA})")
"""Each apostrophe of a CSV file that is none of its text: what it stands before, a spreadsheet may run as a formula.

That is the beginning of a cell, and the beginning of what would be a cell if the file were split at another of the
usual separators: a French Excel splits at semicolons a file that has commas, and then no quotation mark keeps a cell,
or the lines of a text, together. An apostrophe that the text itself has there is not enough: one more comes before it,
so that taking away what matches gives the text again.
"""

SPREADSHEET_ERRORS = {
    "#REF!",
    "#N/A",
    "#NAME?",
    "#VALUE!",
    "#DIV/0!",
    "#NUM!",
    "#NULL!",
    "#NOM?",
    "#VALEUR!",
    "#NOMBRE!",
}

_DOUBLY_ENCODED = re.compile(r"[ÂÃÄÅÎÏ][^\x00-\x7f]|â[^\x00-\x7f]{2}|Ã(?=\s)")
_MAC_DOUBLY_ENCODED = re.compile(r"√[©®™†ß¥¢¶ªº]|‚Ä[ôúùòìî¶]|¬´|¬ª")
_OTHER_CODE_PAGE = re.compile(r"[a-zà-ÿ][‚ƒ†‡ˆŠŽ½][a-zà-ÿ]|\b[‚ƒˆ][a-zà-ÿ]{2}|[a-zà-ÿ]{2}[‚ŽŠ](?![\w])")


def mojibake(text: str) -> str:
    """Return the first place in `text` that was written in one encoding and read in another; "" if there is none.

    "réalisé", written in UTF-8 and read in cp1252, gives "rÃ©alisÃ©": what is found here is "Ã©".
    """
    if text.isascii():
        return ""
    if "�" in text:
        return "�"
    for found in _DOUBLY_ENCODED.finditer(text):
        if found[0] == "Ã" or _is_utf8(found[0]):
            return found[0]
    other = _MAC_DOUBLY_ENCODED.search(text)
    return other[0] if other else ""


def _is_utf8(text: str) -> bool:
    """Whether the bytes that cp1252 reads as `text` are UTF-8; a byte without a character there stands for itself."""
    try:
        bytes(ord(char) if 0x80 <= ord(char) <= 0x9F else char.encode("cp1252")[0] for char in text).decode("utf-8")
    except UnicodeError:
        return False
    return True


def other_code_page(text: str) -> str:
    """Return a place where `text`, read in cp1252, was evidently written on an old Mac or under DOS; "" for none."""
    found = _OTHER_CODE_PAGE.search(text)
    return found[0] if found else ""


def fault(cell: object) -> str:
    """Return why the text of a cell cannot be accepted, in words; "" if nothing is wrong with it."""
    if not isinstance(cell, str):
        return ""
    if "\x00" in cell:
        return _("contient un caractère nul, qu’aucune base ne garde : effacez-le.")
    if cell in SPREADSHEET_ERRORS:
        return _("est une erreur de formule, « %(cell)s » : corrigez-la dans le tableur.") % {"cell": cell}
    garbled = mojibake(cell)
    if garbled:
        return _(
            "est mal codée : « %(garbled)s » tient la place d’un autre caractère. Réenregistrez le fichier "
            "d’origine en « CSV UTF-8 » ou en .xlsx."
        ) % {"garbled": garbled}
    return ""


def guarded(text: str) -> str:
    """Return `text` as a CSV file may carry it: with an apostrophe wherever a spreadsheet might run it as a formula."""
    inside = _INSIDE.sub(r"\g<0>'", text)
    return f"'{inside}" if _FIRST.match(text) else inside


def unguarded(text: str) -> str:
    """Undo `guarded`; other text is returned as it is."""
    return APOSTROPHE.sub("", text) if "'" in text else text


def spared(text: str) -> str:
    """Return `text` for a workbook, which runs no text: `unguarded` gives it again, though nothing else is guarded."""
    return APOSTROPHE.sub("''", text) if "'" in text else text


@lru_cache(maxsize=4096)  # the words of a file repeat from row to row
def folded(text: str) -> str:
    """Return `text` for comparing titles and words: no case, no accents, no punctuation, single spaces."""
    bare = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "OE").casefold())
    kept = "".join(char if char.isalnum() else " " for char in bare if not unicodedata.combining(char))
    return " ".join(kept.split())


def same(one: object, other: object) -> bool:
    """Whether two values differ in nothing but line endings and surrounding white space."""
    if isinstance(one, str) and isinstance(other, str):
        return one == other or on_lines(one).strip() == on_lines(other).strip()
    return one == other
