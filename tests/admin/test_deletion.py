"""Deleting is rare: drafts only, after asking, with all that goes along in view; and nothing typed goes with it."""

from html import unescape

import pytest

from commitments.models import Assessment, Citation, Commitment, Discrepancy
from commitments.rules.review import publication
from tests import factories
from tests.admin.forms import citation, messages_of, page, sent, typed_back
from tests.admin.test_expired_session import posted_back


def text_of(response):
    return unescape(response.content.decode()).replace("\u00a0", " ")


@pytest.fixture
def declined(analyst, editor):
    """A declined judgement on a commitment that is still a draft."""
    record = factories.make_assessment(proposed_by=analyst)
    publication.decline(record, by=editor, reason="Sans rapport.")
    return record


def test_all_that_goes_along_is_listed_in_words(as_analyst):
    record = factories.make_commitment()
    factories.make_assessment(commitment=record)
    factories.make_note(commitment=record)
    factories.make_milestone(commitment=record)

    text = text_of(as_analyst.get(page(record, "delete")))

    for words in ("Engagement", "Citation", "Évaluation", "Note de suivi", "Jalon", "Participation"):
        assert f"{words} : " in text or f"{words}: " in text
    assert factories.AGREEMENT in text
    assert "Supprimer ne se défait pas" in text
    assert "Are you sure" not in text
    assert Commitment.objects.filter(pk=record.pk).exists()


def test_draft_goes_with_its_rows_and_leaves_its_trace(as_analyst, analyst):
    record = factories.make_commitment()
    judged = factories.make_assessment(commitment=record)

    response = as_analyst.post(page(record, "delete"), {"post": "yes"})

    assert response.status_code == 302
    assert not Commitment.objects.filter(pk=record.pk).exists()
    assert not Assessment.objects.filter(pk=judged.pk).exists()
    assert not Citation.objects.filter(assessment=judged.pk).exists()
    row = Commitment.history.filter(id=record.pk).first()
    assert (row.history_type, row.history_user) == ("-", analyst)
    assert Assessment.history.filter(id=judged.pk).first().history_type == "-"


@pytest.mark.parametrize("method", ["get", "post"])
def test_draft_does_not_take_along_what_stays_on_file(method, declined, as_editor):
    record = declined.commitment

    response = getattr(as_editor, method)(page(record, "delete"), {"post": "yes"})

    assert response.status_code == 200
    assert "ne peut pas être supprimé" in text_of(response)
    assert page(declined) in text_of(response)
    assert "Supprimer définitivement" not in text_of(response)
    assert Assessment.objects.filter(pk=declined.pk).exists()
    assert Commitment.objects.filter(pk=record.pk).exists()


def test_selection_does_not_take_along_what_stays_on_file(declined, as_editor):
    other = factories.make_commitment()
    data = {"action": "delete_selected", "_selected_action": [declined.commitment.pk, other.pk], "post": "yes"}

    response = as_editor.post("/admin/commitments/commitment/", data)

    assert "ne peut pas être supprimée" in text_of(response)
    assert Commitment.objects.count() == 2


@pytest.mark.parametrize("method", ["get", "post"])
def test_declined_record_stays_on_file(method, declined, as_editor):
    response = getattr(as_editor, method)(page(declined, "delete"), {"post": "yes"}, follow=True)

    assert "a été écarté" in messages_of(response)
    assert Assessment.objects.filter(pk=declined.pk).exists()


def test_published_claim_stays_on_file(as_editor, editor):
    claim = factories.make_discrepancy(published_by=editor).claims.first()

    response = as_editor.get(page(claim, "delete"), follow=True)

    assert "a été publié" in messages_of(response)


def test_selection_asks_in_words(as_editor):
    record = factories.make_commitment()

    response = as_editor.post(
        "/admin/commitments/commitment/", {"action": "delete_selected", "_selected_action": [record.pk]}
    )

    assert "Supprimer définitivement" in text_of(response)
    assert factories.AGREEMENT in text_of(response)


# Deleted while somebody else was typing


