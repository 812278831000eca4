"""From an article nobody has seen to a status that the public reads, as two people; each load and click counted."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from commitments.models import Assessment, Source
from tests import factories

pytestmark = pytest.mark.browser

REFERENCE = "AES-RU-2025-02"
TITLE = "Douze ambulances remises aux services de santé de la Force unifiée"
DELIVERY = "Le 18 juin 2025, douze ambulances militaires ont été remises à la Force unifiée au camp de Niamey."
ARTICLE = f"""{TITLE}

Niamey, 20 juin 2025 – Une cérémonie s’est tenue cette semaine dans la capitale nigérienne.

{DELIVERY} Les véhicules seront répartis entre les trois pays avant la saison des pluies.

Un responsable a précisé que la formation des conducteurs commencerait en juillet.
"""
REASONS = "Douze ambulances ont été remises, selon l’article ; rien n’est dit des instructeurs."

ANALYST_LOADS = 6
"""Signing in; the work queue; adding an article; quoting it; the judgement; the same, proposed."""

ANALYST_CLICKS = 14
"""Signing in 2 (the password's box, the button); "Verser un article" 1; "Enregistrer et citer" 1; the passage 1; the
commitment 2 (its box, what it finds); "Nouvelle évaluation avec ce passage" 1; the status 2, the reasons 1, the kind of
the evidence 2; "Enregistrer et proposer" 1. Nothing is clicked to paste, nor for the title and the day of the article,
its reference, or the day of the status: the page puts the keyboard in the text, reads the article, proposes its day.
"""

EDITOR_LOADS = 4
"""Signing in; the work queue; the proposal; what comes after."""

EDITOR_CLICKS = 4
"""Signing in 2; the line of the queue 1; "Publier" 1."""

CLICKS_IN_A_LIST = 2
"""To open a list, and to choose in it."""


def questions_of(page: Any) -> list[str]:
    """Return the list of what the browser will ask on this page; each question is answered with yes."""
    questions: list[str] = []

    def answer(dialog: Any) -> None:
        questions.append(dialog.type)
        dialog.accept()

    page.on("dialog", answer)
    return questions


class Person:
    """Somebody at the desk: all that they do with a mouse or a finger goes through here, and is counted.

    A question of the browser (“leave this page?”) would be one more click: `questions` has those that came up.
    """

    def __init__(self, page: Any, *, touches: bool) -> None:
        self.page = page
        self.touches = touches
        self.loads = self.clicks = 0
        self.questions = questions_of(page)
        page.on("framenavigated", self._count)

    def _count(self, frame: Any) -> None:
        self.loads += frame == self.page.main_frame

    def click(self, target: Any) -> None:
        """Click, or tap where the screen is touched."""
        self.clicks += 1
        if self.touches:
            target.tap()
        else:
            target.click()

    def write(self, target: Any, text: str) -> None:
        """Type in a box; it is clicked first unless the keyboard is there already."""
        if not target.evaluate("box => box === document.activeElement"):
            self.click(target)
        self.page.keyboard.type(text)

    def paste(self, target: Any, text: str) -> None:
        """Paste in a box, clicked first unless the keyboard is there already."""
        target.wait_for()
        self.page.evaluate("text => navigator.clipboard.writeText(text)", text)
        if not target.evaluate("box => box === document.activeElement"):
            self.click(target)
        self.page.keyboard.press("Control+V")

    def choose(self, target: Any, value: str) -> None:
        """Choose in a list."""
        self.clicks += CLICKS_IN_A_LIST
        target.select_option(value)

    def select(self, words: str) -> None:
        """Select `words`, a sentence: with a drag of the mouse, or a tap on it; either counts as one click."""
        sentence = self.page.locator(".quote-sentence", has_text=words)
        if self.touches:
            return self.click(sentence)
        self.clicks += 1
        corners = sentence.evaluate(
            """sentence => {
                const range = document.createRange();
                range.selectNodeContents(sentence);
                const boxes = [...range.getClientRects()];
                return [boxes[0], boxes.at(-1)].map((box) => [box.left, box.top, box.right, box.height]);
            }"""
        )
        (left, top, _right, height), (_left, last, right, _height) = corners
        self.page.mouse.move(left + 1, top + height / 2)
        self.page.mouse.down()
        self.page.mouse.move(right - 2, last + height / 2, steps=5)
        self.page.mouse.up()
        return None


def sign_in(person: Any, name: str) -> None:
    """Sign in on the page that asks for it."""
    person.page.goto("/admin/")
    person.write(person.page.get_by_label("Nom d’utilisateur"), name)
    person.write(person.page.get_by_label("Mot de passe"), name)
    person.click(person.page.get_by_role("button", name="Connexion"))
    expect(person.page.locator(".desk-first")).to_be_visible()


def fits(page: Any) -> bool:
    """Whether nothing has to be scrolled sideways."""
    return page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.fixture
def people(seed_articles):
    """The two people of the desk."""
    factories.make_user("awa", group="Analysts", first_name="Awa", last_name="Traoré")
    factories.make_user("boubacar", group="Editors", first_name="Boubacar", last_name="Maïga")


@pytest.mark.parametrize(
    "screen",
    [
        pytest.param({"width": 1280, "height": 900}, id="desktop"),
        pytest.param({"width": 360, "height": 740, "has_touch": True, "is_mobile": True}, id="phone"),
    ],
)
def test_an_article_becomes_a_published_status(people, open_page, screen):
    awa = Person(open_page("/", **screen), touches="has_touch" in screen)
    page = awa.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])

    sign_in(awa, "awa")
    awa.click(page.get_by_role("link", name="Verser un article", exact=True))
    awa.paste(page.locator("#id_text"), ARTICLE)
    expect(page.locator("#id_title")).to_have_value(TITLE)
    assert fits(page)
    awa.click(page.get_by_role("button", name="Enregistrer et citer"))

    awa.select(DELIVERY)
    expect(page.locator("#quote-words")).to_have_text(DELIVERY)
    awa.write(page.get_by_label("Engagement", exact=True), "02")
    awa.click(page.get_by_role("option", name=REFERENCE))
    assert fits(page)
    awa.click(page.get_by_role("button", name="Nouvelle évaluation avec ce passage"))

    awa.choose(page.locator("#id_status"), "limited")
    expect(page.locator("#id_as_of")).to_have_value("20/06/2025")
    awa.write(page.locator("#id_rationale_fr"), REASONS)
    awa.choose(page.locator("#id_citations-0-evidence_kind"), "concrete_action")
    expect(page.locator("#assess-against")).to_contain_text("Aucune règle ne s’y oppose")
    assert fits(page)
    awa.click(page.get_by_role("button", name="Enregistrer et proposer"))
    expect(page.locator(".messagelist")).to_contain_text("Proposé")
    assert (awa.loads, awa.clicks, awa.questions) == (ANALYST_LOADS, ANALYST_CLICKS, [])

    public = open_page(f"/engagements/{REFERENCE}/", **screen)
    expect(public.locator("main")).not_to_contain_text("ambulances")

    boubacar = Person(open_page("/", **screen), touches="has_touch" in screen)
    page = boubacar.page
    sign_in(boubacar, "boubacar")
    boubacar.click(page.locator("#review").get_by_role("link", name=re.compile(REFERENCE)))
    expect(page.locator("mark")).to_contain_text(DELIVERY)
    assert fits(page)
    boubacar.click(page.get_by_role("button", name="Publier"))
    expect(page.locator(".messagelist")).to_contain_text("Publié")
    assert (boubacar.loads, boubacar.clicks, boubacar.questions) == (EDITOR_LOADS, EDITOR_CLICKS, [])

    public.reload()
    for words in ("Progrès limité", "20 juin 2025", REASONS, DELIVERY, "Awa Traoré", "Boubacar Maïga"):
        expect(public.locator("main")).to_contain_text(words)
    assert Assessment.objects.published().get(commitment__reference=REFERENCE).status == "limited"
    assert Source.objects.get(title=TITLE).is_published


class Keyboard:
    """Somebody at the desk who has no mouse: every way to a thing goes over the tab key."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.questions = questions_of(page)

    def go_to(self, target: Any, most: int = 120) -> None:
        """Press the tab key until `target` has the focus, and look whether that shows."""
        target.wait_for()
        for _ in range(most):
            if target.evaluate("element => element === document.activeElement"):
                assert target.evaluate("element => element.matches(':focus-visible')")
                return
            self.page.keyboard.press("Tab")
        pytest.fail(f"The tab key does not reach {target}.")

    def press(self, target: Any) -> None:
        """Press a button, or follow a link."""
        self.go_to(target)
        self.page.keyboard.press("Enter")

    def write(self, target: Any, text: str) -> None:
        """Type in a box, or the first letters of a choice in a list."""
        self.go_to(target)
        self.page.keyboard.type(text)

    def sign_in(self, name: str) -> None:
        """Sign in on the page that asks for it."""
        self.page.goto("/admin/")
        self.write(self.page.get_by_label("Nom d’utilisateur"), name)
        self.write(self.page.get_by_label("Mot de passe"), name)
        self.page.keyboard.press("Enter")
        expect(self.page.locator(".desk-first")).to_be_visible()


def test_an_article_becomes_a_published_status_with_the_keyboard_alone(people, open_page):
    awa = Keyboard(open_page("/"))
    page = awa.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])

    awa.sign_in("awa")
    awa.press(page.get_by_role("link", name="Verser un article", exact=True))
    awa.go_to(page.locator("#id_text"), most=1)  # the keyboard is there already
    page.evaluate("text => navigator.clipboard.writeText(text)", ARTICLE)
    page.keyboard.press("Control+V")
    expect(page.locator("#id_title")).to_have_value(TITLE)
    awa.press(page.get_by_role("button", name="Enregistrer et citer"))

    awa.go_to(page.locator(".quote-sentence").first)
    for _ in range(page.locator(".quote-sentence").count()):
        if DELIVERY in page.locator(".quote-sentence:focus").inner_text():
            break
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#quote-words")).to_have_text(DELIVERY)
    awa.write(page.get_by_label("Engagement", exact=True), "2025-02")
    expect(page.get_by_role("option")).to_contain_text([REFERENCE])
    page.keyboard.press("Enter")
    awa.press(page.get_by_role("button", name="Nouvelle évaluation avec ce passage"))

    awa.write(page.locator("#id_status"), "Progrès l")
    awa.write(page.locator("#id_rationale_fr"), REASONS)
    awa.write(page.locator("#id_citations-0-evidence_kind"), "Action")
    expect(page.locator("#assess-against")).to_contain_text("Aucune règle ne s’y oppose")
    awa.press(page.get_by_role("button", name="Enregistrer et proposer"))
    expect(page.locator(".messagelist")).to_contain_text("Proposé")

    boubacar = Keyboard(open_page("/"))
    page = boubacar.page
    boubacar.sign_in("boubacar")
    boubacar.press(page.locator("#review").get_by_role("link", name=re.compile(REFERENCE)))
    boubacar.press(page.get_by_role("link", name="Aller à la décision"))
    boubacar.press(page.get_by_role("button", name="Publier"))
    expect(page.locator(".messagelist")).to_contain_text("Publié")

    assert awa.questions == boubacar.questions == []
    assessment = Assessment.objects.published().get(commitment__reference=REFERENCE)
    assert (assessment.status, str(assessment.as_of)) == ("limited", "2025-06-20")
    assert assessment.citations.get().exact == DELIVERY
