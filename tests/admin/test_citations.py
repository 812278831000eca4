"""A quotation is verbatim or refused, with the reason next to the words."""

import pytest

from commitments.models import Citation
from tests import factories
from tests.admin.forms import citation, messages_of, page, sent, typed_back

ADD = "/admin/commitments/citation/add/"


@pytest.fixture
def commitment(db):
    return factories.make_commitment()


def quote(client, record, **typed):
    fields = {"source": factories.make_source().pk, "commitment": record.pk, "role": "supports"}
    return client.post(ADD, typed_back(client, ADD) | fields | typed)


def test_quotation_in_the_text_is_kept_verified(as_analyst, commitment):
    response = quote(as_analyst, commitment, exact=factories.ACTION)

    assert response.status_code == 302
    assert commitment.citations.latest("pk").is_verified


def test_quotation_not_in_the_text_is_refused(as_analyst, commitment):
    before = Citation.objects.count()

    response = quote(as_analyst, commitment, exact="La Russie a livré vingt véhicules")

    form = response.context["adminform"].form
    assert "ne figure pas tel quel" in form.errors["exact"][0]
    assert sent(response)["exact"] == "La Russie a livré vingt véhicules"
    assert Citation.objects.count() == before


def test_quotation_there_twice_asks_what_surrounds_it(as_analyst, commitment):
    response = quote(as_analyst, commitment, exact="Force unifiée")

    assert "2 endroits" in response.context["adminform"].form.errors["exact"][0]


def test_quotation_there_twice_is_decided_by_what_follows(as_analyst, commitment):
    response = quote(as_analyst, commitment, exact="Force unifiée", suffix=" est saluée")

    assert response.status_code == 302
    assert commitment.citations.latest("pk").is_verified


def test_wrong_surroundings_are_refused_next_to_them(as_analyst, commitment):
    response = quote(as_analyst, commitment, exact=factories.ACTION, prefix="jamais dit")

    assert "prefix" in response.context["adminform"].form.errors


@pytest.mark.parametrize("count", [0, 2])
def test_citation_has_exactly_one_target(count, as_analyst, commitment):
    targets = {"commitment": commitment.pk, "meeting": factories.make_meeting().pk}
    chosen = {name: key if place < count else "" for place, (name, key) in enumerate(targets.items())}

    response = quote(as_analyst, commitment, exact=factories.ACTION, **chosen)

    assert "à un enregistrement, et à un seul" in response.context["adminform"].form.non_field_errors()[0]


def test_nul_in_a_quotation_is_refused(as_analyst, commitment):
    response = quote(as_analyst, commitment, exact="La Russie\x00 a livré")

    assert "exact" in response.context["adminform"].form.errors


@pytest.mark.parametrize("noun", ["meeting", "instrument", "milestone", "note", "commitment"])
def test_citation_is_added_on_its_record(noun, as_analyst):
    record = getattr(factories, f"make_{noun}")()
    before = record.citations.count()
    typed = typed_back(as_analyst, page(record)) | citation(source=factories.make_source(), exact=factories.ACTION)

    response = as_analyst.post(page(record), typed)

    assert response.status_code == 302
    assert record.citations.count() == before + 1
    assert record.citations.latest("pk").is_verified


def test_citation_is_added_on_its_claim(as_analyst):
    claim = factories.make_discrepancy().claims.first()
    typed = typed_back(as_analyst, page(claim)) | citation(source=factories.make_source(), exact=factories.ACTION)

    response = as_analyst.post(page(claim), typed)

    assert response.status_code == 302
    assert claim.citations.count() == 2


@pytest.mark.slow
def test_wrong_quotation_in_a_row_is_refused_in_its_row(as_analyst, commitment):
    typed = typed_back(as_analyst, page(commitment)) | {"title_fr": "Titre tapé"}

    response = as_analyst.post(page(commitment), typed | citation(source=factories.make_source(), exact="jamais dit"))

    rows = [row for rows in response.context["inline_admin_formsets"] for row in rows.formset.forms if row.errors]
    assert "ne figure pas" in rows[0].errors["exact"][0]
    assert sent(response)["title_fr"] == "Titre tapé"
    assert commitment.citations.count() == 1


def test_saved_citations_cannot_be_changed_in_rows(as_editor, commitment):
    saved = commitment.citations.get()
    typed = typed_back(as_editor, page(commitment))

    typed |= {"citations-TOTAL_FORMS": "1", "citations-INITIAL_FORMS": "1", "citations-0-id": saved.pk}
    typed |= {"citations-0-exact": "réécrit", "citations-0-source": saved.source_id, "citations-0-role": "context"}
    response = as_editor.post(page(commitment), typed)

    assert response.status_code in (200, 302)
    saved.refresh_from_db()
    assert (saved.exact, saved.role) == (factories.AGREEMENT, "supports")


def test_evidence_of_a_published_assessment_is_closed(as_editor, analyst, editor):
    assessment = factories.make_assessment(proposed_by=analyst, published_by=editor)
    evidence = assessment.citations.get()
    shown = as_editor.get(page(evidence))

    as_editor.post(page(evidence), sent(shown) | {"exact": factories.ANNOUNCEMENT, "evidence_kind": "announcement"})

    assert 'name="exact"' not in shown.content.decode()
    evidence.refresh_from_db()
    assert evidence.exact == factories.ACTION


@pytest.mark.slow
def test_new_evidence_for_a_published_assessment_is_refused(as_editor, analyst, editor):
    assessment = factories.make_assessment(proposed_by=analyst, published_by=editor)
    before = Citation.objects.count()

    typed = {"exact": factories.ACTION, "commitment": "", "assessment": assessment.pk}
    response = quote(as_editor, assessment.commitment, **typed)

    assert "ses preuves ne changent plus" in response.context["adminform"].form.non_field_errors()[0]
    assert Citation.objects.count() == before


def test_text_edited_under_a_citation_warns_and_looks_again(as_editor, editor):
    source = factories.make_source()
    lost = factories.make_citation(source=source, meeting=factories.make_meeting(), exact=factories.ACTION)
    kept = factories.make_citation(source=source, meeting=factories.make_meeting(), exact=factories.AGREEMENT)
    typed = typed_back(as_editor, page(source), text=source.text.replace("dix véhicules", "douze véhicules"))

    response = as_editor.post(page(source), typed, follow=True)

    shown = messages_of(response)
    assert page(lost) in shown
    assert page(kept) not in shown
    lost.refresh_from_db()
    kept.refresh_from_db()
    assert (lost.verification, kept.verification) == ("not_found", "verified")


def test_source_saved_by_a_browser_keeps_its_line_ends(as_editor):
    source = factories.make_source(text=f"Un titre\n\n{factories.TEXT}\n")
    rows = source.history.count()
    typed = typed_back(as_editor, page(source))

    as_editor.post(page(source), typed | {"text": typed["text"].replace("\n", "\r\n")})

    digest = source.sha256
    source.refresh_from_db()
    assert source.text.startswith("Un titre\n\n")
    assert source.sha256 == digest
    assert source.history.count() == rows
