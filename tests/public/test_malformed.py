"""Two thousand requests that no page of ours makes, from a fixed seed: whatever is asked, nothing breaks."""

import json
import logging
import re
import sys
from collections import Counter
from io import BytesIO
from random import Random
from urllib.parse import unquote_to_bytes, urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.client import ClientHandler

from tests import snapshots
from tests.data.addresses import MACHINES
from tests.databases import locked
from tests.public.addresses import PAGES, in_each_language
from tests.public.conftest import content_of

LOTS = 4
IN_A_LOT = {"sqlite": 500, "postgresql": 100}
"""Requests in a lot, by database; the lots run side by side."""

# fmt: off
TEXTS = [
    "", " ", "\x00", "a\x00b", "\ufeff", "\u202e", "\ud7ff\ue000", "\uffff", "😀" * 50, "e\u0301" * 40, "œ’«»", "İı",
    "'", '"', "';--", "' OR 1=1", "%", "%%", "_", "\\", "{{ 7*7 }}", "{% x %}", "<script>", "]]>", "$(id)", "\r\nX: y",
    "-1", "0", "1", "2", "9" * 20, "9" * 5000, "1e9", "1.5", "²", "٣", "+1", "0x1", "NaN", "None", "true", "[]",
    "2025-04-03", "2025-02-30", "0000-00-00", "0001-01-01", "9999-12-31", "10000-01-01", "-2025-01-01", "2025-4-3",
    "2025-04-03T00:00", "hier", "2025-W14-4", "20250403", "２０２５-04-01", "2025-04-03 ", "a" * 201, "é" * 3000,
    "limited", "not_assessed", "overdue", "expected", "envisaged", "agreed", "RU", "securite", "title", "-title",
    "due,title",
    "NEAR(a b)", 'a AND "b', "a* OR", "-a", "^a", "a:b", "(a", "a)", "a & b", "a | !", "l’", "d'", "armée", "l'Union",
]
QUERIES = [
    "&", "&&&==&", "=", "%", "%zz=%", "q=%ff%fe", "%ff=%c3%28", "q=%u0041", "a;b;c", "q[]=x", "q[a][b]=x", "page=%00",
    "+", "?", "as_of", "as_of=&as_of=x", "page", "q=" + "%41" * 4000, "\xff\xfe", "q=\x80", "q=x&" * 300, "q=x&" * 1100,
    "&".join(f"n{number}=1" for number in range(900)),
]
PIECES = [
    "%00", "%ff", "%c3%28", "%2e%2e/", "..", "../../", "//", "/", "\\", "%5c", ";x=1", "%0d%0aX:%20y", "é",
    "'", "%25", "x" * 300, "x" * 9000, "/" * 200, "-", "_", ".", "~", "*", "%20", "+", "@", ":", "0", "%EF%BC%91",
]
METHODS = ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "HEAD", "CONNECT", "PROPFIND", "get", "X" * 300]
BODIES = [b"", b"\x00", b"a=1&b=\xff", b"{", b"--x\r\n", b"x" * 20_000]
TYPES = ["text/html", "application/json", "multipart/form-data", "multipart/form-data; boundary=x", "x", "a/b"]
HEADERS = {
    "HTTP_ACCEPT_LANGUAGE": ["", "*", "xx", "en;q=x", "en;q=9", "fr-" + "x" * 600, "\xff", "en,,,;", "\x00"],
    "HTTP_HOST": ["", "ailleurs.example", "testserver:x", "[::1", "a b", "é", "\x00", "testserver."],
    "HTTP_IF_NONE_MATCH": ["*", '"', 'W/"', '"x', 'W/"' + "a" * 5000 + '"', "\xff", ",,,", '"a", W/"b", c'],
    "HTTP_IF_MODIFIED_SINCE": ["hier", "Sun, 99 Nov 2026 99:99:99 GMT", "0", "-1", "\x00"],
    "HTTP_IF_MATCH": ["*", "x"],
    "HTTP_COOKIE": ["sessionid=x", "sessionid=\x00", "=", ";;;", "csrftoken=" + "x" * 5000, "a=\xff", 'a="'],
    "HTTP_RANGE": ["bytes=0-0", "bytes=-1", "bytes=9-1", "x", "bytes=" + "0-1," * 500],
    "HTTP_ACCEPT_ENCODING": ["", "gzip;q=0", "br", "*", "gzip, gzip", "\xff", "identity;q=0"],
    "HTTP_ACCEPT": ["x", "*/*;q=x", "application/json", ""],
    "HTTP_X_FORWARDED_PROTO": ["https", "x", ","],
    "HTTP_X_FORWARDED_FOR": ["x", "::", "1.2.3.4, " * 100],
    "HTTP_X_FORWARDED_HOST": ["ailleurs.example"],
    "HTTP_REFERER": ["\xff", "javascript:x"],
    "CONTENT_LENGTH": ["x", "-1", "99999999999", ""],
    "REMOTE_ADDR": ["", "x", "::1%eth0"],
}
# fmt: on


