"""Rules 3, 6 and 8: history is only added to, two people, nothing half-done."""

from datetime import date

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.db import IntegrityError, transaction

from commitments.choices import ReviewState
from commitments.models import Assessment, Citation, Claim, Commitment, Discrepancy, Source
from commitments.reading import Reading
from commitments.rules.review import publication
from tests import factories

pytestmark = pytest.mark.django_db


def codes(refusal):
    return {error.code for errors in refusal.value.error_dict.values() for error in errors}


def test_propose_signs_and_dates(analyst):
    assessment = factories.make_assessment()

    publication.propose(assessment, by=analyst)

    assessment.refresh_from_db()
    assert assessment.state == ReviewState.IN_REVIEW
    assert assessment.proposed_by == analyst
    assert assessment.proposed_at.date() == date(2026, 11, 21)


def test_propose_with_an_announcement_only_is_refused_and_leaves_a_draft(analyst, editor):
    commitment = factories.make_commitment(published_by=editor)
    assessment = factories.make_assessment(
        commitment=commitment, exact=factories.ANNOUNCEMENT, evidence_kind="announcement"
    )

    with pytest.raises(publication.Refused) as refusal:
        publication.propose(assessment, by=analyst)

    assessment.refresh_from_db()
    assert codes(refusal) == {"no_action"}
    assert assessment.state == ReviewState.DRAFT


def test_publish_takes_citations_and_sources_with_it(analyst, editor):
    assessment = factories.make_assessment(
        proposed_by=analyst, commitment=factories.make_commitment(published_by=editor)
    )
    citation = assessment.citations.get()

    public = publication.publish(assessment, by=editor)

    assert set(public) == {assessment, citation, citation.source}
    assert Assessment.objects.published().get().published_by == editor
    assert Citation.objects.published().filter(pk=citation.pk).exists()


def test_publish_takes_the_instrument_and_the_meeting_of_a_commitment(editor):
    meeting = factories.make_meeting()
    commitment = factories.make_commitment(instrument=factories.make_instrument(meeting=meeting))

    publication.publish(commitment, by=editor)

    meeting.refresh_from_db()
    assert meeting.is_published
    assert commitment.instrument.__class__.objects.published().count() == 1


def test_publish_by_the_proposer_is_refused(editor):
    commitment = factories.make_commitment(published_by=factories.make_user(group="Editors"))
    assessment = factories.make_assessment(commitment=commitment, proposed_by=editor)

    with pytest.raises(publication.Refused) as refusal:
        publication.publish(assessment, by=editor)

    assert codes(refusal) == {"two_people"}
    assert not Assessment.objects.published().exists()


def test_publish_by_the_proposer_is_marked_where_the_setting_allows_it(editor, settings):
    settings.TRACKER_SINGLE_PERSON_DESK = True
    assessment = factories.make_assessment(
        commitment=factories.make_commitment(published_by=editor), proposed_by=editor
    )

    publication.publish(assessment, by=editor)

    assert Assessment.objects.published().get().single_handed is True


def test_the_database_refuses_one_person_unmarked(analyst, editor):
    assessment = factories.make_assessment(proposed_by=analyst, published_by=editor)

    with pytest.raises(IntegrityError, match="assessment_two_people"), transaction.atomic():
        super(type(Assessment.objects.all()).__mro__[1], Assessment.objects.filter(pk=assessment.pk)).update(
            proposed_by=editor
        )


def test_publish_of_what_was_not_proposed_is_refused(editor):
    assessment = factories.make_assessment(commitment=factories.make_commitment(published_by=editor))

    with pytest.raises(publication.Refused) as refusal:
        publication.publish(assessment, by=editor)

    assert codes(refusal) == {"not_proposed"}


def test_publish_under_an_unpublished_commitment_is_refused(analyst, editor):
    assessment = factories.make_assessment(commitment=factories.make_commitment(), proposed_by=analyst)

    with pytest.raises(publication.Refused) as refusal:
        publication.publish(assessment, by=editor)

    assert codes(refusal) == {"parent"}


def test_publish_with_an_unsound_citation_keeps_everything_private(editor):
    commitment = factories.make_commitment()
    source = factories.make_source()
    factories.make_citation(commitment=commitment, source=source, exact="Des mots qui n’y sont pas")

    with pytest.raises(publication.Refused) as refusal:
        publication.publish(commitment, by=editor)

    assert codes(refusal) == {"unsound"}
    assert not Commitment.objects.published().exists()
    assert not Source.objects.published().exists()


