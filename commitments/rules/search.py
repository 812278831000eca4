"""Folds text for search, so that accents, case, ligatures and apostrophes do not stand between a word and its hit."""

import re
import unicodedata

from commitments.models import Commitment

LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss"})
_WORD = re.compile(r"[a-z0-9]+")


def fold(text: str) -> list[str]:
    """Return the words of `text` in lower case without accents, elisions cut off ("l'Armée" gives l, armee)."""
    bare = unicodedata.normalize("NFKD", text.translate(LIGATURES).casefold())
    return _WORD.findall("".join(char for char in bare if not unicodedata.combining(char)))


def terms(query: str) -> list[str]:
    """Return the words of a query that are looked for: those of more than one letter, or all if there is no other."""
    words = fold(query)
    return [word for word in words if len(word) > 1] or words


def document(commitment: Commitment) -> str:
    """Return what `commitment` is found by: its reference and its public text in both languages, folded."""
    names = ("reference", "title_fr", "title_en", "statement_fr", "statement_en")
    return " ".join(fold(" ".join(getattr(commitment, name) for name in names)))
