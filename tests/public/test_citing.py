"""How a page is cited: where it can be read again, what its digest depends on, and the formats of its reference."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest

from commitments.public.sharing.citing import digest
from commitments.public.sharing.latex import latex, one_line
from tests import factories
from tests.public.addresses import HTML, LANGUAGES
from tests.public.conftest import addresses, on, text_of

pytestmark = pytest.mark.one_database

HOSTILE = "Former {100} % des « cadres » \\ à l’œuvre & “vite” : $x_1$ #2 ~ ^ <b>"


def citable(record):
    """Return the address of each public page that is cited: not of the search, whose past days are searched by less."""
    return [address for address in addresses(record) if not address.startswith("/recherche/")]


def box(html):
    """Return the permanent path and the digest that the box of a page gives."""
    path = re.search(r'<dt>Adresse permanente</dt>\s*<dd><a class="url" href="([^"]+)"', html)[1]
    return unescape(path), re.search(r"empreinte ([0-9a-f]{16})", html)[1]


@pytest.mark.slow
def test_every_page_says_how_to_cite_it(client, record):
    for address in citable(record):
        page = client.get(address)

        path, found = box(page.content.decode())
        assert "known_on=2026-11-21" in path
        words = text_of(page)
        assert f"http://testserver{path}" in words
        assert words.count(found) == 4  # APA, Chicago, BibTeX, RIS
        assert "(2026, 21 novembre)" in words


@pytest.mark.slow
def test_the_permanent_address_shows_later_what_was_cited(client, record, analyst, editor):
    cited = {address: box(client.get(address).content.decode()) for address in citable(record)}

    with on("2026-11-25"):
        record.commitment.title_fr = record.commitment.title_en = "Un autre titre"
        record.commitment.save()
        record.note.body_fr = "Une autre note."
        record.note.save()
        factories.make_assessment(
            commitment=record.commitment, status="complete", proposed_by=analyst, published_by=editor
        )
        factories.make_discrepancy(published_by=editor)
        again = {address: client.get(path) for address, (path, _digest) in cited.items()}
        now = {address: client.get(address) for address in cited}

    for address, (path, before) in cited.items():
        assert again[address].status_code == 200
        assert box(again[address].content.decode()) == (path, before), address
    changed = {address for address, page in now.items() if box(page.content.decode())[1] != cited[address][1]}
    assert {record.commitment.get_absolute_url(), "/", "/engagements/", "/divergences/"} <= changed


@pytest.mark.slow
def test_lists_and_records_say_at_their_top_how_they_are_taken_along(client, record, settings):
    settings.TRACKER_DATA_LICENCE = "CC-BY-4.0"
    shown = [record.commitment, record.source, record.meeting, record.instrument, record.discrepancy]
    pages = ["/engagements/?as_of=2026-11-20", "/secteurs/securite/", "/parties/RU/"]
    pages += ["/sources/", "/divergences/", "/secteurs/", "/parties/"]

    for address in [*pages, *(item.get_absolute_url() for item in shown)]:
        html = client.get(address).content.decode()

        [line] = re.findall(r'<p class="take">.*?</p>', html, re.DOTALL)
        words, hrefs = re.sub(r"<[^>]+>|\s+", " ", line), [unescape(href) for href in re.findall('href="(.*?)"', line)]
        title = unescape(re.sub("<[^>]+>", "", re.search("<title>(.*?) – ", html, re.DOTALL)[1])).strip()
        assert "Licence CC-BY-4.0" in words
        assert "#citer" in hrefs
        assert 'id="citer"' in html
        [sent] = [parse_qs(urlsplit(href).query) for href in hrefs if href.startswith("https://wa.me/?")]
        [mailed] = [parse_qs(urlsplit(href).query) for href in hrefs if href.startswith("mailto:?")]
        assert sent["text"] == mailed["body"] == [f"{title} http://testserver{address}"]
        assert mailed["subject"] == [title]
    assert "Licence non indiquée" not in words
    assert 'href="/data/commitments.csv?basis=agreed"' in client.get("/engagements/?basis=agreed").content.decode()


def test_what_may_not_be_cited_is_not_taken_along(client, record):
    page = client.get("/engagements/?status=inconnu")

    assert page.status_code == 400
    assert 'class="take"' not in page.content.decode()
    assert "Licence non indiquée" in text_of(client.get("/engagements/"))


def test_the_digest_of_a_page_stays_while_others_change(client, record, editor):
    address = record.commitment.get_absolute_url()
    _path, before = box(client.get(address).content.decode())

    factories.make_commitment(published_by=editor)
    _path, after = box(client.get(address).content.decode())

    assert after == before


def test_the_digest_is_of_the_words_only():
    one = digest('<p class="a">Dix  véhicules\n<b>livrés</b> &amp; payés</p>')

    assert one == digest("<div><a href='/x?known_on=2026-11-21'>Dix véhicules</a> <i>livrés</i>\u00a0& payés</div>")
    assert one != digest("<p>Onze véhicules livrés & payés</p>")


def test_a_past_reading_keeps_both_its_days(client, record):
    page = client.get(f"{record.commitment.get_absolute_url()}?as_of=2025-04-20")

    path, _digest = box(page.content.decode())

    assert path.endswith("?as_of=2025-04-20&known_on=2026-11-21")
    assert "faits survenus jusqu’au 20 avril 2025, d’après ce que le site savait le 21 novembre 2026" in text_of(page)


def test_filters_and_pages_are_part_of_the_address(client, record):
    path, _digest = box(client.get("/engagements/?q=force&basis=&page=1").content.decode())

    assert path == "/engagements/?page=1&q=force&known_on=2026-11-21"


@pytest.mark.parametrize("address", ["/nulle-part/", "/?as_of=x", "/engagements/?status=x", "/engagements/?page=9"])
def test_what_is_no_page_is_not_cited(client, record, address):
    page = client.get(address)

    assert page.status_code >= 400
    assert "Citer cette page" not in text_of(page)
    assert "og:" not in page.content.decode()


def test_a_bibtex_file(client, editor):
    commitment = factories.make_commitment(reference="AES-RU-2025-07", title_fr=HOSTILE, published_by=editor)

    file = client.get(commitment.get_absolute_url(), {"cite": "bibtex"})

    assert file["Content-Type"] == "application/x-bibtex; charset=utf-8"
    assert file["Content-Disposition"] == ('attachment; filename="suivi-engagements-aes-ru-2025-07-2026-11-21.bib"')
    entry = file.content.decode()
    assert entry.isascii()
    assert (
        r"  title = {{AES-RU-2025-07, Former {\textbraceleft}100{\textbraceright} \% des {\guillemotleft} cadres "
        r"{\guillemotright} {\textbackslash} {\`a} l'{\oe}uvre \& ``vite'' : \$x\_1\$ \#2 {\textasciitilde} "
        r"{\textasciicircum} <b>}},"
    ) in entry
    assert "  url = {http://testserver/engagements/AES-RU-2025-07/?known_on=2026-11-21}," in entry
    assert "  month = nov," in entry
    assert "  date = {2026-11-21}," in entry
    assert "  langid = {french}," in entry
    assert entry.count("{") == entry.count("}")


def test_a_ris_file_has_one_field_to_a_line(client, editor):
    commitment = factories.make_commitment(
        reference="AES-RU-2025-07", title_fr="Un titre\nER  - \r\nTY  - BOOK\u2028fin", published_by=editor
    )

    file = client.get(commitment.get_absolute_url(), {"cite": "ris"})

    assert file["Content-Type"] == "application/x-research-info-systems; charset=utf-8"
    lines = file.content.decode().split("\r\n")
    assert [line[:6] for line in lines[:-1]] == [
        f"{name}  - " for name in ("TY", "AU", "TI", "PY", "DA", "UR", "N1", "LA", "ER")
    ]
    assert "TI  - AES-RU-2025-07, Un titre ER - TY - BOOK fin" in lines
    assert "DA  - 2026/11/21/" in lines
    assert len(file.content.decode().splitlines()) == len(lines) - 1


@pytest.mark.slow
def test_the_files_are_in_the_language_of_the_page(client, record):
    address = f"/en{record.commitment.get_absolute_url()}"

    entry = client.get(address, {"cite": "bibtex"}).content.decode()
    lines = client.get(address, {"cite": "ris"}).content.decode()
    page = text_of(client.get(address))

    assert "Strengthen the Unified Force" in entry
    assert "langid = {english}" in entry
    assert "LA  - en" in lines
    assert "(2026, November 21)" in page
    assert f"“{record.commitment.reference}, Strengthen the Unified Force.”" in page


@pytest.mark.slow
def test_the_file_has_the_digest_that_the_page_gives(client, record):
    for address in citable(record):
        path, found = box(client.get(address).content.decode())

        assert found in client.get(f"{path}&cite=bibtex").content.decode(), address


@pytest.mark.parametrize("value", ["endnote", "BIBTEX", "1", "<script>"])
def test_a_format_that_does_not_exist_is_named(client, record, value):
    page = client.get(record.commitment.get_absolute_url(), {"cite": value})

    assert page.status_code == 400
    assert f"« cite={value} » : ce format de référence n’existe pas ; écrivez bibtex ou ris." in text_of(page)


def test_a_file_of_what_is_not_there_is_its_error_page(client, record):
    for address, status in (("/engagements/AES-RU-1999-01/", 404), ("/engagements/?status=x", 400)):
        page = client.get(address, {"cite": "ris", **({"status": "x"} if "?" in address else {})})

        assert page.status_code == status
        assert page["Content-Type"].startswith("text/html")


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("Œuvre, cœur, ça", r"{\OE}uvre, c{\oe}ur, {\c c}a"),
        ("Goïta, Zürich, Łódź", r"Go{\"i}ta, Z{\"u}rich, {\L}{\'o}d{\'z}"),
        ("a\u00a0: b — c…", r"a~: b --- c{\ldots}"),
        ("Россия", "Россия"),
        ("e\u0301", r"{\'e}"),
    ],
)
def test_letters_are_spelled_for_tex(text, spelled):
    assert latex(text) == spelled


def test_one_line_has_no_end_of_line():
    assert one_line(" a\x00\tb\x85c\u2029d\r\n e ") == "a b c d e"


@pytest.mark.slow
def test_every_page_introduces_itself_where_it_is_shared(client, record):
    for address in citable(record):
        html = client.get(address).content.decode()
        told = {
            name: unescape(content)
            for name, content in re.findall(
                r'<meta (?:property|name)="(og:[^"]+|twitter:card)" content="([^"]*)">', html
            )
        }

        assert told["og:title"]
        assert told["og:description"]
        assert told["og:url"] == f"http://testserver{address}"
        assert told["og:type"] == "website"
        assert told["og:locale"] == "fr_FR"
        assert told["twitter:card"] == "summary_large_image"
        assert (told["og:image:width"], told["og:image:height"]) == ("1200", "630")
        assert told["og:image:alt"]
        picture = client.get(told["og:image"].removeprefix("http://testserver"))
        assert picture["Content-Type"] == "image/png"


@pytest.mark.slow
def test_each_type_of_page_has_a_title_and_a_description_of_its_own(visit):
    for prefix in LANGUAGES.values():
        told = {}
        for page in HTML:
            if page.status == 200 and not page.is_framed:
                html = visit(prefix + page.path).content.decode()
                title, description = (
                    unescape(re.search(rf'<meta property="og:{name}" content="([^"]+)"', html)[1])
                    for name in ("title", "description")
                )
                assert (
                    unescape(re.search(r'<meta name="description" content="([^"]+)"', html)[1])[:190]
                    == (description[:190])
                )
                told.setdefault(title, set()).add(page.name)
                told.setdefault(description, set()).add(page.name)

        assert {text: names for text, names in told.items() if len(names) > 1} == {}
        assert len(told) >= 2 * len({page.name for page in HTML if page.status == 200 and not page.is_framed})


@pytest.mark.slow
def test_reference_managers_are_told_by_one_scheme_of_the_state_shown(visit):
    for page in HTML:
        if page.status != 200 or page.is_framed or page.name == "search":
            continue
        html = visit(page.path).content.decode()
        told = re.findall(r'<meta name="citation_(\w+)" content="([^"]*)">', html)

        named = {name: unescape(content) for name, content in told}
        path, _digest = box(html)
        assert [name for name, _content in told] == ["title", "author", "publication_date", "public_url", "language"]
        assert named["title"] == unescape(re.search(r'<meta property="og:title" content="([^"]+)"', html)[1])
        assert named["public_url"] == f"http://testserver{path}"
        assert named["publication_date"].replace("/", "-") in path
        # As Zotero reads them: a web page (a title alone would be a journal's article), and an author in one piece.
        assert '<meta property="og:type" content="website">' in html
        assert (named["author"], named["language"]) == ("Suivi des engagements,", "fr")
        assert re.search(r'Z3988|unapi|name="DC\.|rel="schema\.|name="(?:prism|bepress)', html, re.IGNORECASE) is None
