"""Every page of the desk passes axe and fits the screen: light on a desktop, then dark as on a 360-pixel phone."""

import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice
from playwright.sync_api import expect

from commitments.models import Commitment, Source
from commitments.rules.review import publication
from tests import factories
from tests.browser.desk import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
REMARK = "Dites qui a remis les véhicules."
DESK = "/admin/commitments"
HALF = 27
"""How many pages the first of two processes looks at; those of the second half follow from one another."""

SETTLED = "Promise.all(document.getAnimations().map((animation) => animation.finished))"
"""Waits until the links have changed their colour: they take their time over it."""


class Page(NamedTuple):
    """A page of the desk: who sees it ("" for nobody), its address, what is done there before it is judged."""

    name: str
    who: str
    path: str
    then: Callable[[Any], None] = lambda page: None


def press(name: str) -> Callable[[Any], None]:
    """Return what presses the button `name`, and waits for the page that answers."""
    return lambda page: page.get_by_role("button", name=name).first.click()


def read_a_text_on_file(page: Any) -> None:
    page.fill("#id_text", Source.objects.get(reference="A004").text)
    page.get_by_role("button", name="Lire le texte").click()
    expect(page.locator("#desk-intake")).to_contain_text("A004")


def refuse_a_source(page: Any) -> None:
    page.fill("#id_reference", "A004")
    page.click("[name=_save]")
    expect(page.locator(".errornote")).to_be_visible()


def open_the_panel(page: Any) -> None:
    page.locator(".quote-sentence").nth(1).focus()
    page.keyboard.press("Enter")
    page.get_by_text("Une évaluation").click()
    page.get_by_label("Engagement", exact=True).fill("AES")
    expect(page.get_by_role("option").first).to_be_visible()


def show_what_is_not_cited(page: Any) -> None:
    page.get_by_role("link", name="Les montrer", exact=True).click()


def open_all(page: Any) -> None:
    page.evaluate("for (const folded of document.querySelectorAll('#content details')) folded.open = true")


def refuse_a_judgement(page: Any) -> None:
    page.select_option("#id_status", "limited")
    page.click("[name=_propose]")
    expect(page.locator(".errornote")).to_be_visible()
    open_all(page)


def preview(page: Any) -> None:
    page.fill("#id_rationale_fr", "Dix véhicules **remis**.")
    page.get_by_role("button", name=re.compile("Aperçu – Motifs$")).click()
    expect(page.locator("#id_rationale_fr_preview strong")).to_be_visible()


def save_over_somebody_else(page: Any) -> None:
    record = Commitment.objects.get(reference="AES-RU-2025-900")
    record.title_fr = f"Un autre titre, {record.title_fr}"
    record.save()
    page.fill("#id_title_fr", "Mon titre")
    page.click("[name=_save]")
    expect(page.locator(".desk-conflict")).to_be_visible()


def save_without_a_session(page: Any) -> None:
    page.fill("#id_title_fr", "Tapé pendant que la session s’achevait")
    page.context.clear_cookies()
    page.click("[name=_save]")
    expect(page.locator("#id_username")).to_be_visible()


def sign_in_again(page: Any) -> None:
    save_without_a_session(page)
    page.fill("#id_username", "awa")
    page.fill("#id_password", "awa")
    page.click("[type=submit]")
    expect(page.locator(".desk-resume")).to_be_visible()


def send_a_spreadsheet(page: Any) -> None:
    lines = ["Engagement;Intitulé;Au plus tard le", "AES-RU-2025-02;Étape;2027-03", "AES-RU-2025-02;Suite;bientôt"]
    page.set_input_files(
        "#id_file", {"name": "jalons.csv", "mimeType": "text/csv", "buffer": "\r\n".join(lines).encode()}
    )
    page.get_by_role("button", name="Vérifier le fichier").click()
    expect(page.locator(".desk-report")).to_be_visible()


def send_a_good_spreadsheet(page: Any) -> None:
    lines = ["Engagement;Intitulé;Au plus tard le", "AES-RU-2025-02;Étape;2027-03"]
    page.set_input_files(
        "#id_file", {"name": "jalons.csv", "mimeType": "text/csv", "buffer": "\r\n".join(lines).encode()}
    )
    page.get_by_role("button", name="Vérifier le fichier").click()
    expect(page.get_by_role("button", name="Importer")).to_be_visible()


def set_up_a_second_factor(page: Any) -> None:
    page.get_by_role("button", name="Activer").click()
    page.locator("#id_code").fill("000")
    page.keyboard.press("Enter")
    expect(page.locator(".errorlist")).to_be_visible()


