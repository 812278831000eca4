"""A form carried over signing in, on a page that acts: it comes back as typed, and only a fresh click does it."""

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape
from django_otp.plugins.otp_totp.models import TOTPDevice

from commitments.admin.unsaved import unsaved_form
from commitments.models import Citation, Commitment, DeskPreference, Milestone, Search
from commitments.rules.review import publication, thread
from tests import factories
from tests.admin.forms import page, sent
from tests.admin.test_expired_session import carried, posted_back, sign_in
from tests.admin.test_spreadsheets_import import MILESTONES, address as import_address, csv_of, send

pytestmark = pytest.mark.one_database

ASSIGN = "/admin/commitments/commitment/assign/"
SEARCH_MADE = "/admin/commitments/commitment/search-made/"
SEARCH = {
    "searched_on": "20/11/2026",
    "searched_where_fr": "Presse des quatre États",
    "sought_fr": "Une livraison",
}


def held(person, path, typed):
    """Send a form without a session, and sign in; return the client and the page “Vous revoilà”."""
    client = Client()
    shown = sign_in(client, person, carried(client.post(path, typed)))
    assert "Vous revoilà" in shown.content.decode()
    return client, shown


def restored(person, path, typed):
    """Do the same, and click on its button; return the client and the page that this leads to."""
    client, shown = held(person, path, typed)
    return client, client.post(*posted_back(shown))


def texts(response):
    return [tuple(line) for line in response.context["lines"]]


@pytest.fixture
def proposed(analyst, editor):
    return factories.make_assessment(
        proposed_by=analyst, commitment=factories.make_commitment(published_by=editor, reference="AES-RU-2025-900")
    )


def decision(editor, record, act, **typed):
    """Return the address of a proposal, and what one of its forms sends."""
    client = Client()
    client.force_login(editor)
    seen = client.get(page(record, "relecture")).context["version"]
    return page(record, "relecture"), {"act": act, "seen_version": seen} | typed


@pytest.fixture
def administrator(db):
    return User.objects.create_superuser("mariam", password="mariam")


# Pages that do not take a form back


def test_account_is_not_changed_by_signing_in(administrator, analyst):
    path = f"/admin/auth/user/{analyst.pk}/change/"
    as_administrator = Client()
    as_administrator.force_login(administrator)
    typed = sent(as_administrator.get(path)) | {"is_superuser": "on", "first_name": "Awa"}

    client, shown = held(administrator, path, typed)
    response = client.post(path, typed | {"_restored": "1"})

    assert 'id="resume_form"' not in shown.content.decode()
    assert "elle est à remplir de nouveau" in shown.content.decode()
    assert f'href="{path}"' in shown.content.decode()
    assert "Awa" in [text for _label, text in texts(shown)]
    assert (response.status_code, response["Location"]) == (302, path)
    assert "n’a pas été fait" in client.get(path).content.decode()
    analyst.refresh_from_db()
    assert (analyst.is_superuser, analyst.first_name) == (False, "")


def test_group_is_not_changed_by_signing_in(administrator, analyst):
    group = Group.objects.get(name="Analysts")

    _client, shown = held(administrator, f"/admin/auth/group/{group.pk}/change/", {"name": "Autre", "permissions": []})

    assert 'id="resume_form"' not in shown.content.decode()
    assert texts(shown) == [("Nom", "Autre")]


def test_second_factor_is_not_removed_by_signing_in(administrator, analyst):
    TOTPDevice.objects.create(user=analyst, name="totp")
    path = f"/admin/auth/user/{analyst.pk}/second-facteur/"
    client = Client()

    shown = sign_in(client, administrator, carried(client.post(path, {"act": "remove"})))

    assert shown["Location"] == path
    assert "n’a pas été fait" in client.get(path).content.decode()
    assert TOTPDevice.objects.filter(user=analyst).exists()


# Actions of a list


def propose(person, *records, **typed):
    path = f"/admin/commitments/{records[0]._meta.model_name}/"
    selected = {"action": "propose_selected", "_selected_action": [record.pk for record in records]}
    client = Client()
    return client, sign_in(client, person, carried(client.post(path, selected | typed)))


def test_records_of_an_action_are_named_before_it_is_done(analyst):
    records = [factories.make_commitment(title_fr=f"<b>Titre {number}</b>") for number in range(2)]
    other = factories.make_commitment(title_fr="Un autre titre")

    client, shown = propose(analyst, *records)
    states = {record.state for record in Commitment.objects.all()}
    client.post(*posted_back(shown))

    text = shown.content.decode()
    assert "Proposer à la relecture (2)" in text
    assert all(f"<li>{escape(str(record))}</li>" in text for record in records)
    assert other.title_fr not in text
    assert states == {"draft"}
    assert {record.pk for record in Commitment.objects.filter(state="in_review")} == {record.pk for record in records}


