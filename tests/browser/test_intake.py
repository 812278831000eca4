"""Taking an article in, in a real browser: paste or choose a file, see the blanks fill, save, go on to quoting."""

from datetime import date
from io import BytesIO

import pytest
from docx import Document
from playwright.sync_api import expect

from commitments.models import Source
from tests import factories
from tests.admin.test_intake import ARTICLE

pytestmark = pytest.mark.browser

ADD = "/admin/commitments/source/add/"
TITLE = "Sahel : la Russie livre dix véhicules à la Force unifiée"
WIDTHS = pytest.mark.parametrize("width", [1280, 360])


@pytest.fixture
def add_page(open_page):
    """Return a function that opens the page where a source is added, signed in as an analyst."""
    factories.make_user("awa", group="Analysts")

    def opener(width=1280, **options):
        page = open_page("/admin/", width=width, **options)
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.fill("#id_username", "awa")
        page.fill("#id_password", "awa")
        page.click("[type=submit]")
        page.goto(ADD)
        return page

    return opener


def paste(page, text):
    """Paste `text` into the archive's box with the keyboard."""
    page.evaluate("text => navigator.clipboard.writeText(text)", text)
    page.focus("#id_text")
    page.keyboard.press("Control+V")


def docx():
    document = Document()
    for line in ARTICLE.splitlines():
        document.add_paragraph(line)
    file = BytesIO()
    document.save(file)
    return {"name": "livraison.docx", "mimeType": "application/octet-stream", "buffer": file.getvalue()}


@WIDTHS
def test_pasting_fills_the_blanks_keeps_what_was_typed_and_saves(add_page, width):
    page = add_page(width)
    report = page.locator("#desk-intake [aria-live=polite]")
    page.fill("#id_author", "K. C.")

    paste(page, ARTICLE)

    expect(page.locator("#id_title")).to_have_value(TITLE)
    expect(page.locator("#id_published_on")).to_have_value("12/05/2025")
    expect(page.locator("#id_author")).to_have_value("K. C.")
    expect(page.locator("#id_reference")).to_have_value("A005")
    expect(report).to_contain_text("lu dans « Bamako, 12 mai 2025 »")
    expect(report).not_to_contain_text("Kadidia")
    assert page.evaluate("document.documentElement.scrollWidth") <= width

    page.get_by_role("button", name="Enregistrer et citer").click()
    expect(page.locator(".messagelist")).to_contain_text("A005")
    source = Source.objects.get(reference="A005")
    assert (source.title, source.author, source.published_on) == (TITLE, "K. C.", date(2025, 5, 12))
    assert source.text == ARTICLE


@WIDTHS
def test_a_word_file_is_read_as_soon_as_it_is_chosen(add_page, width):
    page = add_page(width)

    page.set_input_files("#id_upload", docx())

    expect(page.locator("#id_title")).to_have_value(TITLE)
    expect(page.locator("#id_author")).to_have_value("Kadidia Coulibaly")
    expect(page.locator("#id_file_name")).to_have_value("livraison.docx")
    expect(page.locator("#desk-intake")).to_contain_text("Texte lu dans « livraison.docx »")
    page.get_by_role("button", name="Enregistrer et citer").click()
    expect(page.locator(".messagelist")).to_contain_text("A005")
    assert Source.objects.get(reference="A005").text.splitlines() == ARTICLE.splitlines()


@WIDTHS
def test_a_twin_is_announced_refused_and_kept_only_where_that_is_meant(add_page, width):
    filed = Source.objects.get(reference="A004")
    page = add_page(width)
    link = page.locator(f"#desk-intake a[href='/admin/commitments/source/{filed.pk}/change/']")

    paste(page, f"Reprise d’un confrère, à lire ici.\n\n{filed.text}\nAbonnez-vous à notre lettre.")
    expect(link).to_contain_text("A004")
    expect(page.locator("#id_keep_twin")).to_have_count(0)

    page.fill("#id_text", "")
    paste(page, filed.text)
    expect(page.locator("#id_keep_twin")).to_be_visible()
    page.click("[name=_save]")
    expect(page.locator(".field-text .errorlist a")).to_contain_text("A004")
    page.check("#id_keep_twin")
    page.click("[name=_save]")
    expect(page.locator(".messagelist")).to_contain_text("A004")
    assert Source.objects.filter(sha256=filed.sha256).count() == 2


def test_another_reading_takes_back_what_was_only_proposed(add_page):
    page = add_page()
    paste(page, ARTICLE)
    expect(page.locator("#id_author")).to_have_value("Kadidia Coulibaly")
    page.fill("#id_title", "Mon titre")

    page.fill("#id_text", "")
    paste(page, "Un autre article de presse\n\nIl ne dit ni sa date ni qui l’a écrit.")

    expect(page.locator("#id_author")).to_have_value("")
    expect(page.locator("#id_published_on")).to_have_value("")
    expect(page.locator("#id_title")).to_have_value("Mon titre")


def test_a_file_that_cannot_be_read_is_refused_at_once_with_the_reason(add_page):
    page = add_page()

    page.set_input_files("#id_upload", {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4"})

    expect(page.locator("#desk-intake .desk-refused")).to_contain_text("endommagé")
    expect(page.locator("#id_text")).to_have_value("")


def test_an_expired_session_loses_nothing_and_says_so(add_page):
    page = add_page()
    page.context.clear_cookies()

    paste(page, ARTICLE)

    expect(page.locator("#desk-intake [aria-live]")).to_contain_text("La lecture n’a pas abouti")
    expect(page.locator("#id_text")).to_have_value(ARTICLE)
    page.faults.clear()  # the browser's own note of the answer 403


def test_without_script_a_button_reads_the_text(add_page):
    page = add_page(java_script_enabled=False)
    page.fill("#id_text", ARTICLE)
    page.fill("#id_author", "K. C.")

    page.get_by_role("button", name="Lire le texte").click()

    expect(page.locator("#id_title")).to_have_value(TITLE)
    expect(page.locator("#id_author")).to_have_value("K. C.")
    page.get_by_role("button", name="Enregistrer et citer").click()
    expect(page.locator(".messagelist")).to_contain_text("A005")
