"""The editors' queue and the page of a proposal: what they show, what is decided there, and what is refused."""

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from commitments.models import Assessment, Citation, Source
from commitments.rules.review import publication, thread
from tests import factories
from tests.admin.forms import messages_of, page, sent, typed_back

pytestmark = pytest.mark.one_database  # the rules behind the forms are tried on both in tests/rules

QUEUE = "/admin/relecture/"


def proposal_page(record):
    return page(record, "relecture")


def decide(client, record, act, *, query="", **typed):
    """Open the page of the proposal, and decide as its form would."""
    seen = client.get(proposal_page(record)).context["version"]
    data = {"act": act, "seen_version": seen} | typed
    return client.post(proposal_page(record) + query, data)


@pytest.fixture
def commitment(editor):
    return factories.make_commitment(published_by=editor)


@pytest.fixture
def proposed(analyst, commitment):
    return factories.make_assessment(proposed_by=analyst, commitment=commitment)


def client_of(user):
    client = Client()
    client.force_login(user)
    return client


def test_queue_lists_the_oldest_first_with_who_and_since_when(as_editor, analyst, commitment):
    with time_machine.travel("2026-11-11T12:00:00Z", tick=False):
        old = factories.make_assessment(proposed_by=analyst, commitment=commitment)
    note = factories.make_note(commitment=commitment)
    publication.propose(note, by=analyst)
    factories.make_assessment(commitment=commitment, as_of="2025-05-01")

    response = as_editor.get(QUEUE)

    lines = [line.proposal for line in response.context["lines"]]
    assert [line.record for line in lines] == [old, note]
    assert [line.days for line in lines] == [10, 0]
    text = response.content.decode()
    assert proposal_page(old) in text
    assert "awa" in text
    assert "10 jours" in text


def test_queue_says_which_are_mine_and_what_stands_against_each(as_editor, editor, commitment, analyst):
    own = factories.make_assessment(proposed_by=editor, commitment=commitment)
    orphan = factories.make_assessment(proposed_by=analyst, commitment=factories.make_commitment())

    lines = {line.proposal.record: line.proposal for line in as_editor.get(QUEUE).context["lines"]}

    assert lines[own].is_own
    assert [objection.code for objection in lines[own].objections] == ["two_people"]
    assert not lines[orphan].is_own
    assert [objection.code for objection in lines[orphan].objections] == ["parent"]


def test_queue_filters_by_kind_and_by_proposer(as_editor, analyst, editor, commitment, proposed):
    note = factories.make_note(commitment=commitment)
    publication.propose(note, by=editor)

    def shown(query):
        return [line.proposal.record for line in as_editor.get(QUEUE + query).context["lines"]]

    assert shown("?kind=followupnote") == [note]
    assert shown(f"?by={analyst.pk}") == [proposed]
    assert shown(f"?by={analyst.pk}&kind=followupnote") == []


@pytest.mark.parametrize("query", ["kind=zzz", "kind=%00", "by=x", "by=" + "9" * 30, "p=-1", "p=zz", "p=999", "by=%00"])
def test_hostile_address_of_the_queue_is_no_error(query, as_editor, proposed):
    assert as_editor.get(f"{QUEUE}?{query}").status_code == 200
    assert as_editor.get(f"{proposal_page(proposed)}?{query}").status_code == 200


def test_queue_is_paged(as_editor, analyst, commitment, monkeypatch):
    monkeypatch.setattr("commitments.admin.review.review_queue.PER_PAGE", 2)
    made = [factories.make_assessment(proposed_by=analyst, commitment=commitment) for _ in range(3)]

    second = as_editor.get(QUEUE + "?p=2&kind=assessment")

    assert [line.proposal.record for line in second.context["lines"]] == made[2:]
    assert "kind=assessment&amp;p=1" in second.content.decode()


def test_empty_queue_says_so(as_editor, db):
    assert "Rien n’attend de relecture" in as_editor.get(QUEUE).content.decode()


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_queue_is_only_read(method, as_editor):
    assert getattr(as_editor, method)(QUEUE).status_code == 405


