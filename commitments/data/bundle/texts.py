"""The archived texts as the public may have them: whole if their publishers allow it, else what their pages show."""

from collections.abc import Iterator

from commitments.data.tables import Row
from commitments.models import Source
from commitments.public.records.archive import archive
from commitments.reading import Reading
from commitments.rules.text.passages import MASK
from commitments.rules.time.corrections import shown

CHUNK = 50
"""How many texts are in memory at a time."""


def public(reading: Reading) -> Iterator[tuple[str, str]]:
    """Yield the reference and the text of each source whose text is public."""
    allowed = shown(Source, reading).filter(text_is_public=True).exclude(text="")
    for source in allowed.order_by("pk").iterator(chunk_size=CHUNK):
        if archive(source, reading)["is_whole"]:  # as it was known on a past day too
            yield source.reference, source.text


def pieces(reading: Reading) -> Iterator[Row]:
    """Yield the stretches that the page of each other source shows; first a row with the length of its text.

    `start` and `end` are places in the archived text, in code points. White space at the edges is part of a stretch.
    """
    for source in shown(Source, reading).exclude(text="").order_by("pk").iterator(chunk_size=CHUNK):
        found = archive(source, reading)
        if found["is_whole"]:
            continue
        text = source.text
        yield {"source": source.reference, "length": len(text), "start": None, "end": None, "text": None}
        for window in found["windows"]:
            low, high = window.start, window.end
            low -= low > 0 and text[low - 1].isspace()
            high += high < len(text) and text[high].isspace()
            yield {"source": source.reference, "length": None, "start": low, "end": high, "text": text[low:high]}


def rebuilt(length: int, stretches: list[Row]) -> str:
    """Return a text of `length` that holds `stretches` in their places, and MASK everywhere else.

    Raises ValueError for a stretch that does not fit its stated place.
    """
    text = [MASK] * length
    for stretch in stretches:
        low, high = stretch["start"], stretch["end"]
        if not 0 <= low < high <= length or high - low != len(stretch["text"]):
            raise ValueError(f"{stretch['source']}: {low}–{high}")
        text[low:high] = stretch["text"]
    return "".join(text)
