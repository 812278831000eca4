"""The guide of the desk: its pictures are those that its script takes, its words are those of the screen."""

import re
from pathlib import Path

import django
import pytest

pytestmark = pytest.mark.one_database

ROOT = Path(__file__).resolve().parent.parent
GUIDE = (ROOT / "docs" / "guide-analyste.md").read_text()
SCRIPT = (ROOT / "docs" / "guide_screenshots.py").read_text()
BOLD = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)


def plain(words):
    """Return `words` with ordinary spaces, without regard to capitals: the desk capitalises the names of fields."""
    return " ".join(words.split()).casefold()


def strings_of_the_desk():
    """Return everything that stands between quotation marks in our code and templates, and in Django's own French."""
    files = [*(ROOT / "commitments").rglob("*.py"), *(ROOT / "templates").rglob("*.html")]
    contrib = Path(django.__file__).parent / "contrib"
    files += [contrib / app / "locale" / "fr" / "LC_MESSAGES" / "django.po" for app in ("admin", "auth")]
    text = "\n".join(file.read_text() for file in files)
    # What follows a placeholder is not quoted: "… depuis %(n)d jours".
    quoted = re.findall(r'"([^"\n]+)"', text) + re.findall(r"'([^'\n]+)'", text)
    return {plain(found.split("%")[0]) for found in quoted}


def test_pictures_shown_are_those_taken_and_on_file():
    shown = set(re.findall(r"\(images/([\w-]+)\.png\)", GUIDE))
    taken = set(re.findall(r'(?:picture|screen)\(\s*"([\w-]+)"', SCRIPT))
    on_file = {file.stem for file in (ROOT / "docs" / "images").glob("guide-*.png")}

    assert len(shown) >= 12
    assert shown == taken == on_file


def test_pictures_are_small():
    sizes = [file.stat().st_size for file in (ROOT / "docs" / "images").iterdir()]

    assert sum(sizes) < 2_000_000


def test_words_in_bold_are_on_the_screen():
    known = strings_of_the_desk()

    quoted = {" ".join(found.split()) for found in BOLD.findall(GUIDE)}

    assert len(quoted) > 80
    assert sorted(words for words in quoted if plain(words) not in known) == []


def test_messages_quoted_are_those_of_the_desk():
    files = [*(ROOT / "commitments").rglob("*.py"), *(ROOT / "templates").rglob("*.html")]
    code = "\n".join(file.read_text() for file in files)
    said = plain(re.sub(r'"\s*\n\s*(?:_\()?"', "", code))
    [table] = re.findall(r"## 15\. .*?\n(\|.*?)\n\n", GUIDE, re.DOTALL)

    quoted = re.findall(r"^\| «\s(.+?)\s» \|", table, re.MULTILINE)

    assert len(quoted) >= 15
    assert [words for words in quoted if plain(words) not in said] == []


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(#([^)]+)\)", GUIDE))))
def test_links_of_the_contents_lead_to_a_heading(link):
    headings = re.findall(r"^#+ (.+)$", GUIDE, re.MULTILINE)
    anchors = {
        re.sub(r"[^\w\- ]", "", heading.replace("\u00a0", " ").casefold()).replace(" ", "-") for heading in headings
    }

    assert link in anchors
