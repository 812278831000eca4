"""A judgement is made on one page: where the commitment stands, its evidence, and the rule that would refuse."""

from datetime import date

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from commitments.models import Assessment, Citation
from commitments.rules import publication
from tests import factories
from tests.admin.forms import citation, page, sent, typed_back

ADD = "/admin/commitments/assessment/add/"
CHECK = "/admin/commitments/assessment/check/"
PREVIEW = "/admin/commitments/assessment/preview/"


@pytest.fixture
def commitment(editor):
    return factories.make_commitment(published_by=editor)


@pytest.fixture
def draft(commitment):
    return factories.make_assessment(commitment=commitment, exact=factories.ANNOUNCEMENT, evidence_kind="announcement")


def judged(analyst, editor, commitment, **fields):
    return factories.make_assessment(commitment=commitment, proposed_by=analyst, published_by=editor, **fields)


def add(commitment, **parameters):
    return f"{ADD}?commitment={commitment.pk}" + "".join(f"&{name}={value}" for name, value in parameters.items())


def pick(record, **fields):
    """Return the tick of the passage of `record`, as typed."""
    typed = {"chosen": "on", "role": "supports", "evidence_kind": "concrete_action"} | fields
    return {f"pick-{record.pk}-{name}": value for name, value in typed.items() if value is not None}


def judgement(client, commitment, **typed):
    fields = {"status": "limited", "as_of": "10/04/2025", "rationale_fr": "Des motifs."}
    return typed_back(client, add(commitment)) | fields | typed


def checked(client, address, typed):
    response = client.post(address, typed)
    assert response.status_code == 200
    return " | ".join(item["message"] for item in response.json()["against"])


# Where the commitment stands


def test_page_shows_where_the_commitment_stands(as_analyst, analyst, editor, commitment):
    judged(analyst, editor, commitment)
    judged(analyst, editor, commitment, party=factories.make_party("ML"), status="complete", as_of=date(2025, 5, 1))
    waiting = factories.make_assessment(commitment=commitment, proposed_by=analyst, status="abandoned")

    shown = as_analyst.get(add(commitment))

    dossier = shown.context["dossier"]
    assert [(item.party and item.party.code, item.status) for item in dossier.standings] == [
        (None, "limited"),
        ("ML", "complete"),
    ]
    assert dossier.pending == [waiting]
    text = shown.content.decode()
    for words in (commitment.statement_fr, factories.ACTION, "10 avril 2025", page(waiting)):
        assert words in text


def test_last_search_is_shown(as_analyst, analyst, editor, commitment):
    judged(
        analyst,
        editor,
        commitment,
        status="no_evidence",
        searched_on=date(2025, 4, 9),
        searched_where_fr="Presse des quatre États",
    )

    text = as_analyst.get(add(commitment)).content.decode()

    assert "9 avril 2025, Presse des quatre États" in text


def test_status_of_what_is_not_public_is_not_the_status_now(as_analyst, draft):
    shown = as_analyst.get(add(draft.commitment))

    assert [item.status for item in shown.context["dossier"].standings] == ["not_assessed"]


@pytest.mark.parametrize("state", ["draft", "published"])
def test_record_on_file_shows_where_its_commitment_stands(state, as_analyst, analyst, editor, commitment, draft):
    record = draft if state == "draft" else judged(analyst, editor, commitment)

    shown = as_analyst.get(page(record))

    assert shown.context["dossier"].commitment == commitment
    assert ("against" in shown.context) == (state == "draft")


def test_queries_of_the_page_do_not_grow_with_the_dossier(as_analyst, analyst, editor, commitment):
    judged(analyst, editor, commitment)
    as_analyst.get(add(commitment))
    with CaptureQueriesContext(connection) as one:
        as_analyst.get(add(commitment))

    for number in range(1, 6):
        party = factories.make_party(f"Q{number}")
        judged(analyst, editor, commitment, party=party)
        factories.make_assessment(commitment=commitment, party=party, proposed_by=analyst)
        factories.make_citation(note=factories.make_note(commitment=commitment), exact=factories.ACTION)
    with CaptureQueriesContext(connection) as many:
        shown = as_analyst.get(add(commitment))

    assert len(shown.context["dossier"].standings) == 6
    assert len(many) == len(one), "\n".join(query["sql"] for query in many)


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


