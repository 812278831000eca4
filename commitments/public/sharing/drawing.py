"""Draws a card as PNG, letters and marks, with Pillow."""

from collections.abc import Sequence
from functools import cache
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from commitments.choices import Status
from commitments.public.sharing.citing import site
from commitments.public.sharing.latex import one_line

SIZE = (1200, 630)
"""The size that social networks ask for; the page states it too."""

MARGIN = 76
PAPER, INK, MUTED, ACCENT = "#fdfcfa", "#1c1f24", "#5a616b", "#14508c"
HUES = {
    Status.NOT_ASSESSED: MUTED,
    Status.NO_EVIDENCE: "#74499a",
    Status.NOT_STARTED: INK,
    Status.LIMITED: "#8a5a00",
    Status.SUBSTANTIAL: "#00686b",
    Status.COMPLETE: "#0a55a8",
    Status.ABANDONED: "#a63a12",
}
"""The colours of the light theme in public.css, which a picture cannot read from there."""

COLOURS = 64
"""How many colours a card is kept in: enough for smooth letters, and half of the weight."""

SHARP = 4
"""How many times larger a mark is drawn before it is scaled down, for smooth edges."""


def draw(
    *,
    kicker: str,
    title: str,
    foot: str,
    status: Status | None = None,
    when: str = "",
    figures: Sequence[tuple[str, str]] = (),
    note: str = "",
) -> bytes:
    """Return a card as PNG: the name of the site, `kicker`, `title` as large as fits, the status, its day, `foot`.

    `when` is the day of the status in words: it may be empty where nobody looked. In the place of a status, a card may
    have `figures`, each with what is counted, and a `note`.
    """
    image = Image.new("RGB", SIZE, PAPER)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, SIZE[0], 14), fill=ACCENT)
    _mark(image, (MARGIN, 62), 44, Status.SUBSTANTIAL, ACCENT)
    pen.text((MARGIN + 62, 84), site(), font=font("bold", 34), fill=INK, anchor="lm")
    pen.text((SIZE[0] - MARGIN, 84), one_line(kicker), font=font("plain", 28), fill=MUTED, anchor="rm")
    size, lines = fitted(title, SIZE[0] - 2 * MARGIN, 150 if figures else 300)
    for number, line in enumerate(lines):
        pen.text((MARGIN, 150 + number * size * 1.2), line, font=font("bold", size), fill=INK, anchor="la")
    if status is not None:
        _mark(image, (MARGIN, 478), 52, status, HUES[status])
        word = f"{status.label}, " if when else str(status.label)
        pen.text((MARGIN + 72, 504), word, font=font("bold", 40), fill=HUES[status], anchor="lm")
        start = MARGIN + 72 + font("bold", 40).getlength(word)
        pen.text((start, 504), when, font=font("plain", 26), fill=HUES[status], anchor="lm")
    for number, (figure, words) in enumerate(figures):
        left, width = MARGIN + number * (SIZE[0] - 2 * MARGIN) / len(figures), (SIZE[0] - 2 * MARGIN) / len(figures)
        pen.text((left, 316), figure, font=font("bold", 72), fill=ACCENT, anchor="la")
        for row, line in enumerate(wrapped(words, font("plain", 26), int(width) - 30)):
            pen.text((left, 402 + 32 * row), line, font=font("plain", 26), fill=INK, anchor="la")
    pen.text((MARGIN, 512), note, font=font("bold", 28), fill=INK, anchor="lm")
    pen.line((MARGIN, 556, SIZE[0] - MARGIN, 556), fill="#dcd8d0", width=2)
    pen.text((MARGIN, 588), foot[:1].upper() + foot[1:], font=font("plain", 21), fill=MUTED, anchor="lm")
    file = BytesIO()
    image.quantize(COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(file, "PNG")
    return file.getvalue()


@cache
def font(weight: str, size: int) -> ImageFont.FreeTypeFont:
    """Return the font "plain" or "bold" at `size` pixels; bundled, since not every machine has one with accents."""
    name = {"plain": "DejaVuSans.ttf", "bold": "DejaVuSansCondensed-Bold.ttf"}[weight]
    path = Path(__file__).parent / "fonts" / name
    return ImageFont.truetype(str(path), size, layout_engine=ImageFont.Layout.BASIC)


def fitted(text: str, width: int, height: int) -> tuple[int, list[str]]:
    """Return the largest size of letters at which `text` fits into `width` by `height`, and its lines.

    What does not fit at the smallest size is cut, and marked so.
    """
    for size in range(68, 37, -6):
        lines = wrapped(text, font("bold", size), width)
        if len(lines) * size * 1.2 <= height:
            return size, lines
    most = int(height // (size * 1.2))
    return size, [*lines[: most - 1], f"{lines[most - 1][:-2]}…"]


def wrapped(text: str, face: ImageFont.FreeTypeFont, width: int) -> list[str]:
    """Return `text` in lines of at most `width` pixels, broken between words, or within a word longer than a line."""
    lines = [""]
    for word in one_line(text).split(" "):
        longer = f"{lines[-1]} {word}".lstrip(" ")
        if face.getlength(longer) <= width:
            lines[-1] = longer
            continue
        if lines[-1]:
            lines.append("")
        for letter in word:
            if face.getlength(lines[-1] + letter) > width:
                lines.append("")
            lines[-1] += letter
    return lines


def _mark(image: Image.Image, corner: tuple[int, int], size: int, status: Status, colour: str) -> None:
    """Draw the ball of `status` (templates/public/_status.html) in a square of `size` at `corner`."""
    unit = size * SHARP / 20
    mask = Image.new("L", (size * SHARP, size * SHARP))
    pen = ImageDraw.Draw(mask)
    ring, line = (1.1 * unit, 1.1 * unit, 18.9 * unit, 18.9 * unit), round(1.75 * unit)
    match status:
        case Status.NOT_ASSESSED:
            for start in range(0, 360, 36):
                pen.arc(ring, start, start + 18, fill=255, width=line)
        case Status.COMPLETE:
            pen.ellipse(ring, fill=255)
        case _:
            pen.ellipse(ring, outline=255, width=line)
    match status:
        case Status.LIMITED | Status.SUBSTANTIAL:
            pen.pieslice(ring, 270, 270 + 3.6 * status.filled, fill=255)
        case Status.ABANDONED:
            pen.line((4.5 * unit, 4.5 * unit, 15.5 * unit, 15.5 * unit), fill=255, width=line)
            pen.line((15.5 * unit, 4.5 * unit, 4.5 * unit, 15.5 * unit), fill=255, width=line)
        case Status.NO_EVIDENCE:
            pen.ellipse((5.6 * unit, 5.6 * unit, 12.8 * unit, 12.8 * unit), outline=255, width=line)
            pen.line((11.6 * unit, 11.6 * unit, 14.6 * unit, 14.6 * unit), fill=255, width=line)
    image.paste(colour, corner, mask.resize((size, size), Image.Resampling.LANCZOS))
