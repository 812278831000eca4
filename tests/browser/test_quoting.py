"""Quoting by selecting, as people do it: with a mouse, with the keyboard alone, on a phone, without script."""

import re

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from commitments.models import Citation, Commitment, FollowUpNote, Source
from tests import factories
from tests.browser.test_from_proposal_to_page import sign_in

pytestmark = pytest.mark.browser

REFERENCE = "AES-RU-2025-02"
DELIVERY = "Le 12 mai 2025, dix véhicules blindés ont été remis à la Force unifiée à Bamako."
TRAINING = "Quarante instructeurs sont arrivés le 14 mai\u00a0; d’autres suivront."
TEXT = (
    "Un titre 😀\n\nDix véhicules pour la Force unifiée\r\n\r\n"
    f"{DELIVERY} M. Diop a remercié ses hôtes.\r\n{TRAINING} La Force unifiée est saluée."
)


@pytest.fixture
def source(seed_articles):
    factories.make_user("awa", group="Analysts")
    return factories.make_source(reference="T001", title="Article de test", text=TEXT)


@pytest.fixture
def quote_page(source, open_page):
    """Return a function that opens, signed in, the page where the test's article is quoted."""

    def opener(**options):
        page = open_page("/", **options)
        sign_in(page, "awa")
        page.goto(f"/admin/commitments/source/{source.pk}/quote/")
        return page

    return opener


def drag(page, words, *, cut=0):
    """Select with the mouse from the first to the last character of `words`, `cut` characters short at both ends."""
    corners = page.evaluate(
        """([words, cut]) => {
            const root = document.getElementById("quote-text");
            const at = (unit) => {
                const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
                let passed = 0;
                for (let node = walker.nextNode(); node; passed += node.length, node = walker.nextNode())
                    if (unit < passed + node.length) {
                        const range = document.createRange();
                        range.setStart(node, unit - passed);
                        range.setEnd(node, unit - passed + 1);
                        return range.getBoundingClientRect();
                    }
            };
            const start = root.textContent.indexOf(words);
            const first = at(start + cut), last = at(start + words.length - 1 - cut);
            return [[first.left + 1, first.top + first.height / 2], [last.right - 1, last.top + last.height / 2]];
        }""",
        [words, cut],
    )
    page.mouse.move(*corners[0])
    page.mouse.down()
    page.mouse.move(*corners[1], steps=8)
    page.mouse.up()


def search_commitment(page, words):
    """Type in the commitment's field, and take what is found first, with the keyboard."""
    page.keyboard.type(words)
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("Enter")


def made():
    return list(Citation.objects.filter(source__reference="T001").order_by("pk"))


def test_with_the_mouse(quote_page, source):
    page = quote_page()
    assert page.evaluate("document.getElementById('quote-text').textContent") == TEXT

    # Half a word at both ends: the words come whole.
    drag(page, DELIVERY, cut=1)
    panel = page.get_by_role("dialog", name="Citer un passage")
    expect(panel.locator("#quote-words")).to_have_text(DELIVERY.removesuffix("."))
    panel.get_by_role("button", name="Finir un mot plus tard").click()
    expect(panel.locator("#quote-words")).to_have_text(DELIVERY)

    # Nothing chosen: refused next to the field, and nothing is lost.
    panel.get_by_role("button", name="Citer", exact=True).click()
    expect(panel.locator("[data-field=commitment]")).to_contain_text("Choisissez un engagement")
    expect(panel.locator("#quote-words")).to_have_text(DELIVERY)

    panel.get_by_label("Engagement", exact=True).fill("02")
    page.get_by_role("option", name=REFERENCE).click()
    panel.get_by_text("Contexte").click()
    panel.get_by_role("button", name="Citer", exact=True).click()
    expect(page.locator("#quote-done")).to_contain_text(f"Cité pour «\u00a0{REFERENCE}")
    expect(panel).to_be_hidden()
    expect(page.locator("mark")).to_have_text([DELIVERY])
    expect(page.locator("#quote-passages")).to_contain_text(REFERENCE)
    text, done = (page.locator(part).bounding_box() for part in (".quote-reading", "#quote-done"))
    assert text["x"] + text["width"] <= done["x"]  # no drag over the text meets what was said

    [first] = made()
    assert (first.exact, first.role, first.is_verified) == (DELIVERY, "context", True)
    assert source.text[first.start : first.end] == DELIVERY

    # The next passage, over an end of line: the commitment and the role stay. One drag, one click.
    across = TEXT[TEXT.index("M. Diop") : TEXT.index(" ; d’autres".replace(" ;", "\u00a0;"))]
    drag(page, across)
    expect(page.locator("#quote-done")).to_be_hidden()
    expect(panel.get_by_label("Engagement", exact=True)).to_have_value(str(Commitment.objects.get(reference=REFERENCE)))
    panel.get_by_role("button", name="Citer", exact=True).click()
    expect(page.locator("#quote-passages ol > li")).to_have_count(2)
    assert (made()[1].exact, made()[1].role) == (across, "context")

    # Taken back.
    page.locator("#quote-done").get_by_role("button", name="Annuler").click()
    expect(page.locator("#quote-passages ol > li")).to_have_count(1)
    assert made() == [first]


