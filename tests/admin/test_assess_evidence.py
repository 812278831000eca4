"""The evidence of a judgement: passages on file that are ticked, one that the address brings, rows changed in place."""

from datetime import date

import pytest
from django.contrib.auth.models import Permission

from commitments.models import Assessment, Citation
from tests import factories
from tests.admin.forms import page, sent, typed_back
from tests.admin.judging import ADD, add, judged, judgement, pick

pytestmark = pytest.mark.one_database  # the rules behind the forms are tried on both in tests/rules


@pytest.fixture
def commitment(editor):
    return factories.make_commitment(published_by=editor)


@pytest.fixture
def draft(commitment):
    return factories.make_assessment(commitment=commitment, exact=factories.ANNOUNCEMENT, evidence_kind="announcement")


# The passages on file


def test_ticked_passage_becomes_a_citation_of_the_assessment(as_analyst, commitment):
    note = factories.make_note(commitment=commitment)
    source = factories.make_source()
    on_file = factories.make_citation(note=note, source=source, exact="Force unifiée", suffix=" est saluée")

    response = as_analyst.post(ADD, judgement(as_analyst, commitment) | pick(on_file) | {"_propose": "1"})

    assert response.status_code == 302
    made = Assessment.objects.get().citations.get()
    assert (made.source, made.exact, made.suffix, made.start) == (source, "Force unifiée", " est saluée", on_file.start)
    assert (made.evidence_kind, made.role, made.state) == ("concrete_action", "supports", "draft")
    on_file.refresh_from_db()
    assert on_file.note == note


@pytest.mark.slow
def test_passage_ticked_from_a_draft_citation_of_the_commitment_becomes_public_with_the_judgement(
    as_analyst, as_editor, client, commitment
):
    on_file = factories.make_citation(commitment=commitment, exact=factories.ACTION)
    public = commitment.get_absolute_url()
    as_analyst.post(ADD, judgement(as_analyst, commitment) | pick(on_file) | {"_propose": "1"})
    assessment = Assessment.objects.get()
    asked = as_editor.get(page(assessment, "relecture"))
    assert factories.ACTION not in client.get(public).content.decode()

    as_editor.post(page(assessment, "relecture"), {"act": "publish", "seen_version": asked.context["version"]})

    entry = client.get(public).content.decode().partition('<li id="e-')[2].partition("</ol>")[0]
    assert factories.ACTION in entry
    assert factories.ACTION in client.get(on_file.source.get_absolute_url()).content.decode()
    copy = assessment.citations.get()
    assert (copy.state, copy.source.state, copy.start) == ("published", "published", on_file.start)
    on_file.refresh_from_db()
    assert (on_file.state, on_file.commitment) == ("draft", commitment)


@pytest.mark.slow
def test_tick_survives_a_refusal(as_analyst, commitment):
    typed = judgement(as_analyst, commitment) | pick(commitment.citations.get(), evidence_kind="announcement")

    response = as_analyst.post(ADD, typed | {"_propose": "1"})

    assert "une annonce seule" in str(response.context["adminform"].form.errors["status"])
    again = sent(response)
    assert {name: again[name] for name in typed if name.startswith("pick-")} == {
        name: value for name, value in typed.items() if name.startswith("pick-")
    }
    assert not Assessment.objects.exists()


def test_tick_on_a_passage_that_is_not_offered_is_refused(as_analyst, commitment):
    other = factories.make_commitment().citations.get()
    typed = judgement(as_analyst, commitment) | pick(other) | {"_save": "1"}

    response = as_analyst.post(ADD, typed)

    assert response.status_code == 200
    assert "n’est plus proposé" in response.content.decode()
    assert not Assessment.objects.exists()


def test_tick_with_a_kind_that_does_not_exist_is_refused(as_analyst, commitment):
    typed = judgement(as_analyst, commitment) | pick(commitment.citations.get(), evidence_kind="\x00")

    response = as_analyst.post(ADD, typed | {"_save": "1"})

    assert response.status_code == 200
    assert not Assessment.objects.exists()


