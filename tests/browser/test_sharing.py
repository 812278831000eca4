"""What is taken along: a frame on another site, and the report on paper."""

import io
import re
import unicodedata
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from urllib.parse import quote, unquote

import pytest
from django.test.utils import override_settings
from playwright.sync_api import expect
from pypdf import PdfReader

pytestmark = pytest.mark.browser


class Elsewhere(BaseHTTPRequestHandler):
    """Another site: whatever is asked of it, a page that frames the address given as its path."""

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(f'<!DOCTYPE html><iframe src="{unquote(self.path[1:])}"></iframe>'.encode())

    def log_message(self, *args):
        """Say nothing."""


@pytest.fixture
def elsewhere(chromium, live_server, seed_articles):
    """Return a function that opens a page of another site, with a frame of a page of this one."""
    server = HTTPServer(("127.0.0.1", 0), Elsewhere)
    Thread(target=server.serve_forever, daemon=True).start()
    context = chromium.new_context(locale="fr-FR", viewport={"width": 800, "height": 600})

    def framing(path):
        page = context.new_page()
        page.goto(f"http://127.0.0.1:{server.server_port}/{quote(live_server.url + path, safe='')}")
        return page

    with override_settings(DEBUG=False):
        yield framing
    context.close()
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("path", ["/engagements/AES-RU-2025-04/integrer/", "/integrer/engagements/?status=limited"])
def test_another_site_shows_a_frame_and_its_link_opens_here(elsewhere, path):
    page = elsewhere(path)
    frame = page.frame_locator("iframe")

    expect(frame.locator("main")).to_contain_text("Consultations régulières")
    with page.context.expect_page() as opened:
        frame.get_by_role("link", name="Consultations régulières").click()

    expect(opened.value.locator("h1")).to_contain_text("Consultations régulières")


@pytest.mark.parametrize("path", ["/", "/engagements/AES-RU-2025-04/"])
def test_another_site_cannot_frame_a_page(elsewhere, path):
    page = elsewhere(path)

    # What stands there instead is the browser’s own page, which says that it was refused.
    expect(page.frame_locator("iframe").locator("body")).to_be_attached()
    expect(page.frame_locator("iframe").locator(".brand")).to_have_count(0)


def solid(text):
    """Return `text` without white space and ligatures, of which a sheet has its own."""
    return "".join(unicodedata.normalize("NFKC", text).split())


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/engagements/AES-RU-2025-02/", 2),
        ("/engagements/AES-RU-2025-04/", 3),  # the one with most passages, nine of them folded away on a screen
        ("/instruments/relations-session-2025-04-03/?whole=1&known_on=2026-11-21", 8),
    ],
)
def test_every_sheet_says_its_day_and_the_last_how_it_is_cited(open_page, path, most):
    page = open_page(path)
    state = page.locator(".foot p:has(> .address)").first.inner_text()
    digest = re.search(r"empreinte ([0-9a-f]{16})", page.content()).group(1)
    folded = page.locator("main details blockquote").all_text_contents()

    sheets = PdfReader(io.BytesIO(page.pdf(format="A4"))).pages

    printed = [" ".join(sheet.extract_text().split()) for sheet in sheets]
    assert 2 <= len(sheets) <= most
    for number, words in enumerate(printed, start=1):
        assert state.split(".")[0] in words
        assert f"{number} / {len(sheets)}" in words
        assert "known_on=" in words
        assert "Lire cette page à une autre date" not in words
    whole = " ".join(printed)
    assert whole.count("Citer cette page") == whole.count("Les textes cités restent la propriété") == 1
    assert digest in printed[-1]
    assert [passage for passage in folded if solid(passage) not in solid(whole)] == []


def test_a_report_on_paper_begins_with_its_contents(open_page):
    page = open_page("/instruments/relations-session-2025-04-03/?whole=1")
    titles = page.locator(".item h2").all_text_contents()

    first = PdfReader(io.BytesIO(page.pdf(format="A4"))).pages[0].extract_text()

    assert len(titles) == 15
    contents = solid(first[first.index("Sommaire") :])
    assert [title for title in titles if solid(title) not in contents] == []
