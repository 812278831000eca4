"""Extracts the text of an uploaded file, and what a web page states about itself. Pure: bytes in, text out.

Nothing is fetched, nothing is guessed: a file that cannot be read whole is refused with the reason, in words.
"""

import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import PurePath
from typing import Any
from zipfile import BadZipFile, ZipFile

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _, ngettext

from commitments.rules.text import plain_text, web_page

MOST_BYTES = 10 * 1024 * 1024
"""The largest file that is read: an article has a few kilobytes, a scanned report a few megabytes."""

MOST_CHARACTERS = 800_000
"""The longest text: some 300 pages. It is sent and submitted in a form, whose size the server limits."""

MOST_PAGE_BYTES = 2 * 1024 * 1024
"""The largest web page: looking for the article in it takes seconds from there on."""

MOST_UNPACKED = 40 * 1024 * 1024
MOST_MARKUP = 12 * 1024 * 1024
MOST_PARTS = 2000
"""What a .docx (a ZIP archive) may hold once unpacked, in all and of XML; one that declares less is damaged."""

MOST_PAGES = 400

_ILLEGIBLE = re.compile("[\ufffd\ue000-\uf8ff\x00-\x08\x0e-\x1f]|\\(cid:\\d+\\)")
"""What a PDF yields for letters that their font does not identify."""

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_UNSEEN = {f"{_WORD}del", f"{_WORD}moveFrom", _FALLBACK}
"""Elements to skip: deleted or moved text, and fallback drawings that repeat the content."""


@dataclass(frozen=True, slots=True)
class Document:
    """The content of a file: its text, what a web page states about itself by field of a source, and remarks."""

    name: str
    text: str
    stated: dict[str, web_page.Stated] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()


def read(data: bytes, name: str) -> Document:
    """Return the content of the file called `name`.

    Its type is that of its name: .txt, .html, .docx, .pdf. The text of a .txt is exactly the file's. Raises
    ValidationError, with the reason in words, for a file that is of another type, empty, too large, damaged, encrypted,
    or holds no text.
    """
    name = clean_name(name)
    suffix = PurePath(name).suffix.lower()
    if suffix not in READERS:
        message = _("« %(name)s » n’est pas d’un type lu ici. Types lus : %(kinds)s.")
        raise ValidationError(message % {"name": name, "kinds": ", ".join(READERS)}, code="kind")
    check_size(len(data))
    document = READERS[suffix](data, name)
    check_text(document.text)
    return document