def test_publish_twice_is_refused(editor):
    commitment = factories.make_commitment(published_by=editor)

    with pytest.raises(publication.Refused) as refusal:
        publication.publish(commitment, by=editor)

    assert codes(refusal) == {"not_draft"}


def test_withdraw_needs_a_reason_and_keeps_the_record(analyst, editor):
    assessment = factories.make_assessment(proposed_by=analyst, published_by=editor)

    with pytest.raises(publication.Refused):
        publication.withdraw(assessment, by=editor, reason="  ")
    publication.withdraw(assessment, by=editor, reason="Quotation misread.")

    kept = Assessment.objects.get(pk=assessment.pk)
    assert (kept.state, kept.withdrawn_by, kept.withdrawal_reason) == ("withdrawn", editor, "Quotation misread.")
    assert kept.rationale_fr == assessment.rationale_fr
    assert list(Assessment.objects.withdrawn()) == [kept]


def test_withdraw_of_what_public_records_rest_on_is_refused(analyst, editor):
    assessment = factories.make_assessment(proposed_by=analyst, published_by=editor)
    citation = assessment.citations.get()

    for record in (citation, citation.source, assessment.commitment.instrument):
        with pytest.raises(publication.Refused) as refusal:
            publication.withdraw(record, by=editor, reason="Error.")
        assert codes(refusal) == {"in_use"}


def test_withdrawn_is_final(analyst, editor):
    assessment = factories.make_assessment(proposed_by=analyst, published_by=editor)
    publication.withdraw(assessment, by=editor, reason="Error.")

    with pytest.raises(publication.Refused):
        publication.publish(assessment, by=editor)


def test_supersede_keeps_both_and_puts_the_new_one_in_force(analyst, editor):
    old = factories.make_assessment(proposed_by=analyst, published_by=editor, status="limited")
    new = factories.make_assessment(
        commitment=old.commitment, proposed_by=analyst, status="not_started", as_of=date(2025, 4, 8)
    )

    publication.supersede(old, new, by=editor, reason="The delivery was for somebody else.")

    commitment = Commitment.objects.for_table().get()
    assert (commitment.status, commitment.status_as_of) == ("not_started", date(2025, 4, 8))
    assert Assessment.objects.published().count() == 2
    assert list(Assessment.objects.standing()) == [new]


def test_supersede_across_commitments_is_refused(analyst, editor):
    old = factories.make_assessment(proposed_by=analyst, published_by=editor)
    new = factories.make_assessment(proposed_by=analyst, commitment=factories.make_commitment(published_by=editor))

    with pytest.raises(publication.Refused) as refusal:
        publication.supersede(old, new, by=editor, reason="Error.")

    assert codes(refusal) == {"supersedes_other"}
    new.refresh_from_db()
    assert new.supersedes is None


def test_send_back_returns_a_proposal_to_draft_with_its_reason(analyst, editor):
    assessment = factories.make_assessment(commitment=factories.make_commitment(published_by=editor))
    publication.propose(assessment, by=analyst)

    publication.send_back(assessment, by=editor, reason="Which delivery?")

    assert assessment.state == ReviewState.DRAFT
    last = assessment.history.first()
    assert (last.history_user, last.history_change_reason) == (editor, "Which delivery?")


def test_every_edit_keeps_who_when_and_what(editor):
    commitment = factories.make_commitment()
    with time_machine.travel("2026-11-22T08:00:00Z", tick=False):
        commitment.title_fr = "Un autre titre"
        commitment._history_user = editor
        commitment.save()

    new, old = commitment.history.all()[:2]
    assert (new.history_user, new.history_date.day) == (editor, 22)
    assert [change.field for change in new.diff_against(old).changes] == ["title_fr"]


def test_whoever_amends_a_proposal_proposes_it_and_does_not_publish_it(analyst, editor):
    assessment = factories.make_assessment(
        commitment=factories.make_commitment(published_by=editor), proposed_by=analyst
    )

    publication.amend(assessment, by=editor)

    assert (assessment.state, assessment.proposed_by) == (ReviewState.IN_REVIEW, editor)
    with pytest.raises(publication.Refused) as refusal:
        publication.publish(assessment, by=editor)
    assert codes(refusal) == {"two_people"}