def finish_the_second_factor(page: Any) -> None:
    device = TOTPDevice.objects.get(user__username="awa")
    device.throttle_reset()
    page.locator("#id_code").fill(f"{TOTP(device.bin_key).token():06}")
    page.keyboard.press("Enter")
    expect(page.locator(".desk-codes")).to_be_visible()


def fail_to_sign_in(page: Any) -> None:
    sign_in(page, "personne", password="faux")


def fail_until_locked_out(page: Any) -> None:
    for _number in range(5):
        fail_to_sign_in(page)
    expect(page.locator("h1")).to_contain_text("Trop d’essais")


def pages(made: Any) -> list[Page]:
    """Return the pages, in an order in which what one does harms none after it."""
    judged = f"{DESK}/assessment/{made.waiting.pk}"
    draft = f"{DESK}/commitment/{made.draft.pk}"
    passage = f"commitment={made.commitment.pk}&source={made.source.pk}&start=0&end=30"
    lists = ["commitment", "assessment", "milestone", "citation", "source", "party"]  # one of each make
    return [
        Page("first page of an analyst", "awa", "/admin/"),
        Page("first page of an editor", "boubacar", "/admin/"),
        Page("section of the queue", "boubacar", "/admin/file/discrepancies/"),
        Page("adding a source", "awa", f"{DESK}/source/add/", read_a_text_on_file),
        Page("a source refused", "awa", f"{DESK}/source/add/", refuse_a_source),
        Page("source", "awa", f"{DESK}/source/{made.seed.pk}/change/"),
        Page("quoting", "awa", f"{DESK}/source/{made.seed.pk}/quote/", show_what_is_not_cited),
        Page("quoting, the panel open", "awa", f"{DESK}/source/{made.source.pk}/quote/", open_the_panel),
        Page("new judgement", "awa", f"{DESK}/assessment/add/"),
        Page("new judgement with a passage", "awa", f"{DESK}/assessment/add/?{passage}", preview),
        Page("judgement refused", "awa", f"{DESK}/assessment/add/?{passage}", refuse_a_judgement),
        Page("judgement in review", "awa", f"{judged}/change/", open_all),
        Page("judgement sent back", "awa", f"{DESK}/assessment/{made.returned.pk}/change/", open_all),
        Page("published judgement", "boubacar", f"{DESK}/assessment/{made.public.pk}/change/"),
        Page("review queue", "boubacar", "/admin/relecture/"),
        Page("proposal", "boubacar", f"{judged}/relecture/"),
        Page("proposal, refused", "boubacar", f"{judged}/relecture/", press("Renvoyer")),
        Page("publishing", "boubacar", f"{DESK}/source/review/publish/?pk={made.source.pk}"),
        Page("withdrawal", "boubacar", f"{DESK}/assessment/review/withdraw/?pk={made.public.pk}", press("Retirer")),
        Page("import", "awa", f"{DESK}/milestone/import/"),
        Page("import refused", "awa", f"{DESK}/milestone/import/", send_a_spreadsheet),
        Page("import accepted", "awa", f"{DESK}/milestone/import/", send_a_good_spreadsheet),
        Page("export", "awa", f"{DESK}/commitment/export/"),
        Page("search made", "awa", f"{DESK}/commitment/search-made/?pk={made.commitment.pk}"),
        Page("new search", "awa", f"{DESK}/search/add/?commitment={made.commitment.pk}", open_all),
        Page("who follows", "boubacar", f"{DESK}/commitment/assign/?pk={made.commitment.pk}"),
        Page("commitment", "awa", f"{DESK}/commitment/{made.commitment.pk}/change/"),
        Page("draft commitment", "awa", f"{draft}/change/", open_all),
        Page("citation", "awa", f"{DESK}/citation/{made.citation.pk}/change/"),
        Page("new discrepancy", "awa", f"{DESK}/discrepancy/add/"),
        Page("new note", "awa", f"{DESK}/followupnote/add/"),
        Page("new milestone", "awa", f"{DESK}/milestone/add/"),
        Page("history", "awa", f"{draft}/history/"),
        Page("past version", "boubacar", f"{draft}/history/{made.version}/"),
        Page("past version taken up", "boubacar", f"{draft}/change/?version={made.version}"),
        Page("deletion", "awa", f"{draft}/delete/"),
        Page("conflict", "awa", f"{draft}/change/", save_over_somebody_else),
        *(Page(f"list: {name}", "boubacar", f"{DESK}/{name}/", open_all) for name in lists),
        Page("closed page", "awa", "/admin/relecture/"),
        Page("missing page", "awa", "/admin/rien/"),
        Page("preferences", "awa", "/admin/preferences/"),
        Page("accounts", "koffi", "/admin/auth/user/"),
        Page("account", "koffi", f"/admin/auth/user/{made.awa.pk}/change/"),
        Page("new password", "awa", "/admin/password_change/"),
        Page("sign-in", "", "/admin/", fail_to_sign_in),
        Page("session ended", "awa", f"{draft}/change/", save_without_a_session),
        Page("resume", "awa", f"{draft}/change/", sign_in_again),
        Page("second factor", "awa", "/admin/second-facteur/"),
        Page("second factor being set up", "awa", "/admin/second-facteur/", set_up_a_second_factor),
        Page("recovery codes", "awa", "/admin/second-facteur/", finish_the_second_factor),
        Page("second factor asked", "", "/admin/", lambda page: sign_in(page, "awa")),
        Page("locked out", "", "/admin/", fail_until_locked_out),
    ]


