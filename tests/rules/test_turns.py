"""Two people at the same moment, on two connections: whatever they lock, they wait for each other and never cross."""

import threading

import pytest
from django.db import connection, transaction

from commitments.models import Citation, Commitment, Source
from commitments.rules import revision
from commitments.rules.act import as_act
from commitments.rules.review import publication
from tests import factories
from tests.rules.test_concurrency import at_once

pytestmark = pytest.mark.django_db(transaction=True)

OTHER_TEXT = f"Un chapeau nouveau. {factories.TEXT}"
"""The same passages, each at another place: they are looked up again, and saved."""


@pytest.fixture
def meeting_before_the_turn(monkeypatch):
    """Let two threads wait for each other before the first of their turns, with whatever they have locked by then.

    Then "first" has its turn before the other asks for its own. SQLite has one writer at a time from the start: there,
    nothing waits.
    """
    met, had, once = threading.Barrier(2), threading.Event(), threading.local()
    hold = revision.hold

    def wait(**how):
        is_first = threading.current_thread().name == "first"
        if connection.vendor == "postgresql" and not hasattr(once, "met"):
            once.met = True
            met.wait(timeout=30)
            if not is_first:
                had.wait(timeout=30)
        hold(**how)
        if is_first:
            had.set()

    def arm():
        monkeypatch.setattr(revision, "hold", wait)

    def first(done):
        def named():
            threading.current_thread().name = "first"
            try:
                done()
            finally:
                had.set()

        return named

    return arm, first


def make_cited():
    """Make a published source, two of its passages, and the commitment that they are cited for."""
    editor = factories.make_user(group="Editors")
    commitment = factories.make_commitment(published_by=editor)
    citation = commitment.citations.get()
    return editor, commitment, citation.source, citation


def test_the_text_of_a_source_and_one_of_its_passages_are_edited_at_once(meeting_before_the_turn):
    arm, first = meeting_before_the_turn
    _editor, _commitment, source, citation = make_cited()
    source, citation = Source.objects.get(pk=source.pk), Citation.objects.get(pk=citation.pk)
    source.text, citation.prefix = OTHER_TEXT, "Le 3 avril, "
    arm()

    raised = at_once(first(source.save), citation.save)

    assert raised == [None, None]
    citation.refresh_from_db()
    assert (citation.prefix, citation.is_verified) == ("Le 3 avril, ", True)
    assert OTHER_TEXT[citation.start : citation.end] == factories.AGREEMENT
    assert revision.current().number >= 3


def test_a_commitment_then_its_passage_and_the_passage_are_edited_at_once(meeting_before_the_turn):
    arm, first = meeting_before_the_turn
    _editor, commitment, _source, citation = make_cited()
    commitment, mine, theirs = (
        Commitment.objects.get(pk=commitment.pk),
        *(Citation.objects.get(pk=citation.pk) for _person in range(2)),
    )

    def both():
        with transaction.atomic():
            commitment.save()
            mine.save()

    arm()
    raised = at_once(first(both), theirs.save)

    assert raised == [None, None]


def test_publishing_and_editing_what_is_public_at_once(meeting_before_the_turn):
    arm, first = meeting_before_the_turn
    editor, commitment, source, _citation = make_cited()
    draft = factories.make_citation(commitment=commitment, source=source, exact=factories.ACTION)
    source = Source.objects.get(pk=source.pk)
    source.text = OTHER_TEXT
    arm()

    raised = at_once(first(source.save), lambda: publication.publish(draft, by=editor))

    assert raised == [None, None]
    draft.refresh_from_db()
    assert draft.is_published
    assert OTHER_TEXT[draft.start : draft.end] == factories.ACTION


def test_drafts_locked_in_two_orders_are_tried_again():
    """Work on drafts takes no turn: where PostgreSQL sees a deadlock, the one that it gives up is done once more."""
    sources = [factories.make_source(), factories.make_source()]
    tries, met = [], threading.Barrier(2)

    def edit(numbers):
        @as_act()
        def work():
            tries.append(numbers)
            for place, number in enumerate(numbers):
                source = Source.objects.select_for_update(of=("self",)).get(pk=sources[number].pk)
                source.title += f" {numbers[0]}"
                source.save()
                if connection.vendor == "postgresql" and place == 0 and len(tries) <= 2:
                    met.wait(timeout=30)

        return work

    raised = at_once(edit([0, 1]), edit([1, 0]))

    assert raised == [None, None]
    assert len(tries) == (3 if connection.vendor == "postgresql" else 2)
    titles = {tuple(sorted(Source.objects.get(pk=source.pk).title.split()[-2:])) for source in sources}
    assert titles == {("0", "1")}
