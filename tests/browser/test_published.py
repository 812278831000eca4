"""What is published, in a real browser: each page opens from a disk, and the list answers as the site does."""

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit
from urllib.request import urlopen

import pytest
from playwright.sync_api import expect

from commitments.data.publishing.scripts import in_order
from commitments.models import Source
from commitments.public.lists.catalogue import Catalogue
from commitments.reading import NOW
from commitments.rules.search import analysis, finding
from tests import TODAY
from tests.public.conftest import on
from tests.rules.search.queries import QUERIES

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ROOT = Path(__file__).resolve().parent.parent.parent

ASKED = [
    "basis=expected",
    "basis=envisaged",
    "sector=securite",
    "party=RU&status=not_assessed",
    "party=AES&sort=-title",
    "sort=due",
    "sort=-due",
    "sort=-made_on&party=RU",
    "sort=sector",
    "sort=-status",
    "sort=-title&page=2",
    "q=militaire&sort=due",
    "q=la+Conf%C3%A9d%C3%A9ration",
    "q=AES-RU-2025",
    "q=aes-ru-2025-04",
    "q=Niger&basis=expected",
    "q=zzz+force&sector=securite",
    "q=%3Cb%3E&party=RU",
]
"""Questions of the list: facets, orders, pages, words, references, and what finds nothing."""

LISTED = """() => ({
    rows: [...document.querySelectorAll("main table.cards:not([hidden]) tbody tr")].map((row) => row.innerText),
    marks: [...document.querySelectorAll("main table.cards:not([hidden]) tbody a mark")].map((mark) => mark.innerText),
    count: document.querySelector("main .summary strong").innerText,
    applied: [...document.querySelectorAll("main .applied li")].map((item) => item.innerText),
    pages: [...document.querySelectorAll("main nav.pages:not([hidden])")].map((item) => item.innerText),
    empty: [...document.querySelectorAll("main .empty")].map((item) => item.innerText),
    sorted: [...document.querySelectorAll("main table.cards:not([hidden]) thead th")].map(
        (head) => [head.innerText, head.getAttribute("aria-sort")]
    ),
    facets: [...document.querySelectorAll(".filters select")].map((facet) => [
        facet.name, facet.value, [...facet.options].map((option) => [option.value, option.text]),
    ]),
})"""


SHARING = "https://wa.me/?text="
"""How the links begin by which a reader shares a page."""

WITHOUT_PASSAGES = "for (const passage of document.querySelectorAll('.excerpt')) passage.remove()"
"""Why a commitment was found is shown by the site only: a copy does not carry the texts."""

FOUND = """(queries) => {
    const search = publishedSearch(window.publishedData.words);
    const rows = (tiers) => tiers.flatMap((tier) => [...tier]).sort((a, b) => a - b);
    const found = (query) => Object.entries(search.find(search.terms(query)).hits)
        .map(([kind, tiers]) => [kind, rows(tiers)]).filter(([, numbers]) => numbers.length);
    return Object.fromEntries(queries.map((query) => [query, Object.fromEntries(found(query))]));
}"""
"""What a copy finds: the numbers of the records, by kind."""

TOLD = """() => ({
    summary: document.querySelector("main .summary").innerText,
    groups: [...document.querySelectorAll("main .found h2")].map((head) => head.innerText),
    hits: [...document.querySelectorAll("main .found li > a")].map((link) => [
        link.innerText, new URL(link.href).pathname.replace(/index[.]html$/, "").split("/").slice(-3, -1).join("/"),
    ]),
})"""
"""What a page of the search says, and where it leads."""

LOOKED_FOR = [
    "Diop",
    "embasade",
    "Diop banque",
    "nuclear",
    "AES-RU-2025",
    "d’un",
    "force&kind=commitment&page=1",
    "合作",
]
"""Queries of the search: a name, a slip, words apart, an English word, a beginning, common words, one kind, no word."""

LINKED = """() => ({
    ids: [...document.querySelectorAll("[id]")].map((item) => item.id),
    links: [...document.querySelectorAll("a[href], link[href], img[src], script[src], iframe[src]")].map(
        (item) => item.href ?? item.src
    ),
})"""
"""What a page leads to, as the browser itself makes whole addresses of it, and the places that may be led to."""

STEMMED = """(words) => {
    const search = publishedSearch(window.publishedData.words);
    const stems = (word, language) => search.stems(search.fold(word), language).sort();
    return Object.fromEntries(words.map((word) => [word, [stems(word, "fr"), stems(word, "en")]]));
}"""

from_a_disk = pytest.mark.parametrize("open_public", ["file"], indirect=True)


def address_of(link):
    """Return the address of the page or file that `link` leads into, without the place on it."""
    return re.sub(r"/(?=$)", "/index.html", re.split(r"[?#]", link, maxsplit=1)[0])


def answers(address):
    """Whether there is something at `address`: fetched, from the server or from the disk."""
    try:
        with urlopen(address) as answer:  # noqa: S310 - of the test's own server, or its own folder
            return answer.status in (200, None)  # a file from the disk has none
    except OSError:
        return False


def has_place(link, ids):
    """Whether the place that `link` names is on its page; what is no page has none."""
    fragment = unquote(urlsplit(link).fragment)
    return not fragment or (ids is not None and fragment in ids)