def test_the_page_stays_where_it_is(quote_page, source):
    source.text += "\n\nUne phrase de plus, pour un long article." * 80 + f"\n\n{factories.ACTION}"
    source.save()
    page = quote_page(height=700)
    page.locator(".quote-sentence").last.scroll_into_view_if_needed()
    before = page.evaluate("scrollY")
    assert before > 1000

    drag(page, factories.ACTION)
    page.get_by_label("Engagement", exact=True).fill(REFERENCE)
    page.get_by_role("button", name="Citer", exact=True).click()

    expect(page.locator("#quote-done")).to_be_in_viewport()
    expect(page.locator("mark")).to_be_in_viewport()
    assert page.evaluate("scrollY") == before


def test_with_the_keyboard_alone(quote_page):
    page = quote_page()
    page.locator("#quote-text .quote-sentence").first.focus()

    # To the third sentence, and the one after it.
    for key in ("ArrowDown", "ArrowDown", "Shift+ArrowDown"):
        page.keyboard.press(key)
    expect(page.locator(".quote-taken")).to_have_count(2)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Engagement", exact=True)).to_be_focused()
    search_commitment(page, "2025-02")
    page.keyboard.press("Enter")
    expect(page.locator("#quote-done")).to_contain_text("Cité pour")
    assert made()[0].exact == f"{DELIVERY} M. Diop a remercié ses hôtes."

    # Back in the text, on the sentence that was cited: the next one in three keys.
    expect(page.locator(".quote-sentence:focus")).to_contain_text(DELIVERY)
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Citer", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#quote-passages ol > li")).to_have_count(2)
    assert made()[1].exact == "La Force unifiée est saluée."

    # Escape leaves the panel, and goes back to the sentence.
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.locator(".quote-sentence:focus")).to_have_text("La Force unifiée est saluée.")


def test_with_a_finger_on_a_phone(quote_page):
    page = quote_page(width=360, height=740, has_touch=True, is_mobile=True)

    page.locator(".quote-sentence", has_text="Quarante instructeurs").tap()
    panel = page.get_by_role("dialog")
    expect(panel.locator("#quote-words")).to_have_text(TRAINING)
    expect(page.locator(".quote-sentence", has_text="Quarante instructeurs")).to_be_in_viewport()
    panel.get_by_text("Une note de suivi").tap()
    panel.get_by_label("Engagement", exact=True).fill("équipements")
    page.get_by_role("option", name=REFERENCE).tap()
    panel.get_by_label("Texte de la nouvelle note").fill("À recouper.")
    panel.get_by_role("button", name="Citer", exact=True).tap()
    expect(page.locator("#quote-done")).to_contain_text("Cité pour")

    note = FollowUpNote.objects.get(body_fr="À recouper.")
    assert note.citations.get().exact == TRAINING
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_new_assessment_starts_with_the_passage(quote_page, source):
    page = quote_page()

    drag(page, DELIVERY)
    page.get_by_label("Engagement", exact=True).fill(REFERENCE)
    page.get_by_role("button", name="Nouvelle évaluation avec ce passage").click()

    page.wait_for_url("**/assessment/add/**")
    commitment = Commitment.objects.get(reference=REFERENCE)
    start = source.text.index(DELIVERY)
    query = f"commitment={commitment.pk}&source={source.pk}&start={start}&end={start + len(DELIVERY)}"
    assert page.url.endswith(f"{query}&role=supports")
    assert made() == []


def test_a_session_that_ends_leaves_the_page_and_the_note_being_typed(quote_page):
    page = quote_page()
    drag(page, DELIVERY)
    page.get_by_text("Une note de suivi", exact=True).click()
    page.get_by_label("Engagement", exact=True).fill(REFERENCE)
    page.get_by_label("Texte de la nouvelle note").fill("Dix véhicules.")
    Session.objects.all().delete()

    page.get_by_role("button", name="Citer", exact=True).click()

    expect(page.locator("#desk-session")).to_contain_text("Votre session a expiré")
    expect(page.locator("#quote_form .errorlist")).to_contain_text("Votre session a expiré")
    expect(page.get_by_label("Texte de la nouvelle note")).to_have_value("Dix véhicules.")
    expect(page.locator("#quote-text")).to_contain_text(DELIVERY)
    page.wait_for_load_state("networkidle")  # the drafts of the commitment were asked for too
    page.faults[:] = [fault for fault in page.faults if "status of 401" not in fault]
    assert made() == []


