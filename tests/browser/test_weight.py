"""What a first visit costs, in a real browser, of the site as it is served in production; and what it leaves behind."""

import gzip
import re
import urllib.error
import urllib.request

import pytest

from tests.pages.site import served
from tests.public.addresses import HTML, PAGES, in_each_language

pytestmark = [pytest.mark.browser, pytest.mark.slow]

REQUESTS = 3
BYTES = {"accueil": 15_000, "liste": 14_336, "engagement": 16_384}
"""Over the wire, with their headers: the page, its style sheet, its icon. The commitment is the one with most
passages, all of which are in its page."""

LIST_BYTES = 15_000
"""Of the list's HTML, as it is sent."""

WEIGHED = [page for page in HTML if page.word in BYTES]


@pytest.fixture(scope="module")
def site():
    """The seed articles, served as in production."""
    with served(with_specimens=True) as site:
        yield site.address


@pytest.fixture
def visit(chromium, site):
    """Return a function that opens a path as a first visit, and returns what was asked for: address to bytes."""
    contexts = []

    def visitor(path):
        context = chromium.new_context(viewport={"width": 360, "height": 740})
        contexts.append(context)
        page = context.new_page()
        watch = context.new_cdp_session(page)
        watch.send("Network.enable")
        asked, weights = {}, {}
        watch.on("Network.requestWillBeSent", lambda event: asked.update({event["requestId"]: event["request"]["url"]}))
        watch.on(
            "Network.loadingFinished", lambda event: weights.update({event["requestId"]: event["encodedDataLength"]})
        )
        page.goto(site + path, wait_until="networkidle")
        # Chromium draws the calendar of a day's field from an address that carries its own bytes.
        found = {url: weights[identifier] for identifier, url in asked.items() if not url.startswith("data:")}
        assert context.cookies() == []
        return found

    yield visitor
    for context in contexts:
        context.close()


def fetch(address, **headers):
    """Return the headers and the body of what is at `address`, as they are sent to a browser."""
    request = urllib.request.Request(address, headers={"Accept-Encoding": "gzip, deflate, br", **headers})  # noqa: S310
    try:
        with urllib.request.urlopen(request) as answer:  # noqa: S310 - our own loopback address
            return answer.headers, answer.read()
    except urllib.error.HTTPError as refusal:
        return refusal.headers, refusal.read()


def test_a_first_visit_is_light(visit, site):
    for page, _language, path in in_each_language(WEIGHED):
        found = visit(path)

        assert [address for address in found if not address.startswith(site)] == []
        assert len(found) <= REQUESTS, found
        assert sum(found.values()) <= BYTES[page.word], found
        if path.endswith("/engagements/"):
            assert found[site + path] <= LIST_BYTES, found


def test_no_page_sets_a_cookie_asks_another_site_or_has_a_script(site):
    for _page, _language, path in in_each_language(PAGES):
        headers, body = fetch(site + path)

        html = gzip.decompress(body) if headers["Content-Encoding"] == "gzip" else body
        assert headers["Set-Cookie"] is None, path
        assert re.search(rb'<script(?! type="application/ld\+json">)|<iframe|<object|<embed|<base', html) is None, path
        loaded = re.findall(rb"<(?:img|link|source)[^>]+(?:src|href)=\"([^\"]+)\"", html)
        assert [url for url in loaded if not url.startswith((b"/", site.encode()))] == [], path


def test_pages_are_sent_compressed(site):
    for _page, _language, path in in_each_language([page for page in HTML if page.status == 200]):
        assert fetch(site + path)[0]["Content-Encoding"] == "gzip", path


def test_static_files_are_sent_compressed_and_kept_for_good(site):
    html = gzip.decompress(fetch(site + "/")[1]).decode()
    names = re.findall(r'href="(/static/[^"]+)"', html)
    assert len(names) == 2

    for name in names:
        headers, _body = fetch(site + name)

        assert re.search(r"\.[0-9a-f]{12}\.(css|svg)$", name)
        assert "max-age=315360000" in headers["Cache-Control"]
        assert "immutable" in headers["Cache-Control"]
        if name.endswith(".css"):
            assert headers["Content-Encoding"] == "gzip"
