"""What was corrected, replaced and withdrawn in public, told from the edit history: all of it, and nothing else."""

from datetime import date

import pytest

from commitments.models import Citation, FollowUpNote, Undertaking
from commitments.reading import NOW, Reading
from commitments.rules.review import publication
from commitments.rules.time.corrections import Event, events
from commitments.rules.work_queue import assignment
from tests import factories
from tests.public.conftest import make_internal, on

pytestmark = pytest.mark.django_db


@pytest.fixture
def commitment(editor):
    with on("2026-05-01"):
        return factories.make_commitment(published_by=editor)


def told(reading=NOW, commitment=None):
    return [(event.act, event.noun) for event in map(Event._make, events(reading, commitment))]


@pytest.mark.slow
def test_what_was_only_published_is_no_correction(commitment, analyst, editor):
    factories.make_assessment(commitment=commitment, proposed_by=analyst, published_by=editor)
    factories.make_discrepancy(published_by=editor)

    assert told() == []


def test_an_edit_before_publication_is_no_correction(editor):
    with on("2026-05-01"):
        draft = factories.make_commitment()
        draft.title_fr = "Titre de brouillon"
        draft.save()
    with on("2026-05-02"):
        publication.publish(draft, by=editor)

    assert told() == []


def test_an_edit_after_publication_is_one(commitment):
    with on("2026-06-01"):
        commitment.title_fr = "Un autre titre"
        commitment.save()

    [event] = map(Event._make, events(NOW))

    history = commitment.history.model.objects
    assert (event.act, event.noun, event.at.date()) == ("correction", "commitment", date(2026, 6, 1))
    assert history.get(history_id=event.number).title_fr == "Un autre titre"
    assert history.get(history_id=event.before).title_fr == "Renforcer la Force unifiée"


def test_a_field_filled_in_or_emptied_is_one(commitment, editor):
    with on("2026-05-02"):
        milestone = factories.make_milestone(commitment=commitment, due_on=None, published_by=editor)
    for day, due in (("2026-06-01", date(2026, 8, 1)), ("2026-06-02", None)):
        with on(day):
            milestone.due_on, milestone.due_precision = due, "day"
            milestone.save()

    assert told() == [("correction", "milestone")] * 2


def test_what_only_the_desk_reads_is_none(commitment, analyst, editor):
    with on("2026-06-01"):
        assignment.assign(commitment, to=analyst, by=editor)
        commitment.refresh_from_db()
        commitment.save()

    assert commitment.assigned_to == analyst
    assert told() == []


def test_an_unpublished_record_tells_nothing(editor):
    with on("2026-05-01"):
        draft = factories.make_commitment()
    with on("2026-06-01"):
        draft.title_fr = "Un autre titre"
        draft.save()
        draft.undertakings.first().delete()

    assert told() == []


@pytest.mark.slow
def test_the_record_withdrawn_its_corrections_are_told_no_more(commitment, editor):
    with on("2026-06-01"):
        commitment.title_fr = "Un autre titre"
        commitment.save()
    with on("2026-07-01"):
        publication.withdraw(commitment, by=editor, reason="Doublon.")

    assert told() == [("withdrawal", "commitment")]
    assert told(Reading(known_on=date(2026, 6, 30))) == [("correction", "commitment")]


@pytest.mark.slow
def test_what_came_after_the_day_known_is_not_told(commitment, analyst, editor):
    with on("2026-06-01"):
        commitment.title_fr = "Un autre titre"
        commitment.save()
    with on("2026-06-02"):
        first = factories.make_assessment(commitment=commitment, proposed_by=analyst, published_by=editor)
    with on("2026-06-03"):
        better = factories.make_assessment(commitment=commitment, status="substantial", proposed_by=analyst)
        publication.supersede(first, better, by=editor, reason="Un lot avait été omis.")
    with on("2026-06-04"):
        publication.withdraw(better, by=editor, reason="Source démentie.")

    assert told(Reading(known_on=date(2026, 5, 31))) == []
    assert told(Reading(known_on=date(2026, 6, 2))) == [("correction", "commitment")]
    assert told(Reading(known_on=date(2026, 6, 3)))[0] == ("supersession", "assessment")
    assert told()[0] == ("withdrawal", "assessment")
    assert ("supersession", "assessment") not in told()


def test_what_had_not_taken_place_on_the_day_read_is_not_told(commitment):
    with on("2026-06-01"):
        commitment.title_fr = "Un autre titre"
        commitment.save()

    assert told(Reading(as_of=date(2025, 4, 2))) == []
    assert told(Reading(as_of=date(2025, 4, 3))) == [("correction", "commitment")]


