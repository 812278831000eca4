"""How two texts differ, word by word. Pure: two texts in, pieces out."""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

SAME, DELETED, INSERTED = "same", "deleted", "inserted"

MOST_COMPARED = 3000
"""How many words, or lines, of each text are compared one by one; more would take seconds."""

ALIKE = 0.3
"""From which share of common words two texts are versions of one another, rather than two different texts."""

_UNITS = (re.compile(r"\s+|\w+|[^\w\s]"), re.compile(r"[^\n]*\n|[^\n]+"))
"""What is compared: words, white space and signs; if there are too many, lines. Each splits a text without loss."""


class Piece(NamedTuple):
    """A run of text that both versions have, or only the old one (deleted), or only the new one (inserted)."""

    kind: str
    text: str


def compare(old: str, new: str) -> list[Piece]:
    """Return the pieces of which `old` and `new` are made, in reading order.

    The pieces that are not inserted, joined, are `old`; those that are not deleted, joined, are `new`. Texts too long
    to compare by words are compared by lines, and if there are too many of these too, shown as one replaced by the
    other.
    """
    return _joined(_pieces(old, new, _UNITS))


def is_version(pieces: Sequence[Piece]) -> bool:
    """Whether `pieces` show two versions of one text, so that marking what changed helps a reader."""
    old = "".join(piece.text for piece in pieces if piece.kind != INSERTED)
    new = "".join(piece.text for piece in pieces if piece.kind != DELETED)
    common = sum(len(piece.text) for piece in pieces if piece.kind == SAME)
    return common >= ALIKE * max(len(old), len(new), 1)


def _pieces(old: str, new: str, units: Sequence[re.Pattern[str]]) -> Iterator[Piece]:
    if old == new or not units:
        yield from [Piece(SAME, old)] if old == new else [Piece(DELETED, old), Piece(INSERTED, new)]
        return
    before, after = units[0].findall(old), units[0].findall(new)
    start = _common(before, after)
    end = _common(before[start:][::-1], after[start:][::-1])
    yield Piece(SAME, "".join(before[:start]))
    tail = Piece(SAME, "".join(before[len(before) - end :]))
    before, after = before[start : len(before) - end], after[start : len(after) - end]
    if max(len(before), len(after)) > MOST_COMPARED:
        yield from _pieces("".join(before), "".join(after), units[1:])
    else:
        # White space is everywhere: it never starts a match, it only extends one.
        matcher = SequenceMatcher(str.isspace, before, after, autojunk=False)
        for kind, first, last, low, high in matcher.get_opcodes():
            if kind == "equal":
                yield Piece(SAME, "".join(before[first:last]))
            else:
                yield Piece(DELETED, "".join(before[first:last]))
                yield Piece(INSERTED, "".join(after[low:high]))
    yield tail


def _common(before: Sequence[str], after: Sequence[str]) -> int:
    """Return the number of units at the start that the two have in common."""
    pairs = enumerate(zip(before, after, strict=False))
    return next((place for place, (one, other) in pairs if one != other), min(len(before), len(after)))


def _joined(pieces: Iterator[Piece]) -> list[Piece]:
    """Return the pieces with adjacent changes merged, including those separated only by white space."""
    kept = [piece for piece in pieces if piece.text]
    found: list[Piece] = []
    deleted = inserted = ""

    def close() -> None:
        nonlocal deleted, inserted
        found.extend(piece for piece in (Piece(DELETED, deleted), Piece(INSERTED, inserted)) if piece.text)
        deleted = inserted = ""

    for place, piece in enumerate(kept):
        if piece.kind == DELETED:
            deleted += piece.text
        elif piece.kind == INSERTED:
            inserted += piece.text
        elif deleted and inserted and piece.text.isspace() and any(p.kind != SAME for p in kept[place + 1 : place + 2]):
            deleted, inserted = deleted + piece.text, inserted + piece.text
        else:
            close()
            if found and found[-1].kind == SAME:
                found[-1] = Piece(SAME, found[-1].text + piece.text)
            else:
                found.append(piece)
    close()
    return found
