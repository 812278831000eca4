"""What the tracker is for, in a real browser: an analyst proposes, an editor publishes, the public reads."""

import re
from datetime import date

import pytest
from playwright.sync_api import expect

from commitments.models import Assessment, Commitment
from tests import factories
from tests.browser.desk import sign_in

pytestmark = pytest.mark.browser

REFERENCE = "AES-RU-2025-02"
DELIVERY = "Le 12 mai 2025, dix véhicules blindés ont été remis à la Force unifiée à Bamako."
ANNOUNCED = "la fourniture de matériel, de conseils et d’instructeurs militaires"


def pick(page, field, words):
    """Choose in an autocomplete what typing `words` finds."""
    page.locator(f"#id_{field} + .select2 .select2-selection").click()
    page.fill(".select2-search__field", words)
    page.locator(".select2-results__option", has_text=words).first.click()


@pytest.fixture
def desk(seed_articles):
    """Two people, and a made-up article of this test, for want of a delivery in the five."""
    factories.make_user("awa", group="Analysts", first_name="Awa", last_name="Traoré")
    factories.make_user("boubacar", group="Editors", first_name="Boubacar", last_name="Maïga")
    factories.make_source(reference="T001", title="Article de test", text=f"Essai. {DELIVERY} Fin de l’essai.")


def test_an_analyst_proposes_an_editor_publishes_the_public_reads(desk, open_page):
    commitment = Commitment.objects.get(reference=REFERENCE)
    awa = open_page("/")
    sign_in(awa, "awa")

    # The only evidence is an announcement: refused, with the reason, and nothing typed is lost.
    awa.goto(f"/admin/commitments/assessment/add/?commitment={commitment.pk}")
    awa.select_option("#id_status", "limited")
    awa.fill("#id_as_of", "2025-05-12")
    awa.fill("#id_rationale_fr", "Dix véhicules remis, selon l’article.")
    pick(awa, "citations-0-source", "A003")
    awa.fill("#id_citations-0-exact", ANNOUNCED)
    awa.select_option("#id_citations-0-evidence_kind", "announcement")
    awa.click("[name=_propose]")
    expect(awa.locator(".field-status .errorlist")).to_contain_text("une annonce seule n’y suffit jamais")
    expect(awa.locator("#id_rationale_fr")).to_have_value("Dix véhicules remis, selon l’article.")
    expect(awa.locator("#id_citations-0-exact")).to_have_value(ANNOUNCED)
    assert not Assessment.objects.filter(commitment=commitment).exists()

    # With a concrete action: in review.
    pick(awa, "citations-0-source", "T001")
    awa.fill("#id_citations-0-exact", DELIVERY)
    awa.select_option("#id_citations-0-evidence_kind", "concrete_action")
    awa.click("[name=_propose]")
    expect(awa.locator(".messagelist")).to_be_visible()
    assessment = Assessment.objects.get(commitment=commitment)
    assert (assessment.state, assessment.proposed_by.username) == ("in_review", "awa")

    # The analyst cannot publish it.
    awa.goto(f"/admin/commitments/assessment/{assessment.pk}/change/")
    expect(awa.get_by_role("button", name=re.compile("Publier"))).to_have_count(0)
    public = open_page(f"/engagements/{REFERENCE}/")
    expect(public.locator("main")).not_to_contain_text("Dix véhicules remis")

    # The editor does, after seeing what becomes public.
    boubacar = open_page("/")
    sign_in(boubacar, "boubacar")
    boubacar.goto(f"/admin/commitments/assessment/{assessment.pk}/change/")
    boubacar.get_by_role("button", name=re.compile("Relire")).click()
    expect(boubacar.locator("#content")).to_contain_text(DELIVERY)
    expect(boubacar.locator("#content")).to_contain_text("T001")
    boubacar.get_by_role("button", name="Publier").click()
    expect(boubacar.locator(".messagelist")).to_be_visible()

    # The public page shows the status, its day, its reason, its quotation and who signed; and the former status.
    public.goto(f"/engagements/{REFERENCE}/")
    main = public.locator("main")
    for words in ("Progrès limité", "12 mai 2025", "Dix véhicules remis", DELIVERY, "Awa Traoré", "Boubacar Maïga"):
        expect(main).to_contain_text(words)
    expect(main).to_contain_text("Non évalué")
    assert Assessment.objects.published().filter(commitment=commitment).count() == 1

    # The day before, the former status holds.
    public.goto(f"/engagements/{REFERENCE}/?as_of=2025-05-11")
    expect(public.locator("main")).to_contain_text("Non évalué")
    expect(public.locator("main")).not_to_contain_text("Dix véhicules remis")
    assert Commitment.objects.for_table().get(pk=commitment.pk).status_as_of == date(2025, 5, 12)
