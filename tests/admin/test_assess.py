"""A judgement is made on one page: where the commitment stands, and the rule that would refuse."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from commitments.models import Assessment
from commitments.rules.review import publication
from tests import factories
from tests.admin.forms import citation, page, sent, typed_back
from tests.admin.judging import ADD, add, judged, judgement, pick

pytestmark = pytest.mark.one_database  # the rules behind the forms are tried on both in tests/rules

CHECK = "/admin/commitments/assessment/check/"
PREVIEW = "/admin/commitments/assessment/preview/"


@pytest.fixture
def commitment(editor):
    return factories.make_commitment(published_by=editor)


@pytest.fixture
def draft(commitment):
    return factories.make_assessment(commitment=commitment, exact=factories.ANNOUNCEMENT, evidence_kind="announcement")


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


@pytest.mark.slow
def test_last_public_search_is_shown_and_stands_beside_the_status(as_analyst, analyst, editor, commitment):
    signed = {"commitment": commitment, "proposed_by": analyst, "published_by": editor}
    for party, day in ((factories.make_party("ML"), date(2025, 4, 7)), (None, date(2025, 4, 9))):
        factories.make_search(**signed, party=party, searched_on=day)
    waiting = factories.make_search(commitment=commitment, searched_on=date(2025, 4, 15), proposed_by=analyst)

    shown = as_analyst.get(add(commitment))
    judged(analyst, editor, commitment)
    again = as_analyst.get(add(commitment))

    assert "9 avril 2025, Presse des quatre États" in shown.content.decode()
    assert page(waiting) in shown.content.decode()
    statuses = [[item.status for item in response.context["dossier"].standings] for response in (shown, again)]
    assert statuses == [["no_evidence", "no_evidence"], ["limited", "no_evidence"]]


def test_page_leads_to_a_search_of_the_same(as_analyst, commitment):
    party = factories.make_party("ML")

    address = as_analyst.get(add(commitment, party=party.pk)).context["search_url"]

    typed = typed_back(as_analyst, address)
    assert (typed["commitment"], typed["party"]) == (str(commitment.pk), str(party.pk))


def test_status_of_what_is_not_public_is_not_the_status_now(as_analyst, draft):
    shown = as_analyst.get(add(draft.commitment))

    assert [item.status for item in shown.context["dossier"].standings] == ["not_assessed"]


@pytest.mark.parametrize("state", ["draft", "published"])
def test_record_on_file_shows_where_its_commitment_stands(state, as_analyst, analyst, editor, commitment, draft):
    record = draft if state == "draft" else judged(analyst, editor, commitment)

    shown = as_analyst.get(page(record))

    assert shown.context["dossier"].commitment == commitment
    assert ("against" in shown.context) == (state == "draft")


@pytest.mark.slow
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
        factories.make_search(commitment=commitment, party=party, proposed_by=analyst, published_by=editor)
        factories.make_search(commitment=commitment, proposed_by=analyst)
    with CaptureQueriesContext(connection) as many:
        shown = as_analyst.get(add(commitment))

    assert len(shown.context["dossier"].standings) == 6
    assert len(many) == len(one), "\n".join(query["sql"] for query in many)


# What stands against proposing


@pytest.mark.slow
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


@pytest.mark.slow
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


@pytest.mark.slow
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


@pytest.mark.slow
def test_proposing_without_reasons_is_refused_next_to_them(as_analyst, commitment):
    typed = judgement(as_analyst, commitment, rationale_fr=" ") | pick(commitment.citations.get())

    response = as_analyst.post(ADD, typed | {"_propose": "1"})

    assert "porte ses motifs" in response.context["adminform"].form.errors["rationale_fr"][0]
    assert not Assessment.objects.exists()


def test_no_evidence_is_judged_no_more(as_analyst, commitment):
    typed = judgement(as_analyst, commitment, status="no_evidence", rationale_en="To keep.")

    offered = [value for value, _label in as_analyst.get(ADD).context["adminform"].form.fields["status"].choices]
    response = as_analyst.post(ADD, typed | {"_save": "1"})

    assert "no_evidence" not in offered
    assert "enregistrez une recherche" in response.context["adminform"].form.errors["status"][0]
    assert {name: sent(response)[name] for name in ("status", "rationale_en")} == {
        "status": "no_evidence",
        "rationale_en": "To keep.",
    }
    assert not Assessment.objects.exists()


@pytest.fixture
def former(commitment):
    """A draft from before searches were records."""
    fields = {"status": "no_evidence", "searched_on": date(2025, 4, 9), "searched_where_fr": "Presse de Bamako"}
    return factories.make_assessment(commitment=commitment, **fields)


@pytest.mark.slow
def test_former_draft_of_no_evidence_is_told_what_to_do_and_loses_nothing(as_analyst, former):
    typed = typed_back(as_analyst, page(former), rationale_fr="Réécrit.")

    said = checked(as_analyst, f"{CHECK}?record={former.pk}", typed)
    refused = as_analyst.post(page(former), typed | {"_propose": "1"})
    saved = as_analyst.post(page(former), typed | {"_save": "1"})

    assert said.count("enregistrez une recherche") == 1
    assert "enregistrez une recherche" in refused.context["adminform"].form.errors["status"][0]
    assert sent(refused)["rationale_fr"] == "Réécrit."
    former.refresh_from_db()
    assert (saved.status_code, former.rationale_fr, former.status) == (302, "Réécrit.", "no_evidence")


def test_former_draft_gives_its_search_to_read_and_to_take_up(as_analyst, former):
    shown = as_analyst.get(page(former))

    assert "searched_on" not in shown.context["adminform"].form.fields
    assert "Presse de Bamako" in shown.content.decode()
    typed = typed_back(as_analyst, shown.context["search_url"])
    assert (typed["searched_on"], typed["searched_where_fr"]) == ("09/04/2025", "Presse de Bamako")


def test_search_is_no_part_of_a_new_judgement(as_analyst, commitment, draft):
    for address in (add(commitment), page(draft)):
        assert "searched_on" not in as_analyst.get(address).content.decode()


def test_published_judgement_of_no_evidence_stays_to_be_read(as_editor, analyst, editor, commitment):
    former = factories.make_former_search(commitment=commitment, proposed_by=analyst, published_by=editor)

    text = as_editor.get(page(former)).content.decode()

    for words in ("Aucune preuve disponible", "20 avril 2025", "Presse des quatre États"):
        assert words in text


# What it replaces


@pytest.mark.slow
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


@pytest.mark.slow
def test_markdown_fields_offer_a_preview(as_analyst, commitment):
    note = factories.make_note(commitment=commitment)

    for address in (add(commitment), page(note), page(commitment)):
        assert f'data-preview="{PREVIEW}"' in as_analyst.get(address).content.decode()
