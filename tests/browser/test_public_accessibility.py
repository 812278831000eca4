"""Every public page, for every body: axe finds nothing, nothing scrolls sideways, all of it works from the keyboard."""

import pytest
from axe_playwright_python.base import AXE_SCRIPT

from tests.public.addresses import HTML, LANGUAGES

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ALL, COLOURS = {"type": "tag", "values": TAGS}, {"type": "rule", "values": ["color-contrast"]}
LOOKS = [(1280, "light", ALL), (1280, "dark", COLOURS), (360, "dark", ALL), (360, "light", COLOURS)]
"""Widths and schemes, with what axe looks for: all of it at each width; a scheme changes nothing but the colours."""

TWO_LOOKS = [LOOKS[0], (360, "dark", COLOURS)]
"""What axe looks for on another state of a page that it saw already."""

WORDS_AND_LINKS = [(1280, "light", ALL | {"but": ["color-contrast"]})]
"""What axe looks for where the same pages have other words, or other links: their colours are those that it saw."""

WIDTHS = {1280: "at 1280", 640: "at 200 %", 360: "at 360", 320: "at 400 %"}
"""The widths at which nothing scrolls sideways; two of them are a page 1280 pixels wide once it is enlarged."""

SPACED = """* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; }
p { margin-bottom: 2em !important; }"""
"""A reader's own spacing of text, as WCAG 1.4.12 has it."""

SPACED_AT = 305
"""The width at which nothing scrolls sideways with that spacing either: 320, of which a scroll bar takes 15."""

OPEN_ALL = "for (const folded of document.querySelectorAll('details')) folded.open = true; location.hash = 'citer'"
SCROLLS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
WATCH_FOCUS = """() => {
    const wanted = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")]
        .filter((item) => item.type !== "hidden" && item.tabIndex >= 0 && item.checkVisibility());
    window.missed = new Set(wanted);
    window.unmarked = new Set();
    document.addEventListener("focusin", ({target}) => {
        window.missed.delete(target);
        const style = getComputedStyle(target);
        if (style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2) window.unmarked.add(target);
    });
    return wanted.length + 3 * wanted.filter((item) => item.type === "date").length;
}"""
SEEN = "name => [...window[name]].map((item) => item.outerHTML.slice(0, 120))"


def looked_at(page, look):
    """Return what axe holds against the page as it stands, each with the elements that it concerns."""
    left_out = {rule: {"enabled": False} for rule in look.get("but", [])}
    options = {"runOnly": look, "rules": left_out, "resultTypes": ["violations"], "preload": False}
    report = page.evaluate("options => axe.run(options)", options)
    return [
        (violation["id"], [(node["target"], node["failureSummary"]) for node in violation["nodes"][:3]])
        for violation in report["violations"]
    ]


@pytest.mark.parametrize(
    ("open_public", "language", "looks"),
    [("live", "fr", LOOKS), ("live", "en", WORDS_AND_LINKS), ("file", "fr", WORDS_AND_LINKS)],
    indirect=["open_public"],
)
def test_every_page_passes_axe_and_fits_the_screen(open_public, language, looks):
    # axe styles what it measures; the policy that forbids this holds in every other test.
    page = open_public(LANGUAGES[language] + "/", bypass_csp=True)
    found, seen = [], set()
    for shown in open_public.pages:
        page.goto(LANGUAGES[language] + shown.path)
        page.evaluate(OPEN_ALL)
        page.evaluate(AXE_SCRIPT)
        is_another_state = shown.name in seen and len(looks) > len(TWO_LOOKS)
        seen.add(shown.name)
        for width, scheme, look in TWO_LOOKS if is_another_state else looks:
            page.set_viewport_size({"width": width, "height": 800})
            page.emulate_media(color_scheme=scheme)
            found += [(page.url, width, scheme, *fault) for fault in looked_at(page, look)]
        for width, name in WIDTHS.items():
            page.set_viewport_size({"width": width, "height": 400})
            if page.evaluate(SCROLLS):
                found.append((page.url, name, "scrolls sideways"))
        page.set_viewport_size({"width": SPACED_AT, "height": 400})
        page.add_style_tag(content=SPACED)
        if page.evaluate(SCROLLS):
            found.append((page.url, "spaced", "scrolls sideways"))

    # The browser's own note of the answers that are meant to refuse.
    page.faults[:] = [fault for fault in page.faults if "the server responded with a status of 4" not in fault]
    assert found == []


@pytest.mark.parametrize(
    ("open_public", "names"),
    [("live", {page.name for page in HTML}), ("file", {"commitments"})],  # of a copy, what a script brings to life
    indirect=["open_public"],
)
def test_every_page_is_worked_from_the_keyboard(open_public, names):
    page = open_public("/")
    found = []
    for shown in open_public.pages:
        if shown.status != 200 or shown.name not in names:
            continue
        page.goto(shown.path)
        page.evaluate(OPEN_ALL)
        presses = page.evaluate(WATCH_FOCUS)
        page.evaluate("document.querySelector('.skip')?.focus()")  # from the top, and not from what the address names
        for _press in range(presses):
            page.keyboard.press("Tab")
        found += [(shown.path, "not reached", item) for item in page.evaluate(SEEN, "missed")]
        found += [(shown.path, "no mark of focus", item) for item in page.evaluate(SEEN, "unmarked")]

    assert found == []


@pytest.mark.parametrize(
    ("open_public", "width"), [("live", 1280), ("live", 360), ("file", 360)], indirect=["open_public"]
)
def test_the_first_key_offers_to_skip_to_the_content(open_public, width):
    page = open_public("/", width=width)
    hidden, held_back = [], []
    for shown in open_public.pages:
        if shown.is_framed:
            continue
        page.goto(shown.path)

        page.keyboard.press("Tab")
        box = page.locator(".skip:focus").bounding_box()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")

        if min(box["x"], box["y"]) < 0:
            hidden.append(shown.path)
        # Where the content has nothing to press, the next key begins again at the top of the page.
        if page.evaluate("document.activeElement.matches('.top *, body > aside *')"):
            held_back.append(shown.path)

    # The browser's own note of the answers that are meant to refuse.
    page.faults[:] = [fault for fault in page.faults if "the server responded with a status of 4" not in fault]
    assert (hidden, held_back) == ([], [])