def test_queue_and_proposals_are_closed_to_those_who_do_not_publish(as_analyst, proposed):
    assert as_analyst.get(QUEUE).status_code == 403
    assert as_analyst.get(proposal_page(proposed)).status_code == 403
    assert as_analyst.post(proposal_page(proposed), {"act": "publish"}).status_code == 403
    assert Client().get(QUEUE).status_code == 302


def test_the_queue_is_counted_and_read_a_page_at_a_time(as_editor, analyst):
    publication.propose(factories.make_meeting(), by=analyst)

    with CaptureQueriesContext(connection) as queries:
        as_editor.get(QUEUE)

    lines = [query["sql"] for query in queries if "UNION" in query["sql"] and "proposed_at" in query["sql"]]
    assert lines
    assert [sql for sql in lines if "COUNT(" not in sql and "LIMIT" not in sql] == []


@pytest.mark.slow
def test_queue_queries_do_not_grow(as_editor, analyst, editor):
    def make():
        commitment = factories.make_commitment(published_by=editor)
        factories.make_assessment(proposed_by=analyst, commitment=commitment)
        step = factories.make_milestone(commitment=commitment, published_by=editor)
        records = [
            factories.make_commitment(),
            factories.make_search(commitment=commitment, milestone=step),
            factories.make_note(commitment=commitment),
            factories.make_milestone(commitment=commitment),
            factories.make_discrepancy(),
            factories.make_source(),
            factories.make_instrument(meeting=factories.make_meeting()),
            factories.make_citation(meeting=factories.make_meeting()),
            factories.make_citation(claim=factories.make_discrepancy().claims.first(), exact="Le 3 avril"),
            factories.make_citation(assessment=factories.make_assessment(commitment=commitment)),
        ]
        meeting = factories.make_meeting()
        factories.make_citation(meeting=meeting)
        for record in [*records, meeting]:
            publication.propose(record, by=analyst)

    make()
    as_editor.get(QUEUE)
    with CaptureQueriesContext(connection) as one:
        assert len(as_editor.get(QUEUE).context["lines"]) == 12
    make()
    with CaptureQueriesContext(connection) as two:
        assert len(as_editor.get(QUEUE).context["lines"]) == 24

    assert len(two) == len(one), "\n".join(query["sql"][:300] for query in two)


def test_judgement_in_force_stands_beside_the_one_proposed(as_editor, analyst, editor, commitment):
    now = factories.make_assessment(
        proposed_by=analyst, published_by=editor, commitment=commitment, rationale_fr="Dix véhicules ont été livrés."
    )
    new = factories.make_assessment(
        proposed_by=analyst,
        commitment=commitment,
        as_of="2025-05-02",
        status="substantial",
        rationale_fr="Douze véhicules ont été livrés.",
    )

    response = as_editor.get(proposal_page(new))

    comparison = response.context["comparison"]
    assert comparison.current == now
    assert comparison.takes_over
    assert {(row.old, row.new) for row in comparison.rows} >= {("Progrès limité", "Progrès important")}
    text = response.content.decode()
    assert ": </span>Dix<" in text
    assert ": </span>Douze<" in text


def test_first_judgement_has_nothing_beside_it(as_editor, proposed):
    response = as_editor.get(proposal_page(proposed))

    assert response.context["comparison"].current is None
    assert "il est «\u00a0Non évalué\u00a0»" in response.content.decode()


def test_judgement_of_an_earlier_day_is_said_not_to_take_over(as_editor, analyst, editor, commitment):
    factories.make_assessment(proposed_by=analyst, published_by=editor, commitment=commitment, as_of="2025-06-01")
    new = factories.make_assessment(proposed_by=analyst, commitment=commitment, as_of="2025-05-02")

    assert "porte sur un jour plus récent" in as_editor.get(proposal_page(new)).content.decode()


def test_passages_stand_in_their_context(as_editor, proposed):
    response = as_editor.get(proposal_page(proposed))

    (passage,) = response.context["passages"]
    assert passage.quotation == factories.ACTION
    assert passage.before.endswith("renforcer la Force unifiée. ")
    assert passage.after.startswith(" Elle annonce")
    text = response.content.decode()
    assert "<mark>" in text
    assert page(passage.citation.source) in text
    assert "Retrouvée mot pour mot dans le texte archivé" in text
    assert "Action concrète" in text


