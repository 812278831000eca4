"""The revision rises with what the public can see, with its transaction, and with nothing else."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import transaction

from commitments.models import FollowUpNote, Milestone
from commitments.rules import revision
from commitments.rules.review import publication
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def rises():
    """Return whether `act` raises the revision."""

    def found(act):
        before = revision.current()
        act()
        after = revision.current()
        assert (after.number > before.number) == (after.token != before.token)
        return after.number > before.number

    return found


def test_there_is_none_before_any_change():
    assert revision.current() == (0, "")


def test_every_token_is_new():
    tokens = set()
    for _time in range(5):
        revision.advance()
        tokens.add(revision.current().token)

    assert len(tokens) == 5
    assert revision.current().number == 5


def test_one_query_says_where_it_stands(django_assert_num_queries):
    with django_assert_num_queries(1):
        revision.current()


def test_drafts_and_reviews_leave_it(rises, analyst, editor):
    commitment = factories.make_commitment()
    judgement = factories.make_assessment(commitment=factories.make_commitment(published_by=editor))

    assert not rises(commitment.save)
    assert not rises(lambda: publication.propose(judgement, by=analyst))
    assert not rises(lambda: publication.send_back(judgement, by=editor, reason="Which day?"))
    assert not rises(lambda: factories.make_note(commitment=commitment))
    assert not rises(commitment.undertakings.first().save)
    assert not rises(factories.make_discrepancy)


@pytest.mark.parametrize("noun", ["commitment", "source", "meeting", "instrument", "discrepancy", "milestone", "note"])
def test_publishing_editing_and_withdrawing_raise_it(noun, rises, editor):
    under = {"commitment": factories.make_commitment(published_by=editor)} if noun in ("milestone", "note") else {}
    record = getattr(factories, f"make_{noun}")(**under)

    assert rises(lambda: publication.publish(record, by=editor))
    assert rises(record.save)
    assert rises(lambda: publication.withdraw(record, by=editor, reason="Error."))


def test_parts_of_what_is_public_raise_it(rises, editor):
    commitment = factories.make_commitment(published_by=editor)
    discrepancy = factories.make_discrepancy(published_by=editor)
    undertaking = commitment.undertakings.first()

    assert rises(undertaking.save)
    assert rises(undertaking.delete)
    assert rises(discrepancy.claims.first().save)
    assert rises(lambda: discrepancy.commitments.add(commitment))
    assert rises(lambda: discrepancy.commitments.remove(commitment))


def test_what_pages_name_raises_it(rises, editor):
    party, sector = factories.make_party("ML"), factories.make_sector("defense")
    party.name_fr, sector.name_fr = "République du Mali", "Défense"

    assert rises(party.save)
    assert rises(sector.save)
    assert rises(editor.save)  # their name signs judgements
    assert not rises(lambda: editor.save(update_fields=["last_login"]))
    assert not rises(lambda: factories.make_user("issa"))


def test_a_change_that_is_taken_back_takes_the_revision_back(rises, editor):
    commitment = factories.make_commitment(published_by=editor)

    def half():
        try:
            with transaction.atomic():
                commitment.save()
                raise LookupError
        except LookupError:
            pass

    assert not rises(half)


def test_milestones_made_by_a_recurrence_raise_it(rises, editor):
    commitment = factories.make_commitment(recurrence="FREQ=YEARLY", recurrence_start="2026-12-31")

    assert rises(lambda: publication.publish(commitment, by=editor))
    assert Milestone.objects.filter(commitment=commitment, state="published").exists()
    assert not FollowUpNote.objects.exists()


def test_an_act_is_dated_when_its_turn_has_come(monkeypatch, editor):
    commitment = factories.make_commitment(published_by=editor)
    note = factories.make_note(commitment=commitment)
    waited = []
    with time_machine.travel("2026-12-01T10:00:00Z", tick=False) as clock:
        held = revision.hold

        def wait(**how):
            held(**how)
            waited.append(clock.shift(timedelta(minutes=10)))

        monkeypatch.setattr(revision, "hold", wait)
        publication.publish(note, by=editor)
        commitment.title_fr = "Un autre titre"
        commitment.save()

    assert len(waited) >= 2
    assert note.published_at >= datetime(2026, 12, 1, 10, 10, tzinfo=UTC)
    assert commitment.history.first().history_date == datetime(2026, 12, 1, 10, 10 * len(waited), tzinfo=UTC)
