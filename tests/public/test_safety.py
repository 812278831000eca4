"""What holds for every public page: read only, no cookie, a strict policy, no script; and the pages for errors."""

import re

import pytest
from django.contrib.staticfiles import finders
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from commitments.public import errors
from commitments.public.pages import home
from tests.public.conftest import addresses, text_of

pytestmark = pytest.mark.one_database

LINKED_DATA = re.compile(r'<script type="application/ld\+json">[^<>]*</script>')


def without_linked_data(html):
    """Return `html` without what it holds for machines, which no browser runs; an element in there stays."""
    return LINKED_DATA.sub("", html)


@pytest.mark.slow
def test_every_page_is_strict_and_leaves_nothing_in_the_browser(client, record):
    extra = ["/nulle-part/", "/engagements/?as_of=x", "/engagements/?status=x", "/engagements/?page=9"]
    for address in [*addresses(record), *extra]:
        page = client.get(address)

        policy = page["Content-Security-Policy"]
        # What is shown of an answer of the API is text, and nobody asks for a link before it is followed.
        html = re.sub(
            r'<pre>.*?</pre>|<a href="https://wa\.me/', "", without_linked_data(page.content.decode()), flags=re.DOTALL
        )
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert not page.cookies
        assert "Cookie" not in page.get("Vary", "")
        assert re.search(r"<script|<style|\sstyle=|\son\w+=|https?://(?!testserver)", html) is None, address
        assert html.count("<h1") == 1
        assert html.count("<main") == 1


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options", "trace"])
def test_pages_are_only_read(record, method):
    client = Client(enforce_csrf_checks=True)

    for address in addresses(record):
        response = getattr(client, method)(address)
        assert response.status_code == 405, address
        assert response["Allow"] == "GET, HEAD"


@pytest.mark.slow
def test_head_answers_as_get_without_a_body(client, record):
    for address in addresses(record):
        response = client.head(address)
        assert response.status_code == 200
        assert response.content == b""


@pytest.mark.slow
def test_no_id_is_used_twice(client, record):
    for address in addresses(record):
        ids = re.findall(r'\sid="([^"]+)"', client.get(address).content.decode())
        assert len(ids) == len(set(ids)), address


@pytest.mark.slow
def test_every_anchor_linked_to_is_on_its_page(client, record):
    for address in addresses(record):
        for link in re.findall(r'href="(/[^"]*)#([^"]+)"', client.get(address).content.decode()):
            assert f'id="{link[1]}"' in client.get(link[0]).content.decode(), link


def test_an_unknown_address_has_a_page_of_ours(client, db):
    page = client.get("/nulle-part/")

    assert page.status_code == 404
    assert "Il n’y a pas de page à cette adresse" in text_of(page)
    assert 'href="/engagements/"' in page.content.decode()


def test_an_unknown_address_with_bad_days_is_still_not_found(client, db):
    assert client.get("/nulle-part/?as_of=x&known_on=%00").status_code == 404


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_unknown_address_with_more_parameters_than_are_read_breaks_nothing(db, method):
    client = Client(raise_request_exception=False)

    assert getattr(client, method)("/nulle-part/?" + "q=x&" * 1100).status_code in (400, 404)


def test_a_fault_has_a_page_that_needs_no_database(db):
    with CaptureQueriesContext(connection) as queries:
        response = errors.server_error(RequestFactory().get("/"))

    assert response.status_code == 500
    assert "Une erreur est survenue" in response.content.decode()
    assert len(queries) == 0


def test_a_fault_in_a_view_is_answered_by_that_page(db, monkeypatch):
    def fail(reading):
        raise RuntimeError("essai")

    monkeypatch.setattr(home, "summary", fail)
    client = Client(raise_request_exception=False)

    response = client.get("/")

    assert response.status_code == 500
    assert "essai" not in response.content.decode()
    assert "default-src 'none'" in response["Content-Security-Policy"]


def test_a_host_that_is_not_ours_is_refused(client, db, settings):
    settings.ALLOWED_HOSTS = ["testserver"]

    response = client.get("/", headers={"host": "ailleurs.example"})

    assert response.status_code == 400
    assert "Cette demande n’a pas été comprise" in response.content.decode()


def test_the_style_sheet_and_the_icon_are_served_from_here():
    for name in ("public.css", "favicon.svg"):
        with open(finders.find(f"commitments/{name}"), encoding="utf-8") as file:
            assert "url(" not in file.read()


def test_a_form_without_the_cookie_says_what_to_do(db):
    strict = Client(enforce_csrf_checks=True)

    response = strict.post("/admin/login/", {"username": "awa", "password": "x"})

    assert response.status_code == 403
    assert "Autorisez les cookies de ce site" in response.content.decode()
