"""A text with its language."""

from typing import NamedTuple


class Wording(NamedTuple):
    """A text and the language it is in, which may not be the one that was asked for."""

    text: str
    language: str

    def __str__(self) -> str:
        return self.text
