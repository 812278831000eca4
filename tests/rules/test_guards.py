"""The rules stand under every save and deletion, whatever the way in."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from commitments.models import Assessment, Citation, Commitment, FollowUpNote, Milestone, Source, Undertaking
from commitments.rules.act import act
from commitments.rules.review import publication
from commitments.rules.text import digests
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def published(analyst, editor):
    return factories.make_assessment(proposed_by=analyst, published_by=editor)


@pytest.mark.parametrize(
    ("field", "value"), [("rationale_fr", "Autre"), ("status", "complete"), ("as_of", date(2025, 5, 1))]
)
def test_a_published_assessment_is_never_edited(published, field, value):
    setattr(published, field, value)

    with pytest.raises(publication.Refused):
        published.save()


def test_a_withdrawn_assessment_is_never_edited(published, editor):
    publication.withdraw(published, by=editor, reason="Error.")
    published.withdrawal_reason = "Autre motif"
    published.rationale_fr = "Autre"

    with pytest.raises(publication.Refused):
        published.save()


def test_a_published_assessment_is_never_deleted(published):
    with pytest.raises(publication.Refused):
        published.delete()


def test_published_rows_are_not_deleted_in_bulk_either(published):
    with pytest.raises(publication.Refused):
        Assessment.objects.all().delete()


def test_a_commitment_with_published_assessments_is_not_deleted(published):
    with pytest.raises(publication.Refused):
        published.commitment.delete()


@pytest.mark.parametrize("basis", ["expected", "envisaged"])
def test_in_public_the_roles_of_parties_go_with_the_basis(editor, basis):
    proper = factories.make_commitment(published_by=editor)
    apart = factories.make_commitment(basis=basis, published_by=editor)
    party = factories.make_party("ML")

    for commitment, role in ((proper, "concerned"), (apart, "benefits"), (apart, "undertakes")):
        with pytest.raises(publication.Refused):
            Undertaking.objects.create(commitment=commitment, party=party, role=role)
    proper.basis = basis
    with pytest.raises(publication.Refused):
        proper.save()
    draft = factories.make_commitment(basis=basis)
    assert Undertaking.objects.create(commitment=draft, party=party, role="benefits").pk


def test_one_act_may_change_both_the_basis_and_the_roles(editor):
    commitment = factories.make_commitment(published_by=editor)

    with act(public=True):
        commitment.basis = "envisaged"
        commitment.save()
        commitment.undertakings.get(role="benefits").delete()
        role = commitment.undertakings.get()
        role.role = "concerned"
        role.save()

    assert Commitment.objects.published().get().basis == "envisaged"


@pytest.mark.parametrize("field", ["exact", "evidence_kind", "role"])
def test_the_evidence_of_a_published_assessment_is_closed(published, field):
    citation = published.citations.get()
    setattr(citation, field, {"exact": "Le 3 avril", "evidence_kind": "announcement", "role": "context"}[field])

    with pytest.raises(publication.Refused):
        citation.save()


def test_no_evidence_is_added_to_a_published_assessment(published):
    with pytest.raises(publication.Refused):
        factories.make_citation(assessment=published)


@pytest.mark.parametrize("model", [Assessment, Citation, Commitment, FollowUpNote, Milestone, Source])
def test_bulk_update_is_closed(model):
    with pytest.raises(TypeError, match="history"):
        model.objects.update(state="published")


def test_a_record_is_not_born_published(editor):
    from django.utils import timezone

    with pytest.raises(publication.Refused):
        factories.make_source(state="published")
    assert not Source.objects.exists()
    with pytest.raises(publication.Refused):
        Source.objects.create(reference="S1", state="published", published_at=timezone.now(), published_by=editor)


def test_states_only_move_forward(editor):
    commitment = factories.make_commitment(published_by=editor)
    commitment.state = "draft"

    with pytest.raises(publication.Refused):
        commitment.save()


def test_a_direct_save_as_published_meets_the_rules_of_evidence(analyst, editor):
    from django.utils import timezone

    commitment = factories.make_commitment(published_by=editor)
    assessment = factories.make_assessment(
        commitment=commitment, exact=factories.ANNOUNCEMENT, evidence_kind="announcement"
    )
    assessment.state = "published"
    assessment.proposed_by, assessment.published_by, assessment.published_at = analyst, editor, timezone.now()

    with pytest.raises(publication.Refused) as refusal:
        assessment.save()

    assert "status" in refusal.value.error_dict


def test_a_reference_never_changes(editor):
    commitment = factories.make_commitment()
    commitment.reference = "AES-RU-2025-999"

    with pytest.raises(ValidationError, match="référence"):
        commitment.save()


def test_a_nul_byte_is_refused_by_name():
    with pytest.raises(ValidationError, match="nul") as refusal:
        factories.make_source(title="Un\x00titre")

    assert "title" in refusal.value.error_dict


def test_a_source_keeps_the_digest_of_its_text():
    source = factories.make_source(text="Des mots.\r\n")

    assert source.sha256 == digests.sha256("Des mots.\r\n")
    assert len(source.sha256) == 64


@pytest.mark.parametrize("blank", [" \n", "\u00a0", "\u202f\u2009", "\u3000\t\x85\u2028", "\x1c"])
def test_a_text_of_white_space_alone_is_none(blank):
    new, emptied = factories.make_source(text=blank), factories.make_source()
    emptied.text = blank
    emptied.save()

    for source in (new, emptied):
        assert (source.text, source.sha256) == ("", "")
        source.refresh_from_db()
        assert (source.text, source.sha256) == ("", "")
        assert source.history.latest().text == ""


def test_a_text_keeps_its_white_space():
    source = factories.make_source(text="\u00a0 Un texte.\n\n")

    source.refresh_from_db()
    assert source.text == "\u00a0 Un texte.\n\n"
    assert source.sha256 == digests.sha256(source.text)


def test_an_edit_of_a_source_s_text_looks_its_citations_up_again():
    source = factories.make_source()
    citation = factories.make_citation(source=source, commitment=factories.make_commitment())

    source.text = source.text.replace("sont convenues", "seraient convenues")
    source.save()

    citation.refresh_from_db()
    assert (citation.verification, citation.start, citation.end) == ("not_found", None, None)

    source.text = "Préambule. " + factories.TEXT
    source.save()

    citation.refresh_from_db()
    assert citation.verification == "verified"
    assert source.text[citation.start : citation.end] == factories.AGREEMENT
    assert citation.history.count() == 3


def test_a_milestone_keeps_when_its_completion_was_recorded():
    milestone = factories.make_milestone(met_on=date(2025, 4, 10))
    assert milestone.met_recorded_at.date() == date(2026, 11, 21)

    milestone.met_on = None
    milestone.save()

    assert milestone.met_recorded_at is None


def test_a_stale_instance_does_not_delete_what_was_published_since(analyst, editor):
    assessment = factories.make_assessment(
        commitment=factories.make_commitment(published_by=editor), proposed_by=analyst
    )
    stale, stale_citation = Assessment.objects.get(pk=assessment.pk), assessment.citations.get()
    publication.publish(assessment, by=editor)

    for record in (stale, stale_citation):
        with pytest.raises(publication.Refused), transaction.atomic():
            record.delete()
    assert Assessment.objects.filter(pk=assessment.pk).exists()


def test_no_citation_is_moved_onto_a_published_assessment(published, editor):
    drafted = factories.make_citation(commitment=published.commitment)
    public = published.commitment.citations.filter(state="published")[0]

    for citation in (drafted, public):
        citation.commitment, citation.assessment = None, published
        with pytest.raises(publication.Refused):
            citation.save()


def test_evidence_is_not_withdrawn_by_a_mere_save(published, editor):
    from django.utils import timezone

    citation = published.citations.get()
    citation.state, citation.withdrawn_by, citation.withdrawn_at = "withdrawn", editor, timezone.now()
    citation.withdrawal_reason = "Error."

    with pytest.raises(publication.Refused):
        citation.save()


def test_related_managers_do_not_write_in_bulk(published):
    other = factories.make_assessment(commitment=published.commitment)

    with pytest.raises(TypeError):
        other.citations.add(published.citations.get())
    with pytest.raises(TypeError):
        factories.make_party("ML").assessments.add(published)


def test_bulk_create_is_closed():
    with pytest.raises(TypeError, match="history"):
        Source.objects.bulk_create([Source(reference="S1")])


def test_the_sign_of_a_single_hand_needs_the_setting(editor, settings):
    from django.utils import timezone

    assessment = factories.make_assessment(
        commitment=factories.make_commitment(published_by=editor), proposed_by=editor
    )
    assessment.state, assessment.single_handed = "published", True
    assessment.published_by, assessment.published_at = editor, timezone.now()

    with pytest.raises(publication.Refused):
        assessment.save()


def test_a_claim_of_a_public_discrepancy_is_not_deleted(editor):
    discrepancy = factories.make_discrepancy(published_by=editor)

    with pytest.raises(publication.Refused):
        discrepancy.claims.all()[0].delete()


def test_an_address_that_is_no_web_address_is_refused():
    with pytest.raises(ValidationError):
        factories.make_source(url="javascript:alert(1)")


def test_a_quotation_keeps_the_source_s_own_characters():
    citation = factories.make_citation(
        commitment=factories.make_commitment(), exact="Elle  annonce d'autres livraisons."
    )

    assert citation.exact == factories.ANNOUNCEMENT


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (factories.make_commitment, "made_on"),
        (factories.make_discrepancy, "settled_on"),
        (factories.make_instrument, "issued_on"),
        (factories.make_membership, "stated_on"),
        (factories.make_milestone, "met_on"),
        (factories.make_note, "dated"),
        (factories.make_source, "published_on"),
    ],
)
def test_what_happened_did_not_happen_on_a_day_to_come(make, field, analyst):
    record = make()
    today = timezone.localdate()

    if field == "settled_on":
        record.settled_by = record._history_user = analyst
        record.reason_fr = "Deux sources sur trois."
    setattr(record, field, today)
    record.save()
    setattr(record, field, today + timedelta(days=1))
    record.save()  # it is that day already, further east
    setattr(record, field, today + timedelta(days=40))
    with pytest.raises(ValidationError) as refusal:
        record.save()

    assert set(refusal.value.error_dict) == {field}
    assert "pas encore venu" in str(refusal.value)


def test_a_day_to_come_that_is_on_file_does_not_stand_in_the_way_of_its_withdrawal(editor):
    commitment = factories.make_commitment(published_by=editor)
    QuerySet(Commitment).filter(pk=commitment.pk).update(made_on=timezone.localdate() + timedelta(days=40))

    publication.withdraw(Commitment.objects.get(pk=commitment.pk), by=editor, reason="Faute de frappe.")

    assert Commitment.objects.get(pk=commitment.pk).state == "withdrawn"


def test_a_publication_may_bear_the_date_of_tomorrow_or_of_next_month():
    source = factories.make_source(published_on=timezone.localdate() + timedelta(days=30))

    assert source.pk


@pytest.mark.parametrize(
    ("precision", "first", "last", "is_held"),
    [
        ("day", None, date(2026, 6, 30), True),
        ("month", date(2026, 6, 1), date(2026, 6, 30), True),
        ("month", date(2026, 6, 2), date(2026, 6, 30), False),
        ("month", None, date(2026, 6, 30), False),
        ("year", date(2026, 1, 1), date(2027, 12, 31), True),
        ("year", date(2026, 1, 1), date(2026, 6, 30), False),
    ],
)
def test_a_deadline_precise_to_a_month_or_a_year_is_the_whole_of_it(precision, first, last, is_held):
    milestone = Milestone(
        commitment=factories.make_commitment(), title_fr="Jalon", due_from=first, due_on=last, due_precision=precision
    )

    if is_held:
        milestone.save()
        return
    with pytest.raises(ValidationError) as refused:
        milestone.save()
    assert list(refused.value.message_dict) == ["due_precision"]


def test_a_step_that_a_public_search_is_about_stays_with_its_commitment(analyst, editor):
    step, other = factories.make_milestone(published_by=editor), factories.make_commitment(published_by=editor)
    home = step.commitment
    search = factories.make_search(commitment=home, milestone=step, proposed_by=analyst, published_by=editor)
    step.title_fr = "Autre intitulé"
    step.save()

    step.commitment = other
    with pytest.raises(ValidationError, match="Une recherche publiée porte sur ce jalon") as refusal:
        step.save()
    assert list(refusal.value.message_dict) == ["commitment"]
    assert Milestone.objects.get(pk=step.pk).commitment == home

    publication.withdraw(search, by=editor, reason="Elle comptait double.")
    step.save()
    assert Milestone.objects.get(pk=step.pk).commitment == other


def test_without_a_deadline_there_is_nothing_to_be_precise_about():
    milestone = factories.make_milestone(due_on=None)
    assert (milestone.due_precision, milestone.deadline) == ("", None)

    milestone.due_on = date(2026, 6, 30)
    with pytest.raises(ValidationError):
        milestone.full_clean()
