"""What readers do, in a real browser: every quotation, the other language and a past day are a click away.

All but the past day holds in what is published as well, from a server of files and from a disk.
"""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_every_word_is_one_click_from_its_passage(open_public):
    page = open_public("/engagements/AES-RU-2025-02/")
    link = page.locator("main a[href*='/sources/A004/'][href*='#c-']").first

    link.click()

    target = page.url.split("#")[1]
    expect(page.locator(f"#{target}")).to_contain_text("facilitation d’acquisition")


def test_from_the_list_by_filter_to_a_commitment_and_to_the_other_language(open_public):
    page = open_public("/engagements/")
    page.fill("form.filters [name=q]", "equipements")
    page.locator("form.filters [type=submit]").click()
    best = page.locator("tbody tr").first
    expect(best.locator("a mark")).to_have_text("équipements")

    page.locator("tbody a").first.click()
    assert page.url.removesuffix("index.html").endswith("/engagements/AES-RU-2025-02/")
    page.get_by_role("link", name="English").click()

    assert "/en/" in page.url
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("h1")).to_contain_text("equipment")


def test_a_past_day_is_chosen_on_the_page_and_kept_from_link_to_link(open_page):  # which a copy leaves to the site
    page = open_page("/engagements/AES-RU-2025-04/")
    page.locator("details:has([name=as_of]) summary").first.click()
    page.fill("[name=as_of] >> nth=0", "2025-04-03")
    page.locator("details:has([name=as_of]) [type=submit]").first.click()

    expect(page.locator("body")).to_contain_text("3 avril 2025")
    expect(page.locator("main")).to_contain_text("Non évalué")
    assert "as_of=2025-04-03" in page.url
    page.locator("a[href^='/engagements/?']").first.click()
    assert "as_of=2025-04-03" in page.url