def links_of_the_sources():
    """Return the addresses on the web that the pages of the public sources lead to."""
    return set(Source.objects.published().exclude(url="").values_list("url", flat=True))


def asked_of_both(page, live_server, path, queries, look):
    """Return what a page of a copy, and that of the live site, answers to each query: what `look` finds on it."""
    context = page.context.browser.new_context(base_url=live_server.url)
    live = context.new_page()
    copied, told = {}, {}
    for query in queries:
        page.goto(f"{path}?{query}")
        copied[query] = page.evaluate(look)
        with on(TODAY):
            live.goto(f"{path}?{query}")
        live.evaluate(WITHOUT_PASSAGES)
        told[query] = live.evaluate(look)
    context.close()
    return copied, told


@from_a_disk
def test_each_page_opens_without_a_fault_and_each_of_its_links_leads_somewhere(open_public, published_folder):
    page = open_public("/")
    base = page.url.removesuffix("index.html")
    ids, led_to = {}, {}
    for path in sorted(published_folder.rglob("*.html")):
        page.goto(f"/{path.relative_to(published_folder)}")
        assert page.locator("h1").count() == 1, path
        found = page.evaluate(LINKED)
        ids[address_of(page.url)] = set(found["ids"])
        for link in found["links"]:
            led_to.setdefault(link, page.url)

    ours = {link: seen_on for link, seen_on in led_to.items() if link.startswith(base)}
    live = {link for link in led_to if link.startswith("http://testserver/")}
    broken = [
        (seen_on, link)
        for link, seen_on in ours.items()
        if not answers(address_of(link)) or not has_place(link, ids.get(address_of(link)))
    ]

    assert len(ours) > len(ids) > 300
    assert broken == []
    abroad = {link for link in led_to if link.startswith("http") and link not in ours} - live
    assert {link for link in abroad if not link.startswith(SHARING)} == links_of_the_sources()


@pytest.mark.parametrize("open_public", ["http"], indirect=True)
def test_each_type_of_page_opens_from_a_server_of_files(open_public):
    page = open_public("/")
    for shown in open_public.pages:
        page.goto(shown.path)
        assert page.locator("h1").count() == 1, shown.path


@from_a_disk
@pytest.mark.parametrize("language", ["", "/en"])
def test_the_published_list_answers_as_the_site_does(open_public, live_server, language):
    copied, live = asked_of_both(open_public("/"), live_server, f"{language}/engagements/", ASKED, LISTED)

    assert copied == live


@from_a_disk
def test_a_hundred_queries_find_in_a_copy_what_they_find_on_the_site(open_public):
    page = open_public("/recherche/?q=force")
    queries = [query for query, _hits in QUERIES]
    with on(TODAY):
        held = Catalogue(NOW)
        order = in_order(held)
    hits = {query: finding.find(analysis.terms(query), held.public, held.concerned).hits for query in queries}

    answers = page.evaluate(FOUND, queries)

    assert answers == {
        query: {
            str(kind): [number for number, key in enumerate(order[kind]) if key in found.all]
            for kind, found in by_kind.items()
            if found.all
        }
        for query, by_kind in hits.items()
    }


@from_a_disk
@pytest.mark.parametrize("language", ["", "/en"])
def test_the_published_search_answers_as_the_site_does(open_public, live_server, language):
    queries = [f"q={query}" for query in LOOKED_FOR]

    copied, live = asked_of_both(open_public("/"), live_server, f"{language}/recherche/", queries, TOLD)

    assert copied == live


@from_a_disk
def test_a_reference_leads_straight_to_its_record_in_a_copy(open_public):
    page = open_public("/sources/")

    page.locator("header input[name=q]").fill("aes-ru-d01")
    page.locator("header input[name=q]").press("Enter")

    page.wait_for_url(re.compile(r"/divergences/AES-RU-D01/index\.html$"))


@from_a_disk
def test_words_are_stemmed_in_a_copy_as_on_the_site(open_public):
    texts = [ROOT / "fixtures" / "sources.json", *ROOT.glob("commitments/locale/*/LC_MESSAGES/django.po")]
    said = {word for path in texts for word in re.findall(r"[^\W_]+", path.read_text(encoding="utf-8"))}
    expected = {
        word: [sorted(analysis.stems(word, code)) for code in ("fr", "en")]
        for word in said
        if all(analysis.stems(word, code) for code in ("fr", "en"))
    }
    page = open_public("/recherche/?q=force")

    found = page.evaluate(STEMMED, sorted(expected))

    assert len(expected) > 3000
    assert {word: stems for word, stems in found.items() if stems != expected[word]} == {}


@pytest.mark.parametrize("open_public", ["http", "file"], indirect=True)
def test_without_javascript_all_of_the_published_list_is_read_page_by_page(open_public):
    page = open_public("/engagements/", java_script_enabled=False)
    expect(page.locator("form.filters")).to_be_hidden()
    expect(page.locator("main noscript p")).to_contain_text("Sans JavaScript")
    first = page.locator("tbody tr").count()

    page.get_by_role("link", name="Page suivante").click()
    second = page.locator("tbody tr").count()
    page.get_by_role("link", name=re.compile("attentes d’avant rencontre")).click()

    assert (first, second) == (25, 8)
    expect(page.locator("tbody tr")).to_have_count(7)
