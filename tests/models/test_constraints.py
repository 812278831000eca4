"""Rules held by the database: named constraints, with messages that a person understands."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction

from commitments.models import Citation, Claim, Membership, Undertaking
from tests import factories

pytestmark = pytest.mark.django_db


def stored_with(record, **values):
    """Write `values` past every rule but the database's own."""
    models.QuerySet(type(record)).filter(pk=record.pk).update(**values)


@pytest.mark.parametrize(
    ("make", "values", "constraint"),
    [
        (factories.make_meeting, {"ends_on": date(2025, 4, 2)}, "meeting_ends_after_start"),
        (factories.make_milestone, {"due_from": date(2026, 7, 1)}, "milestone_due_after_start"),
        (factories.make_milestone, {"met_on": date(2026, 7, 1)}, "milestone_met_recorded"),
        (factories.make_source, {"state": "published"}, "source_published_signed"),
        (factories.make_source, {"state": "gone"}, "source_published_signed"),
        (factories.make_source, {"sha256": ""}, "source_text_digested"),
        (factories.make_source, {"published_time": "13:32"}, "source_time_has_day"),
        (factories.make_commitment, {"basis": "hoped"}, "commitment_basis_known"),
        (factories.make_commitment, {"recurrence": "FREQ=YEARLY"}, "commitment_recurrence_has_start"),
        (factories.make_commitment, {"recurrence_reading_fr": "Lu."}, "commitment_reading_has_recurrence"),
        (factories.make_milestone, {"reading_en": "Read."}, "milestone_reading_has_deadline"),
        (
            factories.make_milestone,
            {"due_on": None, "due_precision": "", "reading_fr": "Lu."},
            "milestone_reading_has_deadline",
        ),
        (factories.make_assessment, {"status": "not_assessed"}, "assessment_status_known"),
        (factories.make_discrepancy, {"settled_on": date(2025, 5, 1)}, "discrepancy_settled_signed"),
        (factories.make_discrepancy, {"is_compatible": True}, "discrepancy_settled_signed"),
        (factories.make_note, {"visibility": "secret"}, "followupnote_visibility_known"),
    ],
)
def test_the_database_refuses(make, values, constraint):
    record = make()

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        stored_with(record, **values)


def test_no_evidence_without_search_stays_a_draft():
    assessment = factories.make_assessment(status="no_evidence")

    with pytest.raises(IntegrityError, match="assessment_no_evidence_says_search"), transaction.atomic():
        stored_with(assessment, state="in_review")


def test_a_withdrawal_without_reason_is_refused(editor):
    commitment = factories.make_commitment(published_by=editor)

    with pytest.raises(IntegrityError, match="commitment_withdrawn_reasoned"), transaction.atomic():
        stored_with(commitment, state="withdrawn")


@pytest.mark.parametrize("others", [[], ["note"], ["meeting", "note"]])
def test_a_citation_has_exactly_one_target(others):
    commitment = factories.make_commitment()
    made = {"note": factories.make_note, "meeting": factories.make_meeting}
    targets = {name: make(**({"commitment": commitment} if name == "note" else {})) for name, make in made.items()}
    fields = {name: targets[name] for name in others} | ({"commitment": commitment} if others else {})

    with pytest.raises(IntegrityError, match="citation_one_target"), transaction.atomic():
        Citation.objects.create(source=factories.make_source(), exact=factories.ACTION, **fields)


@pytest.mark.parametrize("others", [[], ["instrument"], ["instrument", "meeting"]])
def test_a_note_is_on_exactly_one_record(others):
    note = factories.make_note()
    values = {name: getattr(factories, f"make_{name}")() for name in others} or {"commitment": None}

    with pytest.raises(IntegrityError, match="followupnote_one_target"), transaction.atomic():
        stored_with(note, **values)


def test_a_note_on_two_records_is_refused_in_words():
    note = factories.make_note(instrument=factories.make_instrument())
    note.meeting = factories.make_meeting()

    with pytest.raises(ValidationError, match="un engagement, un instrument ou une rencontre"):
        note.full_clean()


def test_a_party_has_a_role_in_a_commitment_once():
    commitment = factories.make_commitment()

    with pytest.raises(IntegrityError), transaction.atomic():
        Undertaking.objects.create(commitment=commitment, party=factories.make_party("RU"), role="undertakes")


def test_a_party_s_role_rests_on_the_word_of_another_or_on_its_own():
    role = factories.make_commitment().undertakings.get(role="undertakes")
    role.according_to = role.party

    with pytest.raises(IntegrityError), transaction.atomic():
        role.save()


def test_one_claim_at_most_is_adopted(editor):
    discrepancy = factories.make_discrepancy(settled_by=editor)

    with pytest.raises(IntegrityError), transaction.atomic():
        Claim.objects.create(discrepancy=discrepancy, value_fr="Le 5 avril", is_adopted=True)


def test_an_organisation_is_not_its_own_member():
    party = factories.make_party("AES", kind="organisation")

    with pytest.raises(ValidationError, match="n’est pas membre d’elle-même"):
        Membership(organisation=party, member=party).full_clean()


DAY = date(2025, 4, 4)


@pytest.mark.parametrize(
    ("make", "values", "message"),
    [
        (factories.make_meeting, {"ends_on": date(2025, 4, 2)}, "précède le premier"),
        (factories.make_milestone, {"due_from": date(2026, 7, 1)}, "finit avant de commencer"),
        (factories.make_commitment, {"reference": "aes 1"}, "s’écrit comme AES-RU-2025-01"),
        (factories.make_commitment, {"title_fr": "x" * 161}, "160"),
        (factories.make_source, {"reference": "a b"}, "A004"),
        (factories.make_source, {"published_on_reading_fr": "« hier »"}, "demande ce jour"),
        (factories.make_source, {"published_on": DAY, "published_on_reading_en": "“yesterday”"}, "en français"),
        (factories.make_milestone, {"reading_en": "Read."}, "en français"),
        (factories.make_commitment, {"recurrence_reading_fr": "Lu."}, "demande une récurrence"),
        (factories.make_membership, {"stated_on": DAY, "source": None}, "ne va pas sans elle"),
    ],
)
def test_the_message_says_what_is_wrong(make, values, message):
    record = make()
    for name, value in values.items():
        setattr(record, name, value)

    with pytest.raises(ValidationError, match=message):
        record.full_clean()


def test_a_duplicate_reference_is_refused():
    commitment = factories.make_commitment()

    with pytest.raises(ValidationError, match="Référence"):
        type(commitment)(
            reference=commitment.reference,
            basis="agreed",
            sector=commitment.sector,
            instrument=commitment.instrument,
            made_on=date(2025, 4, 3),
            title_fr="Autre",
            statement_fr="Autre.",
        ).full_clean()
