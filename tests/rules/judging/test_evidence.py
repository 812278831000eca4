"""Rule 2: no published judgement without evidence."""

from datetime import date
from types import SimpleNamespace

import pytest
from django.db.models import QuerySet

from commitments.choices import Status
from commitments.models import Assessment, Claim, Milestone, Search, Undertaking
from commitments.rules.judging import evidence, soundness
from commitments.rules.review import publication
from tests import factories

ACTION = SimpleNamespace(role="supports", evidence_kind="concrete_action", verification="verified")
ANNOUNCEMENT = SimpleNamespace(role="supports", evidence_kind="announcement", verification="verified")


def judge(status, *passages, **fields):
    found = evidence.judgement_objections(status=status, passages=passages, **{"as_of": date(2025, 4, 10)} | fields)
    return [objection.code for objection in found]


@pytest.mark.parametrize("status", ["limited", "substantial", "complete"])
def test_progress_needs_a_concrete_action(status):
    assert judge(status, ANNOUNCEMENT) == ["no_action"]
    assert judge(status, ANNOUNCEMENT, ACTION) == []


@pytest.mark.parametrize("status", ["not_started", "abandoned"])
def test_no_progress_needs_a_citation_and_no_action(status):
    assert judge(status) == ["no_citation"]
    assert judge(status, ANNOUNCEMENT) == []


@pytest.mark.parametrize("verification", ["not_found", "ambiguous", "no_archive"])
def test_only_a_verified_passage_is_evidence(verification):
    passage = SimpleNamespace(role="supports", evidence_kind="concrete_action", verification=verification)

    assert judge("limited", passage) == ["no_citation", "no_action"]


@pytest.mark.parametrize("role", ["contradicts", "context"])
def test_an_action_that_does_not_support_does_not_carry_progress(role):
    passage = SimpleNamespace(role=role, evidence_kind="concrete_action", verification="verified")

    assert judge("limited", passage) == ["no_action"]


def test_a_judgement_on_a_day_to_come_is_refused():
    assert judge("limited", ACTION, as_of=date(2026, 11, 22)) == ["future"]


def test_every_status_is_judged_but_that_of_a_search_which_former_judgements_gave():
    assert set(Status.assessable()) == set(Status) - {Status.NOT_ASSESSED}
    assert set(Status.judged()) == set(Status.assessable()) - {Status.NO_EVIDENCE}


@pytest.mark.django_db
def test_a_commitment_needs_a_verified_citation_and_somebody_who_undertakes():
    commitment = factories.make_commitment()
    commitment.citations.all()[0].delete()
    Undertaking.objects.filter(commitment=commitment, role="undertakes").delete()

    codes = {objection.code for objection in evidence.objections(commitment)}

    assert codes == {"no_citation", "no_party"}


@pytest.mark.django_db
@pytest.mark.parametrize("basis", ["expected", "envisaged"])
def test_what_is_no_commitment_concerns_its_parties_and_a_commitment_does_not(editor, basis):
    proper, apart = factories.make_commitment(), factories.make_commitment(basis=basis)
    party = factories.make_party("ML")
    assert evidence.objections(proper) == evidence.objections(apart) == []

    for commitment, role in ((proper, "concerned"), (apart, "benefits"), (apart, "undertakes")):
        wrong = Undertaking.objects.create(commitment=commitment, party=party, role=role)
        with pytest.raises(publication.Refused) as refusal:
            publication.publish(commitment, by=editor)
        assert [error.code for error in refusal.value.error_dict["basis"]] == ["role"]
        wrong.delete()
    apart.undertakings.all().delete()
    assert [objection.code for objection in evidence.objections(apart)] == ["no_party"]


@pytest.mark.django_db
def test_a_public_milestone_less_precise_than_its_window_is_a_fault(editor):
    milestone = factories.make_milestone(commitment=factories.make_commitment(published_by=editor), published_by=editor)
    QuerySet(Milestone).filter(pk=milestone.pk).update(due_precision="year")  # past every rule

    [fault] = soundness.publication_faults()

    assert "à l’année" in fault.reason


@pytest.mark.django_db
def test_a_milestone_met_needs_a_citation(editor):
    commitment = factories.make_commitment(published_by=editor)
    milestone = factories.make_milestone(commitment=commitment, met_on=date(2025, 4, 10))
    milestone.citations.all()[0].delete()

    with pytest.raises(publication.Refused) as refusal:
        publication.publish(milestone, by=editor)

    assert "met_on" in refusal.value.message_dict


