"""Decodes the bytes of a plain text, unless its encoding cannot be determined. Pure: bytes in, text out.

A text that declares its encoding (a byte order mark), or is valid UTF-8, is read as such. Otherwise French in the old
encodings of Western Europe is tried, then what charset-normalizer finds. If several readings give different words and
nothing decides between them, the text is refused: an archive is never garbled.
"""

import codecs
import re
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from charset_normalizer import CharsetMatch

MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",  # before UTF-16, whose mark it begins with
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
"""Byte order marks, each with the encoding that reads it."""

WESTERN = ("cp1252", "iso8859_15", "mac_roman", "cp850")
"""The old encodings in which French is still found: Windows, Unix, Macintosh, MS-DOS."""

FRENCH = frozenset("àâäæçèéêëîïôöùûüÿœÀÂÄÆÇÈÉÊËÎÏÔÖÙÛÜŸŒñáíóúÑ«»“”„‘’‹›…–—•·°€£§©®\u00a0")
"""The characters of French texts beyond ASCII, with those of Spanish names."""

_CAPITAL_INSIDE = re.compile("[a-zà-öø-ÿœ][ÀÂÄÆÇÈÉÊËÎÏÔÖÙÛÜŸŒÑ]|[A-Za-z]°[A-Za-z]|[A-Za-z][€£§©®•·…–—„“«][a-z]")
"""What never occurs in French: an accented capital, or a symbol, in the middle of a word."""

LEAST_COHERENCE = 0.5
LEAST_LEAD = 0.1
"""How sure charset-normalizer must be of a language, and by how much surer than of any other reading."""


def on_lines(text: str) -> str:
    """Return `text` with every line ending replaced by one newline."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def decode(data: bytes) -> str:
    """Return the text of `data`, with its line endings untouched, without a byte order mark.

    Raises ValidationError if there is a NUL, or if the encoding cannot be determined.
    """
    text = _decode(data)
    if "\x00" in text:
        raise ValidationError(_("Ce fichier contient des octets nuls : ce n’est pas un texte."), code="nul")
    return text


def _decode(data: bytes) -> str:
    for mark, encoding in MARKS.items():
        if data.startswith(mark):
            text = _strictly(data, encoding)
            if text is None:
                raise _undecidable([encoding])
            return text
    text = _strictly(data, "utf-8")
    if text is not None:
        return text
    if b"\x00" in data:
        raise ValidationError(_("Ce fichier contient des octets nuls : ce n’est pas un texte."), code="nul")
    readings = {text: name for name in WESTERN if (text := _strictly(data, name)) is not None and _is_french(text)}
    if len(readings) == 1:
        return next(iter(readings))
    if readings:
        raise _undecidable(sorted(readings.values()))
    return _by_language(data)


def _strictly(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _is_french(text: str) -> bool:
    """Whether `text` has only characters that a French text may have."""
    return all(char in FRENCH for char in set(text) if ord(char) > 126) and not _CAPITAL_INSIDE.search(text)


def _by_language(data: bytes) -> str:
    """Return the reading whose language is recognised clearly, and more clearly than that of any other."""
    from charset_normalizer import from_bytes  # imported here: few files need it, and no page does

    found: dict[str, CharsetMatch] = {}
    for match in from_bytes(data):
        text = _strictly(data, match.encoding)
        if text is not None:
            found.setdefault(text, match)
    best, *others = sorted(found, key=lambda text: -found[text].coherence) or [""]
    if (
        not best
        or found[best].coherence < LEAST_COHERENCE
        or any(found[best].coherence - found[other].coherence < LEAST_LEAD for other in others if _rivals(best, other))
    ):
        raise _undecidable(sorted(match.encoding for match in found.values()))
    return best


def _rivals(best: str, other: str) -> bool:
    """Whether `other` is a plausible reading beside `best`: one that turns letters into symbols is not."""
    return sum(char.isalpha() for char in other) >= sum(char.isalpha() for char in best) * 0.98


def _undecidable(names: list[str]) -> ValidationError:
    message = _(
        "L’encodage de ce texte ne se laisse pas établir (%(names)s) : enregistrez-le en UTF-8, ou collez le texte."
    )
    return ValidationError(message % {"names": ", ".join(names[:5]) or _("aucun ne convient")}, code="encoding")