def test_context_is_short_and_cut_between_words(as_editor, analyst, commitment):
    source = factories.make_source(text=f"{'mot ' * 200}Début. {factories.ACTION} Fin. {'suite ' * 200}")
    assessment = factories.make_assessment(commitment=commitment)
    assessment.citations.get().delete()
    factories.make_citation(
        assessment=assessment, source=source, exact=factories.ACTION, evidence_kind="concrete_action"
    )
    publication.propose(assessment, by=analyst)

    (passage,) = as_editor.get(proposal_page(assessment)).context["passages"]

    assert passage.before.startswith("… mot ")
    assert passage.after.endswith("suite …")
    assert max(len(passage.before), len(passage.after)) <= 204


@pytest.mark.parametrize(
    "noun", ["commitment", "source", "meeting", "instrument", "note", "milestone", "discrepancy", "citation"]
)
def test_every_noun_is_reviewed_on_its_page(noun, as_editor, analyst, editor):
    extra = {"meeting": factories.make_meeting(published_by=editor)} if noun == "citation" else {}
    if noun in ("note", "milestone"):
        extra["commitment"] = factories.make_commitment(published_by=editor)
    record = getattr(factories, f"make_{noun}")(**extra)
    publication.propose(record, by=analyst)

    text = as_editor.get(proposal_page(record)).content.decode()
    response = decide(as_editor, record, "publish")

    assert "Rien de ceci n’est public aujourd’hui" in text
    assert response.status_code == 302
    record.refresh_from_db()
    assert record.is_published


@pytest.mark.slow
def test_all_that_becomes_public_is_on_the_page(as_editor, analyst):
    meeting = factories.make_meeting(title_fr="Rencontre encore privée")
    commitment = factories.make_commitment(
        instrument=factories.make_instrument(meeting=meeting, title_fr="Texte privé")
    )
    publication.propose(commitment, by=analyst)

    response = as_editor.get(proposal_page(commitment))
    text = response.content.decode()
    decide(as_editor, commitment, "publish")

    for words in ("Rencontre encore privée", "Texte privé", factories.AGREEMENT, "deviennent publics", "S’engage"):
        assert words in text
    source = commitment.citations.get().source
    assert source.is_published
    assert str(source) in text


@pytest.mark.slow
def test_publishing_goes_to_the_next_proposal(as_editor, editor, analyst, commitment, proposed):
    own = factories.make_assessment(proposed_by=editor, commitment=commitment)
    note = factories.make_note(commitment=commitment)
    publication.propose(note, by=analyst)

    first = decide(as_editor, proposed, "publish")
    second = decide(as_editor, note, "publish")

    proposed.refresh_from_db()
    assert (proposed.state, proposed.published_by) == ("published", editor)
    assert first["Location"] == proposal_page(note)
    assert second["Location"] == QUEUE
    own.refresh_from_db()
    assert own.state == "in_review"


def test_next_proposal_stays_in_the_part_of_the_queue(as_editor, analyst, commitment, proposed):
    note = factories.make_note(commitment=commitment)
    publication.propose(note, by=analyst)
    other = factories.make_assessment(proposed_by=analyst, commitment=commitment)

    response = decide(as_editor, proposed, "publish", query="?kind=assessment")

    assert response["Location"] == proposal_page(other) + "?kind=assessment"


def test_looking_at_a_proposal_changes_nothing(as_editor, proposed):
    rows = proposed.history.count()

    as_editor.get(proposal_page(proposed))

    proposed.refresh_from_db()
    assert (proposed.state, proposed.history.count()) == ("in_review", rows)


@pytest.mark.slow
def test_own_proposal_says_why_it_is_not_published_and_may_be_sent_back(as_editor, editor, commitment):
    own = factories.make_assessment(proposed_by=editor, commitment=commitment)

    shown = as_editor.get(proposal_page(own))
    forced = decide(as_editor, own, "publish")
    own.refresh_from_db()
    state = own.state
    decide(as_editor, own, "send_back", reason="À reprendre moi-même.")

    text = shown.content.decode()
    assert "une autre personne doit la publier" in text
    assert 'name="act" value="publish"' not in text
    assert "une autre personne doit la publier" in str(forced.context["refused"])
    assert state == "in_review"
    own.refresh_from_db()
    assert own.is_sent_back