# What stands against proposing


def test_check_says_what_proposing_would(as_analyst, commitment):
    typed = judgement(as_analyst, commitment)
    typed |= citation(source=factories.make_source(), exact=factories.ANNOUNCEMENT, evidence_kind="announcement")

    said = checked(as_analyst, CHECK, typed)
    refused = as_analyst.post(ADD, typed | {"_propose": "1"}).context["adminform"].form.errors["status"]

    assert said == refused[0]
    assert not Assessment.objects.exists()


def test_check_is_silent_where_nothing_stands_against(as_analyst, commitment):
    typed = judgement(as_analyst, commitment) | pick(commitment.citations.get())

    assert checked(as_analyst, CHECK, typed) == ""
    assert not Assessment.objects.exists()


def test_check_names_what_is_missing(as_analyst):
    said = checked(as_analyst, CHECK, typed_back(as_analyst, ADD))

    for words in ("Choisissez l’engagement", "Indiquez le jour", "porte ses motifs", "Choisissez l’état"):
        assert said.count(words) == 1


def test_check_names_a_passage_that_is_not_in_its_source(as_analyst, commitment):
    typed = judgement(as_analyst, commitment) | citation(source=factories.make_source(), exact="jamais dit")

    assert "ne figure pas" in checked(as_analyst, CHECK, typed)


def test_check_names_the_day_before_the_commitment(as_analyst, commitment):
    typed = judgement(as_analyst, commitment, as_of="01/04/2025") | pick(commitment.citations.get())

    assert "précède l’engagement" in checked(as_analyst, CHECK, typed)


def test_check_names_a_replacement_without_a_reason(as_analyst, analyst, editor, commitment):
    old = judged(analyst, editor, commitment)
    typed = judgement(as_analyst, commitment, supersedes=old.pk) | pick(commitment.citations.get())

    assert "porte son motif" in checked(as_analyst, CHECK, typed)


def test_check_counts_the_rows_as_typed(as_analyst, draft):
    address = f"{CHECK}?record={draft.pk}"
    typed = typed_back(as_analyst, page(draft))

    assert "une annonce seule" in checked(as_analyst, address, typed)
    assert checked(as_analyst, address, typed | {"citations-0-evidence_kind": "concrete_action"}) == ""
    assert "mot pour mot" in checked(as_analyst, address, typed | {"citations-0-DELETE": "on", "status": "not_started"})
    assert draft.citations.get().evidence_kind == "announcement"


def test_page_on_file_says_what_stands_against_it(as_analyst, draft):
    shown = as_analyst.get(page(draft))

    assert ["une annonce seule" in item.message for item in shown.context["against"]] == [True]


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"commitment": "x"},
        {"commitment": "9" * 40},
        {"commitment": "\x00", "rationale_fr": "a\x00b", "status": "zzz", "as_of": "32/13/x", "supersedes": "x"},
        {"citations-TOTAL_FORMS": "x"},
        {"citations-TOTAL_FORMS": "1", "citations-INITIAL_FORMS": "1", "citations-0-id": "zzz"},
    ],
)
def test_hostile_check_is_no_error(typed, as_analyst):
    assert as_analyst.post(CHECK, typed).status_code == 200


def test_check_is_for_those_who_may_judge(as_analyst, client, editor, analyst, commitment, draft):
    reader = factories.make_user("lecteur")
    client.force_login(reader)
    public = judged(analyst, editor, commitment)

    assert client.post(CHECK, {}).status_code == 403
    assert client.post(PREVIEW, {"text": "x"}).status_code == 403
    assert as_analyst.post(f"{CHECK}?record={public.pk}", {}).status_code == 403
    assert as_analyst.post(f"{CHECK}?record=999999", {}).status_code == 403
    assert as_analyst.get(CHECK).status_code == 405
    assert as_analyst.get(PREVIEW).status_code == 405


