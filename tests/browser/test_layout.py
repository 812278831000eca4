"""Lists and forms of the desk are read and filled in without scrolling sideways, on a desktop and on a phone.

Of the public pages: how long they may be on a phone, and what stands on their first screen.
"""

import re

import pytest
from django.contrib import admin
from playwright.sync_api import expect

from commitments.models import Commitment, Discrepancy
from tests import factories
from tests.browser.desk import sign_in

pytestmark = pytest.mark.browser

NOUNS = [model._meta.model_name for model in admin.site._registry if model._meta.app_label == "commitments"]

LONGEST = {
    "/": 6_000,
    "/engagements/": 7_500,
    "/rencontres/moscou-2025-04/": 11_700,
    "/engagements/AES-RU-2025-04/": 9_200,
    "/engagements/AES-RU-2025-02/": 6_500,
}
"""How many pixels high a page of the seed articles may be at 360 pixels wide, with what it folds away folded."""

HEIGHT = "document.documentElement.scrollHeight"


@pytest.fixture
def desk(seed_articles):
    """An editor, and a judgement in review: its list has the most columns, and the longest names."""
    factories.make_user("awa", group="Editors", first_name="Awa", last_name="Ould Mohamed Traoré")
    analyst = factories.make_user("boubacar", group="Analysts", first_name="Boubacar", last_name="Maïga Diallo")
    factories.make_assessment(commitment=Commitment.objects.get(reference="AES-RU-2025-02"), proposed_by=analyst)


@pytest.mark.parametrize("width", [1280, 360])
def test_every_column_of_every_list_is_in_the_frame(desk, open_page, width):
    page = open_page("/", width=width)
    sign_in(page, "awa")
    lost = {}

    for noun in NOUNS:
        page.goto(f"/admin/commitments/{noun}/")
        lost[noun] = page.locator("#result_list tbody tr:first-child > *").evaluate_all(
            """cells => cells.filter((cell) => {
                const frame = document.querySelector("#changelist-form .results").getBoundingClientRect();
                const box = cell.getBoundingClientRect();
                return box.right > frame.right + 1 || (cell.matches("[class*=field-]") && box.width < 40);
            }).map((cell) => cell.className)"""
        )

    assert {noun: cells for noun, cells in lost.items() if cells} == {}


def test_a_card_says_what_each_of_its_lines_is(desk, open_page):
    page = open_page("/", width=360)
    sign_in(page, "awa")

    page.goto("/admin/commitments/assessment/")

    line = page.locator("#result_list tbody tr").first.locator(".field-review_state")
    assert line.evaluate("cell => getComputedStyle(cell, '::before').content").startswith('"Publication')


def test_the_filters_are_folded_until_they_are_wanted(desk, open_page):
    page = open_page("/")
    sign_in(page, "awa")
    page.goto("/admin/commitments/assessment/")
    assert not page.locator("#changelist-filter").is_visible()

    page.get_by_text("Filtrer", exact=True).click()
    page.locator("#changelist-filter").get_by_role("link", name="En relecture").click()

    expect(page.get_by_text("Filtrer (des filtres sont actifs)")).to_be_visible()
    expect(page.locator("#result_list tbody tr")).to_have_count(1)
    page.get_by_role("link", name="Effacer tous les filtres").click()
    expect(page.get_by_text("Filtrer", exact=True)).to_be_visible()
    expect(page.locator("#result_list tbody tr").nth(1)).to_be_visible()


@pytest.mark.parametrize("width", [1280, 360])
def test_the_value_of_a_version_has_room_and_its_row_is_in_the_frame(desk, open_page, width):
    page = open_page("/", width=width)
    sign_in(page, "awa")

    page.goto(f"/admin/commitments/discrepancy/{Discrepancy.objects.order_by('pk').first().pk}/change/")

    value = page.locator("#id_claims-0-value_fr").bounding_box()
    assert value["width"] >= 200
    assert value["x"] + value["width"] <= width
    row = page.locator("#claims-0")
    frame = page.locator("#claims-group").bounding_box()
    for cell in row.locator("td:visible").all():
        box = cell.bounding_box()
        assert box["x"] + box["width"] <= frame["x"] + frame["width"] + 1


def test_title_and_buttons_of_a_record_stand_apart(desk, open_page):
    page = open_page("/")
    sign_in(page, "awa")

    page.goto(f"/admin/commitments/commitment/{Commitment.objects.get(reference='AES-RU-2025-02').pk}/change/")

    title = page.locator("#content > h2").bounding_box()
    assert title["y"] + title["height"] <= page.locator(".object-tools").bounding_box()["y"]


def test_a_list_previewed_is_a_list(desk, open_page):
    page = open_page("/")
    sign_in(page, "awa")
    page.goto("/admin/commitments/assessment/add/")

    page.fill("#id_rationale_fr", "Remis :\n\n- dix véhicules\n- deux radios")
    page.get_by_role("button", name=re.compile("Aperçu – Motifs$")).click()

    item = page.locator("#id_rationale_fr_preview li").first
    item.wait_for()
    assert item.evaluate("item => getComputedStyle(item).listStyleType") == "disc"
    assert item.bounding_box()["x"] - page.locator("#id_rationale_fr_preview").bounding_box()["x"] < 60


def test_long_pages_stay_short_on_a_phone(open_page):
    page = open_page(width=360, height=700)
    heights = {}

    for path in LONGEST:
        page.goto(path)
        heights[path] = page.evaluate(HEIGHT)
    status = page.locator(".verdict .status").bounding_box()

    assert {path: height for path, height in heights.items() if height > LONGEST[path]} == {}
    assert status["y"] + status["height"] < 650


def test_a_link_to_a_judgement_lands_on_it(open_page):
    page = open_page("/engagements/AES-RU-2025-04/", width=360, height=700)

    page.locator(".dated a[href^='#e-']").first.click()

    expect(page.locator(":target")).to_be_in_viewport()
