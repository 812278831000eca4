"""Serves the public pages: from what was already made for this revision, or with 304 if the reader has it.

A page depends on the revision of the public data, the day, the address with its parameters, the host, and the code. Its
entity tag is made of these, so that a page made before, or a 304, costs one query.
"""

import hashlib
from collections.abc import Callable, Collection
from datetime import date
from functools import cache
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, QueryDict
from django.urls import Resolver404, get_script_prefix, resolve, reverse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags

from commitments.public.store import Page, Store
from commitments.rules import revision
from commitments.typography import in_each_language

FRESH = "no-cache"
"""What browsers are told: keep the page but revalidate it each time, so that a change is seen at once."""

EXACT = "/api/"
"""Path prefix under which empty parameters are kept: programs send them on purpose."""

CODE = (
    *("commitments/**/*.py", "tracker/**/*.py", "requirements.lock"),
    *("templates/**/*.html", "commitments/static/**/*", "commitments/locale/**/*.mo"),
    *("commitments/public/sharing/fonts/*", "commitments/data/api/examples.json", "docs/codebook.md"),
)
"""The files that determine how pages are made."""


@cache
def desk() -> tuple[str, ...]:
    """Return the path prefix of the desk in each language: its pages are never stored."""
    return tuple(in_each_language(lambda: "/" + reverse("admin:index").removeprefix(get_script_prefix())).values())


@cache
def build() -> str:
    """Return a digest of the code and settings that pages are made by: another release gives other entity tags."""
    found = hashlib.sha256()
    for pattern in CODE:
        for path in sorted(settings.BASE_DIR.glob(pattern)):
            if path.is_file():
                found.update(path.read_bytes())
    found.update(repr(sorted((n, getattr(settings, n)) for n in dir(settings) if n.startswith("TRACKER_"))).encode())
    return found.hexdigest()[:16]


class PublicPages:
    """The outermost of our middleware: what it answers reaches nothing else in the site."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.store = Store(settings.TRACKER_PAGE_STORE)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer from the store, with 304, or with the page that the view makes, which is then stored."""
        if request.method not in ("GET", "HEAD") or request.path_info.startswith(desk()):
            return self.get_response(request)
        normalise(request)
        key = key_of(request)
        tag = f'W/"{hashlib.sha256(repr(key).encode()).hexdigest()[:32]}"'
        if tag in parse_etags(request.headers.get("If-None-Match", "")):
            answer: HttpResponse = HttpResponseNotModified()
        else:
            page = self.store.get(key)
            if page is None:
                answer = self.get_response(request)
                if answer.status_code != 200 or answer.cookies:
                    return answer
                if not answer.streaming:
                    headers = tuple((name, value) for name, value in answer.items() if name != "Content-Length")
                    page = Page.made_of(headers, answer.content)
                    self.store.put(key, page)
            if page is not None:
                answer = _sent(request, page)
        answer["ETag"] = tag
        answer["Cache-Control"] = FRESH
        patch_vary_headers(answer, ["Accept-Encoding"])
        return answer


def normalise(request: HttpRequest) -> None:
    """Sort the parameters of the address and drop the empty ones, so that the same query has one address.

    A form submits its empty fields, so they are dropped; under EXACT they are kept, for the view to reject. A parameter
    that the page does not read, such as trackers add to shared links, is dropped too: each would make another page, and
    end up in every address that the page states for itself. An unreadable one is kept, to be refused.
    """
    keeps = request.path_info.startswith(EXACT)
    known = parameters_of(request.path_info) if request.GET else ()
    kept = [
        (name, value)
        for name, value in pairs(request.GET)
        if (value or keeps) and (known is None or name in known or "\x00" in name + value)
    ]
    request.META["QUERY_STRING"] = urlencode(sorted(kept))
    request.GET = QueryDict(request.META["QUERY_STRING"])


def pairs(parameters: QueryDict) -> list[tuple[str, str]]:
    """Return `parameters` one by one, each with its name, in the order of the address."""
    return [(name, value) for name, values in parameters.lists() for value in values]


def parameters_of(path: str) -> Collection[str] | None:
    """Return the parameters that the page at `path` reads, as declared by its view (`ReadingMixin.parameters`).

    None if there is no page, or if the view handles unknown parameters itself, as those for machines do. A path without
    its last slash counts as the page that it redirects to.
    """
    with translation.override(translation.get_language_from_path(path) or settings.LANGUAGE_CODE):
        for candidate in (path, f"{path}/"):
            try:
                view = resolve(candidate).func
            except Resolver404:
                continue
            told = getattr(getattr(view, "view_class", None), "parameters", None)
            return told() if told is not None else None
    return None


def key_of(request: HttpRequest) -> tuple[str, ...]:
    """Return all that the page at an address depends on; the revision is read from the database."""
    return (
        build(),
        revision_of(request).token,
        timezone.localdate().isoformat(),
        request.scheme or "",
        request.get_host(),
        request.get_full_path(),
    )


def revision_of(request: HttpRequest) -> revision.Current:
    """Return the revision that `request` is answered for: read once, before anything else."""
    if not hasattr(request, "public_revision"):
        request.public_revision = revision.current()  # type: ignore[attr-defined]
    return request.public_revision  # type: ignore[attr-defined]


def state_of(request: HttpRequest) -> tuple[str, date]:
    """Return what every answer to `request` depends on: the public revision and today's date."""
    return revision_of(request).token, timezone.localdate()


def _sent(request: HttpRequest, page: Page) -> HttpResponse:
    sends_gzip = page.is_packed and "gzip" in request.headers.get("Accept-Encoding", "")
    body = page.body if sends_gzip else page.plain()
    answer = HttpResponse(body)
    for name, value in page.headers:
        answer[name] = value
    if sends_gzip:
        answer["Content-Encoding"] = "gzip"
    answer["Content-Length"] = str(len(body))
    return answer
