"""Two server processes, one database, changes from a third: nobody is ever answered what no longer holds.

The servers are granian's, as in production; each keeps pages of its own. They listen on files, not on ports, so that no
other process can be in the way.
"""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import pytest
from django.db import connection

from commitments.models import Commitment
from commitments.rules.review import publication
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)

ROOT = Path(__file__).resolve().parent.parent.parent
ROUNDS = 40
LIST = "/engagements/"
STARTED = "Started worker"


class Answer(NamedTuple):
    status: int
    tag: str
    body: str


class Server:
    """A granian of one worker, and a way to ask it."""

    def __init__(self, address, process):
        self.address, self.process = address, process

    def wait(self):
        """Wait until the worker has started; one that never does is killed, and what it said is in the error."""
        limit = threading.Timer(120, os.killpg, (self.process.pid, signal.SIGKILL))
        limit.start()
        said = []
        for line in self.process.stdout:
            said.append(line)
            if STARTED in line:
                break
        limit.cancel()
        assert STARTED in "".join(said[-1:]), "".join(said)

    def get(self, path, tag=""):
        client = http.client.HTTPConnection("localhost", timeout=20)
        client.sock = socket.socket(socket.AF_UNIX)
        client.sock.settimeout(20)
        client.sock.connect(self.address)
        try:
            client.request("GET", path, headers={"If-None-Match": tag} if tag else {})
            response = client.getresponse()
            return Answer(response.status, response.headers.get("ETag", ""), response.read().decode())
        finally:
            client.close()


def database_url():
    """Return the address of the database that the tests run on."""
    made = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{made['NAME']}"
    account = f"{quote(made['USER'], safe='')}:{quote(made['PASSWORD'], safe='')}"
    return f"postgres://{account}@{quote(made['HOST'], safe='')}:{made['PORT']}/{made['NAME']}"


@contextmanager
def serving(address):
    """Start a server that listens at `address`, and stop it afterwards, come what may."""
    command = [str(Path(sys.executable).parent / "granian"), "--interface", "wsgi", "--workers", "1"]
    settings = {
        "DATABASE_URL": database_url(),
        "DJANGO_DEBUG": "1",  # static files from where they are
        "DJANGO_SETTINGS_MODULE": "tracker.settings",
        "TRACKER_PAGE_STORE": "4",
    }
    with subprocess.Popen(  # noqa: S603 - granian
        [*command, "--uds", address, "tracker.wsgi:application"],
        cwd=ROOT,
        env=os.environ | settings,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            yield Server(address, process)
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=20)
            with suppress(ProcessLookupError):  # its worker, had it not ended with it
                os.killpg(process.pid, signal.SIGKILL)


@pytest.fixture
def servers(tmp_path):
    with ExitStack() as stack:
        both = [stack.enter_context(serving(str(tmp_path / name))) for name in ("one", "two")]
        for server in both:
            server.wait()
        yield both


@pytest.fixture
def commitment(editor):
    return factories.make_commitment(title_fr="Titre 0.", published_by=editor)


def title_in(answer):
    """Return the number in the title that a page shows."""
    return int(re.search(r"Titre ([0-9]+)\.", answer.body)[1])


@pytest.mark.slow
def test_no_answer_is_stale_whichever_process_gives_it(servers, commitment):
    pages = (LIST, commitment.get_absolute_url())
    tags = {page: servers[0].get(page).tag for page in pages}
    assert servers[0].process.pid != servers[1].process.pid

    for number in range(1, ROUNDS + 1):
        page, first, second = pages[number % 2], servers[number // 2 % 2], servers[(number // 2 + 1) % 2]
        commitment.title_fr = f"Titre {number}."
        commitment.save()

        answers = [first.get(page, tags[page]), second.get(page), first.get(page)]

        assert [(answer.status, title_in(answer)) for answer in answers] == [(200, number)] * 3
        assert {answer.tag for answer in answers} == {answers[0].tag} != {tags[page]}
        tags[page] = answers[0].tag
        assert [server.get(page, tags[page]).status for server in servers] == [304, 304]


@pytest.mark.slow
def test_what_is_saved_while_a_page_is_made_is_in_the_next_one(servers, commitment):
    saved, behind, done = [0], [], threading.Event()

    def read(server):
        tag, shown = "", 0
        while not done.is_set():
            least = saved[0]
            answer = server.get(LIST, tag)
            if answer.status != 304:
                tag, shown = answer.tag, title_in(answer)
            if shown < least:
                behind.append((shown, least))

    readers = [threading.Thread(target=read, args=(server,)) for server in servers]
    for reader in readers:
        reader.start()
    try:
        for number in range(1, ROUNDS + 1):
            commitment.title_fr = f"Titre {number}."
            commitment.save()
            saved[0] = number
    finally:
        done.set()
        for reader in readers:
            reader.join(timeout=30)

    assert behind == []
    assert [title_in(server.get(LIST)) for server in servers] == [ROUNDS, ROUNDS]


@pytest.mark.slow
def test_what_is_withdrawn_is_gone_from_both_at_once(servers, commitment, editor):
    page = commitment.get_absolute_url()
    tags = [server.get(page).tag for server in servers]
    lists = [server.get(LIST).tag for server in servers]

    publication.withdraw(Commitment.objects.get(pk=commitment.pk), by=editor, reason="Essai.")

    assert [server.get(page, tag).status for server, tag in zip(servers, tags, strict=True)] == [410, 410]
    after = [server.get(LIST, tag) for server, tag in zip(servers, lists, strict=True)]
    assert [answer.status for answer in after] == [200, 200]
    assert not any("Titre 0." in answer.body for answer in after)


@pytest.mark.slow
def test_what_the_public_cannot_see_leaves_what_is_kept(servers, commitment):
    tags = [server.get(LIST).tag for server in servers]

    factories.make_commitment(title_fr="Un brouillon").save()

    assert [server.get(LIST, tag).status for server, tag in zip(servers, tags, strict=True)] == [304, 304]
