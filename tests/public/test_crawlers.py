"""What search engines are told: every public page, in both languages, and nothing else."""

import pytest

from commitments.public import crawlers
from tests import factories
from tests.public.addresses import HTML, in_each_language
from tests.public.conftest import on


def read(client, path):
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode().splitlines()


def sitemaps(client):
    """Return the addresses of the sitemaps that robots.txt names, without the host."""
    found = [line.removeprefix("Sitemap: ") for line in read(client, "/robots.txt") if line.startswith("Sitemap: ")]
    assert all(address.startswith("http://testserver/") for address in found)
    return [address.removeprefix("http://testserver") for address in found]


def test_every_page_without_a_question_is_in_a_sitemap(client, full_site):
    told = {address for path in sitemaps(client) for address in read(client, path)}

    beside = {"commitment-corrections"}  # a page of the same commitment leads to it
    wanted = [page for page in HTML if page.status == 200 and "?" not in page.path and not page.is_framed]
    wanted = [page for page in wanted if page.name not in beside]
    assert {f"http://testserver{path}" for _page, _language, path in in_each_language(wanted)} - told == set()
    for address in told:
        assert client.get(address).status_code == 200


def test_what_is_not_public_is_in_no_sitemap(client, record, analyst, editor):
    hidden = [factories.make_commitment(), factories.make_source(), factories.make_meeting()]

    text = "\n".join(line for path in sitemaps(client) for line in read(client, path))

    assert record.commitment.reference in text
    for draft in hidden:
        assert draft.reference not in text


def test_a_long_list_is_told_in_pages(client, editor, monkeypatch, django_assert_max_num_queries):
    monkeypatch.setattr(crawlers, "AT_ONCE", 2)
    for number in range(3):
        factories.make_source(reference=f"T{number}", published_by=editor)

    assert [path for path in sitemaps(client) if "sources" in path] == [
        "/plan-du-site/sources.txt?page=1",
        "/plan-du-site/sources.txt?page=2",
    ]
    with django_assert_max_num_queries(3):
        assert len(read(client, "/plan-du-site/sources.txt?page=2")) == 2


@pytest.mark.parametrize("path", ["rien.txt", "sources.txt?page=9", "sources.txt?page=x", "sources.txt?page=%C2%B2"])
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
