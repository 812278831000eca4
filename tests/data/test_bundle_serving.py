"""Bundles asked for while one is being made: no number of requests holds all that answer readers."""

import json
from contextlib import contextmanager
from fcntl import LOCK_EX, LOCK_UN, flock
from threading import Timer

import pytest
from django.http import HttpResponse

from commitments.data.bundle import serving
from commitments.data.publishing import rendering
from tests.public.conftest import content_of

LONGEST = 30.0
"""After how many seconds what holds the lock lets go: a request that waits for it is answered then, too late."""


@pytest.fixture
def _apart(tmp_path, monkeypatch):
    """Bundles of this test's own."""
    monkeypatch.setattr(serving, "gettempdir", lambda: str(tmp_path))


@contextmanager
def being_made():
    """Hold the lock as whoever makes a bundle does, in this process or in another."""
    with (serving.folder() / "lock").open("w") as lock:
        flock(lock, LOCK_EX)
        late = Timer(LONGEST, lambda: flock(lock, LOCK_UN))
        late.start()
        yield
        late.cancel()
        late.join()


@pytest.mark.slow
@pytest.mark.usefixtures("_apart")
def test_another_bundle_is_refused_for_now_and_made_later(record, client):
    with being_made():
        refused = [client.get(f"/data/tracker-2026-11-{day}.zip") for day in (19, 20)]
    later = client.get("/data/tracker-2026-11-20.zip")

    for answer in refused:
        assert answer.status_code == 503
        assert answer["Retry-After"] == str(serving.AGAIN)
        assert answer["Content-Type"] == "application/problem+json"
        assert json.loads(answer.content)["title"] == "Service unavailable"
    assert content_of(later)[:2] == b"PK"


@pytest.mark.slow
@pytest.mark.usefixtures("_apart")
def test_a_bundle_that_is_made_is_given_while_another_is_being_made(record, client):
    made = content_of(client.get("/data/tracker-2026-11-21.zip"))

    with being_made():
        again = client.get("/data/tracker-2026-11-21.zip")
        assert content_of(again) == made


def test_publishing_waits_for_what_the_site_is_too_busy_to_make(db, monkeypatch):
    slept = []
    busy = [HttpResponse(status=503, headers={"Retry-After": "30"}) for _time in range(2)]
    answers = iter([*busy, HttpResponse("fait")])
    site = rendering.Site("http://testserver")
    monkeypatch.setattr(site.handler, "get_response", lambda request: next(answers))
    monkeypatch.setattr(rendering, "sleep", slept.append)

    with site.ask("/data/tracker-2026-11-21.zip") as answer:
        assert (answer.status, b"".join(answer.body)) == (200, b"fait")

    assert slept == [30, 30]
