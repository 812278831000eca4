"""A judgement is proposed with its evidence; a rule that says no says why, and keeps what was typed."""

import pytest

from commitments.models import Assessment
from commitments.rules.review import publication
from tests import factories
from tests.admin.forms import citation, page, sent, typed_back

ADD = "/admin/commitments/assessment/add/"


def judgement(client, commitment, **typed):
    """Return a typed judgement, sent by "Enregistrer et proposer"."""
    fields = {"status": "limited", "as_of": "10/04/2025", "rationale_fr": "Des motifs à garder."} | typed
    return typed_back(client, f"{ADD}?commitment={commitment.pk}") | fields | {"_propose": "1"}


@pytest.fixture
def commitment(editor):
    return factories.make_commitment(published_by=editor)


@pytest.fixture
def source(db):
    return factories.make_source()


@pytest.mark.slow
def test_address_fills_in_the_commitment(as_analyst, commitment):
    typed = typed_back(as_analyst, f"{ADD}?commitment={commitment.pk}")

    assert typed["commitment"] == str(commitment.pk)


def test_limited_on_an_announcement_alone_is_refused(as_analyst, commitment, source):
    typed = judgement(as_analyst, commitment)
    typed |= citation(source=source, exact=factories.ANNOUNCEMENT, evidence_kind="announcement")

    response = as_analyst.post(ADD, typed)

    assert response.status_code == 200
    form = response.context["adminform"].form
    assert "une annonce seule n’y suffit jamais" in form.errors["status"][0]
    rows = response.context["inline_admin_formsets"][0].formset.forms
    assert "action concrète" in rows[0].errors["evidence_kind"][0]
    assert not Assessment.objects.exists()


def test_refusal_loses_nothing_typed(as_analyst, commitment, source):
    typed = judgement(as_analyst, commitment, rationale_en="Reasons to keep.")
    typed |= citation(source=source, exact=factories.ANNOUNCEMENT, evidence_kind="announcement", prefix="avril. ")

    again = sent(as_analyst.post(ADD, typed))

    del typed["_propose"]
    assert again == {name: str(value) for name, value in typed.items()} | {
        "csrfmiddlewaretoken": again["csrfmiddlewaretoken"]
    }


def test_concrete_action_is_proposed(as_analyst, analyst, commitment, source):
    typed = judgement(as_analyst, commitment)
    typed |= citation(source=source, exact=factories.ACTION, evidence_kind="concrete_action")

    response = as_analyst.post(ADD, typed)

    assert response.status_code == 302
    assessment = Assessment.objects.get()
    assert (assessment.state, assessment.proposed_by) == ("in_review", analyst)
    assert assessment.citations.get().is_verified


def test_saved_citation_counts_as_evidence(as_analyst, commitment):
    assessment = factories.make_assessment(commitment=commitment)

    response = as_analyst.post(page(assessment), typed_back(as_analyst, page(assessment)) | {"_propose": "1"})

    assert response.status_code == 302
    assert Assessment.objects.get().state == "in_review"


def test_draft_is_kept_without_evidence(as_analyst, commitment):
    typed = judgement(as_analyst, commitment)
    del typed["_propose"]

    response = as_analyst.post(ADD, typed | {"_save": "1"})

    assert response.status_code == 302
    assert Assessment.objects.get().state == "draft"


def test_judgement_without_citation_is_refused(as_analyst, commitment):
    response = as_analyst.post(ADD, judgement(as_analyst, commitment, status="not_started"))

    assert "mot pour mot" in response.context["adminform"].form.errors["status"][0]


@pytest.mark.slow
def test_judgement_of_the_future_is_refused(as_analyst, commitment, source):
    typed = judgement(as_analyst, commitment, as_of="22/11/2026")
    typed |= citation(source=source, exact=factories.ACTION, evidence_kind="concrete_action")

    response = as_analyst.post(ADD, typed)

    assert "à venir" in response.context["adminform"].form.errors["as_of"][0]


@pytest.mark.slow
def test_replacement_of_another_commitments_judgement_is_refused_next_to_it(
    as_analyst, analyst, editor, commitment, source
):
    other = factories.make_assessment(proposed_by=analyst, published_by=editor)
    typed = judgement(as_analyst, commitment, supersedes=other.pk, supersession_reason="Une erreur.")
    typed |= citation(source=source, exact=factories.ACTION, evidence_kind="concrete_action")

    response = as_analyst.post(ADD, typed)

    assert "du même engagement" in response.context["adminform"].form.errors["supersedes"][0]
    assert Assessment.objects.count() == 1


@pytest.mark.slow
def test_replacement_needs_its_reason(as_analyst, analyst, editor, commitment):
    old = factories.make_assessment(commitment=commitment, proposed_by=analyst, published_by=editor)

    response = as_analyst.post(ADD, judgement(as_analyst, commitment, supersedes=old.pk))

    assert "motif" in str(response.context["adminform"].form.errors)
    assert Assessment.objects.count() == 1


@pytest.mark.parametrize("state", ["published", "withdrawn"])
@pytest.mark.parametrize("who", ["analyst", "editor"])
def test_closed_assessment_is_read_only(state, who, request, analyst, editor, commitment):
    assessment = factories.make_assessment(commitment=commitment, proposed_by=analyst, published_by=editor)
    if state == "withdrawn":
        publication.withdraw(assessment, by=editor, reason="Erreur.")
    client = request.getfixturevalue(f"as_{who}")
    shown = client.get(page(assessment))
    rows = assessment.history.count()

    typed = sent(shown) | {"status": "complete", "rationale_fr": "Réécrit."} | citation(exact=factories.ACTION)
    client.post(page(assessment), typed | {"_save": "1"})

    assert 'name="rationale_fr"' not in shown.content.decode()
    assert 'name="_save"' not in shown.content.decode()
    assert 'name="citations-0-exact"' not in shown.content.decode()
    assessment.refresh_from_db()
    assert assessment.rationale_fr == "Dix véhicules ont été livrés."
    assert assessment.citations.count() == 1
    assert assessment.history.count() == rows
