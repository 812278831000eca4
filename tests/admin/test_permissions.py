"""Who may edit and delete what."""

import pytest

from commitments.models import Commitment, FollowUpNote
from tests import factories
from tests.admin.forms import citation, messages_of, page, sent, typed_back

pytestmark = pytest.mark.one_database  # the rules behind the forms are tried on both in tests/rules


def test_analyst_edits_a_draft(as_analyst):
    record = factories.make_commitment()

    response = as_analyst.post(page(record), typed_back(as_analyst, page(record), title_fr="Nouveau"))

    assert response.status_code == 302
    record.refresh_from_db()
    assert record.title_fr == "Nouveau"


@pytest.mark.parametrize("noun", ["commitment", "source", "meeting", "instrument", "discrepancy", "note", "milestone"])
def test_analyst_reads_what_is_published(noun, as_analyst, editor):
    record = getattr(factories, f"make_{noun}")(published_by=editor)
    rows = record.history.count()
    field = {"source": "title", "discrepancy": "question_fr", "note": "body_fr"}.get(noun, "title_fr")
    before = getattr(record, field)

    shown = as_analyst.get(page(record))
    as_analyst.post(page(record), sent(shown) | {field: "Réécrit"})

    assert f'name="{field}"' not in shown.content.decode()
    record.refresh_from_db()
    assert getattr(record, field) == before
    assert record.history.count() == rows


def test_analyst_does_not_change_parties_of_a_published_commitment(as_analyst, editor):
    record = factories.make_commitment(published_by=editor)

    text = as_analyst.get(page(record)).content.decode()

    assert 'name="undertakings-0-party"' not in text


def test_analyst_does_not_change_claims_of_a_published_discrepancy(as_analyst, editor):
    record = factories.make_discrepancy(published_by=editor)

    shown = as_analyst.get(page(record.claims.first())).content.decode()

    assert 'name="claims-0-value_fr"' not in as_analyst.get(page(record)).content.decode()
    assert 'name="value_fr"' not in shown


def test_analyst_adds_to_a_published_commitment(as_analyst, editor):
    record = factories.make_commitment(published_by=editor)
    rows = record.history.count()
    typed = typed_back(as_analyst, page(record)) | citation(source=factories.make_source(), exact=factories.ACTION)
    typed |= {"notes-TOTAL_FORMS": "1", "notes-0-visibility": "internal", "notes-0-dated": "01/05/2025"}
    typed |= {"notes-0-body_fr": "À suivre.", "milestones-TOTAL_FORMS": "1", "milestones-0-title_fr": "Un jalon"}

    response = as_analyst.post(page(record), typed)

    assert response.status_code == 302
    assert record.citations.latest("pk").state == "draft"
    assert FollowUpNote.objects.get().state == "draft"
    assert record.milestones.get().title_fr == "Un jalon"
    assert record.history.count() == rows


@pytest.mark.slow
def test_editor_edits_what_is_published(as_editor, editor):
    record = factories.make_commitment(published_by=editor)

    response = as_editor.post(page(record), typed_back(as_editor, page(record), title_fr="Corrigé"))

    assert response.status_code == 302
    record.refresh_from_db()
    assert (record.title_fr, record.state) == ("Corrigé", "published")


def test_draft_is_deleted_after_asking(as_analyst):
    record = factories.make_commitment()

    asked = as_analyst.get(page(record, "delete"))
    as_analyst.post(page(record, "delete"), {"post": "yes"})

    assert asked.status_code == 200
    assert not Commitment.objects.exists()


@pytest.mark.slow
@pytest.mark.parametrize("who", ["analyst", "editor"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_published_record_is_not_deleted(method, who, request, editor):
    record = factories.make_commitment(published_by=editor)
    client = request.getfixturevalue(f"as_{who}")

    response = getattr(client, method)(page(record, "delete"), {"post": "yes"}, follow=True)

    assert "ne se supprime pas" in messages_of(response)
    assert Commitment.objects.exists()
    assert "deletelink" not in client.get(page(record)).content.decode()


@pytest.mark.slow
@pytest.mark.parametrize("confirmed", [{}, {"post": "yes"}])
def test_selection_with_a_published_record_is_not_deleted(confirmed, as_editor, editor):
    draft, public = factories.make_commitment(), factories.make_commitment(published_by=editor)
    data = {"action": "delete_selected", "_selected_action": [draft.pk, public.pk]} | confirmed

    response = as_editor.post("/admin/commitments/commitment/", data, follow=True)

    assert public.reference in messages_of(response)
    assert Commitment.objects.count() == 2


@pytest.mark.slow
def test_selection_of_drafts_is_deleted_after_asking(as_editor):
    drafts = [factories.make_commitment(), factories.make_commitment()]
    data = {"action": "delete_selected", "_selected_action": [draft.pk for draft in drafts]}

    asked = as_editor.post("/admin/commitments/commitment/", data)
    assert Commitment.objects.count() == 2
    as_editor.post("/admin/commitments/commitment/", data | {"post": "yes"})

    assert asked.status_code == 200
    assert not Commitment.objects.exists()
    assert Commitment.history.filter(history_type="-").count() == 2


def test_record_in_use_is_not_deleted(as_editor):
    sector = factories.make_commitment().sector

    response = as_editor.post(page(sector, "delete"), {"post": "yes"}, follow=True)

    assert response.status_code == 200
    sector.refresh_from_db()
