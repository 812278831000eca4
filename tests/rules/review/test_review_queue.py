"""What waits for review, for whom, in which order."""

import pytest
import time_machine
from django.contrib.auth.models import Permission

from commitments.rules.judging import judgement_in_force
from commitments.rules.review import publication, review_queue
from commitments.rules.review.review_queue import KINDS, Key, awaiting, following, key
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def commitment(editor):
    return factories.make_commitment(published_by=editor)


def propose(record, *, by, day=21):
    with time_machine.travel(f"2026-11-{day}T12:00:00Z", tick=False):
        publication.propose(record, by=by)
    return record


def order(queue):
    return [(row[1], row[2]) for row in queue.lines()]


def test_only_what_is_in_review_waits(analyst, editor, commitment):
    note = propose(factories.make_note(commitment=commitment), by=analyst)
    factories.make_note(commitment=commitment)
    sent_back = propose(factories.make_note(commitment=commitment), by=analyst)
    publication.send_back(sent_back, by=editor, reason="Why?")
    declined = propose(factories.make_note(commitment=commitment), by=analyst)
    publication.decline(declined, by=editor, reason="No.")

    assert awaiting(editor).count() == 1
    assert order(awaiting(editor)) == [("followupnote", note.pk)]
    assert set(awaiting(editor).by_kind) == {model._meta.model_name for model in KINDS}


def test_nothing_waits_for_those_who_do_not_publish(analyst, commitment):
    propose(factories.make_note(commitment=commitment), by=analyst)

    assert awaiting(analyst).by_kind == {}
    assert awaiting(analyst).count() == 0
    assert awaiting(analyst).lines() is None
    assert awaiting(analyst).proposers() == []
    assert awaiting(analyst).first() is None


def test_only_the_kinds_that_one_may_publish_wait(analyst, commitment):
    someone = factories.make_user()
    someone.user_permissions.add(Permission.objects.get(codename="publish_source"))
    propose(factories.make_note(commitment=commitment), by=analyst)
    source = propose(factories.make_source(), by=analyst)

    assert order(awaiting(someone)) == [("source", source.pk)]


@pytest.mark.parametrize("noun", ["assessment", "search"])
def test_own_proposals_that_two_people_sign_wait_but_are_not_decidable(noun, editor, analyst, commitment, settings):
    make = getattr(factories, f"make_{noun}")
    make(commitment=commitment, proposed_by=editor)
    other = make(commitment=commitment, proposed_by=analyst)
    note = propose(factories.make_note(commitment=commitment), by=editor)

    assert awaiting(editor).count() == 3
    assert set(order(awaiting(editor, decidable=True))) == {(noun, other.pk), ("followupnote", note.pk)}
    settings.TRACKER_SINGLE_PERSON_DESK = True
    assert awaiting(editor, decidable=True).count() == 3


def test_the_oldest_comes_first_whatever_its_kind(analyst, editor, commitment):
    source = propose(factories.make_source(), by=analyst, day=12)
    note = propose(factories.make_note(commitment=commitment), by=analyst, day=10)
    assessment = propose(factories.make_assessment(commitment=commitment), by=analyst, day=12)

    assert order(awaiting(editor)) == [("followupnote", note.pk), ("assessment", assessment.pk), ("source", source.pk)]


def test_following_walks_the_whole_queue_and_starts_again(analyst, editor, commitment):
    first = propose(factories.make_note(commitment=commitment), by=analyst, day=10)
    second = propose(factories.make_assessment(commitment=commitment), by=analyst, day=12)
    third = propose(factories.make_note(commitment=commitment), by=analyst, day=12)
    fourth = propose(factories.make_note(commitment=commitment), by=analyst, day=12)

    found = [following(editor, key(record))[1:] for record in (first, second, third, fourth)]

    assert found == [("assessment", second.pk), *(("followupnote", note.pk) for note in (third, fourth, first))]


