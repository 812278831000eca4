"""Requests an address from the site itself, as a server does: every middleware, the same views."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from time import sleep
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.exceptions import DisallowedHost
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished
from django.db import close_old_connections
from django.http import HttpRequest
from django.test import RequestFactory  # it makes what a server hands over (WSGI), and needs nothing of the tests
from django.utils import translation

from commitments.data.publishing.problems import Problem

PATIENCE = 40
"""How many times a request is repeated when the site is too busy: it may be serving readers."""


def unnamed() -> str:
    """Return the base URL to use when TRACKER_SITE_URL is unset; pages then show no absolute URLs."""
    names = [name for name in settings.ALLOWED_HOSTS if name[0] not in ".*["]
    return f"http://{(names or ['localhost'])[0]}"


class Answer(NamedTuple):
    """The site's response at an address; its body comes in pieces, however long it is."""

    status: int
    content_type: str
    body: Iterator[bytes]


class Site:
    """The site in this process, requested as if it were served at `base` (`https://tracker.example.org`)."""

    def __init__(self, base: str) -> None:
        parts = urlsplit(base or unnamed())
        self.host, self.scheme = parts.netloc, parts.scheme
        if settings.SECURE_SSL_REDIRECT:
            self.scheme = "https"  # over plain HTTP it would only redirect
        self.port = str(parts.port or {"http": 80, "https": 443}[self.scheme])
        self.static = urlsplit(settings.STATIC_URL).path
        self.handler = WSGIHandler()

    @property
    def origin(self) -> str:
        """The prefix of the site's own whole addresses."""
        return f"{self.scheme}://{self.host}"

    @contextmanager
    def ask(self, address: str) -> Iterator[Answer]:
        """Yield the response at `address`. Raises Problem if the site does not answer for the host."""
        if address.startswith(self.static):
            path = unquote(address.partition("?")[0])
            yield static_file(path.removeprefix(self.static))
            return
        with translation.override(settings.LANGUAGE_CODE):
            with _quiet():
                response = self._answered(address)
            try:
                yield Answer(response.status_code, response.get("Content-Type", ""), iter(response))
            finally:
                # Closing a response also closes the database connection of its request: here, one serves all of them.
                request_finished.disconnect(close_old_connections)
                response.close()
                request_finished.connect(close_old_connections)

    def _request(self, address: str) -> HttpRequest:
        name, is_secure = self.host.partition(":")[0], self.scheme == "https"
        made = RequestFactory()
        return made.get(address, secure=is_secure, HTTP_HOST=self.host, SERVER_NAME=name, SERVER_PORT=self.port)

    def _answered(self, address: str) -> Any:
        """Return the site's response; if it is busy and says when to ask again, the response it gives then."""
        for _time in range(PATIENCE):
            response = self.handler.get_response(self._request(address))
            if response.status_code != HTTPStatus.SERVICE_UNAVAILABLE or "Retry-After" not in response:
                break
            sleep(int(response["Retry-After"]))
        return response

    def check(self) -> None:
        """Raises Problem if the site does not answer for the host of its stated address."""
        try:
            self._request("/").get_host()
        except DisallowedHost as error:
            raise Problem(
                f"The site does not answer for {self.host}: add it to DJANGO_ALLOWED_HOSTS, "
                "or set TRACKER_SITE_URL to the address where it is served."
            ) from error


def static_file(name: str) -> Answer:
    """Return the static file called `name`, which a web server serves, not the site; its type is that of its name."""
    path = Path(staticfiles_storage.path(name))
    if not path.is_file():
        path = Path(finders.find(name) or path)  # a development machine has not collected them
    if not path.is_file():
        return Answer(404, "", iter(()))
    return Answer(200, "application/octet-stream", iter([path.read_bytes()]))


@contextmanager
def _quiet() -> Iterator[None]:
    """Silence Django's request log: the run itself reports failures, with the page that links to them."""
    logger = logging.getLogger("django.request")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)