def test_check_button_saves_nothing_and_loses_nothing(as_analyst, commitment):
    typed = judgement(as_analyst, commitment, rationale_en="Reasons.") | pick(commitment.citations.get())
    typed |= citation(source=factories.make_source(), exact=factories.ANNOUNCEMENT, evidence_kind="announcement")

    response = as_analyst.post(ADD, typed | {"_check": "1"})

    assert response.context["against"] == []
    assert "Aucune règle ne s’y oppose" in response.content.decode()
    again = sent(response)
    assert again == {name: str(value) for name, value in typed.items()} | {
        "csrfmiddlewaretoken": again["csrfmiddlewaretoken"]
    }
    assert not Assessment.objects.exists()


def test_check_button_shows_the_commitment_chosen_meanwhile(as_analyst, commitment):
    typed = typed_back(as_analyst, ADD) | {"commitment": commitment.pk, "_check": "1"}

    response = as_analyst.post(ADD, typed)

    assert response.context["dossier"].commitment == commitment
    assert factories.AGREEMENT in response.content.decode()


def test_check_button_on_a_record_changes_nothing(as_analyst, draft):
    rows = draft.history.count()

    as_analyst.post(page(draft), typed_back(as_analyst, page(draft), rationale_fr="Autres.") | {"_check": "1"})

    draft.refresh_from_db()
    assert (draft.rationale_fr, draft.history.count()) == ("Dix véhicules ont été livrés.", rows)


# Drafts


def test_draft_needs_no_reasons(as_analyst, commitment):
    response = as_analyst.post(ADD, judgement(as_analyst, commitment, rationale_fr="") | {"_save": "1"})

    assert response.status_code == 302
    assert Assessment.objects.get().rationale_fr == ""


def test_proposing_without_reasons_is_refused_next_to_them(as_analyst, commitment):
    typed = judgement(as_analyst, commitment, rationale_fr=" ") | pick(commitment.citations.get())

    response = as_analyst.post(ADD, typed | {"_propose": "1"})

    assert "porte ses motifs" in response.context["adminform"].form.errors["rationale_fr"][0]
    assert not Assessment.objects.exists()


def test_draft_of_no_evidence_needs_no_search_yet(as_analyst, commitment):
    response = as_analyst.post(ADD, judgement(as_analyst, commitment, status="no_evidence") | {"_save": "1"})

    assert response.status_code == 302


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


# What it replaces


def test_only_public_judgements_of_the_commitment_may_be_replaced(as_analyst, analyst, editor, commitment, draft):
    old = judged(analyst, editor, commitment)
    gone = judged(analyst, editor, commitment)
    publication.withdraw(gone, by=editor, reason="Erreur.")
    judged(analyst, editor, factories.make_commitment(published_by=editor))

    shown = as_analyst.get(add(commitment))

    assert list(shown.context["adminform"].form.fields["supersedes"].queryset) == [old]


# The preview


def test_preview_renders_as_the_public_pages_do(as_analyst):
    answer = as_analyst.post(PREVIEW, {"text": "Dix *véhicules*. <script>alert(1)</script>"}).json()

    assert "<em>véhicules</em>" in answer["html"]
    assert "<script" not in answer["html"]


@pytest.mark.parametrize("text", ["a\x00b", "x" * 20_001])
def test_preview_of_what_cannot_be_kept_says_so(text, as_analyst):
    response = as_analyst.post(PREVIEW, {"text": text})

    assert response.status_code == 400
    assert response.json()["error"]


def test_markdown_fields_offer_a_preview(as_analyst, commitment):
    note = factories.make_note(commitment=commitment)

    for address in (add(commitment), page(note), page(commitment)):
        assert f'data-preview="{PREVIEW}"' in as_analyst.get(address).content.decode()
