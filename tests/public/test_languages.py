"""Both languages, on every page: the switch keeps the page and its question, foreign words say so, days are local."""

import re

import pytest
from lxml import html as parser

from tests.public.addresses import HTML, LANGUAGES, in_each_language

pytestmark = pytest.mark.one_database

FRENCH = re.compile(r"(?<!\w)(?:les|des|une|est|qui|dans|cette|avec|été|sont)(?!\w)", re.IGNORECASE)
"""Words that no English sentence has."""

CYRILLIC = re.compile(r"[а-яА-Я]")
NOT_LOCAL = {
    "fr": re.compile(r"\d{4}-\d\d-\d\d|\d+/\d+/\d{4}|\d (?:January|February|March|April|June|August|October) "),
    "en": re.compile(r"\d{4}-\d\d-\d\d|\d+/\d+/\d{4}|\d (?:janvier|février|mars|avril|juin|juillet|août|octobre) "),
}


def words(tree):
    """Yield each text that a page shows, with the language it is said to be in; not what is code, or an address."""
    apart = "ancestor::code or ancestor::textarea or ancestor::*[@class='address' or @class='url']"
    for text in tree.xpath(f"//body//text()[normalize-space() and not({apart})]"):
        yield " ".join(text.split()), text.getparent().xpath("ancestor-or-self::*[@lang][1]/@lang")[0]


@pytest.fixture
def pages(visit):
    """Every page in both languages: path, language, the page, tree."""
    return [
        (path, language, page, parser.fromstring(visit(path).content.decode()))
        for page, language, path in in_each_language(HTML)
    ]


@pytest.mark.slow
def test_words_in_another_language_say_so(pages):
    found = []
    for path, language, _page, tree in pages:
        for text, said in words(tree):
            if (said == "en" and FRENCH.search(text)) or (said != "ru" and CYRILLIC.search(text)):
                found.append((path, said, text))
        assert tree.get("lang") == language

    assert found == []


@pytest.mark.slow
def test_days_are_written_as_the_language_of_the_page_does(pages):
    found = [
        (path, text)
        for path, language, page, tree in pages
        for text, said in words(tree)
        if page.status == 200 and said == language and NOT_LOCAL[language].search(text)
    ]

    assert found == []
    shown = {path: " ".join(text for text, _said in words(tree)) for path, _, _, tree in pages}
    assert "3 avril 2025" in shown["/divergences/AES-RU-D01/"]
    assert "3 April 2025" in shown["/en/divergences/AES-RU-D01/"]


def test_the_switch_of_languages_keeps_the_page_and_its_question(pages):
    for path, language, page, tree in pages:
        if page.is_framed:
            continue
        other = {"fr": "en", "en": "fr"}[language]
        here = path.removeprefix(LANGUAGES[language])

        [link] = tree.xpath("//a[contains(@class, 'tongue')]")

        assert (link.get("lang"), link.get("hreflang")) == (other, other)
        if here != "/nulle-part/":
            there = link.get("href").removeprefix(LANGUAGES[other])
            assert there.partition("?")[0] == here.partition("?")[0]
            assert set(there.partition("?")[2].split("&")) == set(here.partition("?")[2].split("&"))


def test_every_table_says_what_it_is_and_what_its_columns_are(pages):
    for path, _language, _page, tree in pages:
        for table in tree.xpath("//table"):
            heads = table.xpath("./thead/tr[last()]/*")
            assert table.xpath("./caption[normalize-space()]"), path
            assert heads, path
            assert all(head.tag == "th" and head.get("scope") == "col" for head in heads), path
            for row in table.xpath("./tbody/tr"):
                assert len(row.xpath("./*")) == len(heads), path
                assert all(head.get("scope") == "row" for head in row.xpath("./th")), path
