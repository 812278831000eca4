"""What tests of the public pages share: a way to act on a past day, a page as text, one record of each kind."""

import re
from html import unescape
from types import SimpleNamespace

import pytest
import time_machine
from django.db.models import QuerySet
from django.utils import translation

from commitments import models
from commitments.rules.search import affected, word_index
from tests import factories, seeds, snapshots


@pytest.fixture(autouse=True)
def _french():
    """Begin and end in French: a page asked for in English leaves its language to the thread."""
    with translation.override("fr"):
        yield


def content_of(response):
    """Return the bytes of an answer, read to their end: a file that it is sent from is closed then."""
    return b"".join(response.streaming_content) if response.streaming else response.content


def text_of(response):
    """Return the words of a page, tags and runs of white space taken out."""
    html = re.sub(r"</?(?:a|em|mark|span|strong|time)\b[^>]*>", "", response.content.decode())
    html = re.sub(r"<[^>]+>", " ", html)
    return re.sub(r"\s+", " ", unescape(html))


def on(day):
    """Return a context in which today is `day`, written AAAA-MM-JJ."""
    return time_machine.travel(f"{day}T12:00:00Z", tick=False)


def make_internal(note):
    """Make a published note internal, in its history too: no rule allows it, a row may be so all the same."""
    QuerySet.update(models.FollowUpNote.objects.filter(pk=note.pk), visibility="internal")
    note.history.update(visibility="internal")
    note.refresh_from_db()
    word_index.refresh(affected.entries_of(affected.touched(note)))


RECORD = {
    "meeting": (models.Meeting, "moscou"),
    "instrument": (models.Instrument, "communique"),
    "commitment": (models.Commitment, "AES-RU-2025-01"),
    "discrepancy": (models.Discrepancy, "AES-RU-D01"),
}
"""What `record` names by a reference."""


@pytest.fixture
def record(analyst, editor):
    """One published record of each kind, tied together, with what a page of it can show."""
    for account, name in ((analyst, "Awa"), (editor, "Boubacar")):
        account.first_name = name
        account.save()
    snapshots.put("record", lambda: _make_record(analyst, editor))
    named = {word: model.objects.get(reference=reference) for word, (model, reference) in RECORD.items()}
    commitment = named["commitment"]
    return SimpleNamespace(
        **named,
        source=commitment.citations.get().source,
        assessment=commitment.assessments.get(),
        search=commitment.searches.get(),
        milestone=commitment.milestones.get(),
        note=commitment.notes.get(),
    )


def _make_record(analyst, editor):
    meeting = factories.make_meeting(reference="moscou", published_by=editor)
    instrument = factories.make_instrument(reference="communique", meeting=meeting, published_by=editor)
    commitment = factories.make_commitment(
        reference="AES-RU-2025-01",
        instrument=instrument,
        criterion_fr="La force est déclarée opérationnelle.",
        published_by=editor,
    )
    factories.make_assessment(commitment=commitment, proposed_by=analyst, published_by=editor)
    factories.make_search(
        commitment=commitment,
        searched_where_fr="Sites officiels",
        searched_where_en="Official sites",
        proposed_by=analyst,
        published_by=editor,
    )
    factories.make_milestone(commitment=commitment, published_by=editor)
    factories.make_note(commitment=commitment, published_by=editor)
    discrepancy = factories.make_discrepancy(
        reference="AES-RU-D01", meeting=meeting, settled_by=editor, published_by=editor
    )
    discrepancy.commitments.add(commitment)


@pytest.fixture
def full_site(db):
    seeds.load_with_specimens()


_answers = {}


@pytest.fixture
def visit(client, full_site):
    """Return a function that gives what the full site answers at an address, which it is asked once in a process.

    For tests that read many pages and change nothing; answers keep no context.
    """

    def visitor(path):
        if path not in _answers:
            answer = client.get(path)
            answer.length = len(content_of(answer))
            answer.context = answer.templates = None
            _answers[path] = answer
        return _answers[path]

    return visitor


def addresses(record):
    """Return the address of each public page that `record` (the fixture) has."""
    return [
        "/",
        "/engagements/",
        "/engagements/?basis=expected",
        "/engagements/?basis=envisaged",
        "/recherche/?q=renforcer",
        record.commitment.get_absolute_url(),
        f"{record.commitment.get_absolute_url()}corrections/",
        "/sources/",
        record.source.get_absolute_url(),
        record.meeting.get_absolute_url(),
        record.instrument.get_absolute_url(),
        f"{record.instrument.get_absolute_url()}?whole=1",
        "/divergences/",
        record.discrepancy.get_absolute_url(),
        "/secteurs/",
        f"/secteurs/{record.commitment.sector.slug}/",
        "/parties/",
        "/parties/RU/",
        "/parties/AES/",
        "/matrice/",
        "/chronologie/",
        "/comparer/",
        "/comparer/?kind=published",
        "/corrections/",
        "/methode/",
        "/a-propos/",
        "/donnees/",
        "/api/",
    ]


def frames(record):
    """Return the address of each page that other sites may show in a frame."""
    return [f"{record.commitment.get_absolute_url()}integrer/", "/integrer/engagements/"]


def pictures(record):
    """Return the address of each picture that the site draws."""
    return ["/carte.png", f"{record.commitment.get_absolute_url()}carte.png"]
