"""A review in a real browser: sent back, answered, published; with a mouse, with the keyboard alone, on a phone."""

import pytest
from playwright.sync_api import expect

from commitments.models import Assessment, Commitment
from commitments.rules.review import publication
from tests import factories

pytestmark = pytest.mark.browser

DELIVERY = "Le 12 mai 2025, dix véhicules blindés ont été remis à la Force unifiée à Bamako."
REMARK = "Dites qui a remis les véhicules."
ANSWER = "L’article ne le dit pas."


def sign_in(page, name):
    page.goto("/admin/")
    page.fill("#id_username", name)
    page.fill("#id_password", name)
    page.click("[type=submit]")
    return page


def tab_to(page, target, most=200):
    """Press the tab key until `target` has the focus."""
    for _ in range(most):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    pytest.fail("The keyboard does not reach it.")


@pytest.fixture
def proposed(seed_articles):
    """A judgement that Awa proposes, of which Boubacar is to decide."""
    awa = factories.make_user("awa", group="Analysts", first_name="Awa", last_name="Traoré")
    factories.make_user("boubacar", group="Editors", first_name="Boubacar", last_name="Maïga")
    text = f"{'Essai de mise en page. ' * 20}{DELIVERY}{' Suite de l’essai.' * 20}"
    assessment = Assessment.objects.create(
        commitment=Commitment.objects.get(reference="AES-RU-2025-02"),
        status="limited",
        as_of="2025-05-12",
        rationale_fr="Dix véhicules remis, selon l’article.",
    )
    source = factories.make_source(reference="T001", title="Article de test", text=text)
    factories.make_citation(assessment=assessment, source=source, exact=DELIVERY, evidence_kind="concrete_action")
    publication.propose(assessment, by=awa)
    return assessment


@pytest.mark.parametrize("width", [1280, 360])
def test_sent_back_answered_and_published(width, proposed, open_page):
    boubacar = sign_in(open_page("/", width=width), "boubacar")

    boubacar.goto("/admin/relecture/")
    boubacar.get_by_role("link", name="AES-RU-2025-02").click()
    expect(boubacar.locator("mark")).to_contain_text(DELIVERY)
    assert boubacar.evaluate("document.documentElement.scrollWidth") <= width
    boubacar.get_by_label("Commentaire").fill(REMARK)
    boubacar.get_by_role("button", name="Renvoyer").click()
    expect(boubacar.locator("#content")).to_contain_text("Rien n’attend de relecture")

    awa = sign_in(open_page("/", width=width), "awa")
    awa.goto(f"/admin/commitments/assessment/{proposed.pk}/change/")
    expect(awa.locator(".desk-sent-back")).to_contain_text(REMARK)
    awa.get_by_label("Votre réponse à la relecture").fill(ANSWER)
    awa.fill("#id_rationale_fr", "Dix véhicules blindés remis, selon l’article.")
    awa.get_by_role("button", name="Enregistrer et proposer").click()
    expect(awa.locator(".messagelist")).to_contain_text("Proposé")

    boubacar.goto("/admin/relecture/")
    boubacar.get_by_role("link", name="AES-RU-2025-02").click()
    expect(boubacar.locator(".desk-thread")).to_contain_text(ANSWER)
    expect(boubacar.locator("ins", has_text="blindés")).to_be_visible()
    boubacar.get_by_role("button", name="Publier").click()
    expect(boubacar.locator(".messagelist")).to_contain_text("Publié")

    proposed.refresh_from_db()
    assert (proposed.state, proposed.published_by.username) == ("published", "boubacar")


def test_an_editor_reviews_with_the_keyboard_alone(proposed, open_page):
    page = sign_in(open_page("/"), "boubacar")
    page.goto("/admin/relecture/")

    tab_to(page, page.get_by_role("link", name="AES-RU-2025-02"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/relecture/")
    expect(page.locator("#decision")).to_be_visible()
    tab_to(page, page.get_by_role("link", name="Aller à la décision"))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("button", name="Publier"), most=3)
    page.keyboard.press("Enter")
    expect(page.locator(".messagelist")).to_contain_text("Publié")

    proposed.refresh_from_db()
    assert proposed.is_published