def test_what_is_not_ticked_counts_for_nothing(as_analyst, commitment):
    typed = judgement(as_analyst, commitment) | pick(commitment.citations.get(), chosen=None, evidence_kind="x")

    response = as_analyst.post(ADD, typed | {"_save": "1"})

    assert response.status_code == 302
    assert not Citation.objects.filter(assessment__isnull=False).exists()


def test_tick_on_a_proposal_in_review_signs_it_anew(as_editor, analyst, editor, commitment):
    record = factories.make_assessment(commitment=commitment, proposed_by=analyst)
    rows = record.history.count()

    typed = typed_back(as_editor, page(record)) | pick(commitment.citations.get(), evidence_kind="")
    response = as_editor.post(page(record), typed | {"_save": "1"})

    assert response.status_code == 302
    record.refresh_from_db()
    assert (record.citations.count(), record.proposed_by) == (2, editor)
    assert record.history.count() == rows + 1


# A passage that the address brings


def test_address_brings_a_passage(as_analyst, commitment):
    source = factories.make_source()
    start = source.text.index("Force unifiée")

    typed = typed_back(as_analyst, add(commitment, source=source.pk, start=start, end=start + 13))

    assert typed["citations-0-source"] == str(source.pk)
    assert typed["citations-0-exact"] == "Force unifiée"
    fields = {"status": "not_started", "as_of": "10/04/2025", "rationale_fr": "Des motifs."}
    assert as_analyst.post(ADD, typed | fields | {"_save": "1"}).status_code == 302
    assert Citation.objects.get(assessment__isnull=False).start == start


@pytest.mark.slow
def test_address_brings_what_was_said_of_the_passage_and_the_day_of_its_article(as_analyst, commitment):
    source = factories.make_source(published_on=date(2025, 4, 11))
    passage = {"source": source.pk, "start": 0, "end": 13}

    plain = typed_back(as_analyst, add(commitment, **passage))
    said = typed_back(as_analyst, add(commitment, **passage, role="contradicts", evidence_kind="concrete_action"))
    wrong = typed_back(as_analyst, add(commitment, **passage, role="x", as_of="2025-04-12"))

    assert (plain["as_of"], plain["citations-0-role"], plain["citations-0-evidence_kind"]) == (
        "11/04/2025",
        "supports",
        "",
    )
    assert (said["citations-0-role"], said["citations-0-evidence_kind"]) == ("contradicts", "concrete_action")
    assert (wrong["as_of"], wrong["citations-0-exact"]) == ("2025-04-12", "")


def test_address_brings_a_passage_to_a_draft(as_analyst, draft):
    source = factories.make_source()
    start = source.text.index(factories.ACTION)

    typed = typed_back(
        as_analyst, f"{page(draft)}?source={source.pk}&start={start}&end={start + len(factories.ACTION)}"
    )

    assert typed["citations-1-exact"] == factories.ACTION


@pytest.mark.parametrize(
    "query",
    [
        "source=x&start=0&end=5",
        "source=999999&start=0&end=5",
        "source=1&start=5&end=2",
        "source=%00",
        f"source={'9' * 40}",
    ],
)
def test_address_bringing_no_passage_is_ignored(query, as_analyst, commitment):
    factories.make_source()

    typed = typed_back(as_analyst, f"{add(commitment)}&{query}")

    assert typed["citations-0-exact"] == ""


# The evidence of a draft, in place


def test_kind_of_the_evidence_of_a_draft_changes_in_place(as_analyst, draft):
    typed = typed_back(as_analyst, page(draft), **{"citations-0-evidence_kind": "concrete_action"})

    response = as_analyst.post(page(draft), typed | {"_propose": "1"})

    assert response.status_code == 302
    assert draft.citations.get().evidence_kind == "concrete_action"
    assert Assessment.objects.get().state == "in_review"


def test_words_of_the_evidence_do_not_change_in_its_row(as_analyst, draft):
    typed = typed_back(
        as_analyst, page(draft), **{"citations-0-exact": factories.ACTION, "citations-0-role": "context"}
    )

    as_analyst.post(page(draft), typed | {"_save": "1"})

    saved = draft.citations.get()
    assert (saved.exact, saved.role) == (factories.ANNOUNCEMENT, "context")