def check_size(size: int, *, most: int | None = None) -> None:
    """Raise ValidationError if a file of `size` bytes is empty, or larger than `most` (MOST_BYTES)."""
    most = most or MOST_BYTES
    if not size:
        raise ValidationError(_("Ce fichier est vide."), code="empty")
    if size > most:
        message = _("Ce fichier est trop lourd : %(limit)d Mo au plus.")
        raise ValidationError(message % {"limit": most // 1024 // 1024}, code="large")


def check_text(text: str) -> None:
    """Raise ValidationError if `text` is empty, too long, or has a NUL."""
    if not text.strip().strip("\ufeff"):
        raise ValidationError(_("Ce fichier ne contient pas de texte."), code="empty")
    if len(text) > MOST_CHARACTERS:
        raise _too_long()
    if "\x00" in text:
        raise ValidationError(
            _("Ce texte contient un caractère nul, qu’aucune base ne garde : effacez-le."), code="nul"
        )


def _too_long() -> ValidationError:
    message = _("Ce texte est trop long : %(limit)d caractères au plus.")
    return ValidationError(message % {"limit": MOST_CHARACTERS}, code="large")


def _bounded(pieces: Iterator[str], *, between: str = "\n") -> str:
    """Return `pieces` as one text that ends with one newline, reading no further than the maximum length of a text."""
    kept, length = [], 0
    for piece in pieces:
        length += len(piece) + len(between)
        if length > MOST_CHARACTERS:
            raise _too_long()
        kept.append(piece)
    return between.join(kept).strip("\n") + "\n"


def clean_name(name: str) -> str:
    """Return the name of a file without folders and control characters, of 200 characters at most."""
    bare = re.split(r"[/\\]", name)[-1]
    return "".join(char for char in bare if char.isprintable())[-200:]


def _damaged(kind: str) -> ValidationError:
    message = _("Ce fichier est endommagé, ou n’est pas un %(kind)s : il ne peut pas être lu.")
    return ValidationError(message % {"kind": kind}, code="damaged")


def _read_plain(data: bytes, name: str) -> Document:
    return Document(name, plain_text.decode(data))


def _read_page(data: bytes, name: str) -> Document:
    check_size(len(data), most=MOST_PAGE_BYTES)
    text, stated = web_page.read(data)
    if not text.strip():
        raise ValidationError(_("Aucun article n’a été trouvé dans cette page : collez-en le texte."), code="empty")
    return Document(name, text, stated)


# .docx


def _read_docx(data: bytes, name: str) -> Document:
    from docx import Document as open_docx

    _check_archive(data)
    try:
        body = open_docx(BytesIO(data)).element.body
        text = _bounded(_blocks(body))
    except ValidationError:
        raise
    except Exception as error:  # python-docx and lxml raise anything on a malformed part
        raise _damaged(".docx") from error
    return Document(name, text)


def _check_archive(data: bytes) -> None:
    """Refuse a file that is no archive, or that would unpack to more than any document has."""
    try:
        with ZipFile(BytesIO(data)) as archive:
            parts = archive.infolist()
    except (BadZipFile, ValueError, NotImplementedError, UnicodeDecodeError) as error:
        if data.startswith(b"\xd0\xcf\x11\xe0"):  # An OLE container: an old .doc, or a .docx with a password.
            message = _(
                "Ce fichier est chiffré, ou d’un ancien format Word : enregistrez-le en .docx, sans mot de passe."
            )
            raise ValidationError(message, code="encrypted") from error
        raise _damaged(".docx") from error
    markup = sum(part.file_size for part in parts if part.filename.endswith((".xml", ".rels")))
    whole = sum(part.file_size for part in parts)
    if len(parts) > MOST_PARTS or whole > MOST_UNPACKED or markup > MOST_MARKUP:
        raise ValidationError(_("Ce fichier, une fois décompressé, est trop lourd."), code="large")


def _blocks(parent: Any) -> Iterator[str]:
    """Yield the lines of a document's body, or of one cell, in order; a table gives a line for each row."""
    for child in parent:
        if child.tag == f"{_WORD}p":
            yield "".join(_words(child))
            for box in _boxes(child):
                yield from _blocks(box)
        elif child.tag == f"{_WORD}tbl":
            for row in child.iter(f"{_WORD}tr"):
                if next(row.iterancestors(f"{_WORD}tbl")) is child:
                    yield "\t".join(
                        " ".join(filter(None, _blocks(cell)))
                        for cell in row.iter(f"{_WORD}tc")
                        if cell.getparent() is row
                    )
        elif isinstance(child.tag, str) and child.tag not in _UNSEEN:
            yield from _blocks(child)


def _words(parent: Any) -> Iterator[str]:
    """Yield the text of a paragraph, of links, insertions and fields too; its text boxes come after it."""
    for child in parent:
        if child.tag == f"{_WORD}t":
            yield child.text or ""
        elif child.tag in (f"{_WORD}br", f"{_WORD}cr"):
            yield "\n"
        elif child.tag == f"{_WORD}tab" and parent.tag == f"{_WORD}r":
            yield "\t"
        elif child.tag == f"{_WORD}noBreakHyphen":
            yield "-"
        elif isinstance(child.tag, str) and child.tag not in _UNSEEN | {f"{_WORD}txbxContent"}:
            yield from _words(child)


def _boxes(paragraph: Any) -> Iterator[Any]:
    for box in paragraph.iter(f"{_WORD}txbxContent"):
        if next(box.iterancestors(_FALLBACK), None) is None and next(box.iterancestors(f"{_WORD}p")) is paragraph:
            yield box


# .pdf


def _read_pdf(data: bytes, name: str) -> Document:
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, FileNotDecryptedError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # oddities of a file are not errors of this site
    try:
        reader = PdfReader(BytesIO(data))
        if reader.is_encrypted:
            raise _encrypted()
        if len(reader.pages) > MOST_PAGES:
            message = _("Ce PDF a plus de %(limit)d pages : extrayez-en celles qui servent.")
            raise ValidationError(message % {"limit": MOST_PAGES}, code="large")
        pages: list[str] = []
        text = _bounded(_pages(reader, pages), between="\n\n")
    except ValidationError:
        raise
    except (DependencyError, FileNotDecryptedError) as error:
        raise _encrypted() from error
    except Exception as error:  # pypdf raises anything on a malformed object
        raise _damaged("PDF") from error
    if not any(pages):
        message = _(
            "Ce PDF n’a pas de couche de texte : ce sont des images. Passez-le à la reconnaissance de caractères."
        )
        raise ValidationError(message, code="no_text")
    illegible = len(_ILLEGIBLE.findall(text))
    if illegible > len(text) / 200:
        message = _(
            "La couche de texte de ce PDF est illisible : ses polices ne disent pas quelles lettres elles portent."
        )
        raise ValidationError(message, code="garbled")
    return Document(name, _ILLEGIBLE.sub("\ufffd", text), remarks=_remarks(pages, illegible))


def _pages(reader: Any, pages: list[str]) -> Iterator[str]:
    """Yield the text of each page, and keep it in `pages`."""
    for page in reader.pages:
        pages.append(page.extract_text().strip())
        yield pages[-1]


def _remarks(pages: list[str], illegible: int) -> tuple[str, ...]:
    """Return what somebody who archives this PDF must know about it."""
    found = []
    blank = [str(number) for number, text in enumerate(pages, start=1) if not text]
    if blank:
        message = ngettext(
            "La page %(pages)s n’a pas de texte : si c’est une image, complétez l’archive.",
            "Les pages %(pages)s n’ont pas de texte : si ce sont des images, complétez l’archive.",
            len(blank),
        )
        found.append(message % {"pages": ", ".join(blank)})
    if illegible:
        message = ngettext(
            "%(count)d caractère illisible, marqué � : corrigez-le d’après l’original.",
            "%(count)d caractères illisibles, marqués � : corrigez-les d’après l’original.",
            illegible,
        )
        found.append(message % {"count": illegible})
    return tuple(found)


def _encrypted() -> ValidationError:
    return ValidationError(_("Ce PDF est chiffré : enregistrez-en une copie sans mot de passe."), code="encrypted")


READERS: dict[str, Callable[[bytes, str], Document]] = {
    ".txt": _read_plain,
    ".html": _read_page,
    ".htm": _read_page,
    ".docx": _read_docx,
    ".pdf": _read_pdf,
}
"""The reader of each type of file."""