@pytest.mark.slow
def test_desk_of_one_is_told_that_the_public_will_know(as_editor, editor, commitment, settings):
    settings.TRACKER_SINGLE_PERSON_DESK = True
    own = factories.make_assessment(proposed_by=editor, commitment=commitment)

    assert "une même personne l’a proposée et publiée" in as_editor.get(proposal_page(own)).content.decode()
    decide(as_editor, own, "publish")

    own.refresh_from_db()
    assert own.single_handed


@pytest.mark.parametrize("act", ["send_back", "decline"])
@pytest.mark.parametrize("reason", ["", "  ", "x" * 1001, "nul \x00 nul"])
def test_sending_back_and_declining_ask_why(act, reason, as_editor, proposed):
    response = decide(as_editor, proposed, act, reason=reason)

    assert response.status_code == 200
    assert response.context["forms"][act].errors["reason"]
    proposed.refresh_from_db()
    assert proposed.state == "in_review"


@pytest.mark.slow
@pytest.mark.parametrize(
    "change",
    [
        lambda record: record.citations.get().delete() if record.citations.count() > 1 else None,
        lambda record: factories.make_citation(assessment=record, exact="Le 3 avril", role="context"),
        lambda record: publication.amend(record, by=record.proposed_by),
        lambda record: _edit_source(record.citations.get().source),
    ],
    ids=["nothing", "passage added", "amended", "source edited"],
)
def test_only_the_version_that_was_read_is_decided(change, as_editor, proposed, request):
    seen = as_editor.get(proposal_page(proposed)).context["version"]
    change(proposed)

    response = as_editor.post(proposal_page(proposed), {"act": "publish", "seen_version": seen})

    proposed.refresh_from_db()
    if "nothing" in request.node.name:
        assert proposed.is_published
        return
    assert "a changé depuis" in str(response.context["refused"])
    assert proposed.state == "in_review"
    again = as_editor.post(proposal_page(proposed), {"act": "publish", "seen_version": response.context["version"]})
    assert again.status_code == 302


def _edit_source(source):
    source.title = "Un autre titre"
    source.save()


def test_reason_typed_over_a_changed_proposal_is_kept(as_editor, proposed):
    response = as_editor.post(
        proposal_page(proposed), {"act": "send_back", "seen_version": "", "reason": "Un long commentaire."}
    )

    assert "a changé depuis" in str(response.context["refused"])
    assert "Un long commentaire." in response.content.decode()
    proposed.refresh_from_db()
    assert proposed.state == "in_review"


@pytest.mark.slow
def test_proposal_settled_meanwhile_is_told_and_nothing_typed_is_lost(as_editor, proposed):
    other = client_of(factories.make_user(group="Editors"))
    seen = as_editor.get(proposal_page(proposed)).context["version"]
    decide(other, proposed, "publish")

    response = as_editor.post(
        proposal_page(proposed), {"act": "decline", "seen_version": seen, "reason": "Un long motif."}
    )

    text = response.content.decode()
    assert "n’est plus en relecture" in text
    assert "Un long motif." in text
    assert 'name="act"' not in text
    proposed.refresh_from_db()
    assert proposed.is_published


@pytest.mark.slow
def test_page_of_what_is_not_in_review_leads_to_its_form(as_editor):
    draft = factories.make_commitment()

    response = as_editor.get(proposal_page(draft), follow=True)

    assert "n’est plus en relecture" in messages_of(response)
    assert response.redirect_chain[0][0] == page(draft)


@pytest.mark.parametrize("key", ["999999", "9" * 30, "x", "%00"])
def test_page_of_no_proposal_is_no_error(key, as_editor):
    for method in (as_editor.get, as_editor.post):
        assert method(f"/admin/commitments/assessment/{key}/relecture/").status_code in (302, 404)


@pytest.mark.parametrize("act", ["withdraw", "erase", "", "\x00"])
def test_no_other_act_is_done_there(act, as_editor, proposed):
    response = as_editor.post(proposal_page(proposed), {"act": act, "reason": "x"})

    assert response.status_code == 302
    proposed.refresh_from_db()
    assert proposed.state == "in_review"