def some_text(random):
    """Return a value: one that is known to be odd, one made of any characters, or several joined."""
    match random.randrange(4):
        case 0:
            return "".join(chr(random.choice([random.randrange(128), random.randrange(0xD800)])) for _ in range(8))
        case 1:
            return "".join(random.choices(TEXTS, k=2))
        case _:
            return random.choice(TEXTS)


def some_request(random, names):
    """Return a request that is wrong in one way or in several, as a server hands it over (WSGI)."""
    method, path, query, body, content_type = "GET", random.choice(list(names)), None, b"", "text/html"
    known, headers = names[path], {"HTTP_HOST": "testserver"}
    for _time in range(random.choice([1, 1, 1, 2, 3])):
        match random.randrange(10):
            case 0 | 1 | 2 | 3:
                query = [(random.choice(known), some_text(random)) for _parameter in range(random.randint(1, 4))]
            case 4:
                query = random.choice(QUERIES)
            case 5 | 6:
                place = random.randint(1, len(path))
                path = path[:place] + random.choice(PIECES) + path[random.choice([place, len(path)]) :]
            case 7:
                method, body, content_type = random.choice(METHODS), random.choice(BODIES), random.choice(TYPES)
            case _:
                name = random.choice(list(HEADERS))
                headers[name] = random.choice(HEADERS[name])
    if isinstance(query, list):
        query = urlencode(query)
    path, _mark, asked = path.partition("?")
    return {
        "REQUEST_METHOD": method,
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query if query is not None else asked,
        "CONTENT_TYPE": content_type,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.url_scheme": "http",
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
    } | headers


def names_on(path):
    """Return the names of the parameters that forms and links of a page have, with some that it may not know."""
    html = content_of(Client().get(path)).decode(errors="replace")
    found = {*re.findall(r' name="([a-z_]+)"', html), *re.findall(r"[?;]([a-z_]+)=", html)}
    return sorted(found | {"page", "per_page", "as_of", "known_on", "\x00"})


def names_once(paths):
    """Return what `names_on` says of each of `paths`, asked once in a run: the pages take longer than a lot."""
    known = snapshots.folder / "names.json"
    with locked(known.with_suffix(".lock")):
        if not known.exists():
            known.write_text(json.dumps({path: names_on(path) for path in paths}))
    return json.loads(known.read_text())


@pytest.mark.slow
@pytest.mark.parametrize("lot", range(LOTS))
def test_nothing_that_is_asked_breaks_the_site(lot, full_site, settings, monkeypatch):
    monkeypatch.setattr(logging.root.manager, "disable", logging.WARNING)  # what is refused is no news
    settings.TRACKER_PAGE_STORE = 16 * 1024 * 1024
    paths = [path for _page, _language, path in in_each_language(PAGES)]
    # One of each, in one language, and one feed: they are slow to make.
    paths += {page.name: page.path for page in MACHINES if not page.name.startswith("feed_")}.values()
    names = names_once(paths)
    site, random = ClientHandler(), Random(lot)  # noqa: S311 - the same requests every time
    statuses, broken = Counter(), []

    for _request in range(IN_A_LOT[connection.vendor]):
        request = some_request(random, names)
        response = site(dict(request))
        content_of(response)
        statuses[response.status_code] += 1
        if response.status_code >= 500:
            broken.append(request)

    assert broken == []
    assert {200, 400, 404, 405} <= set(statuses)