def test_whoever_proposed_first_does_not_publish_what_another_amended(editor):
    second = factories.make_user("issa", group="Editors")
    third = factories.make_user("kadi", group="Editors")
    assessment = factories.make_assessment(
        proposed_by=editor, commitment=factories.make_commitment(published_by=editor)
    )
    publication.amend(assessment, by=second)

    for signer in (editor, second):
        with pytest.raises(publication.Refused) as refusal:
            publication.publish(assessment, by=signer)
        assert codes(refusal) == {"two_people"}
    publication.publish(assessment, by=third)

    assert assessment.published_by == third


def test_a_proposal_sent_back_is_signed_anew(analyst, editor):
    second = factories.make_user("issa", group="Editors")
    assessment = factories.make_assessment(
        proposed_by=editor, commitment=factories.make_commitment(published_by=editor)
    )
    publication.send_back(assessment, by=second, reason="Which delivery?")
    publication.propose(assessment, by=analyst)

    publication.publish(assessment, by=editor)

    assert (assessment.proposed_by, assessment.published_by) == (analyst, editor)


def test_a_desk_of_one_says_so_of_whatever_its_publisher_signed(editor, settings):
    settings.TRACKER_SINGLE_PERSON_DESK = True
    assessment = factories.make_assessment(
        proposed_by=editor, commitment=factories.make_commitment(published_by=editor)
    )
    publication.amend(assessment, by=factories.make_user("issa", group="Editors"))

    publication.publish(assessment, by=editor)

    assert assessment.single_handed


def test_only_a_judgement_passes_to_whoever_amends_it(analyst, editor):
    milestone = factories.make_milestone()
    publication.propose(milestone, by=analyst)

    publication.amend(milestone, by=editor)

    milestone.refresh_from_db()
    assert (milestone.proposed_by, milestone.history.first().history_user) == (analyst, analyst)


def test_a_correction_dated_later_leaves_the_former_judgement_in_force_before(analyst, editor):
    old = factories.make_assessment(proposed_by=analyst, published_by=editor, as_of=date(2025, 4, 10))
    new = factories.make_assessment(
        commitment=old.commitment, proposed_by=analyst, status="complete", as_of=date(2025, 5, 1)
    )
    publication.supersede(old, new, by=editor, reason="More was delivered.")

    before = Commitment.objects.for_table(Reading(as_of=date(2025, 4, 30))).get()

    assert before.status == "limited"
    assert Commitment.objects.for_table().get().status == "complete"


def test_withdrawing_the_only_passage_of_a_public_commitment_is_refused(editor):
    commitment = factories.make_commitment(published_by=editor)
    citation = commitment.citations.get()

    with pytest.raises(publication.Refused) as refusal:
        publication.withdraw(citation, by=editor, reason="Error.")

    citation.refresh_from_db()
    assert codes(refusal) == {"no_citation"}
    assert citation.is_published


def test_a_superseding_assessment_that_was_withdrawn_leaves_room_for_another(analyst, editor):
    old = factories.make_assessment(proposed_by=analyst, published_by=editor)
    for reason in ("First correction.", "Second correction."):
        new = factories.make_assessment(commitment=old.commitment, proposed_by=analyst, status="not_started")
        publication.supersede(old, new, by=editor, reason=reason)
        if reason.startswith("First"):
            publication.withdraw(new, by=editor, reason="Error.")

    assert list(Assessment.objects.standing()) == [new]


def test_two_assessments_do_not_supersede_the_same_one(analyst, editor):
    old = factories.make_assessment(proposed_by=analyst, published_by=editor)
    first, second = (factories.make_assessment(commitment=old.commitment, proposed_by=analyst) for _ in range(2))
    publication.supersede(old, first, by=editor, reason="Correction.")

    with pytest.raises(IntegrityError), transaction.atomic():
        publication.supersede(old, second, by=editor, reason="Correction.")


def test_an_internal_note_is_not_proposed(analyst, editor):
    note = factories.make_note(commitment=factories.make_commitment(), visibility="internal")

    with pytest.raises(publication.Refused) as refusal:
        publication.propose(note, by=analyst)

    assert codes(refusal) == {"internal"}
    note.refresh_from_db()
    assert note.state == "draft"


def test_an_internal_note_is_not_published(editor):
    note = factories.make_note(visibility="internal", commitment=factories.make_commitment(published_by=editor))
    source = factories.make_citation(note=note).source

    with pytest.raises(publication.Refused) as refusal:
        publication.publish(note, by=editor)

    assert codes(refusal) == {"internal"}
    assert not Source.objects.published().filter(pk=source.pk).exists()