def test_decisions_need_a_token_against_forgery(editor, proposed):
    client = Client(enforce_csrf_checks=True)
    client.force_login(editor)

    response = client.post(proposal_page(proposed), {"act": "publish"})

    assert response.status_code == 403
    proposed.refresh_from_db()
    assert proposed.state == "in_review"


@pytest.mark.slow
def test_sent_back_draft_shows_the_remark_and_takes_the_answer(as_analyst, as_editor, editor, proposed):
    decide(as_editor, proposed, "send_back", reason="Citez la livraison.")

    shown = as_analyst.get(page(proposed)).content.decode()
    typed = typed_back(as_analyst, page(proposed), rationale_fr="Dix véhicules blindés ont été livrés.")
    as_analyst.post(page(proposed), typed | {"answer": "C’est fait.", "_propose": "1"})

    assert "Citez la livraison." in shown
    assert "Votre réponse à la relecture" in shown
    proposed.refresh_from_db()
    assert proposed.state == "in_review"
    response = as_editor.get(proposal_page(proposed))
    assert [(remark.act, remark.text) for remark in response.context["thread"]] == [
        ("proposed", ""),
        ("sent_back", "Citez la livraison."),
        ("proposed", "C’est fait."),
    ]
    (row,) = response.context["changed"]
    assert (row.old, row.new) == ("Dix véhicules ont été livrés.", "Dix véhicules blindés ont été livrés.")
    assert "C’est fait." in response.content.decode()


def test_passages_changed_since_the_sending_back_are_named(as_editor, analyst, proposed):
    publication.send_back(proposed, by=factories.make_user(), reason="Une autre preuve.")
    with time_machine.travel("2026-11-22T12:00:00Z", tick=False):
        factories.make_citation(assessment=proposed, exact="Le 3 avril", role="context")
        publication.propose(proposed, by=analyst)

        response = as_editor.get(proposal_page(proposed))

    (part,) = response.context["parts"]
    assert (part.kind, part.what) == ("Citation", "ajouté")
    assert "Le 3 avril" in part.pieces[0].text


@pytest.mark.slow
def test_answer_of_a_draft_saved_only_is_kept_in_the_thread(as_analyst, as_editor, proposed):
    decide(as_editor, proposed, "send_back", reason="Quel jour ?")

    as_analyst.post(page(proposed), typed_back(as_analyst, page(proposed)) | {"answer": "Je cherche.", "_save": "1"})

    proposed.refresh_from_db()
    assert proposed.is_sent_back
    assert thread.thread(proposed)[-1][:1] + thread.thread(proposed)[-1][3:4] == ("answered", "Je cherche.")
    assert "Je cherche." in as_analyst.get(page(proposed)).content.decode()


@pytest.mark.slow
@pytest.mark.parametrize("answer", ["x" * 1001, "nul \x00 nul"])
def test_answer_that_cannot_be_kept_is_refused_as_typed(answer, as_analyst, as_editor, proposed):
    decide(as_editor, proposed, "send_back", reason="Quel jour ?")

    response = as_analyst.post(
        page(proposed), typed_back(as_analyst, page(proposed)) | {"answer": answer, "_propose": "1"}
    )

    assert response.status_code == 200
    assert response.context["answer_form"].errors["answer"]
    assert response.context["answer_form"]["answer"].value() == answer
    proposed.refresh_from_db()
    assert proposed.is_sent_back


@pytest.mark.slow
def test_declined_record_says_who_and_why_and_is_closed(as_editor, as_analyst, proposed):
    decide(as_editor, proposed, "decline", reason="Hors du champ.")

    text = as_analyst.get(page(proposed)).content.decode()

    assert "Écarté par boubacar" in text
    assert "Hors du champ." in text
    assert "il reste au dossier" in text
    assert 'name="rationale_fr"' not in text
    assert 'name="_propose"' not in text
    as_analyst.post(page(proposed, "delete"), {"post": "yes"})
    assert Assessment.objects.filter(pk=proposed.pk, state="declined").exists()


