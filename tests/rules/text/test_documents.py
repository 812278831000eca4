"""Reading files: each kind, and each fault named in words; nothing is ever garbled."""

import codecs
import json
import zipfile
from datetime import date, time
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from docx import Document as new_docx
from docx.oxml import parse_xml
from fpdf import FPDF

from commitments.rules.text import documents

pytestmark = pytest.mark.one_database

SEEDS = Path(__file__).parents[3] / "fixtures" / "sources.json"
FRENCH = "Réunion à Moscou : l’Été s’achève, « où », çà et là, au cœur de l’AES – 5 € par an…\nDeuxième ligne.\n"
PLAIN = "Réunion à Moscou : l'été s'achève, où, çà et là, au sein de l'AES - par an...\nDeuxième ligne.\n"
RUSSIAN = "Министр иностранных дел России Сергей Лавров провёл переговоры с министрами стран Сахеля. " * 3
PARAGRAPH = (
    "Les ministres des Affaires étrangères du Mali, du Niger et du Burkina Faso ont rencontré leur homologue russe. "
    "Ils sont convenus de se retrouver chaque année, alternativement dans l’un des trois pays et en Russie."
)
PAGE = f"""<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>Réunion à Moscou - Le Journal</title>
<meta property="og:title" content="Réunion à Moscou"><meta property="og:site_name" content="Le Journal">
<meta name="author" content="Awa Traoré"><meta property="article:author" content="https://example.org/awa">
<meta property="article:published_time" content="2025-04-04T13:32:10+00:00">
<link rel="canonical" href="https://example.org/posts/reunion"></head>
<body><nav><a href="/">Accueil</a><a href="/politique">Politique</a></nav>
<article><h1>Réunion à Moscou</h1><p>{PARAGRAPH}</p><p>Court.</p><p>{PARAGRAPH.upper()}</p>
<ul><li>Premier point</li><li>Deuxième point</li></ul><blockquote>« C’est une étape », a-t-il dit.</blockquote>
</article>
<footer>Tous droits réservés</footer><script>alert("x")</script></body></html>"""


def refusal(data, name):
    with pytest.raises(ValidationError) as raised:
        documents.read(data, name)
    return raised.value


def docx(*paragraphs):
    document = new_docx()
    for words in paragraphs:
        document.add_paragraph(words)
    return document


def saved(document):
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def pdf(*pages, **protection):
    document = FPDF()
    document.set_font("Helvetica", size=12)
    for words in pages:
        document.add_page()
        if words:
            document.multi_cell(0, 8, words)
    if protection:
        document.set_encryption(**protection)
    return bytes(document.output())


# .txt


@pytest.mark.parametrize("number", range(5))
def test_a_seed_article_is_archived_byte_for_byte(number):
    text = json.loads(SEEDS.read_text(encoding="utf-8"))[number]["fields"]["text"]
    data = text.encode()

    document = documents.read(data, "article.txt")

    assert document.text == text
    assert sha256(document.text.encode()).hexdigest() == sha256(data).hexdigest()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"])
def test_french_is_read_in_each_encoding_that_holds_it(encoding):
    assert documents.read(FRENCH.encode(encoding), "a.txt").text == FRENCH


@pytest.mark.parametrize("mark", [codecs.BOM_UTF16_BE + "Où".encode("utf-16-be"), codecs.BOM_UTF8 + "Où".encode()])
def test_byte_order_mark_is_no_part_of_the_text(mark):
    assert documents.read(mark, "a.txt").text == "Où"


@pytest.mark.parametrize("encoding", ["iso8859_15", "mac_roman", "cp850"])
def test_french_of_other_old_machines_is_read(encoding):
    assert documents.read(PLAIN.encode(encoding), "a.txt").text == PLAIN


@pytest.mark.parametrize("encoding", ["cp1251", "koi8_r", "utf-8"])
def test_russian_is_read(encoding):
    assert documents.read(RUSSIAN.encode(encoding), "a.txt").text == RUSSIAN


def test_ligature_tells_one_western_encoding_from_another():
    assert documents.read("au cœur de l'Europe".encode("iso8859_15"), "a.txt").text == "au cœur de l'Europe"


@pytest.mark.parametrize("ends", ["\r\n", "\r", "\n"])
def test_line_ends_are_kept(ends):
    data = f"Une ligne.{ends}{ends}Une autre.{ends}".encode()

    assert documents.read(data, "a.txt").text.encode() == data


@pytest.mark.parametrize(
    "data",
    [
        "Minister przyjął swoich odpowiedników, żeby omówić współpracę i źródła.".encode("cp1250"),
        bytes(range(1, 256)),
        b"\xff\xfeA",
        b"O\x97 ?",
    ],
    ids=["Polish", "all bytes", "cut UTF-16", "one letter"],
)
def test_undecidable_encoding_is_refused_by_name(data):
    error = refusal(data, "a.txt")

    assert error.code == "encoding"
    assert "enregistrez-le en UTF-8" in error.messages[0]


@pytest.mark.parametrize("data", [b"Un\x00texte", "Un texte".encode("utf-16-le"), b"\xe9\x00\xe9"])
def test_nul_is_refused(data):
    assert refusal(data, "a.txt").code == "nul"


