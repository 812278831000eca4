"""The parameters of addresses: pages let go of what they do not read, machines are told of it."""

import json
import re
from html import unescape
from urllib.parse import parse_qsl, urljoin, urlsplit

import pytest
from django.test import Client

from commitments.public.serving import parameters_of
from tests.data.addresses import MACHINES, followed
from tests.public.conftest import content_of

SHARED = "fbclid=IwAR0x&utm_source=lettre&utm_medium=mail"
"""What others hang on the links that they share."""

EXACT = ("/api/v1/", "/data/")


def pages_of(record):
    """Return the address of a page of each type, of what `record` (the fixture) holds."""
    commitment = record.commitment
    of = [commitment, record.source, record.meeting, record.instrument, record.discrepancy]
    return [
        *(
            "/",
            "/engagements/",
            "/engagements/?q=force&sort=-title",
            "/recherche/?q=force",
            "/integrer/engagements/?basis=agreed",
        ),
        *("/recherche/?q=force", "/sources/", "/divergences/", "/secteurs/", "/parties/", "/matrice/", "/chronologie/"),
        *("/comparer/", "/comparer/?from=2026-11-01&kind=published", "/corrections/", "/methode/", "/a-propos/"),
        *("/donnees/", "/api/", "/engagements/?as_of=2026-11-20", "/parties/RU/"),
        *(f"/secteurs/{commitment.sector.slug}/", f"{commitment.get_absolute_url()}corrections/"),
        *(one.get_absolute_url() for one in of),
        f"{commitment.get_absolute_url()}integrer/",
    ]


def asked_on(path, html):
    """Yield each address within the site, with its parameters, that a page links to or has a form for."""
    for link in re.findall(r'\b(?:href|src)="([^"]*\?[^"]*)"', html):
        parts = urlsplit(urljoin(path, unescape(link)))
        if parts.netloc in ("", "testserver") and parts.scheme != "mailto":
            yield parts.path, {name for name, _value in parse_qsl(parts.query, keep_blank_values=True)}
    for form, inside in re.findall(r"(<form\b[^>]*>)(.*?)</form>", html, re.DOTALL):
        action = re.search(r'\baction="([^"?]*)', form)
        yield urljoin(path, action[1] if action else ""), set(re.findall(r'\bname="([^"]+)"', inside))


@pytest.mark.slow
def test_every_parameter_that_a_page_asks_with_is_read_where_it_goes(record, client):
    unread, seen = [], set()
    for path in pages_of(record):
        for address, names in asked_on(path, client.get(path).content.decode()):
            known = parameters_of(address)
            seen |= names
            unread += [(path, address, names - known)] if known is not None and names - known else []

    assert unread == []
    assert {"q", "sort", "basis", "page", "as_of", "known_on", "cite", "from", "to", "kind"} - seen <= {"page"}


def test_a_shared_link_is_the_page_that_was_made_before(record, settings, django_assert_num_queries):
    settings.TRACKER_PAGE_STORE = 1024 * 1024
    client = Client()
    first = client.get("/engagements/?q=force")

    with django_assert_num_queries(1):
        shared = client.get(f"/engagements/?q=force&{SHARED}")

    assert shared.content == first.content
    assert shared["ETag"] == first["ETag"]


@pytest.mark.slow
def test_no_page_repeats_what_others_hang_on_its_address(record, client):
    repeating = []
    for path in [*pages_of(record), *followed(record), "/robots.txt", "/sitemap.xml"]:
        for prefix in ("", "/en") if not path.endswith((".txt", ".xml")) else [""]:
            answer = client.get(f"{prefix}{path}{'&' if '?' in path else '?'}{SHARED}")
            assert answer.status_code == 200, path
            if re.search(rb"fbclid|utm_", content_of(answer)):
                repeating.append(prefix + path)

    assert repeating == []


def test_a_page_keeps_the_parameters_that_it_reads(record, client):
    page = client.get(f"/engagements/?{SHARED}&q=introuvable&as_of=2026-11-20")

    assert page.context["count"] == 0
    assert page.context["cited"].path.startswith("/engagements/?q=introuvable&as_of=2026-11-20")


def test_an_address_without_its_last_slash_keeps_them_too(record, client):
    assert client.get("/engagements?q=force&fbclid=x")["Location"] == "/engagements/?q=force"


@pytest.mark.parametrize("page", [page for page in MACHINES if page.path.startswith(EXACT)], ids=lambda page: page.word)
def test_machines_are_told_of_a_parameter_that_there_is_not(page, client, db):
    answer = client.get(f"{page.path}{'&' if '?' in page.path else '?'}fbclid=IwAR0x")

    assert answer.status_code == 400
    assert [error["parameter"] for error in json.loads(answer.content)["errors"]] == ["fbclid"]
