"""Takes the pictures of docs/images anew: every public page type, at two widths, light and dark, in both languages.

Run by `make screenshots`. It serves the seed articles from a scratch SQLite file on a free port of this machine and
photographs them with Chromium (CHROMIUM, or Debian's): those that the README and docs show. For looking over,
`python -m docs.screenshots --all FOLDER` takes every page of `tests/public/addresses.py` in every combination, with
made-up records in every state among them; `--only` takes some.
"""

import argparse
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.pages.site import ROOT, served
from tests.public.addresses import HTML, in_each_language

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PATHS = {page.word: page.path for page in HTML}
SHOWN = [("liste", 1280), ("accueil", 1280), ("engagement", 1280), ("engagement", 360)]
"""What the README and docs show: in French, light."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Yield a Chromium, started for this; raises SystemExit where there is none."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not path:
        raise SystemExit("No Chromium found: install it, or set CHROMIUM to its path.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def screen(browser: Browser, width: int, *, dark: bool) -> Iterator[Page]:
    """Yield an empty page `width` pixels wide."""
    context = browser.new_context(
        viewport={"width": width, "height": 860 if width > 600 else 740}, color_scheme="dark" if dark else "light"
    )
    try:
        yield context.new_page()
    finally:
        context.close()


def take_all(browser: Browser, folder: Path, only: list[str]) -> None:
    """Photograph every page, whole, in every combination, into `folder`; only those that `only` names, if any."""
    wanted = [page for page in HTML if not only or page.word in only]
    with served(with_specimens=True) as site:
        for width, dark in product((1280, 360), (False, True)):
            with screen(browser, width, dark=dark) as page:
                for shown, language, path in in_each_language(wanted):
                    page.goto(site.address + path)
                    picture = folder / f"{shown.word}-{width}-{'dark' if dark else 'light'}-{language}.png"
                    page.screenshot(path=picture, full_page=True)


def take_shown(browser: Browser, folder: Path) -> None:
    """Photograph what the README and docs show, as a first screen shows it, into `folder`."""
    with served() as site:
        for word, width in SHOWN:
            with screen(browser, width, dark=False) as page:
                page.goto(site.address + PATHS[word])
                page.screenshot(path=folder / f"{word}-{width}.png")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", type=Path, metavar="FOLDER", help="photograph every combination into FOLDER")
    parser.add_argument("--only", nargs="+", choices=PATHS, default=[], metavar="PAGE", help="with --all: these pages")
    options = parser.parse_args()
    with chromium() as browser:
        if options.all:
            options.all.mkdir(parents=True, exist_ok=True)
            take_all(browser, options.all, options.only)
        else:
            take_shown(browser, ROOT / "docs" / "images")


if __name__ == "__main__":
    main()
