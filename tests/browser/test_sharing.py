"""What is taken along: a frame on another site, and the report on paper."""

import io

import pytest
from django.test.utils import override_settings
from playwright.sync_api import expect
from pypdf import PdfReader

pytestmark = pytest.mark.browser

ELSEWHERE = "http://ailleurs.example/"


@pytest.fixture
def elsewhere(chromium, live_server, seeds):
    """Return a function that opens a page of another site, with a frame of a page of this one."""
    context = chromium.new_context(locale="fr-FR", viewport={"width": 800, "height": 600})

    def framing(path):
        page = context.new_page()
        page.route(
            ELSEWHERE,
            lambda route: route.fulfill(
                content_type="text/html", body=f'<!DOCTYPE html><iframe src="{live_server.url}{path}"></iframe>'
            ),
        )
        page.goto(ELSEWHERE)
        return page

    with override_settings(DEBUG=False):
        yield framing
    context.close()


@pytest.mark.parametrize("path", ["/engagements/AES-RU-2025-04/integrer/", "/integrer/engagements/?status=limited"])
def test_another_site_shows_a_frame_and_its_link_opens_here(elsewhere, path):
    page = elsewhere(path)
    frame = page.frame_locator("iframe")

    expect(frame.locator("main")).to_contain_text("Consultations annuelles")
    with page.context.expect_page() as opened:
        frame.get_by_role("link", name="Consultations annuelles").click()

    expect(opened.value.locator("h1")).to_contain_text("Consultations annuelles")


@pytest.mark.parametrize("path", ["/", "/engagements/AES-RU-2025-04/"])
def test_another_site_cannot_frame_a_page(elsewhere, path):
    page = elsewhere(path)

    expect(page.frame_locator("iframe").locator("h1")).to_have_count(0)


@pytest.mark.parametrize(
    "path", ["/engagements/AES-RU-2025-04/", "/instruments/relations-session-2025-04-03/?whole=1&known_on=2026-11-21"]
)
def test_every_sheet_says_its_day_and_where_it_comes_from(open_page, path):
    page = open_page(path)
    state = page.locator(".foot p").first.inner_text()

    sheets = PdfReader(io.BytesIO(page.pdf(format="A4"))).pages

    assert len(sheets) > 2
    for number, sheet in enumerate(sheets, start=1):
        words = " ".join(sheet.extract_text().split())
        assert state.split(".")[0] in words
        assert f"{number} / {len(sheets)}" in words
        assert "known_on=" in words
        assert "Citer cette page" not in words
        assert "Lire cette page à une autre date" not in words