# Any kind


@pytest.mark.parametrize("name", ["a.doc", "a.odt", "a.exe", "article", ".txt.zip", "a.txt\x00.exe"])
def test_unknown_kind_is_refused_with_the_kinds_that_are_read(name):
    error = refusal(b"Un texte.", name)

    assert error.code == "kind"
    assert ".docx" in error.messages[0]


@pytest.mark.parametrize("name", ["a.txt", "a.html", "a.docx", "a.pdf"])
def test_empty_file_is_refused(name):
    assert refusal(b"", name).code == "empty"


@pytest.mark.parametrize("data", [b"  \n\t ", codecs.BOM_UTF8 + b"\n"])
def test_blank_text_is_refused(data):
    assert refusal(data, "a.txt").code == "empty"


def test_too_large_a_file_is_refused_unread(monkeypatch):
    monkeypatch.setattr(documents, "MOST_BYTES", 1024 * 1024)

    error = refusal(b"x" * (1024 * 1024 + 1), "a.txt")

    assert error.code == "large"
    assert "1 Mo" in error.messages[0]


def test_too_long_a_text_is_refused(monkeypatch):
    monkeypatch.setattr(documents, "MOST_CHARACTERS", 10)

    assert refusal(b"x" * 11, "a.txt").code == "large"
    assert documents.read(b"x" * 10, "a.txt").text == "x" * 10


def test_name_loses_folders_and_control_characters():
    assert documents.read(b"Un texte.", "C:\\Articles\\../un\x07.TXT").name == "un.TXT"
    assert len(documents.clean_name("x" * 300 + ".txt")) == 200


# .html


def test_web_page_gives_its_article_whole_and_nothing_around_it():
    text = documents.read(PAGE.encode(), "page.html").text

    for words in (PARAGRAPH, "Court.", PARAGRAPH.upper(), "Premier point", "Deuxième point", "« C’est une étape »"):
        assert words in text
    assert "alert" not in text
    assert "Accueil" not in text


def test_web_page_states_its_metadata():
    stated = documents.read(PAGE.encode(), "page.htm").stated

    assert {name: said.value for name, said in stated.items()} == {
        "title": "Réunion à Moscou",
        "publisher": "Le Journal",
        "author": "Awa Traoré",
        "url": "https://example.org/posts/reunion",
        "published_on": date(2025, 4, 4),
        "published_time": time(13, 32),
    }
    assert "2025-04-04T13:32:10+00:00" in stated["published_on"].words


def test_web_page_states_itself_in_linked_data_too():
    data = {
        "@graph": [
            {"@type": "Organization", "name": "Autre"},
            {
                "@type": ["NewsArticle"],
                "headline": "Un titre",
                "author": [{"name": "Awa Traoré"}, {"name": "B. Maïga"}],
                "publisher": {"name": "Le Journal"},
                "datePublished": "2025-04-04",
            },
        ]
    }
    page = f'<html><head><script type="application/ld+json">{json.dumps(data)}</script></head><body><p>{PARAGRAPH}'

    stated = documents.read(page.encode(), "page.html").stated

    assert {name: said.value for name, said in stated.items()} == {
        "title": "Un titre",
        "author": "Awa Traoré, B. Maïga",
        "publisher": "Le Journal",
        "published_on": date(2025, 4, 4),
    }


@pytest.mark.parametrize("content", ["hier", "2025-13-45", "04/05/2025", ""])
def test_web_page_with_no_iso_date_states_none(content):
    page = f'<html><head><meta property="article:published_time" content="{content}"></head><body><p>{PARAGRAPH}'

    assert documents.read(page.encode(), "page.html").stated == {}


def test_web_page_whose_date_is_only_in_its_text_states_none():
    page = f"<html><body><article><p>Le 3 avril 2025, {PARAGRAPH}</p></article><p>© 2025</p></body></html>"

    assert documents.read(page.encode(), "page.html").stated == {}


def test_web_page_with_an_address_that_is_none_states_none():
    page = f'<html><head><meta property="og:url" content="javascript:alert(1)"></head><body><p>{PARAGRAPH}'

    assert documents.read(page.encode(), "page.html").stated == {}


@pytest.mark.parametrize(
    ("encoding", "declared"), [("iso-8859-1", "iso-8859-1"), ("cp1252", "UTF-8"), ("utf-8", "inconnu")]
)
def test_web_page_is_read_in_its_encoding_even_where_it_declares_another(encoding, declared):
    words = PARAGRAPH.replace("’", "'")
    page = (
        f'<html><head><meta http-equiv="Content-Type" content="text/html; charset={declared}"></head><body><p>{words}'
    )

    assert words in documents.read(page.encode(encoding), "page.html").text


@pytest.mark.parametrize("data", [b"<html><body></body></html>", b"<nav><a href='/'>Accueil</a></nav>"])
def test_web_page_without_article_is_refused(data):
    assert refusal(data, "page.html").code == "empty"


def test_web_page_nested_too_deeply_is_refused():
    assert refusal(("<div>" * 50_000 + PARAGRAPH).encode(), "page.html").code == "empty"