@pytest.fixture
def made(seed_articles):
    """Three people, and something in every state."""
    awa = factories.make_user("awa", group="Analysts", first_name="Awa", last_name="Traoré")
    boubacar = factories.make_user("boubacar", group="Editors", first_name="Boubacar", last_name="Maïga")
    User.objects.create_superuser("koffi", "koffi@example.org", "koffi")
    commitments = [Commitment.objects.get(reference=f"AES-RU-2025-0{number}") for number in (2, 3, 4)]
    public, returned, waiting = (
        factories.make_assessment(commitment=commitment, proposed_by=awa) for commitment in commitments
    )
    publication.publish(public, by=boubacar)
    for assessment in (returned, waiting):
        publication.send_back(assessment, by=boubacar, reason=REMARK)
    waiting.rationale_fr = "Dix véhicules blindés ont été remis."
    waiting.save()
    publication.propose(waiting, by=awa, remark="L’article ne le dit pas.")
    draft = factories.make_commitment(reference="AES-RU-2025-900", title_fr="Un premier titre")
    first = draft.history.latest().pk
    draft.title_fr = "Un second titre, bien plus long que le premier pour en voir les lignes"
    draft.save()
    return SimpleNamespace(
        awa=awa,
        commitment=commitments[0],
        public=public,
        returned=returned,
        waiting=waiting,
        draft=draft,
        version=first,
        source=factories.make_source(reference="T001", title="Article pas encore cité"),
        seed=Source.objects.get(reference="A003"),
        citation=waiting.citations.get(),
    )


@pytest.mark.parametrize("half", [slice(HALF), slice(HALF, None)], ids=["first", "second"])
def test_every_page_passes_axe_and_fits_the_screen(half, made, open_page, live_server):
    # axe styles what it measures; the policy that forbids this holds in every other test.
    page = open_page("/admin/", bypass_csp=True)
    page.on("dialog", lambda dialog: dialog.accept())  # leaving a page where something was typed
    faults = []
    for shown in pages(made)[half]:
        page.set_viewport_size({"width": 1280, "height": 900})
        page.emulate_media(color_scheme="light")
        page.context.clear_cookies()
        if shown.who:
            client = Client()
            client.force_login(User.objects.get(username=shown.who))
            session = client.cookies[settings.SESSION_COOKIE_NAME].value
            page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
        page.goto(shown.path)
        shown.then(page)
        page.wait_for_load_state()
        faults += faults_of(page, shown.name)
        page.set_viewport_size({"width": 360, "height": 740})
        page.emulate_media(color_scheme="dark")
        page.evaluate(SETTLED)
        faults += faults_of(page, f"{shown.name}, dark, on a phone")

    assert faults == []
    # The browser's own note of the answers that are meant to refuse.
    page.faults[:] = [fault for fault in page.faults if not re.search("status of (401|403|404|429)", fault)]


def faults_of(page, name):
    """Return what axe holds against the page as it stands, and whether it scrolls sideways."""
    if not page.evaluate("Boolean(window.axe)"):  # a page that was looked at narrow has it from when it was wide
        page.evaluate(AXE_SCRIPT)
    options = {"runOnly": TAGS, "resultTypes": ["violations"], "preload": False}
    report = page.evaluate("options => axe.run(options)", options)
    faults = [
        (name, violation["id"], [(node["target"], node["failureSummary"]) for node in violation["nodes"][:3]])
        for violation in report["violations"]
    ]
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        faults.append((name, "scrolls sideways", page.url))
    return faults