def test_evidence_of_a_draft_is_taken_away_in_place(as_analyst, draft):
    kept = draft.history.count()

    as_analyst.post(page(draft), typed_back(as_analyst, page(draft), **{"citations-0-DELETE": "on"}) | {"_save": "1"})

    assert not draft.citations.exists()
    assert draft.history.count() == kept


@pytest.mark.slow
def test_evidence_changed_meanwhile_is_told(as_analyst, as_editor, draft):
    typed = typed_back(as_analyst, page(draft), **{"citations-0-evidence_kind": "concrete_action"})
    meanwhile = typed_back(as_editor, page(draft), **{"citations-0-role": "context"})
    assert as_editor.post(page(draft), meanwhile | {"_save": "1"}).status_code == 302

    response = as_analyst.post(page(draft), typed | {"_save": "1"})

    assert response.status_code == 200
    assert "a enregistré une autre version" in response.content.decode()
    again = sent(response)
    assert again["citations-0-evidence_kind"] == "concrete_action"
    assert as_analyst.post(page(draft), again | {"_save": "1"}).status_code == 302
    assert draft.citations.get().evidence_kind == "concrete_action"


@pytest.mark.slow
def test_evidence_changed_meanwhile_is_not_taken_away_unseen(as_analyst, as_editor, draft):
    typed = typed_back(as_analyst, page(draft), **{"citations-0-DELETE": "on"})
    meanwhile = typed_back(as_editor, page(draft), **{"citations-0-role": "context"})
    as_editor.post(page(draft), meanwhile | {"_save": "1"})

    response = as_analyst.post(page(draft), typed | {"_save": "1"})

    assert response.status_code == 200
    assert "a enregistré une autre version" in response.content.decode()
    assert draft.citations.exists()
    again = sent(response)
    assert again["citations-0-DELETE"] == "on"
    assert as_analyst.post(page(draft), again | {"_save": "1"}).status_code == 302
    assert not draft.citations.exists()


@pytest.mark.slow
def test_evidence_taken_away_meanwhile_is_told_once(as_analyst, draft):
    factories.make_citation(assessment=draft, exact=factories.ACTION, evidence_kind="concrete_action")
    typed = typed_back(as_analyst, page(draft), rationale_fr="Mes motifs.")
    Citation.objects.get(pk=typed["citations-0-id"]).delete()

    response = as_analyst.post(page(draft), typed | {"_save": "1"})

    assert "a été retirée entre-temps" in response.content.decode()
    assert as_analyst.post(page(draft), sent(response) | {"_save": "1"}).status_code == 302
    draft.refresh_from_db()
    assert (draft.rationale_fr, draft.citations.count()) == ("Mes motifs.", 1)


def test_evidence_of_another_judgement_cannot_be_reached_through_a_row(as_analyst, commitment, draft):
    other = factories.make_assessment(commitment=commitment).citations.get()
    typed = typed_back(as_analyst, page(draft), **{"citations-0-id": other.pk, "citations-0-role": "context"})

    as_analyst.post(page(draft), typed | {"_save": "1"})

    other.refresh_from_db()
    assert other.role == "supports"


def test_evidence_of_a_published_judgement_does_not_change_in_rows(as_editor, analyst, editor, commitment):
    record = judged(analyst, editor, commitment)
    evidence = record.citations.get()
    typed = sent(as_editor.get(page(record))) | {"citations-TOTAL_FORMS": "1", "citations-INITIAL_FORMS": "1"}
    typed |= {"citations-0-id": evidence.pk, "citations-0-role": "context", "citations-0-DELETE": "on"}

    as_editor.post(page(record), typed | pick(commitment.citations.get()) | {"_save": "1"})

    assert record.citations.get().role == "supports"


def test_evidence_is_read_by_those_who_may_not_judge(client, draft):
    reader = factories.make_user("lecteur")
    names = ["view_assessment", "view_citation", "change_citation"]
    reader.user_permissions.set(Permission.objects.filter(codename__in=names))
    client.force_login(reader)

    shown = client.get(page(draft)).content.decode()

    assert factories.ANNOUNCEMENT in shown
    assert 'name="citations-0-role"' not in shown