@pytest.mark.slow
def test_a_note_that_was_internal_in_either_version_is_not_told(commitment, editor):
    with on("2026-05-02"):
        note = factories.make_note(commitment=commitment, body_fr="Interne.", published_by=editor)
        factories.make_citation(note=note, published_by=editor)
        make_internal(note)
    with on("2026-06-01"):
        note.visibility, note.body_fr = "public", "Expurgée."
        note.save()
        citation = note.citations.get()
        citation.role = "context"
        citation.save()
    assert told() == []

    with on("2026-06-02"):
        note.body_fr = "Corrigée."
        note.save()

    assert told() == [("correction", "followupnote")]


def test_an_internal_note_withdrawn_is_not_told(commitment, editor):
    with on("2026-05-02"):
        notes = [factories.make_note(commitment=commitment, published_by=editor) for _number in range(2)]
        for note in notes:
            publication.withdraw(note, by=editor, reason="Erreur.")
        make_internal(notes[0])

    assert FollowUpNote.objects.filter(state="withdrawn").count() == 2
    assert [event[2] for event in events(NOW)] == [notes[1].pk]


@pytest.mark.slow
def test_a_citation_moved_from_elsewhere_tells_nothing_of_what_it_was_there(commitment, editor):
    with on("2026-05-02"):
        meeting = factories.make_meeting(published_by=editor)
        citation = factories.make_citation(meeting=meeting, published_by=editor)
    with on("2026-06-01"):
        citation.role = "context"
        citation.save()
        citation.meeting, citation.commitment = None, commitment
        citation.save()
    assert told() == []

    with on("2026-06-02"):
        citation.role = "contradicts"
        citation.save()

    assert told() == [("correction", "citation")]


@pytest.mark.slow
def test_a_citation_withdrawn_is_told_while_what_it_is_attached_to_is_public(commitment, editor):
    with on("2026-05-02"):
        citation = factories.make_citation(commitment=commitment, exact="Le 3 avril", published_by=editor)
        publication.withdraw(citation, by=editor, reason="Hors sujet.")
    assert told() == [("withdrawal", "citation")]

    with on("2026-05-03"):
        publication.withdraw(commitment, by=editor, reason="Doublon.")

    assert told() == [("withdrawal", "commitment")]
    assert list(Citation.objects.withdrawn()) == []


def test_a_source_s_new_text_tells_of_the_quotations_that_it_breaks(commitment):
    source = commitment.citations.get().source
    with on("2026-06-01"):
        source.text = "Un tout autre texte."
        source.save()

    assert sorted(told()) == [("correction", "citation"), ("correction", "source")]


@pytest.mark.slow
def test_a_party_added_or_taken_away_in_public_is_told(commitment):
    with on("2026-06-01"):
        Undertaking.objects.create(commitment=commitment, party=factories.make_party("ML"), role="undertakes")
    with on("2026-06-02"):
        commitment.undertakings.get(party__code="RU").delete()

    assert told() == [("correction", "undertaking")] * 2


def test_the_parties_of_a_fixture_are_no_correction(seed_articles):
    assert [noun for act, noun in told() if act == "correction"] == []


def test_a_claim_is_told_once_its_question_and_a_passage_of_it_are_public(editor):
    with on("2026-05-01"):
        discrepancy = factories.make_discrepancy()
    claim = discrepancy.claims.first()
    for day, value in (("2026-05-02", "Brouillon"), ("2026-05-04", "Public")):
        if value == "Public":
            with on("2026-05-03"):
                publication.publish(discrepancy, by=editor)
                bare = discrepancy.claims.create(value_fr="Sans passage", position=9)
        with on(day):
            claim.value_fr = value
            claim.save()
    with on("2026-05-05"):
        bare.value_fr = "Toujours sans passage"
        bare.save()

    [event] = map(Event._make, events(NOW))

    assert (event.noun, event.at.date()) == ("claim", date(2026, 5, 4))


@pytest.mark.slow
def test_only_what_hangs_from_a_commitment_is_told_of_it(commitment, editor):
    with on("2026-05-02"):
        other = factories.make_commitment(published_by=editor)
        notes = {one: factories.make_note(commitment=one, published_by=editor) for one in (commitment, other)}
    with on("2026-06-01"):
        for one, note in notes.items():
            note.body_fr = "Corrigée."
            note.save()
            one.title_fr = "Un autre titre"
            one.save()
            citation = one.citations.get()
            citation.role = "context"
            citation.save()

    assert len(told()) == 6
    assert sorted(told(commitment=commitment)) == [
        ("correction", "citation"),
        ("correction", "commitment"),
        ("correction", "followupnote"),
    ]
