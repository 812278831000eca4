"""What other sites may frame, and that nothing else may be."""

import re

import pytest

from commitments.public.views import PAGE_SIZE
from commitments.rules.review import publication
from tests import factories
from tests.public.conftest import addresses, frames, pictures, text_of

pytestmark = pytest.mark.one_database


def test_frames_may_be_shown_on_any_site(client, record):
    for address in frames(record):
        page = client.get(address)

        assert page.status_code == 200
        assert "frame-ancestors *" in page["Content-Security-Policy"]
        assert "default-src 'none'" in page["Content-Security-Policy"]
        assert "X-Frame-Options" not in page
        assert not page.cookies


@pytest.mark.slow
def test_no_other_page_may_be_framed(client, record):
    extra = ["/nulle-part/", "/?as_of=x", "/engagements/?status=x", "/engagements/?page=9", "/admin/login/"]
    files = [f"{record.commitment.get_absolute_url()}?cite=ris"]
    for prefix in ("", "/en"):
        for address in [*addresses(record), *pictures(record), *extra, *files]:
            page = client.get(f"{prefix}{address}")

            assert "frame-ancestors 'none'" in page["Content-Security-Policy"], address
            assert page["X-Frame-Options"] == "DENY", address


def test_the_headers_of_a_frame_are_kept_with_it(record, settings):
    from django.test import Client

    settings.TRACKER_PAGE_STORE = 1024 * 1024
    client = Client()

    for address in frames(record):
        for page in (client.get(address), client.get(address)):
            assert "frame-ancestors *" in page["Content-Security-Policy"]
            assert "X-Frame-Options" not in page


def test_every_link_of_a_frame_opens_beside_it_and_says_whose_it_is(client, record):
    for address in frames(record):
        page = client.get(address)

        html = page.content.decode()
        links = re.findall(r"<a [^>]*>", html)
        assert len(links) >= 2
        assert all('target="_blank" rel="noopener"' in link for link in links)
        assert "Source : Suivi des engagements (nouvel onglet), testserver." in text_of(page)
        assert "État du 21 novembre 2026." in text_of(page)
        assert re.search(r"<script|<style|\sstyle=|\son\w+=", html) is None
        assert html.count("<h1") == 1


def test_the_card_says_where_the_commitment_stood_on_the_day_read(client, record):
    now, then = (client.get(f"{frames(record)[0]}{query}") for query in ("", "?as_of=2025-04-05"))

    assert "Progrès limité" in text_of(now)
    assert "Non évalué" in text_of(then)
    assert "État des engagements au 5 avril 2025." in text_of(then)
    assert "?as_of=2025-04-05" in then.content.decode()


@pytest.mark.slow
def test_the_table_shows_what_the_filters_find_and_links_to_the_rest(client, editor):
    for _number in range(PAGE_SIZE + 2):
        factories.make_commitment(undertakes="ML", published_by=editor)
    factories.make_commitment(reference="AES-RU-2024-01", published_by=editor)

    page = client.get("/integrer/engagements/?party=ML&page=2")

    assert page.content.decode().count("<tr>") == PAGE_SIZE + 1
    assert f"Voir les {PAGE_SIZE + 2} engagements dans la liste" in text_of(page)
    assert "AES-RU-2024-01" not in text_of(page)
    assert 'href="/engagements/?page=2&amp;party=ML"' not in page.content.decode()
    assert 'href="/engagements/?party=ML"' in page.content.decode()


def test_what_is_not_there_is_said_in_the_frame(client, record, editor):
    gone = factories.make_commitment(reference="AES-RU-2025-09", published_by=editor)
    publication.withdraw(gone, by=editor, reason="Doublon.")
    draft = factories.make_commitment()
    cases = {
        f"{gone.get_absolute_url()}integrer/": (410, "La fiche AES-RU-2025-09 a été retirée"),
        f"{draft.get_absolute_url()}integrer/": (404, "Rien à afficher ici"),
        "/engagements/JAMAIS-2025-01/integrer/": (404, "Rien à afficher ici"),
        f"{frames(record)[0]}?as_of=hier": (400, "« as_of=hier » : ce n’est pas une date"),
        "/integrer/engagements/?status=x": (400, "Rien à afficher ici"),
    }

    for address, (status, words) in cases.items():
        page = client.get(address)

        assert page.status_code == status
        assert words in text_of(page)
        assert "frame-ancestors *" in page["Content-Security-Policy"]
        assert "X-Frame-Options" not in page


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_frames_and_pictures_are_only_read(client, record, method):
    for address in [*frames(record), *pictures(record)]:
        assert getattr(client, method)(address).status_code == 405


def test_the_code_to_copy_is_escaped_and_keeps_the_day(client, editor):
    commitment = factories.make_commitment(title_fr='"><script>alert(1)</script>', published_by=editor)

    page = client.get(f"{commitment.get_absolute_url()}?as_of=2026-01-02")

    html = page.content.decode()
    assert "<script" not in html
    assert "<iframe" not in html
    source = f"http://testserver{commitment.get_absolute_url()}integrer/?as_of=2026-01-02"
    assert f"&lt;iframe src=&quot;{source}&quot;" in html
    assert "&amp;quot;&amp;gt;&amp;lt;script&amp;gt;" in html