def offered(choices):
    """Return the keys that a list offers."""
    return choices.locator("option").evaluate_all("options => options.map((option) => option.value)")


def test_for_a_draft_assessment_of_the_commitment_chosen(quote_page):
    mine = factories.make_assessment(commitment=Commitment.objects.get(reference=REFERENCE))
    other = factories.make_assessment()
    page = quote_page()

    drag(page, DELIVERY)
    page.get_by_text("Une évaluation", exact=True).click()
    choices = page.get_by_label("Évaluation à l’état de brouillon")
    assert {str(mine.pk), str(other.pk)} <= set(offered(choices))
    page.get_by_label("Engagement", exact=True).focus()
    search_commitment(page, REFERENCE)
    expect(page.locator("#id_assessment_helptext")).to_have_text(f"De l’engagement {REFERENCE}.")
    assert offered(choices) == ["", str(mine.pk)]
    choices.select_option(str(mine.pk))
    page.get_by_text("Action concrète").click()
    page.get_by_role("button", name="Citer", exact=True).click()
    expect(page.locator("#quote-done")).to_contain_text("Cité pour")

    [citation] = made()
    assert (citation.assessment, citation.evidence_kind) == (mine, "concrete_action")


def test_what_nothing_cites_is_shown_on_request(quote_page):
    page = quote_page()
    expect(page.locator(".quote-coverage")).to_contain_text("6 phrases que rien ne cite")

    page.get_by_role("link", name="Les montrer", exact=True).click()

    expect(page.locator("#quote")).to_have_class(re.compile("shows-uncited"))
    assert page.url.endswith("?uncited=1")
    drag(page, DELIVERY)
    page.get_by_label("Engagement", exact=True).fill(REFERENCE)
    page.get_by_role("button", name="Citer", exact=True).click()
    expect(page.locator(".quote-coverage")).to_contain_text("5 phrases que rien ne cite")
    expect(page.get_by_role("link", name="Ne plus les montrer")).to_be_visible()


def test_without_script(quote_page):
    page = quote_page(java_script_enabled=False)

    # Refused, with what was typed still there.
    page.get_by_label("Passage", exact=True).fill("dix véhicules bleus")
    page.get_by_label("Engagement", exact=True).fill(REFERENCE)
    page.get_by_role("button", name="Citer", exact=True).click()
    expect(page.locator("[data-field=words]")).to_contain_text("ne figure pas tel quel")
    expect(page.get_by_label("Passage", exact=True)).to_have_value("dix véhicules bleus")
    expect(page.get_by_label("Engagement", exact=True)).to_have_value(REFERENCE)

    page.get_by_label("Passage", exact=True).fill(DELIVERY)
    page.get_by_role("button", name="Citer", exact=True).click()
    expect(page.locator("#quote-done")).to_contain_text("Cité pour")
    expect(page.locator("mark")).to_have_text([DELIVERY])
    expect(page.get_by_label("Engagement", exact=True)).to_have_value(REFERENCE)
    assert [citation.exact for citation in made()] == [DELIVERY]

    page.get_by_text("Une évaluation", exact=True).click()
    page.get_by_role("button", name="Afficher les brouillons de l’engagement").click()
    expect(page.locator("#id_assessment_helptext")).to_have_text(f"L’engagement {REFERENCE} n’en a pas.")
    expect(page.get_by_label("Engagement", exact=True)).to_have_value(REFERENCE)
    page.go_back()

    page.get_by_role("link", name="Les montrer", exact=True).click()
    expect(page.locator(".shows-uncited .quote-uncited").first).to_be_visible()
    page.go_back()
    page.get_by_role("button", name="Annuler").click()
    expect(page.locator(".messagelist")).to_contain_text("effacée")
    assert made() == []


def test_a_server_that_does_not_answer_loses_nothing(quote_page):
    page = quote_page()
    drag(page, DELIVERY)
    page.get_by_label("Engagement", exact=True).fill(REFERENCE)

    page.route("**/quote/", lambda route: route.fulfill(body="<html>", content_type="text/html"))
    page.get_by_role("button", name="Citer", exact=True).click()
    expect(page.locator("[data-field=__all__]")).to_contain_text("rien n’est perdu")
    page.unroute("**/quote/")
    page.get_by_role("button", name="Citer", exact=True).click()

    expect(page.locator("#quote-done")).to_contain_text("Cité pour")


def test_the_seed_articles_are_all_shown_as_archived(quote_page):
    page = quote_page()

    for source in Source.objects.all():
        page.goto(f"/admin/commitments/source/{source.pk}/quote/")
        assert page.evaluate("document.getElementById('quote-text').textContent") == source.text