def test_a_judgement_of_a_day_before_its_commitment_is_refused(analyst, editor):
    assessment = factories.make_assessment(
        commitment=factories.make_commitment(published_by=editor), as_of=date(2025, 4, 2)
    )

    with pytest.raises(publication.Refused) as refusal:
        publication.propose(assessment, by=analyst)

    assert codes(refusal) == {"before"}


def test_a_milestone_without_passage_is_not_published(editor):
    milestone = factories.make_milestone(commitment=factories.make_commitment(published_by=editor))
    milestone.citations.get().delete()

    with pytest.raises(publication.Refused) as refusal:
        publication.publish(milestone, by=editor)

    assert "due_on" in refusal.value.error_dict


def test_a_claim_added_to_a_public_discrepancy_is_public_with_its_passage_only(editor):
    discrepancy = factories.make_discrepancy(published_by=editor)
    claim = Claim.objects.create(discrepancy=discrepancy, value_fr="Le 5 avril", position=3)
    citation = factories.make_citation(claim=claim, exact="Le 3 avril")

    def shown():
        return [each.value_fr for each in Discrepancy.objects.published().for_detail().get().public_claims]

    assert shown() == ["Le 3 avril", "Le 10 avril"]
    publication.publish(citation, by=editor)
    assert shown() == ["Le 3 avril", "Le 10 avril", "Le 5 avril"]


def test_a_proposal_carries_its_remark(analyst):
    note = factories.make_note()

    publication.propose(note, by=analyst, remark="  See the second passage. ")

    assert note.history.first().history_change_reason == "See the second passage."


@pytest.mark.parametrize("act", [publication.send_back, publication.decline])
@pytest.mark.parametrize("reason", ["", "   "])
def test_ending_a_review_needs_a_reason(act, reason, analyst, editor):
    note = factories.make_note()
    publication.propose(note, by=analyst)

    with pytest.raises(publication.Refused) as refusal:
        act(note, by=editor, reason=reason)

    note.refresh_from_db()
    assert set(refusal.value.error_dict) == {"reason"}
    assert note.state == ReviewState.IN_REVIEW


@pytest.mark.parametrize("act", [publication.send_back, publication.decline])
def test_what_is_not_in_review_is_neither_sent_back_nor_declined(act, editor):
    draft, public = factories.make_note(), factories.make_source(published_by=editor)

    for record in (draft, public):
        with pytest.raises(publication.Refused) as refusal:
            act(record, by=editor, reason="No.")
        assert codes(refusal) == {"not_in_review"}


def test_what_is_sent_back_is_still_its_proposers(analyst, editor):
    note = factories.make_note()
    publication.propose(note, by=analyst)

    publication.send_back(note, by=editor, reason="Shorter.")

    assert note.is_sent_back
    assert note.proposed_by == analyst


def test_a_declined_proposal_is_closed_and_stays_on_file(analyst, editor):
    assessment = factories.make_assessment(
        proposed_by=analyst, commitment=factories.make_commitment(published_by=editor)
    )
    publication.decline(assessment, by=editor, reason="Out of scope.")

    for act in (
        lambda: publication.propose(assessment, by=analyst),
        lambda: publication.publish(assessment, by=editor),
        assessment.delete,
    ):
        with pytest.raises(publication.Refused), transaction.atomic():
            act()
    assert Assessment.objects.get(pk=assessment.pk).state == ReviewState.DECLINED
    assert assessment.history.first().history_change_reason == "Out of scope."


def test_only_a_draft_that_was_sent_back_takes_an_answer(analyst):
    draft = factories.make_note()

    with pytest.raises(publication.Refused) as refusal:
        publication.answer(draft, by=analyst, remark="But…")

    assert codes(refusal) == {"not_sent_back"}


def test_an_empty_answer_leaves_no_trace(analyst, editor):
    note = factories.make_note()
    publication.propose(note, by=analyst)
    publication.send_back(note, by=editor, reason="Shorter.")
    rows = note.history.count()

    publication.answer(note, by=analyst, remark="  ")

    assert note.history.count() == rows


def test_publishing_needs_the_right_for_each_kind_that_becomes_public(analyst, editor):
    someone = factories.make_user()
    someone.user_permissions.add(Permission.objects.get(codename="publish_assessment"))
    commitment = factories.make_commitment(published_by=editor)
    alone = factories.make_assessment(proposed_by=analyst, commitment=commitment)

    with pytest.raises(publication.Refused) as refusal:
        publication.publish(alone, by=someone)

    assert codes(refusal) == {"rights"}
    assert "sources, citations" in refusal.value.messages[0]
    assert not alone.citations.get().source.is_published