def test_records_beyond_twenty_are_counted(analyst):
    records = [factories.make_commitment() for _number in range(22)]

    _client, shown = propose(analyst, *records)

    assert len(shown.context["again"].names) == 20
    assert "<li>et 2 autres</li>" in shown.content.decode()


@pytest.mark.parametrize("noun", ["citation", "assessment"])
def test_names_take_the_same_number_of_queries(noun, analyst, rf):
    request = rf.get("/")
    request.user = analyst
    records = [getattr(factories, f"make_{noun}")(commitment=factories.make_commitment()) for _number in range(3)]
    counts = []
    for some in (records[:1], records):
        fields = [("action", "propose_selected"), *(("_selected_action", str(record.pk)) for record in some)]
        with CaptureQueriesContext(connection) as queries:
            again = unsaved_form.what_again(
                request, unsaved_form.UnsavedForm(f"/admin/commitments/{noun}/", tuple(fields))
            )
        assert len(again.names) == len(some)
        counts.append(len([query for query in queries if "auth_" not in query["sql"]]))

    assert counts[0] == counts[1]


@pytest.mark.slow
def test_action_on_all_rows_is_asked_for_on_the_list(analyst):
    record = factories.make_commitment()

    client, shown = propose(analyst, record, select_across="1")

    assert shown["Location"] == "/admin/commitments/commitment/"
    assert "n’a pas été fait" in client.get(shown["Location"]).content.decode()
    record.refresh_from_db()
    assert record.is_draft


# Decisions of review


@pytest.mark.slow
@pytest.mark.parametrize("act", ["publish", "send_back", "decline"])
def test_decision_is_not_taken_by_signing_in(act, editor, proposed):
    path, typed = decision(editor, proposed, act, reason="Citez l’article A004.")

    client, response = restored(editor, path, typed)

    proposed.refresh_from_db()
    assert response.status_code == 200
    assert proposed.state == "in_review"
    assert "Rien n’en est fait" in response.content.decode()
    again = {"act": act, "seen_version": response.context["version"]}
    if act != "publish":
        form = response.context["forms"][act]
        assert form["reason"].value() == "Citez l’article A004."
        assert "Citez l’article A004.</textarea>" in response.content.decode()
        again["reason"] = form["reason"].value()
    assert client.post(path, again).status_code == 302
    proposed.refresh_from_db()
    assert proposed.state == {"publish": "published", "send_back": "draft", "decline": "declined"}[act]


@pytest.mark.slow
def test_decision_on_a_proposal_that_changed_meanwhile_is_told(editor, analyst, proposed):
    path, typed = decision(editor, proposed, "decline", reason="Déjà dit.")
    publication.send_back(proposed, by=editor, reason="Autre chose.")
    publication.propose(proposed, by=analyst)

    _client, response = restored(editor, path, typed)

    assert "a changé depuis que vous l’avez ouvert" in response.content.decode()
    assert "Déjà dit.</textarea>" in response.content.decode()


def test_decision_on_what_is_decided_meanwhile_gives_its_reason_back(editor, proposed):
    path, typed = decision(editor, proposed, "decline", reason="Déjà dit.")
    publication.send_back(proposed, by=editor, reason="Autre chose.")

    _client, response = restored(editor, path, typed)

    assert "n’est plus en relecture" in response.content.decode()
    assert "Déjà dit." in response.content.decode()
    assert [remark.text for remark in thread.thread(proposed) if remark.text] == ["Autre chose."]


@pytest.mark.parametrize(
    ("act", "label"), [("send_back", "Commentaire"), ("decline", "Motif")], ids=["send_back", "decline"]
)
def test_reason_of_a_decision_is_shown_under_its_label(act, label, editor, proposed):
    _client, shown = held(editor, *decision(editor, proposed, act, reason="Citez l’article A004."))

    assert texts(shown) == [(label, "Citez l’article A004.")]
    assert "rien n’y sera fait avant que vous le confirmiez" in shown.content.decode()


def test_reason_of_an_act_on_a_selection_is_shown_under_its_label(editor, proposed):
    path = "/admin/commitments/assessment/review/decline/"

    client, shown = held(editor, path, {"pk": proposed.pk, "reason": "Déjà dit."})
    response = client.post(*posted_back(shown))

    assert texts(shown) == [("Motif", "Déjà dit.")]
    assert response.context["form"]["reason"].value() == "Déjà dit."
    assert "Rien n’en est fait" in response.content.decode()


