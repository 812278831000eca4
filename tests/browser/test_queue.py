"""The desk's first page in a real browser: what is next, and the way from a line to the form that settles it."""

import re

import pytest
from playwright.sync_api import expect

from commitments.models import Commitment
from commitments.rules.review import publication
from tests import factories

pytestmark = pytest.mark.browser

REFERENCE = "AES-RU-2025-02"


@pytest.fixture
def desk(seed_articles):
    """Two people; a proposal waiting, another sent back."""
    awa = factories.make_user("awa", group="Analysts", first_name="Awa", last_name="Traoré")
    boubacar = factories.make_user("boubacar", group="Editors", first_name="Boubacar", last_name="Maïga")
    source = factories.make_source(reference="T001", title="Article pas encore cité")
    returned, waiting = (
        factories.make_assessment(commitment=Commitment.objects.get(reference=reference), proposed_by=awa)
        for reference in ("AES-RU-2025-03", REFERENCE)
    )
    publication.send_back(returned, by=boubacar, reason="Quel jour exactement ?")
    return {"waiting": waiting, "returned": returned, "source": source}


def sign_in(page, name):
    page.goto("/admin/")
    page.fill("#id_username", name)
    page.fill("#id_password", name)
    page.keyboard.press("Enter")
    expect(page.locator(".desk-first")).to_be_visible()


def fits(page):
    return page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.mark.parametrize("width", [1280, 360])
def test_analyst_sees_the_remark_and_goes_to_the_form_with_the_keyboard(desk, open_page, width):
    page = open_page("/", width=width)
    sign_in(page, "awa")
    section = page.locator("#sent_back")

    expect(section.get_by_role("heading")).to_have_text(re.compile("Renvoyé vers vous"))
    expect(section).to_contain_text("Renvoyé par Boubacar Maïga")
    expect(section).to_contain_text("Quel jour exactement ?")
    expect(page.locator("#review")).to_have_count(0)
    expect(page.locator("#unquoted")).to_contain_text("Article pas encore cité")
    assert fits(page)
    section.get_by_role("link").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/assessment/{desk['returned'].pk}/**")
    expect(page.locator("#id_rationale_fr")).to_be_editable()


@pytest.mark.parametrize("width", [1280, 360])
def test_editor_sees_what_waits_and_goes_to_the_whole_of_a_long_section(desk, open_page, width):
    for _number in range(9):
        factories.make_discrepancy()
    page = open_page("/", width=width)
    sign_in(page, "boubacar")

    expect(page.locator("#review")).to_contain_text(REFERENCE)
    expect(page.locator("#review")).to_contain_text("Proposé par Awa Traoré")
    expect(page.locator("#sent_back")).to_have_count(0)
    discrepancies = page.locator("#discrepancies")
    expect(discrepancies.locator(".desk-lines > li")).to_have_count(8)
    discrepancies.get_by_role("link", name=re.compile("Tout voir")).click()
    page.wait_for_url("**/admin/file/discrepancies/")
    assert page.locator(".desk-lines > li").count() > 8
    assert fits(page)


def test_analyst_takes_a_published_commitment_and_finds_it_among_theirs(desk, open_page):
    commitment = Commitment.objects.get(reference=REFERENCE)
    page = open_page("/", width=360)
    sign_in(page, "awa")

    page.goto(f"/admin/commitments/commitment/{commitment.pk}/change/")
    page.get_by_role("button", name="Je m’en charge").click()
    expect(page.locator(".messagelist")).to_contain_text("Suivi par Awa Traoré")
    expect(page.get_by_role("button", name="Ne plus le suivre")).to_be_visible()
    assert fits(page)
    page.goto("/admin/commitments/commitment/?follower=me")
    expect(page.locator("#result_list tbody tr")).to_have_count(1)

    public = open_page(commitment.get_absolute_url())
    expect(public.locator("main")).not_to_contain_text("Awa Traoré")


def test_a_person_chooses_the_language_of_their_mail(desk, open_page):
    page = open_page("/", width=360)
    sign_in(page, "awa")

    page.get_by_role("link", name="Préférences").click()
    page.get_by_label("langue des courriels", exact=False).select_option("en")
    page.get_by_label("recevoir votre file", exact=False).uncheck()
    page.get_by_role("button", name="Enregistrer").click()

    expect(page.locator(".messagelist")).to_contain_text("enregistrées")
    expect(page.get_by_label("langue des courriels", exact=False)).to_have_value("en")
    expect(page.get_by_label("recevoir votre file", exact=False)).not_to_be_checked()
    assert fits(page)
