"""A real Chromium against a live server, with the seed articles loaded; or against what is published of the same."""

import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from functools import partial

import pytest
from django.test.utils import override_settings
from playwright.sync_api import expect, sync_playwright

from tests import TODAY, seeds
from tests.data.published import once_published
from tests.pages.site import free_port, wait_for
from tests.public.addresses import HTML
from tests.public.conftest import on

PATIENCE = 20_000
"""For how many milliseconds a browser waits for what a page should show: a machine that runs other tests is slow."""

expect.set_options(timeout=PATIENCE)

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="session")
def chromium():
    """The browser, started once; its path is CHROMIUM, or Debian's. Missing, it fails the test: nothing is skipped."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not path:
        pytest.fail("No Chromium found: install it (Debian: apt-get install chromium), or set CHROMIUM to its path.")
    # Playwright keeps an event loop in this thread; Django's guard against that does not apply to our own calls.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def seed_articles(transactional_db):
    """The seed articles, where the live server sees them."""
    seeds.load()


@pytest.fixture
def full_site(transactional_db):
    """The seed articles, with a record in every state beside them, as the tests of the published files have them."""
    with on(TODAY):
        seeds.load_with_specimens()


@contextmanager
def opening(chromium, base_url, arrive=None):
    """Give a function that opens a path in a fresh browser; each page fails the test on a script or policy error.

    `arrive` goes to a path in the place of a page's own `goto`.
    """
    contexts, faults = [], []

    def opener(path="/", *, width=1280, height=900, **options):
        context = chromium.new_context(
            base_url=base_url, viewport={"width": width, "height": height}, locale="fr-FR", **options
        )
        contexts.append(context)
        page = context.new_page()
        if arrive:
            page.goto = partial(arrive, page, page.goto)
        page.set_default_timeout(PATIENCE)
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.faults = faults
        page.goto(path)
        return page

    with override_settings(DEBUG=False):
        yield opener
    for context in contexts:
        context.close()
    assert faults == []


@pytest.fixture
def open_page(chromium, live_server, seed_articles):
    """Return a function that opens a path of the live site in a fresh browser, as `opening` has it."""
    with opening(chromium, live_server.url) as opener:
        yield opener


EDITIONS = ["live", "http", "file"]
"""How the public reads the site: from the server, published and served as files, published and read from a disk."""


@pytest.fixture(scope="session")
def _published():
    """What gives the folder published in this run, and what gives the address that it is served at."""
    servers, addresses = [], []

    def folder():
        with on(TODAY), override_settings(DEBUG=False):
            return once_published("full_site")

    def served():
        if not addresses:
            port = free_port()
            command = [
                sys.executable,
                "-m",
                "http.server",
                "--bind",
                "127.0.0.1",
                "--directory",
                folder(),
                str(port),
            ]
            servers.append(subprocess.Popen(command, stderr=subprocess.DEVNULL))  # noqa: S603
            wait_for(f"http://127.0.0.1:{port}")
            addresses.append(f"http://127.0.0.1:{port}")
        return addresses[0]

    yield folder, served
    for server in servers:
        server.terminate()
        server.wait()


@pytest.fixture(params=EDITIONS)
def open_public(request, chromium, live_server, full_site, _published):
    """Return the same function as `open_page`, of each edition of the site; `pages` are the public pages that it has.

    What only a server does is left to the live site: days in the past, and answers that refuse.
    """
    folder, served = _published
    edition = request.param
    if edition == "live":
        with opening(chromium, live_server.url) as opener:
            opener.pages = HTML
            yield opener
        return
    base = folder().as_uri() if edition == "file" else served()

    def arrive(page, goto, path, **options):
        where, mark, query = path.partition("?")
        index = "index.html" if edition == "file" and where.endswith("/") else ""
        answer = goto(f"{base}{where}{index}{mark}{query}", **options)
        if where.endswith(("/engagements/", "/recherche/")) and query and "integrer" not in where:
            page.wait_for_selector("main .summary:not([hidden]), main .problem")  # its script has answered
        return answer

    with opening(chromium, served() if edition == "http" else None, arrive) as opener:
        opener.pages = [
            page
            for page in HTML
            if page.status in (200, 410) and "as_of=" not in page.path and "known_on=" not in page.path
        ]
        yield opener


@pytest.fixture
def published_folder(full_site, _published):
    """The folder in which all of the public pages are published."""
    return _published[0]()