@pytest.mark.parametrize("act", ["rien", ""])
def test_decision_that_does_not_exist_shows_nothing(act, editor, proposed):
    typed = unsaved_form.UnsavedForm(page(proposed, "relecture"), (("act", act), ("reason", "Motif")))

    assert unsaved_form.lines(typed, by=editor) == []


# Who follows


def test_assignment_is_not_done_by_signing_in(editor, analyst):
    record = factories.make_commitment()

    client, shown = held(editor, ASSIGN, {"pk": record.pk, "to": analyst.pk})
    response = client.post(*posted_back(shown))

    record.refresh_from_db()
    assert texts(shown) == [("Suivi par", "awa")]
    assert record.assigned_to is None
    assert "Rien n’en est fait" in response.content.decode()
    assert sent(response)["to"] == str(analyst.pk)
    client.post(ASSIGN, sent(response))
    record.refresh_from_db()
    assert record.assigned_to == analyst


def test_who_is_named_is_not_told_to_those_who_are_not_signed_in(editor, analyst):
    typed = unsaved_form.UnsavedForm(ASSIGN, (("pk", "1"), ("to", str(analyst.pk))))

    assert unsaved_form.lines(typed) == []


# A search made


def test_search_is_not_proposed_by_signing_in(analyst, editor):
    record = factories.make_commitment(published_by=editor)

    client, shown = held(analyst, SEARCH_MADE, SEARCH | {"pk": record.pk})
    response = client.post(*posted_back(shown))

    assert texts(shown) == [
        ("Recherche faite le", "20/11/2026"),
        ("Où la recherche a porté", "Presse des quatre États"),
        ("Ce qui était cherché", "Une livraison"),
    ]
    assert not Search.objects.exists()
    assert "Rien n’en est fait" in response.content.decode()
    assert "errornote" not in response.content.decode()
    assert client.post(SEARCH_MADE, sent(response)).status_code == 302
    made = Search.objects.get()
    assert (made.searched_where_fr, made.sought_fr) == ("Presse des quatre États", "Une livraison")


# Quotations


@pytest.fixture
def source(db):
    return factories.make_source()


def test_passage_is_not_cited_by_signing_in(analyst, source):
    record = factories.make_commitment()
    typed = {"words": factories.ACTION, "purpose": "commitment", "commitment": record.reference, "role": "contradicts"}

    client, shown = held(analyst, page(source, "quote"), typed | {"start": "", "end": "", "act": "quote"})
    response = client.post(*posted_back(shown))

    assert texts(shown) == [
        ("Passage", factories.ACTION),
        ("Citer pour", "Un engagement"),
        ("Engagement", record.reference),
        ("Ce que fait le passage", "Contredit"),
    ]
    assert not source.citations.exists()
    assert response.context["form"]["words"].value() == factories.ACTION
    assert "Rien n’en est fait" in response.content.decode()
    client.post(page(source, "quote"), typed)
    assert source.citations.get().commitment == record


def test_citation_is_not_deleted_by_signing_in(analyst, source):
    citation = factories.make_citation(source=source, commitment=factories.make_commitment())

    _client, response = restored(analyst, page(source, "quote/undo"), {"citation": citation.pk})

    assert response["Location"] == page(source, "quote")
    assert Citation.objects.filter(pk=citation.pk).exists()


# The rest of the desk


def test_preferences_are_not_kept_by_signing_in(analyst):
    _client, response = restored(analyst, "/admin/preferences/", {"language": "en"})

    assert response.context["form"]["language"].value() == "en"
    assert not DeskPreference.objects.filter(language="en").exists()


def test_import_is_not_done_by_signing_in(as_analyst, analyst):
    record = factories.make_commitment()
    upload = send(as_analyst, "milestone", csv_of(MILESTONES, [record.reference, "Une étape", "2026-06-30"]))

    client, shown = held(analyst, import_address("milestone", upload.uid), {"_import": "", "fate": "propose"})
    response = client.post(*posted_back(shown))

    assert texts(shown) == [("Les nouveaux enregistrements", "sont proposés à la relecture")]
    assert not Milestone.objects.exists()
    assert response.context["form"]["fate"].value() == "propose"


def test_answer_to_a_reviewer_is_shown_under_its_label(analyst, editor, proposed):
    publication.send_back(proposed, by=editor, reason="Citez l’article A004.")

    _client, shown = held(analyst, page(proposed), {"answer": "C’est fait.", "keep": "x", "_save": ""})

    assert texts(shown) == [("Votre réponse à la relecture", "C’est fait.")]
