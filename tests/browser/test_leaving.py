"""Leaving a page of the desk in which nothing was typed never asks, in a real browser: each as it opens."""

import pytest
from django.conf import settings
from django.test import Client

from tests import factories
from tests.admin.forms import page as page_of
from tests.browser.conftest import opening

pytestmark = pytest.mark.browser

WOULD_ASK = """() => {
  const leaving = new Event("beforeunload", { cancelable: true });
  window.dispatchEvent(leaving);
  return leaving.defaultPrevented;
}"""
"""Whether the page asks before it is left: what a browser decides itself, having seen no click, left aside."""


@pytest.fixture
def open_as(chromium, live_server, transactional_db):
    """Return a function that opens a path of the desk in a browser in which somebody is signed in."""
    with opening(chromium, live_server.url) as opener:

        def signed_in(user, path):
            client = Client()
            client.force_login(user)
            session = client.cookies[settings.SESSION_COOKIE_NAME].value
            page = opener("/a-propos/")
            page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
            page.goto(path)
            return page

        yield signed_in


def test_no_page_asks_where_nothing_was_typed(open_as):
    editor, analyst = factories.make_user("boubacar", group="Editors"), factories.make_user("awa", group="Analysts")
    commitment = factories.make_commitment()
    assessment = factories.make_assessment(commitment=commitment, proposed_by=analyst)
    source = assessment.citations.get().source
    record, desk = page_of(commitment), "/admin/commitments"
    version = commitment.history.latest().pk
    commitment.title_fr = "Un autre titre"
    commitment.save()
    paths = [
        *(f"{desk}/{noun}/add/" for noun in ("commitment", "assessment", "citation", "discrepancy", "source")),
        *(record, f"{record}?version={version}", page_of(assessment), page_of(assessment, "relecture")),
        *(page_of(assessment.citations.get()), page_of(source), page_of(source, "quote")),
        f"{desk}/assessment/add/?commitment={commitment.pk}&source={source.pk}&start=10&end=60",
        *(f"{desk}/commitment/review/{act}/?pk={commitment.pk}" for act in ("publish", "withdraw")),
        *(f"{desk}/commitment/{act}/?pk={commitment.pk}" for act in ("assign", "search-made")),
        *(f"{desk}/commitment/", f"{desk}/commitment/import/", page_of(commitment, "delete")),
        *("/admin/preferences/", "/admin/password_change/", "/admin/second-facteur/"),
    ]
    page = open_as(editor, "/admin/")

    asking = []
    for path in paths:
        assert page.goto(path).status == 200, path
        asking += [path] if page.evaluate(WOULD_ASK) else []

    assert asking == []


def test_a_version_taken_up_asks_once_something_is_typed(open_as):
    commitment = factories.make_commitment()
    version = commitment.history.latest().pk
    commitment.title_fr = "Un autre titre"
    commitment.save()
    page = open_as(factories.make_user("boubacar", group="Editors"), f"{page_of(commitment)}?version={version}")

    page.locator("#id_title_fr").press_sequentially("Tapé ")

    assert page.evaluate(WOULD_ASK)
