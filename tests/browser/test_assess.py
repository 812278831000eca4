"""A judgement made on one page, in a real browser: the refusal before it is sent, a passage on file, the preview."""

import re

import pytest
from playwright.sync_api import expect

from commitments.models import Assessment, Commitment, Search
from commitments.rules.review import publication
from tests import factories

pytestmark = pytest.mark.browser

REFERENCE = "AES-RU-2025-02"
DELIVERY = "Le 12 mai 2025, dix véhicules blindés ont été remis à la Force unifiée à Bamako."


@pytest.fixture
def commitment(seed_articles):
    """The commitment on equipment, with a delivery of this test's own that a note on file quotes."""
    factories.make_user("awa", group="Analysts", first_name="Awa", last_name="Traoré")
    commitment = Commitment.objects.get(reference=REFERENCE)
    source = factories.make_source(reference="T001", title="Article de test", text=f"Essai. {DELIVERY} Fin.")
    note = factories.make_note(commitment=commitment)
    factories.make_citation(note=note, source=source, exact=DELIVERY)
    return commitment


def sign_in(page):
    page.goto("/admin/")
    page.fill("#id_username", "awa")
    page.fill("#id_password", "awa")
    page.click("[type=submit]")


def no_sideways_scroll(page):
    return page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.mark.parametrize("width", [1280, 360])
def test_a_passage_on_file_carries_a_judgement_and_the_refusal_comes_before_it_is_sent(width, commitment, open_page):
    page = open_page("/", width=width)
    sign_in(page)
    page.goto(f"/admin/commitments/commitment/{commitment.pk}/change/")
    page.get_by_role("link", name="Proposer une évaluation").click()

    # Where the commitment stands, without opening another page.
    expect(page.locator(".assess-dossier")).to_contain_text(REFERENCE)
    expect(page.locator(".assess-dossier")).to_contain_text("Aucune preuve disponible")
    assert no_sideways_scroll(page)

    # The rule that would refuse, as the form is filled in.
    against = page.locator("#assess-against")
    expect(against).to_contain_text("Choisissez l’état d’avancement")
    page.select_option("#id_status", "limited")
    expect(against).not_to_contain_text("Choisissez l’état d’avancement")
    page.fill("#id_as_of", "12/05/2025")
    page.fill("#id_rationale_fr", "Dix véhicules *remis*, selon l’article.")
    passage = page.locator(".assess-pick", has_text="dix véhicules blindés")
    passage.locator("label", has_text="dix véhicules blindés").click()
    expect(passage.get_by_role("checkbox")).to_be_checked()
    passage.get_by_label("Nature de la preuve").select_option("announcement")
    expect(against).to_contain_text("une annonce seule n’y suffit jamais")
    expect(against).not_to_contain_text("porte ses motifs")
    passage.get_by_label("Nature de la preuve").select_option("concrete_action")
    expect(against).to_contain_text("Aucune règle ne s’y oppose")
    assert not Assessment.objects.filter(commitment=commitment).exists()

    # What the public will read.
    page.get_by_role("button", name=re.compile("Aperçu – Motifs$")).click()
    expect(page.locator("#id_rationale_fr_preview em")).to_have_text("remis")
    assert no_sideways_scroll(page)

    page.click("[name=_propose]")
    expect(page.locator(".messagelist")).to_be_visible()
    assessment = Assessment.objects.get(commitment=commitment)
    assert assessment.state == "in_review"
    assert (assessment.citations.get().exact, assessment.citations.get().evidence_kind) == (DELIVERY, "concrete_action")


def test_a_search_is_recorded_from_the_page_of_a_judgement(commitment, open_page):
    page = open_page("/", width=360)
    sign_in(page)
    page.goto(f"/admin/commitments/assessment/add/?commitment={commitment.pk}")
    page.get_by_role("link", name="Recherche faite, rien trouvé").click()

    assert no_sideways_scroll(page)
    page.fill("#id_searched_on", "20/11/2025")
    page.fill("#id_searched_where_fr", "Presse des quatre États")
    page.click("[name=_propose]")

    expect(page.locator(".messagelist")).to_be_visible()
    made = Search.objects.filter(state="in_review").get()
    assert (made.commitment, made.searched_where_fr) == (commitment, "Presse des quatre États")


def test_a_reason_leads_the_keyboard_to_its_field(commitment, open_page):
    page = open_page("/")
    sign_in(page)
    page.goto(f"/admin/commitments/assessment/add/?commitment={commitment.pk}")

    page.locator("#assess-against a", has_text="motifs").focus()
    page.keyboard.press("Enter")

    expect(page.locator("#id_rationale_fr")).to_be_focused()


def test_another_commitment_shows_its_own_passages_and_keeps_what_was_typed(commitment, open_page):
    page = open_page("/")
    sign_in(page)
    page.goto("/admin/commitments/assessment/add/")
    page.fill("#id_rationale_fr", "Des motifs à garder.")
    page.locator("#id_commitment + .select2 .select2-selection").click()
    page.fill(".select2-search__field", REFERENCE)
    page.locator(".select2-results__option", has_text=REFERENCE).first.click()

    page.get_by_role("button", name="Montrer son état et ses passages").click()

    expect(page.locator(".assess-picks")).to_contain_text("dix véhicules blindés")
    expect(page.locator("#id_rationale_fr")).to_have_value("Des motifs à garder.")


def test_without_script_the_button_says_what_a_rule_would(commitment, open_page):
    page = open_page("/", java_script_enabled=False, width=360)
    sign_in(page)
    page.goto(f"/admin/commitments/assessment/add/?commitment={commitment.pk}")
    page.select_option("#id_status", "limited")
    page.fill("#id_as_of", "12/05/2025")
    page.fill("#id_rationale_fr", "Dix véhicules remis.")
    passage = page.locator(".assess-pick", has_text="dix véhicules blindés")
    passage.get_by_role("checkbox").check()

    page.get_by_role("button", name="Vérifier sans enregistrer").click()
    expect(page.locator("#assess-against")).to_contain_text("une annonce seule n’y suffit jamais")
    expect(passage.get_by_role("checkbox")).to_be_checked()
    assert not Assessment.objects.filter(commitment=commitment).exists()

    passage.get_by_label("Nature de la preuve").select_option("concrete_action")
    page.get_by_role("button", name="Enregistrer et proposer").click()
    expect(page.locator(".messagelist")).to_be_visible()
    assert Assessment.objects.get(commitment=commitment).state == "in_review"


def test_a_search_made_for_several_commitments(commitment, open_page):
    for draft in Commitment.objects.filter(state="draft"):
        publication.publish(draft, by=factories.make_user(group="Editors"))
    page = open_page("/", width=360)
    sign_in(page)
    page.goto("/admin/commitments/commitment/")
    boxes = page.locator("input.action-select")
    boxes.nth(0).check()
    boxes.nth(1).check()
    page.select_option("select[name=action]", "search_made")
    page.locator(".actions button[type=submit]").click()

    expect(page.locator(".assess-chosen tbody tr")).to_have_count(2)
    assert no_sideways_scroll(page)
    page.fill("#id_searched_on", "20/11/2025")
    page.fill("#id_searched_where_fr", "Presse des quatre États")
    page.get_by_role("button", name="Proposer").click()

    expect(page.locator(".messagelist")).to_contain_text("2 recherches proposées")
    assert Search.objects.filter(state="in_review").count() == 2