@pytest.mark.django_db
def test_a_discrepancy_needs_two_quoted_claims(editor):
    discrepancy = factories.make_discrepancy()
    unquoted = discrepancy.claims.all()[1]
    unquoted.citations.all()[0].delete()

    assert [objection.code for objection in evidence.objections(discrepancy)] == ["no_citation"]

    Claim.objects.filter(pk=unquoted.pk).delete()

    assert [objection.code for objection in evidence.objections(discrepancy)] == ["no_claims"]


@pytest.mark.django_db
def test_a_discrepancy_is_not_half_settled():
    discrepancy = factories.make_discrepancy()
    claim = discrepancy.claims.all()[0]
    claim.is_adopted = True
    claim.save()

    assert [objection.code for objection in evidence.objections(discrepancy)] == ["half_settled"]


@pytest.mark.django_db
def test_a_discrepancy_of_compatible_claims_adopts_none(editor):
    discrepancy = factories.make_discrepancy(settled_by=editor, is_compatible=True)
    assert evidence.objections(discrepancy) == []

    claim = discrepancy.claims.all()[0]
    claim.is_adopted = True
    claim.save()

    (objection,) = evidence.objections(discrepancy)
    assert (objection.code, objection.field) == ("adopted_compatible", "is_compatible")


@pytest.mark.django_db
def test_claims_called_compatible_are_settled_on_a_day(editor):
    discrepancy = factories.make_discrepancy(settled_by=editor, is_compatible=True)
    discrepancy.settled_on = None

    assert [objection.code for objection in evidence.objections(discrepancy)] == ["half_settled"]


def test_what_is_still_to_be_filled_in_is_an_objection():
    codes = [objection.code for objection in evidence.assessment_objections(Assessment(), [])]

    assert codes == ["no_commitment", "no_day", "no_reasons", "no_status"]


@pytest.mark.django_db
def test_an_unsaved_judgement_is_judged_like_a_saved_one(editor):
    commitment = factories.make_commitment(published_by=editor, made_on=date(2025, 5, 1))
    unsaved = Assessment(commitment=commitment, status="limited", as_of=date(2025, 4, 10), rationale_fr="Des motifs.")
    saved = factories.make_assessment(commitment=commitment, exact=factories.ANNOUNCEMENT, evidence_kind="announcement")

    found = list(evidence.assessment_objections(unsaved, [ANNOUNCEMENT]))

    assert found == evidence.objections(saved)
    assert [objection.code for objection in found] == ["before", "no_action"]


@pytest.mark.django_db
def test_a_search_is_no_judgement():
    commitment = factories.make_commitment()
    fields = {"status": "no_evidence", "as_of": date(2025, 4, 10), "rationale_fr": "Rien de trouvé."}

    found = evidence.assessment_objections(Assessment(commitment=commitment, **fields), [])

    assert [objection.code for objection in found] == ["parent", "search"]


@pytest.mark.django_db
def test_a_former_judgement_that_found_nothing_stands_as_it_is(analyst, editor):
    commitment = factories.make_commitment(published_by=editor)
    former = factories.make_former_search(commitment=commitment, proposed_by=analyst, published_by=editor)

    assert evidence.objections(former) == []


# Searches


def search_codes(**fields):
    defaults = {"searched_on": date(2025, 4, 20), "searched_where_fr": "Presse"}
    return [objection.code for objection in evidence.search_objections(Search(**defaults | fields))]


def test_what_a_search_still_lacks_is_an_objection():
    assert search_codes(searched_on=None, searched_where_fr=" ") == ["no_commitment", "search_day", "search_place"]


@pytest.mark.django_db
def test_a_search_has_its_day_after_the_commitment_and_not_to_come(editor):
    commitment = factories.make_commitment(published_by=editor)

    assert search_codes(commitment=commitment) == []
    assert search_codes(commitment=commitment, searched_on=date(2025, 4, 2)) == ["before"]
    assert search_codes(commitment=commitment, searched_on=date(2026, 11, 22)) == ["search_future"]
    assert search_codes(commitment=factories.make_commitment()) == ["parent"]


@pytest.mark.django_db
def test_a_search_is_about_a_public_step_of_its_own_commitment_or_about_a_period(editor):
    commitment, other = (factories.make_commitment(published_by=editor) for _number in range(2))
    step = factories.make_milestone(commitment=commitment, published_by=editor)

    assert search_codes(commitment=commitment, milestone=step) == []
    assert search_codes(commitment=other, milestone=step) == ["other_step"]
    assert search_codes(commitment=commitment, milestone=factories.make_milestone(commitment=commitment)) == ["parent"]
    for period in ("period_from", "period_to"):
        fields = {"milestone": step, period: date(2025, 4, 10)}
        assert search_codes(commitment=commitment, **fields) == ["step_and_period"]
