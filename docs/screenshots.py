"""Takes the pictures of docs/images anew: every public page type, at two widths, light and dark, in both languages.

Run by `make screenshots`. It serves the seed articles from a scratch SQLite file on a free port of this machine and
photographs them with Chromium (CHROMIUM, or Debian's). With --all, every combination goes to the folder named, for
looking over; without, only the pictures that the README and docs show are remade.
"""

import argparse
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
SEEDS = ["accounts", "parties", "sectors", "sources", "meetings", "instruments", "commitments", "discrepancies"]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PAGES = {
    "accueil": "/",
    "liste": "/engagements/",
    "liste-vide": "/engagements/?q=introuvable",
    "liste-attendus": "/engagements/?basis=expected",
    "engagement": "/engagements/AES-RU-2025-04/",
    "engagement-passe": "/engagements/AES-RU-2025-04/?as_of=2025-04-03",
    "sources": "/sources/",
    "source": "/sources/A004/",
    "rencontre": "/rencontres/moscou-2025-04/",
    "divergences": "/divergences/",
    "divergence": "/divergences/AES-RU-D01/",
    "a-propos": "/a-propos/",
    "introuvable": "/nulle-part/",
}
SHOWN = [("liste", 1280), ("accueil", 1280), ("engagement", 1280), ("engagement", 360)]
"""What the README and docs show: in French, light."""


def free_port() -> int:
    """Return a port of the loopback address that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(address: str) -> None:
    """Return once `address` answers; raises SystemExit after half a minute."""
    for _attempt in range(150):
        try:
            with urllib.request.urlopen(address):  # noqa: S310 - our own loopback address
                return
        except OSError:
            time.sleep(0.2)
    raise SystemExit(f"{address} does not answer.")


@contextmanager
def served() -> Iterator[str]:
    """Serve the seed articles from a scratch SQLite file, which the environment then names; yield the address."""
    with tempfile.TemporaryDirectory() as scratch:
        port = free_port()
        os.environ |= {
            "DATABASE_URL": f"sqlite:///{scratch}/db.sqlite3",
            "DJANGO_DEBUG": "0",
            "DJANGO_HTTPS": "0",
            "DJANGO_SECRET_KEY": "screenshots-" + "x" * 50,
            "DJANGO_ALLOWED_HOSTS": "127.0.0.1",
            "DJANGO_STATIC_ROOT": f"{scratch}/static",
        }

        def manage(*arguments: str) -> None:
            subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, check=True)  # noqa: S603

        manage("migrate", "--verbosity", "0")
        manage("loaddata", "--verbosity", "0", *SEEDS)
        manage("collectstatic", "--no-input", "--verbosity", "0")
        server = subprocess.Popen(  # noqa: S603
            [
                Path(sys.executable).with_name("granian"),
                *("--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--log-level", "error"),
                "tracker.wsgi:application",
            ],
            cwd=ROOT,
        )
        try:
            address = f"http://127.0.0.1:{port}"
            wait_for(address)
            yield address
        finally:
            server.terminate()
            server.wait()


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


def photograph(browser: Browser, address: str, picture: Path, *, width: int, dark: bool, whole: bool) -> None:
    """Save a picture of the page at `address`, `whole` or as a first screen shows it."""
    context = browser.new_context(
        viewport={"width": width, "height": 860 if width > 600 else 740}, color_scheme="dark" if dark else "light"
    )
    page = context.new_page()
    page.goto(address)
    page.screenshot(path=str(picture), full_page=whole)
    context.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", type=Path, metavar="FOLDER", help="photograph every combination into FOLDER")
    options = parser.parse_args()
    folder = options.all or ROOT / "docs" / "images"
    folder.mkdir(parents=True, exist_ok=True)
    with chromium() as browser, served() as base:
        if options.all:
            for (name, path), width, dark, language in product(PAGES.items(), (1280, 360), (False, True), ("", "/en")):
                picture = folder / f"{name}-{width}-{'dark' if dark else 'light'}{language.replace('/', '-')}.png"
                photograph(browser, base + language + path, picture, width=width, dark=dark, whole=True)
        else:
            for name, width in SHOWN:
                picture = folder / f"{name}-{width}.png"
                photograph(browser, base + PAGES[name], picture, width=width, dark=False, whole=False)


if __name__ == "__main__":
    main()
