"""Nothing typed is lost, in a real browser: leaving, a session that ends, two people on one record."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice
from playwright.sync_api import expect

from commitments.models import Commitment, Discrepancy
from tests import factories
from tests.browser.test_from_proposal_to_page import pick, sign_in

pytestmark = pytest.mark.browser

REFERENCE = "AES-RU-2025-02"


@pytest.fixture
def record(seed_articles):
    """Two people, and a draft of their own."""
    factories.make_user("awa", group="Analysts", first_name="Awa", last_name="Traoré")
    factories.make_user("boubacar", group="Editors", first_name="Boubacar", last_name="Maïga")
    return factories.make_commitment(reference="AES-RU-2025-900")


def form_of(record):
    return f"/admin/commitments/commitment/{record.pk}/change/"


@pytest.fixture
def awa(record, open_page):
    page = open_page("/")
    sign_in(page, "awa")
    page.goto(form_of(record))
    return page


@pytest.fixture
def asked(awa):
    """The questions that the browser asks before leaving; each is answered by staying, until told otherwise."""
    questions = []

    def answer(dialog):
        questions.append(dialog.type)
        dialog.accept() if awa.leaves else dialog.dismiss()

    awa.leaves = False
    awa.on("dialog", answer)
    return questions


def try_to_leave(page):
    """Follow the first link of the page, as a person would."""
    page.locator(".breadcrumbs a").first.click(no_wait_after=True)
    page.wait_for_timeout(300)


def test_leaving_a_form_that_was_not_changed_does_not_ask(awa, asked):
    awa.locator("#id_title_fr").click()
    awa.locator("#id_title_fr").press_sequentially("x")
    awa.locator("#id_title_fr").press("Backspace")

    awa.locator(".breadcrumbs a").first.click()

    awa.wait_for_url("**/admin/")
    assert asked == []


def test_leaving_a_changed_form_asks_and_stays(awa, asked, record):
    awa.locator("#id_title_fr").press_sequentially("Tapé ")

    try_to_leave(awa)

    assert asked == ["beforeunload"]
    assert awa.url.endswith(form_of(record))
    awa.leaves = True
    awa.locator(".breadcrumbs a").first.click()
    awa.wait_for_url("**/admin/")


def test_leaving_asks_for_a_choice_and_for_an_added_row_that_was_typed_in(awa, asked, record):
    awa.locator("#id_title_fr").click()
    awa.click("#milestones-group .add-row a")
    awa.leaves = True
    awa.locator(".breadcrumbs a").first.click()
    awa.wait_for_url("**/admin/")
    assert asked == []  # a row left empty is nothing typed

    awa.goto(form_of(record))
    awa.click("#milestones-group .add-row a")
    awa.locator("#id_milestones-0-title_fr").press_sequentially("Une étape")
    awa.leaves = False
    try_to_leave(awa)
    assert asked == ["beforeunload"]

    awa.locator("#id_milestones-0-title_fr").fill("")
    awa.select_option("#id_basis", "expected")
    try_to_leave(awa)
    assert asked == ["beforeunload", "beforeunload"]


def test_saving_does_not_ask_and_a_refused_form_does(awa, asked, record):
    awa.fill("#id_title_fr", "")
    awa.evaluate("document.querySelector('#commitment_form').noValidate = true")
    awa.click("[name=_save]")
    expect(awa.locator(".errornote")).to_be_visible()
    assert asked == []

    awa.locator("#id_statement_fr").click()
    try_to_leave(awa)
    assert asked == ["beforeunload"]

    awa.fill("#id_title_fr", "Enregistré")
    awa.click("[name=_save]")
    expect(awa.locator(".messagelist")).to_be_visible()
    assert asked == ["beforeunload"]
    record.refresh_from_db()
    assert record.title_fr == "Enregistré"


def test_searching_a_list_does_not_ask(awa, asked):
    awa.goto("/admin/commitments/commitment/")
    awa.locator("#searchbar").press_sequentially("equip")
    awa.locator("#result_list [name=_selected_action]").first.check()

    awa.locator(".breadcrumbs a").first.click()

    awa.wait_for_url("**/admin/")
    assert asked == []


@pytest.mark.parametrize("width", [1280, 360])
def test_session_that_ends_while_typing_brings_the_text_back(record, open_page, width):
    awa = open_page("/", width=width, height=800)
    sign_in(awa, "awa")
    awa.goto(form_of(record))
    awa.fill("#id_statement_fr", "Un énoncé « long » à taper.\nSur deux lignes.")
    awa.click("#milestones-group .add-row a")
    awa.fill("#id_milestones-0-title_fr", "Une étape neuve")
    awa.fill("#id_milestones-0-due_on", "30/06/2026")
    Session.objects.all().delete()

    awa.click("[name=_save]")
    expect(awa.locator(".desk-kept")).to_contain_text("Votre session a expiré")
    forgive(awa, 401)
    record.refresh_from_db()
    assert record.statement_fr == "Les parties conviennent de renforcer la Force unifiée."

    awa.fill("#id_username", "awa")
    awa.fill("#id_password", "pas le bon")
    awa.click("[type=submit]")
    expect(awa.locator(".errornote")).to_be_visible()
    awa.fill("#id_password", "awa")
    awa.click("[type=submit]")
    expect(awa.locator("h1")).to_have_text("Vous revoilà")
    expect(awa.locator("main")).to_contain_text("Sur deux lignes.")
    expect(awa.locator("main")).to_contain_text("Une étape neuve")
    assert awa.evaluate("document.documentElement.scrollWidth") <= width

    awa.get_by_role("button", name="Reprendre là où j’en étais").click()
    expect(awa.locator(".desk-notice")).to_contain_text("Rien n’en est enregistré")
    expect(awa.locator("#id_statement_fr")).to_have_value("Un énoncé « long » à taper.\nSur deux lignes.")
    expect(awa.locator("#id_milestones-0-title_fr")).to_have_value("Une étape neuve")
    awa.click("[name=_save]")
    expect(awa.locator(".messagelist .success")).to_be_visible()
    record.refresh_from_db()
    assert record.statement_fr.replace("\r", "") == "Un énoncé « long » à taper.\nSur deux lignes."
    assert record.milestones.get().title_fr == "Une étape neuve"


@pytest.mark.parametrize("width", [1280, 360])
def test_decision_typed_before_the_session_ended_waits_for_its_own_click(record, open_page, width):
    judged = factories.make_assessment(commitment=record, proposed_by=get_user_model().objects.get(username="awa"))
    boubacar = open_page("/", width=width, height=800)
    sign_in(boubacar, "boubacar")
    boubacar.goto(f"/admin/commitments/assessment/{judged.pk}/relecture/")
    boubacar.get_by_label("Commentaire").fill("Dites qui a remis\nles véhicules.")
    Session.objects.all().delete()

    boubacar.get_by_role("button", name="Renvoyer").click()
    expect(boubacar.locator(".desk-kept")).to_contain_text("Votre session a expiré")
    forgive(boubacar, 401)
    boubacar.fill("#id_username", "boubacar")
    boubacar.fill("#id_password", "boubacar")
    boubacar.click("[type=submit]")
    expect(boubacar.locator(".desk-typed dt")).to_have_text("Commentaire")
    boubacar.get_by_role("button", name="Reprendre là où j’en étais").click()

    expect(boubacar.locator(".messagelist")).to_contain_text("Rien n’en est fait")
    expect(boubacar.get_by_label("Commentaire")).to_have_value("Dites qui a remis\nles véhicules.")
    judged.refresh_from_db()
    assert judged.state == "in_review"
    assert boubacar.evaluate("document.documentElement.scrollWidth") <= width
    boubacar.get_by_role("button", name="Renvoyer").click()
    expect(boubacar.locator(".messagelist .success")).to_be_visible()
    judged.refresh_from_db()
    assert judged.state == "draft"


def test_text_is_carried_through_the_setting_up_of_a_second_factor(record, open_page, settings):
    awa = open_page("/", width=360, height=800)
    sign_in(awa, "awa")
    awa.goto(form_of(record))
    awa.fill("#id_statement_fr", "Un énoncé « long » à taper.")
    Session.objects.all().delete()
    settings.TRACKER_REQUIRE_SECOND_FACTOR = ["analysts"]

    awa.click("[name=_save]")
    expect(awa.locator(".desk-kept")).to_be_visible()
    forgive(awa, 401)
    awa.fill("#id_username", "awa")
    awa.fill("#id_password", "awa")
    awa.click("[type=submit]")
    expect(awa.locator(".desk-kept")).to_contain_text("le second facteur activé")
    forgive(awa, 401)
    awa.get_by_role("button", name="Activer un second facteur").click()
    expect(awa.locator(".desk-qr-frame")).to_be_visible()
    assert awa.evaluate("document.documentElement.scrollWidth") <= 360
    awa.locator("#id_code").fill(f"{totp(TOTPDevice.objects.get().bin_key):06}")
    awa.get_by_role("button", name="Activer", exact=True).click()
    expect(awa.locator(".desk-codes li")).to_have_count(10)
    awa.get_by_role("button", name="C’est noté").click()

    expect(awa.locator("h1")).to_have_text("Vous revoilà")
    awa.get_by_role("button", name="Reprendre là où j’en étais").click()
    expect(awa.locator("#id_statement_fr")).to_have_value("Un énoncé « long » à taper.")
    record.refresh_from_db()
    assert record.statement_fr == "Les parties conviennent de renforcer la Force unifiée."


def test_signing_in_again_in_another_tab_keeps_the_text(awa, record):
    awa.fill("#id_title_fr", "Tapé avant de se connecter ailleurs")
    Session.objects.all().delete()
    other = awa.context.new_page()
    sign_in(other, "awa")

    awa.click("[name=_save]")
    expect(awa.locator("h1")).to_have_text("Vous revoilà")
    awa.get_by_role("button", name="Reprendre là où j’en étais").click()

    expect(awa.locator("#id_title_fr")).to_have_value("Tapé avant de se connecter ailleurs")
    record.refresh_from_db()
    assert record.title_fr == "Renforcer la Force unifiée"


def test_look_up_after_the_session_ended_says_so_and_touches_nothing(awa):
    awa.fill("#id_title_fr", "Tapé")
    Session.objects.all().delete()

    awa.locator("#id_sector + .select2 .select2-selection").click()

    expect(awa.locator("#desk-session")).to_contain_text("Votre session a expiré")
    forgive(awa, 401)
    expect(awa.locator("#desk-session a")).to_have_attribute("target", "_blank")
    expect(awa.locator("#id_title_fr")).to_have_value("Tapé")


def test_two_people_each_take_what_they_want_with_one_click(awa, asked, record, open_page):
    awa.fill("#id_title_fr", "Le mien")
    awa.fill("#id_statement_fr", "Mon énoncé.")
    awa.select_option("#id_basis", "expected")
    pick(awa, "sector", "Sécurité")
    boubacar = open_page("/")
    sign_in(boubacar, "boubacar")
    boubacar.goto(form_of(record))
    boubacar.fill("#id_title_fr", "Le leur")
    boubacar.fill("#id_statement_fr", "Leur énoncé.")
    boubacar.fill("#id_criterion_fr", "Leur critère.")
    boubacar.click("[name=_save]")
    expect(boubacar.locator(".messagelist .success")).to_be_visible()

    awa.click("[name=_save]")
    table = awa.locator(".desk-conflict")
    expect(table).to_contain_text("Boubacar Maïga a enregistré une autre version")
    expect(awa.locator("#id_criterion_fr")).to_have_value("Leur critère.")  # untouched here: theirs stands
    take = table.get_by_role("button", name="Reprendre la version enregistrée – Énoncé")
    take.focus()
    awa.keyboard.press("Enter")
    expect(awa.locator("#id_statement_fr")).to_have_value("Leur énoncé.")
    expect(awa.locator("#id_title_fr")).to_have_value("Le mien")
    back = table.get_by_role("button", name="Remettre ce que j’avais tapé – Énoncé")
    back.click()
    expect(awa.locator("#id_statement_fr")).to_have_value("Mon énoncé.")
    take.click()
    awa.click("[name=_save]")

    expect(awa.locator(".messagelist .success")).to_be_visible()
    assert asked == []
    saved = Commitment.objects.get(pk=record.pk)
    held = (saved.title_fr, saved.statement_fr, saved.criterion_fr, saved.basis)
    assert held == ("Le mien", "Leur énoncé.", "Leur critère.", "expected")


def test_a_row_that_two_people_edit(record, open_page):
    discrepancy = factories.make_discrepancy()
    address = f"/admin/commitments/discrepancy/{discrepancy.pk}/change/"
    awa, boubacar = open_page("/"), open_page("/", width=360, height=800)
    for page, name in ((awa, "awa"), (boubacar, "boubacar")):
        sign_in(page, name)
        page.goto(address)
    boubacar.fill("#id_claims-0-value_fr", "Le leur")
    boubacar.click("[name=_save]")
    expect(boubacar.locator(".messagelist .success")).to_be_visible()

    awa.fill("#id_claims-0-value_fr", "Le mien")
    awa.click("[name=_save]")
    expect(awa.locator("#id_claims-0-value_fr")).to_have_value("Le mien")
    awa.locator(".desk-conflict").get_by_role("button", name="Reprendre la version enregistrée").click()
    expect(awa.locator("#id_claims-0-value_fr")).to_have_value("Le leur")
    awa.click("[name=_save]")

    expect(awa.locator(".messagelist .success")).to_be_visible()
    assert Discrepancy.objects.get(pk=discrepancy.pk).claims.get(position=0).value_fr == "Le leur"


def forgive(page, status):
    """Take the browser's own line on an expected answer of `status` off the list of faults."""
    page.faults[:] = [fault for fault in page.faults if f"status of {status}" not in fault]