def test_declining_a_selection_asks_once(as_editor, analyst, commitment):
    made = [factories.make_assessment(proposed_by=analyst, commitment=commitment) for _ in range(2)]
    data = {"action": "decline_selected", "_selected_action": [record.pk for record in made]}

    asked = as_editor.post("/admin/commitments/assessment/", data, follow=True)
    as_editor.post(asked.request["PATH_INFO"], sent(asked) | {"reason": "Doublons."})

    assert "Pourquoi ceci ne sera pas publié" in asked.content.decode()
    assert set(Assessment.objects.values_list("state", flat=True)) == {"declined"}


@pytest.mark.slow
def test_record_in_review_leads_to_its_page(as_editor, proposed):
    shown = as_editor.get(page(proposed)).content.decode()
    response = as_editor.post(page(proposed), typed_back(as_editor, page(proposed)) | {"_review": "1"})

    assert 'name="_review"' in shown
    assert response["Location"] == proposal_page(proposed)


@pytest.mark.slow
def test_account_that_publishes_one_kind_only_is_refused_with_the_others_named(analyst, commitment):
    someone = factories.make_user(group="Analysts")
    someone.user_permissions.add(Permission.objects.get(codename="publish_assessment"))
    proposal = factories.make_assessment(proposed_by=analyst, commitment=commitment)
    client = client_of(someone)

    text = client.get(proposal_page(proposal)).content.decode()
    response = decide(client, proposal, "publish")

    assert "Votre compte ne publie pas tout ce qui deviendrait public ici\u00a0: sources, citations." in text
    assert "sources, citations" in str(response.context["refused"])
    proposal.refresh_from_db()
    assert proposal.state == "in_review"
    assert not Source.objects.published().filter(citations__assessment=proposal).exists()
    assert not Citation.objects.published().filter(assessment=proposal).exists()


def test_withdrawal_shows_what_the_public_will_read_and_what_returns(as_editor, analyst, editor, commitment):
    old = factories.make_assessment(proposed_by=analyst, published_by=editor, commitment=commitment)
    new = factories.make_assessment(proposed_by=analyst, commitment=commitment, status="not_started")
    publication.supersede(old, new, by=editor, reason="Correction.")

    text = as_editor.get(f"/admin/commitments/assessment/review/withdraw/?pk={new.pk}").content.decode()

    assert "Évaluation au 10 avril 2025, retirée par le bureau. Motif\u00a0: [votre motif]" in text
    assert f"L’évaluation que celle-ci remplaçait revient en vigueur\u00a0: {old}." in text


def test_withdrawal_of_the_only_judgement_says_that_none_is_left(as_editor, analyst, editor, commitment):
    only = factories.make_assessment(proposed_by=analyst, published_by=editor, commitment=commitment)

    text = as_editor.get(f"/admin/commitments/assessment/review/withdraw/?pk={only.pk}").content.decode()

    assert "Aucun jugement ne sera plus en vigueur" in text


@pytest.mark.slow
def test_trail_says_where_a_record_stands_now(as_editor, analyst, proposed):
    decide(as_editor, proposed, "send_back", reason="Quel jour ?")
    sent_back = as_editor.get(page(proposed)).context["trail"]
    publication.propose(proposed, by=analyst)

    again = as_editor.get(page(proposed)).context["trail"]

    assert [sentence.split(" le ")[0] for sentence in sent_back] == ["Proposé par awa", "Renvoyé par boubacar"]
    assert [sentence.split(" le ")[0] for sentence in again] == ["Proposé par awa"]


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_page_of_a_proposal_takes_no_other_method(method, as_editor, proposed):
    assert getattr(as_editor, method)(proposal_page(proposed)).status_code == 405


@pytest.mark.slow
def test_editor_is_told_that_a_change_signs_the_proposal(as_editor, as_analyst, editor, proposed, settings):
    caution = "Qui modifie une proposition la signe aussi"

    assert caution in as_editor.get(page(proposed)).content.decode()
    assert caution not in as_analyst.get(page(proposed)).content.decode()
    settings.TRACKER_SINGLE_PERSON_DESK = True
    assert caution not in as_editor.get(page(proposed)).content.decode()
    settings.TRACKER_SINGLE_PERSON_DESK = False
    with time_machine.travel("2026-11-21T13:00:00Z", tick=False):
        publication.amend(proposed, by=editor)
    text = as_editor.get(page(proposed)).content.decode()
    assert caution not in text
    assert "Proposé par awa" in text
    assert "Modifié en relecture par boubacar" in text
