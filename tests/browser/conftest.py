"""A real Chromium against a live server, with the seed articles loaded."""

import os
import shutil

import pytest
from django.core.management import call_command
from django.test.utils import override_settings
from playwright.sync_api import sync_playwright

from commitments.management.commands.prepare_demo import SEEDS
from tests import factories

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
def seeds(transactional_db):
    """The seed articles, and the desk's groups, which the flush after each browser test takes away."""
    factories.make_groups()
    call_command("loaddata", *SEEDS, verbosity=0)


@pytest.fixture
def open_page(chromium, live_server, seeds):
    """Return a function that opens a path in a fresh browser; each page fails the test on a script or policy error."""
    contexts, faults = [], []

    def opener(path="/", *, width=1280, height=900, **options):
        context = chromium.new_context(
            base_url=live_server.url, viewport={"width": width, "height": height}, locale="fr-FR", **options
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
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