def test_nothing_follows_the_last_one(analyst, editor, commitment):
    note = propose(factories.make_note(commitment=commitment), by=analyst)

    assert following(editor, key(note)) is None


def test_a_place_is_since_when_kind_and_number(analyst, commitment):
    note = propose(factories.make_note(commitment=commitment), by=analyst, day=10)

    assert key(note) == Key(note.proposed_at, "followupnote", note.pk)
    assert review_queue.days_waiting(note) == 11


def test_the_queue_is_narrowed_by_kind_and_person(analyst, editor, commitment):
    mine = propose(factories.make_note(commitment=commitment), by=editor)
    propose(factories.make_note(commitment=commitment), by=analyst)
    source = propose(factories.make_source(), by=editor)

    assert order(awaiting(editor).only(kind="followupnote", proposed_by=editor.pk)) == [("followupnote", mine.pk)]
    assert set(order(awaiting(editor).only(proposed_by=editor))) == {("followupnote", mine.pk), ("source", source.pk)}
    assert sorted(awaiting(editor).proposers()) == sorted([analyst.pk, editor.pk])


def test_objections_of_a_list_are_those_of_each_record(analyst, editor, commitment):
    unsound = factories.make_meeting()
    factories.make_citation(meeting=unsound, exact="jamais dit")
    records = [
        unsound,
        factories.make_note(commitment=factories.make_commitment()),
        factories.make_commitment(),
        factories.make_milestone(commitment=commitment),
        factories.make_search(commitment=factories.make_commitment()),
        factories.make_discrepancy(),
        factories.make_citation(meeting=factories.make_meeting()),
        factories.make_source(),
        factories.make_instrument(meeting=factories.make_meeting()),
    ]
    records[2].undertakings.all().delete()
    for record in records:
        propose(record, by=analyst)
    records[1].refresh_from_db()
    records[1].visibility = "internal"
    records[1].save()
    records.append(factories.make_assessment(commitment=factories.make_commitment(), proposed_by=editor))

    listed = review_queue.proposals(awaiting(editor).lines(), by=editor)

    assert len(listed) == len(records)
    for proposal in listed:
        alone = type(proposal.record).objects.get(pk=proposal.record.pk)
        assert proposal.objections == publication.obstacles(alone, by=editor)
    assert sum(bool(proposal.objections) for proposal in listed) == 6


def test_whoever_proposed_or_changed_a_judgement_in_review_does_not_decide_it(analyst, editor, commitment):
    judgement = factories.make_assessment(commitment=commitment, proposed_by=editor)
    second = factories.make_user("issa", group="Editors")
    publication.amend(judgement, by=second)

    assert order(awaiting(editor)) == [("assessment", judgement.pk)]
    for signer in (editor, second):
        assert order(awaiting(signer, decidable=True)) == []
        (line,) = review_queue.proposals(awaiting(signer).lines(), by=signer)
        assert line.is_own
        assert [objection.code for objection in line.objections] == ["two_people"]


def test_which_judgement_is_in_force_with_and_without(analyst, editor, commitment):
    def make(as_of, **fields):
        return factories.make_assessment(commitment=commitment, proposed_by=analyst, as_of=as_of, **fields)

    assert judgement_in_force.in_force(commitment, None) is None
    old = make("2025-05-01", published_by=editor)
    party = make("2025-08-01", published_by=editor, party=factories.make_party("ML"))
    corrected = make("2025-05-02")
    publication.supersede(old, corrected, by=editor, reason="Error.")
    later, earlier = make("2025-06-01"), make("2025-04-20")

    assert judgement_in_force.in_force(commitment, None) == corrected
    assert judgement_in_force.in_force(commitment, party.party) == party
    assert judgement_in_force.without(corrected) == old
    assert judgement_in_force.without(party) is None
    later.refresh_from_db()
    earlier.refresh_from_db()
    assert judgement_in_force.becomes_current(later)
    assert not judgement_in_force.becomes_current(earlier)
