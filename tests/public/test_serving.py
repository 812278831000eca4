"""Public pages served from what was already made: never stale, never more than asked for, never the desk's."""

import gzip

import pytest
import time_machine
from django.test import Client

from commitments.public.store import OVERHEAD, Page, Store
from commitments.rules.review import publication
from tests import factories

pytestmark = pytest.mark.django_db

LIST = "/engagements/"


@pytest.fixture
def browser(settings):
    """Return a reader whose site keeps pages in a store of its own."""
    settings.TRACKER_PAGE_STORE = 1024 * 1024
    return Client()


@pytest.fixture
def commitment(editor):
    return factories.make_commitment(title_fr="Former vingt bibliothécaires", published_by=editor)


def test_a_page_made_before_costs_one_query(browser, commitment, django_assert_num_queries):
    first = browser.get(LIST)

    with django_assert_num_queries(1):
        second = browser.get(LIST)

    assert second.content == first.content
    assert second.headers == first.headers
    assert "Former vingt" in second.content.decode()


def test_a_page_asked_for_by_its_head_first_is_whole_afterwards(browser, commitment):
    head = browser.head(LIST)
    page = browser.get(LIST)

    assert (head.status_code, head.content, head["ETag"]) == (200, b"", page["ETag"])
    assert "Former vingt" in page.content.decode()


def test_a_reader_who_has_the_page_is_told_so_for_one_query(browser, commitment, django_assert_num_queries):
    tag = browser.get(LIST)["ETag"]

    with django_assert_num_queries(1):
        response = browser.get(LIST, headers={"If-None-Match": f'"other", {tag}'})

    assert (response.status_code, response.content, response["ETag"]) == (304, b"", tag)
    assert response["Cache-Control"] == "no-cache"


def test_a_change_is_seen_at_the_next_request_whichever_store_answers(commitment, editor, settings):
    settings.TRACKER_PAGE_STORE = 1024 * 1024
    sites = [Client(), Client()]  # each with a store of its own
    tags = {site.get(LIST)["ETag"] for site in sites}

    commitment.title_fr = "Former trente bibliothécaires"
    commitment.save()

    assert len(tags) == 1
    for site in sites:
        response = site.get(LIST, headers={"If-None-Match": next(iter(tags))})
        assert response.status_code == 200
        assert "Former trente" in response.content.decode()


def test_what_is_withdrawn_is_gone_at_the_next_request(browser, commitment, editor):
    address = commitment.get_absolute_url()
    assert browser.get(address).status_code == 200

    publication.withdraw(commitment, by=editor, reason="Error.")

    assert browser.get(address).status_code == 410
    assert "Former vingt" not in browser.get(LIST).content.decode()


def test_a_draft_leaves_every_tag_as_it_was(browser, commitment):
    tag = browser.get(LIST)["ETag"]

    factories.make_commitment().save()

    assert browser.get(LIST)["ETag"] == tag


def test_the_same_question_has_one_answer(browser, commitment, django_assert_num_queries):
    asked = browser.get(LIST, {"q": "former", "basis": "", "sort": "reference"})

    with django_assert_num_queries(1):
        again = browser.get(f"{LIST}?sort=reference&status=&q=former")

    assert again["ETag"] == asked["ETag"]
    assert again.content == asked.content


def test_another_question_day_language_or_host_has_another(browser, commitment, settings):
    settings.ALLOWED_HOSTS = ["testserver", "tracker.example.org"]
    tags = [
        browser.get(LIST)["ETag"],
        browser.get(LIST, {"q": "former"})["ETag"],
        browser.get(f"/en{LIST}")["ETag"],
        browser.get(LIST, headers={"host": "tracker.example.org"})["ETag"],
        browser.get(LIST, secure=True)["ETag"],
    ]
    with time_machine.travel("2026-11-22T00:30:00Z", tick=False):
        tags.append(browser.get(LIST)["ETag"])

    assert len(set(tags)) == len(tags)


def test_pages_are_compressed_once_for_those_who_take_it(browser, commitment):
    plain = browser.get(LIST)
    packed = browser.get(LIST, headers={"Accept-Encoding": "br, gzip"})

    assert "Content-Encoding" not in plain
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert "Accept-Encoding" in packed["Vary"]
    assert int(packed["Content-Length"]) == len(packed.content)


@pytest.mark.parametrize("address", ["/engagements/AES-RU-1999-01/", "/engagements/?as_of=x", "/rien/"])
def test_what_is_no_page_is_not_kept(address, browser, commitment):
    response = browser.get(address)

    assert response.status_code in (400, 404)
    assert "ETag" not in response


@pytest.mark.slow
def test_the_desk_is_never_kept(browser, commitment, editor):
    browser.force_login(editor)

    for address in ("/admin/commitments/commitment/", "/en/admin/commitments/commitment/"):
        response = browser.get(address)

        assert response.status_code == 200
        assert "ETag" not in response


def test_whoever_is_signed_in_reads_what_everybody_reads(browser, commitment, editor):
    anonymous = browser.get(LIST)
    browser.force_login(editor)
    signed_in = browser.get(LIST)

    assert signed_in.content == anonymous.content
    assert not signed_in.cookies


def test_no_cookie_is_set(browser, commitment):
    for address in ("/", LIST, commitment.get_absolute_url(), "/en/sources/", "/a-propos/"):
        assert not browser.get(address).cookies, address


def test_the_store_keeps_what_was_asked_for_last():
    page = Page.made_of((), b"x")
    store = Store(3 * (len(page.body) + OVERHEAD))
    for name in "abc":
        store.put((name,), page)
    store.get(("a",))

    store.put(("d",), page)

    assert [name for name in "abcd" if store.get((name,))] == ["a", "c", "d"]
    assert store.bytes <= store.most_bytes


def test_the_store_counts_a_page_put_twice_once_and_leaves_one_too_large():
    page = Page.made_of((), b"x")
    store = Store(2 * (len(page.body) + OVERHEAD))

    for _time in range(5):
        store.put(("a",), page)
    store.put(("b",), Page((), b"x" * store.most_bytes))

    assert store.bytes == len(page.body) + OVERHEAD
    assert store.get(("b",)) is None


def test_a_store_of_nothing_keeps_nothing():
    store = Store(0)
    store.put(("a",), Page.made_of((), b"x"))

    assert (store.get(("a",)), store.bytes) == (None, 0)