def test_web_page_that_would_take_too_long_is_refused_unread(monkeypatch):
    monkeypatch.setattr("trafilatura.extract", lambda *args, **kwargs: pytest.fail("read"))

    assert refusal(b"<p>" + b"x" * documents.MOST_PAGE_BYTES, "page.html").code == "large"


# .docx


def test_docx_gives_paragraphs_and_tables_in_order():
    document = docx("Réunion à Moscou", "Premier paragraphe.")
    table = document.add_table(rows=2, cols=2)
    for cell, words in zip(
        [cell for row in table.rows for cell in row.cells], ["Pays", "Jour", "Mali", "3 avril"], strict=True
    ):
        cell.text = words
    document.add_paragraph("Après le tableau.\tFin.")

    text = documents.read(saved(document), "a.docx").text

    assert text == "Réunion à Moscou\nPremier paragraphe.\nPays\tJour\nMali\t3 avril\nAprès le tableau.\tFin.\n"


def test_docx_gives_insertions_and_controls_but_not_what_was_struck_out():
    document = docx("Début.")
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    run = "<w:r><w:t>{}</w:t></w:r>"
    marked = (
        f"<w:p {space}><w:ins w:id='1' w:author='x'>{run.format('Inséré.')}</w:ins>"
        f"<w:del w:id='2' w:author='x'><w:r><w:delText>Biffé.</w:delText></w:r></w:del>"
        f"<w:moveFrom w:id='3' w:author='x'>{run.format('Déplacé.')}</w:moveFrom></w:p>"
    )
    control = f"<w:sdt {space}><w:sdtContent><w:p>{run.format('Contrôle.')}</w:p></w:sdtContent></w:sdt>"
    for part in (marked, control):
        document.element.body.insert(-1, parse_xml(part))

    assert documents.read(saved(document), "a.docx").text == "Début.\nInséré.\nContrôle.\n"


def test_docx_without_text_is_refused():
    assert refusal(saved(docx("", " ")), "a.docx").code == "empty"


@pytest.mark.parametrize("data", [b"pas une archive", saved(docx("Un texte."))[:-200], b"PK\x03\x04" + b"\x00" * 50])
def test_damaged_docx_is_refused(data):
    assert refusal(data, "a.docx").code == "damaged"


def test_archive_that_is_no_docx_is_refused():
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("word/document.xml", "<w:document>")

    assert refusal(file.getvalue(), "a.docx").code == "damaged"


def test_old_or_protected_word_file_is_refused():
    error = refusal(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(512), "a.docx")

    assert error.code == "encrypted"
    assert "mot de passe" in error.messages[0]


@pytest.mark.parametrize(
    ("part", "size"), [("word/document.xml", documents.MOST_MARKUP), ("word/media/a.bmp", documents.MOST_UNPACKED)]
)
def test_archive_that_unpacks_to_too_much_is_refused_unopened(part, size):
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(part, b"0" * (size + 1))

    assert len(file.getvalue()) < 100_000
    assert refusal(file.getvalue(), "a.docx").code == "large"


# .pdf


def test_pdf_gives_its_text_layer_page_by_page():
    text = documents.read(pdf("Première page, à Moscou.", "Deuxième page."), "a.pdf").text

    assert text == "Première page, à Moscou.\n\nDeuxième page.\n"


def test_scanned_pdf_is_refused():
    error = refusal(pdf("", ""), "a.pdf")

    assert error.code == "no_text"
    assert "couche de texte" in error.messages[0]


def test_pages_without_text_are_named():
    document = documents.read(pdf("Première page.", "", "Troisième page."), "a.pdf")

    assert "La page 2 n’a pas de texte" in document.remarks[0]


@pytest.mark.parametrize("user", ["secret", ""])
def test_encrypted_pdf_is_refused(user):
    assert refusal(pdf("Un texte.", owner_password="maître", user_password=user), "a.pdf").code == "encrypted"


@pytest.mark.parametrize("data", [b"pas un PDF", b"%PDF-1.4\n", pdf("Un texte.")[:300], b"%PDF-1.7" + b"\xff" * 1000])
def test_damaged_pdf_is_refused(data):
    assert refusal(data, "a.pdf").code == "damaged"


def test_pdf_of_too_many_pages_is_refused(monkeypatch):
    monkeypatch.setattr(documents, "MOST_PAGES", 2)

    assert refusal(pdf("1", "2", "3"), "a.pdf").code == "large"


def test_pdf_whose_fonts_name_no_letters_is_refused(monkeypatch):
    monkeypatch.setattr("pypdf.PageObject.extract_text", lambda page: "\ue001\ue002 \ue003(cid:12)")

    assert refusal(pdf("Un texte."), "a.pdf").code == "garbled"


def test_one_letter_that_cannot_be_read_is_marked_and_said(monkeypatch):
    monkeypatch.setattr("pypdf.PageObject.extract_text", lambda page: "Un texte. " * 50 + "\ue001")

    document = documents.read(pdf("Un texte."), "a.pdf")

    assert document.text.endswith("\ufffd\n")
    assert "1 caractère illisible" in document.remarks[0]
