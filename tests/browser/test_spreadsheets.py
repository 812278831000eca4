"""A spreadsheet in a real browser: sent, checked in sight, read, imported; on a desktop and on a phone."""

import re

import pytest
from playwright.sync_api import expect

from commitments.models import Milestone
from tests import factories

pytestmark = pytest.mark.browser

TITLES = "Engagement;Intitulé;Au plus tard le"
ROWS = 450


def sign_in(page, name):
    page.goto("/admin/")
    page.fill("#id_username", name)
    page.fill("#id_password", name)
    page.click("[type=submit]")


def send(page, *lines):
    content = "\r\n".join([TITLES, *lines]).encode("cp1252")
    page.set_input_files("#id_file", {"name": "jalons.csv", "mimeType": "text/csv", "buffer": content})
    page.get_by_role("button", name="Vérifier le fichier").click()
    page.wait_for_url(re.compile(r"/import/[0-9a-f-]{36}/$"), timeout=120_000)


@pytest.mark.parametrize("width", [1280, 360])
def test_a_file_is_checked_corrected_and_imported(seed_articles, open_page, width):
    factories.make_user("awa", group="Analysts")
    page = open_page("/", width=width)
    sign_in(page, "awa")
    before = Milestone.objects.count()
    told = []
    page.on("response", lambda response: told.append(response) if response.request.method == "POST" else None)

    page.goto("/admin/commitments/milestone/")
    page.get_by_role("link", name="Importer…").click()
    send(page, "AES-RU-2025-02;Première étape;2027-03", "AES-RU-2025-02;Seconde étape;bientôt")

    # One row is refused, by its number, its column and the reason; nothing can be imported.
    row = page.locator(".desk-report tbody tr").first
    expect(row).to_contain_text("3")
    expect(row).to_contain_text("Au plus tard le")
    expect(row).to_contain_text("bientôt")
    expect(page.get_by_role("button", name="Importer")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

    # Corrected, and larger: the report counts and shows what would be made.
    page.get_by_role("link", name="Envoyer un autre fichier").click()
    send(page, *[f"AES-RU-2025-02;Étape {number};2027-03" for number in range(ROWS)])
    expect(page.locator(".desk-counts")).to_contain_text(f"{ROWS} créées")
    assert Milestone.objects.count() == before
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

    # By keyboard alone: what becomes of the new records, then the import.
    page.get_by_role("radio", name="restent des brouillons").focus()
    page.get_by_role("button", name="Importer").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[role=status]")).to_contain_text("Importé par awa", timeout=120_000)
    assert Milestone.objects.count() == before + ROWS
    assert told


def test_progress_shows_while_the_page_arrives(seed_articles, open_page):
    factories.make_user("awa", group="Analysts")
    page = open_page("/", java_script_enabled=False)
    sign_in(page, "awa")

    page.goto("/admin/commitments/milestone/import/")
    content = "\r\n".join([TITLES, *[f"AES-RU-2025-02;Étape {number};2027-03" for number in range(ROWS)]])
    page.set_input_files("#id_file", {"name": "x.csv", "mimeType": "text/csv", "buffer": content.encode()})
    page.get_by_role("button", name="Vérifier le fichier").click()

    # Without script: each step came as a line, the last of which leads on.
    steps = page.locator(".desk-steps progress")
    expect(page.get_by_role("link", name="Lire le compte rendu")).to_be_visible(timeout=120_000)
    assert steps.count() == 3
    assert not steps.first.is_visible()
    page.get_by_role("link", name="Lire le compte rendu").click()
    expect(page.locator(".desk-counts")).to_contain_text(f"{ROWS} créées")
