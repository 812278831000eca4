"""A text with its language."""

from typing import NamedTuple

LANGUAGES = ("fr", "en")
"""The languages that the desk writes in: always the first, perhaps the others too."""


class Wording(NamedTuple):
    """A text and the language it is in, which may not be the one that was asked for."""

    text: str
    language: str

    def __str__(self) -> str:
        return self.text


def both(*names: str) -> tuple[str, ...]:
    """Return the names of the fields that hold the texts called `names`, in each language."""
    return tuple(f"{name}_{language}" for name in names for language in LANGUAGES)


def language_of(name: str) -> str:
    """Return the language of the text that the field called `name` holds; "" if it is not one of several."""
    ending = name.rpartition("_")[2]
    return ending if ending in LANGUAGES else ""
