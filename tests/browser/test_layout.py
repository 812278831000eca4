"""Lists and forms of the desk are read and filled in without scrolling sideways, on a desktop and on a phone."""

import pytest
from django.contrib import admin

from commitments.models import Commitment
from tests import factories
from tests.browser.desk import sign_in

pytestmark = pytest.mark.browser

NOUNS = [model._meta.model_name for model in admin.site._registry if model._meta.app_label == "commitments"]


@pytest.fixture
def desk(seeds):
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

    assert page.locator("#result_list tbody tr").count() == 1
    page.get_by_text("Filtrer (des filtres sont actifs)").wait_for()
    page.get_by_role("link", name="Effacer tous les filtres").click()
    assert page.locator("#result_list tbody tr").count() > 1
