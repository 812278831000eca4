"""The conversation of a review, read from the edit history."""

import pytest
import time_machine

from commitments.rules.review import publication
from commitments.rules.review.thread import last, thread
from tests import factories

pytestmark = pytest.mark.django_db


def told(record):
    return [(remark.act, remark.who and remark.who.username, remark.text) for remark in thread(record)]


def test_a_draft_has_no_thread():
    assert thread(factories.make_commitment()) == []


def test_a_whole_review_is_told_in_order(analyst, editor):
    assessment = factories.make_assessment(
        commitment=factories.make_commitment(published_by=editor), proposed_by=analyst
    )
    publication.send_back(assessment, by=editor, reason="Which delivery?")
    publication.answer(assessment, by=analyst, remark="Looking.")
    publication.propose(assessment, by=analyst, remark="The first one.")
    publication.publish(assessment, by=editor)
    publication.withdraw(assessment, by=editor, reason="Denied since.")

    assert told(assessment) == [
        ("proposed", "awa", ""),
        ("sent_back", "boubacar", "Which delivery?"),
        ("answered", "awa", "Looking."),
        ("proposed", "awa", "The first one."),
        ("published", "boubacar", ""),
        ("withdrawn", "boubacar", "Denied since."),
    ]


def test_remarks_carry_when_and_which_version(analyst, editor):
    note = factories.make_note(commitment=factories.make_commitment(published_by=editor))
    publication.propose(note, by=analyst)
    with time_machine.travel("2026-11-22T09:00:00Z", tick=False):
        publication.send_back(note, by=editor, reason="Shorter.")

    remark = last(thread(note), "sent_back")

    assert (remark.who, remark.when.day) == (editor, 22)
    assert note.history.get(history_id=remark.version).state == "draft"
    assert last(thread(note), "published") is None


def test_an_edit_with_a_reason_is_no_answer(analyst, editor):
    note = factories.make_note(commitment=factories.make_commitment(published_by=editor))
    publication.propose(note, by=analyst)
    publication.send_back(note, by=editor, reason="Shorter.")
    note.body_fr = "Plus court."
    note._change_reason = "Imported."
    note.save()

    assert last(thread(note), "answered") is None


def test_an_edit_is_no_remark_and_an_amendment_is_one(analyst, editor):
    assessment = factories.make_assessment(
        commitment=factories.make_commitment(published_by=editor), proposed_by=analyst
    )
    assessment.rationale_fr = "Autrement dit."
    assessment.save()
    with time_machine.travel("2026-11-22T09:00:00Z", tick=False):
        publication.amend(assessment, by=editor)

    assert told(assessment) == [("proposed", "awa", ""), ("amended", "boubacar", "")]


def test_a_declined_proposal_ends_with_its_reason(analyst, editor):
    note = factories.make_note(commitment=factories.make_commitment(published_by=editor))
    publication.propose(note, by=analyst)
    publication.decline(note, by=editor, reason="Out of scope.")

    assert told(note)[-1] == ("declined", "boubacar", "Out of scope.")


def test_a_record_loaded_as_published_was_published(editor):
    commitment = factories.make_commitment(published_by=editor)

    assert told(commitment) == [("published", "boubacar", "")]


def test_the_thread_costs_two_queries(analyst, editor, django_assert_num_queries):
    note = factories.make_note(commitment=factories.make_commitment(published_by=editor))
    for _ in range(3):
        publication.propose(note, by=analyst)
        publication.send_back(note, by=editor, reason="Again.")

    with django_assert_num_queries(2):
        assert len(thread(note)) == 6
