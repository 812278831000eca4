"""What search engines are told: every public page, in both languages, and nothing else."""

from pathlib import Path

import pytest
from lxml import etree

from commitments.public.sharing import crawlers
from tests import factories
from tests.public.addresses import HTML, LANGUAGES, in_each_language
from tests.public.conftest import on

HOST = "http://testserver"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
XHTML = "{http://www.w3.org/1999/xhtml}"
RULES = etree.XMLSchema(etree.parse(str(Path(__file__).with_name("sitemap.xsd"))))


def read(client, path):
    """Return the lines of a text."""
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode().splitlines()


def parsed(client, path):
    """Return the root of the XML at `path`, which keeps the rules of sitemaps.org."""
    response = client.get(path)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/xml; charset=utf-8"
    root = etree.fromstring(response.content)
    RULES.assertValid(root)
    return root


def locations(root):
    """Return the addresses that a sitemap, or an index of them, names, without the host."""
    found = [element.text for element in root.iter(f"{SITEMAP}loc")]
    assert all(address.startswith(f"{HOST}/") for address in found)
    return [address.removeprefix(HOST) for address in found]


def sitemaps(client):
    """Return the addresses of the sitemaps that the one named by robots.txt names, without the host."""
    named = [line.removeprefix("Sitemap: ") for line in read(client, "/robots.txt") if line.startswith("Sitemap: ")]
    assert named == [f"{HOST}/sitemap.xml"]
    return locations(parsed(client, "/sitemap.xml"))


@pytest.mark.one_database
@pytest.mark.slow
def test_every_page_without_a_question_is_in_a_sitemap(client, visit):
    told = {address for path in sitemaps(client) for address in locations(parsed(client, path))}

    beside = {"commitment-corrections"}  # a page of the same commitment leads to it
    wanted = [page for page in HTML if page.status == 200 and "?" not in page.path and not page.is_framed]
    wanted = [page for page in wanted if page.name not in beside]
    assert {path for _page, _language, path in in_each_language(wanted)} - told == set()
    for address in told:
        assert visit(address).status_code == 200


@pytest.mark.one_database
@pytest.mark.slow
def test_each_page_names_itself_and_its_other_languages(client, visit):
    for path in sitemaps(client):
        others = {
            entry.findtext(f"{SITEMAP}loc"): {
                link.get("hreflang"): link.get("href") for link in entry.findall(f"{XHTML}link")
            }
            for entry in parsed(client, path)
        }

        for address, named in others.items():
            assert set(named) == set(LANGUAGES)
            assert address in named.values()
            assert all(others[other] == named for other in named.values())
            html = visit(address).content.decode()
            for code, other in named.items():
                assert f'hreflang="{code}" href="{other}"' in html


def test_a_kind_of_record_that_has_none_has_no_sitemap(client, db):
    assert sitemaps(client) == ["/plan-du-site/pages.xml"]


def test_what_is_not_public_is_in_no_sitemap(client, record, analyst, editor):
    hidden = [factories.make_commitment(), factories.make_source(), factories.make_meeting()]

    text = "\n".join(address for path in sitemaps(client) for address in locations(parsed(client, path)))

    assert record.commitment.reference in text
    for draft in hidden:
        assert draft.reference not in text


def test_a_long_list_is_told_in_pages(client, editor, monkeypatch, django_assert_max_num_queries):
    monkeypatch.setattr(crawlers, "AT_ONCE", 2)
    for number in range(3):
        factories.make_source(reference=f"T{number}", published_by=editor)

    assert [path for path in sitemaps(client) if "sources" in path] == [
        "/plan-du-site/sources.xml?page=1",
        "/plan-du-site/sources.xml?page=2",
    ]
    with django_assert_max_num_queries(3):
        assert locations(parsed(client, "/plan-du-site/sources.xml?page=2")) == ["/sources/T2/", "/en/sources/T2/"]


@pytest.mark.parametrize(
    "path", ["rien.xml", "pages.txt", "sources.xml?page=9", "sources.xml?page=x", "sources.xml?page=%C2%B2"]
)
def test_a_sitemap_that_there_is_not(client, record, path):
    assert client.get(f"/plan-du-site/{path}").status_code == 404


def test_robots_leave_the_desk_and_the_questions_asked_of_the_list(client, db):
    text = read(client, "/robots.txt")

    assert "User-agent: *" in text
    for path in ("/admin/", "/en/admin/", "/engagements/?", "/en/engagements/?"):
        assert f"Disallow: {path}" in text


def test_a_past_day_is_for_readers_not_for_search_engines(client, record):
    mark = '<meta name="robots" content="noindex">'

    assert mark not in client.get("/").content.decode()
    with on("2026-11-22"):
        assert mark in client.get("/?as_of=2026-11-20").content.decode()


def test_a_page_names_itself_in_each_language_with_its_whole_address(client, record):
    html = client.get("/en/sources/?as_of=2026-11-20").content.decode()

    for code, prefix in (("fr", ""), ("en", "/en")):
        assert f'hreflang="{code}" href="http://testserver{prefix}/sources/?as_of=2026-11-20"' in html