def test_what_was_typed_for_a_deleted_record_is_shown(as_analyst, as_editor, editor):
    record = factories.make_commitment()
    row = citation(source=factories.make_source(), exact=factories.ACTION)
    typed = typed_back(as_analyst, page(record), statement_fr="Un énoncé long à taper.") | row
    as_editor.post(page(record, "delete"), {"post": "yes"})

    response = as_analyst.post(page(record), typed)

    assert response.status_code == 404
    text = text_of(response)
    assert "a été supprimé par boubacar" in text
    assert "Un énoncé long à taper." in text
    assert factories.ACTION in text


def test_it_becomes_a_new_record(as_analyst, as_editor):
    record = factories.make_discrepancy()
    typed = typed_back(as_analyst, page(record), question_fr="Une question retapée ?") | {"claims-0-value_fr": "Le 2"}
    as_editor.post(page(record, "delete"), {"post": "yes"})
    address, data = posted_back(as_analyst.post(page(record), typed))

    shown = as_analyst.post(address, data)

    assert address == "/admin/commitments/discrepancy/add/"
    again = sent(shown) | {"reference": "AES-RU-D900"}
    assert again["question_fr"] == "Une question retapée ?"
    response = as_analyst.post(address, again)
    assert response.status_code == 302
    made = Discrepancy.objects.get(reference="AES-RU-D900")
    assert [claim.value_fr for claim in made.claims.order_by("position")] == ["Le 2", "Le 10 avril"]


@pytest.mark.parametrize("key", ["999999", "abc", "9" * 40, "%00"])
def test_record_that_never_was_shows_what_was_typed(key, as_analyst):
    response = as_analyst.post(f"/admin/commitments/commitment/{key}/change/", {"title_fr": "Tapé pour rien"})

    assert response.status_code == 404
    assert "Tapé pour rien" in text_of(response)


def test_row_deleted_meanwhile_comes_back_as_a_new_row_that_says_so(as_analyst):
    record = factories.make_discrepancy()
    typed = typed_back(as_analyst, page(record)) | {"claims-0-value_fr": "Le mien", "claims-1-value_fr": "L’autre"}
    record.claims.get(position=0).delete()

    response = as_analyst.post(page(record), typed)

    assert response.status_code == 200
    assert "Quelqu’un a supprimé cette ligne" in text_of(response)
    again = sent(response)
    assert (again["claims-0-value_fr"], again["claims-1-value_fr"]) == ("L’autre", "Le mien")
    assert as_analyst.post(page(record), again).status_code == 302
    assert {claim.value_fr for claim in record.claims.all()} == {"Le mien", "L’autre"}


def test_row_deleted_meanwhile_and_not_typed_in_stays_deleted(as_analyst):
    record = factories.make_discrepancy()
    typed = typed_back(as_analyst, page(record)) | {"claims-1-value_fr": "L’autre"}
    record.claims.get(position=0).delete()

    response = as_analyst.post(page(record), typed)

    assert response.status_code == 302
    assert [claim.value_fr for claim in record.claims.all()] == ["L’autre"]


@pytest.mark.slow
def test_row_added_meanwhile_leaves_the_others_in_their_places(as_analyst):
    record = factories.make_commitment()
    typed = typed_back(as_analyst, page(record)) | {"title_fr": "", "undertakings-0-role": "benefits"}
    record.undertakings.create(party=factories.make_party("AA"), role="undertakes")

    response = as_analyst.post(page(record), typed)

    rows = next(rows for rows in response.context["inline_admin_formsets"] if rows.formset.prefix == "undertakings")
    originals = [row.original.pk for row in rows if row.original]
    assert originals == [int(typed["undertakings-0-id"]), int(typed["undertakings-1-id"])]
    assert sent(response)["undertakings-0-role"] == "benefits"


@pytest.mark.slow
def test_row_with_a_key_that_is_none_is_refused_in_words(as_analyst):
    record = factories.make_discrepancy()
    for key in ("", "abc", "9" * 40, "\x00"):
        typed = typed_back(as_analyst, page(record)) | {"claims-0-id": key, "claims-0-value_fr": "Le mien"}

        response = as_analyst.post(page(record), typed)

        assert response.status_code == 200
        assert "Quelqu’un a supprimé cette ligne" in text_of(response)
