"""A database that gives up is asked once more; then the form says so, with everything that was typed."""

import threading
from contextlib import nullcontext

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from commitments.admin.spreadsheets import importing
from commitments.models import Citation, Commitment, Milestone, Party, Source
from commitments.rules import revision
from commitments.rules.act import act
from commitments.rules.review import proposal_version, publication
from commitments.rules.search import word_index
from tests import factories
from tests.admin.forms import citation, messages_of, page, sent, typed_back
from tests.rules.test_act import writes

BUSY = "Une autre personne enregistre au même moment"


@pytest.fixture
def gives_up(monkeypatch):
    """Let the database give up so often, as PostgreSQL does over a deadlock: at the end of an act, when all is done."""
    refresh = word_index.refresh

    def arm(times):
        tries = []

        def give_up(keys):
            tries.append(keys)
            if len(tries) <= times:
                cause = Exception("deadlock detected")
                cause.sqlstate = "40P01"
                raise OperationalError("deadlock detected") from cause
            refresh(keys)

        monkeypatch.setattr(word_index, "refresh", give_up)
        return tries

    return arm


@pytest.mark.slow
def test_a_form_is_saved_at_the_second_try_and_says_so_once(gives_up, as_editor, editor):
    commitment = factories.make_commitment(published_by=editor)
    typed = typed_back(as_editor, page(commitment), title_fr="Un autre titre")
    gives_up(1)

    response = as_editor.post(page(commitment), typed, follow=True)

    commitment.refresh_from_db()
    assert commitment.title_fr == "Un autre titre"
    assert commitment.history.count() == 3
    assert len(list(response.context["messages"])) == 1


@pytest.mark.slow
def test_a_form_that_is_refused_twice_shows_all_that_was_typed(gives_up, as_editor, editor):
    commitment = factories.make_commitment(published_by=editor)
    source = factories.make_source(published_by=editor)
    row = citation(source=source, exact=factories.ACTION)
    typed = typed_back(as_editor, page(commitment), title_fr="Un autre titre", **row)
    tries = gives_up(2)

    response = as_editor.post(page(commitment), typed)

    assert response.status_code == 200
    assert len(tries) == 2
    assert BUSY in str(response.context["adminform"].form.non_field_errors())
    again = sent(response)
    assert (again["title_fr"], again["citations-0-exact"]) == ("Un autre titre", factories.ACTION)
    assert not list(response.context["messages"])
    commitment.refresh_from_db()
    assert commitment.title_fr != "Un autre titre"
    assert as_editor.post(page(commitment), again).status_code == 302
    commitment.refresh_from_db()
    assert commitment.title_fr == "Un autre titre"
    assert commitment.citations.count() == 2


def test_a_new_record_is_added_once(gives_up, as_editor):
    address = "/admin/commitments/party/add/"
    typed = typed_back(as_editor, address, code="TD", kind="state", name_fr="Tchad", name_en="Chad")
    gives_up(1)

    assert as_editor.post(address, typed).status_code == 302
    assert [row.history_type for row in Party.objects.get(code="TD").history.all()] == ["+"]


def test_another_fault_of_the_database_is_not_hidden(monkeypatch, as_editor, editor):
    commitment = factories.make_commitment(published_by=editor)
    typed = typed_back(as_editor, page(commitment), title_fr="Un autre titre")
    tries = []

    def fail(keys):
        tries.append(keys)
        raise OperationalError("disk full")

    monkeypatch.setattr(word_index, "refresh", fail)

    with pytest.raises(OperationalError):
        as_editor.post(page(commitment), typed)

    assert len(tries) == 1


@pytest.mark.parametrize("times", [1, 2])
def test_a_decision_is_tried_twice_and_its_reason_kept(times, gives_up, as_editor, editor):
    note = factories.make_note(published_by=editor)
    address = f"/admin/commitments/followupnote/review/withdraw/?pk={note.pk}"
    typed = {"pk": note.pk, f"seen-{note.pk}": proposal_version.version(note), "reason": "Une date était fausse."}
    tries = gives_up(times)

    response = as_editor.post(address, typed)

    note.refresh_from_db()
    assert len(tries) == 2
    assert (response.status_code, note.state) == ((302, "withdrawn") if times == 1 else (200, "published"))
    if times == 2:
        assert BUSY in " ".join(response.context["refused"])
        assert "Une date était fausse." in response.content.decode()


@pytest.mark.slow
@pytest.mark.parametrize("times", [1, 2])
def test_a_proposal_is_decided_at_the_second_try_or_stays(times, gives_up, as_editor, analyst, editor):
    judgement = factories.make_assessment(
        commitment=factories.make_commitment(published_by=editor), proposed_by=analyst
    )
    typed = {"act": "publish", "seen_version": proposal_version.version(judgement)}
    gives_up(times)

    response = as_editor.post(page(judgement, "relecture"), typed)

    judgement.refresh_from_db()
    assert (response.status_code, judgement.state) == ((302, "published") if times == 1 else (200, "in_review"))
    assert (BUSY in response.content.decode()) == (times == 2)


@pytest.mark.parametrize("times", [1, 2])
def test_a_draft_is_deleted_at_the_second_try_or_stays(times, gives_up, as_editor):
    source = factories.make_source()
    gives_up(times)

    response = as_editor.post(page(source, "delete"), {"post": "yes"}, follow=True)

    assert Source.objects.exists() == (times == 2)
    assert (BUSY in messages_of(response)) == (times == 2)
    assert len(list(response.context["messages"])) == 1


@pytest.mark.parametrize("times", [1, 2])
def test_a_passage_is_cited_at_the_second_try_or_stays_typed(times, gives_up, as_editor):
    source, commitment = factories.make_source(), factories.make_commitment()
    start = factories.TEXT.index(factories.ACTION)
    typed = {
        "purpose": "commitment",
        "commitment": commitment.reference,
        "start": start,
        "end": start + len(factories.ACTION),
        "words": factories.ACTION,
        "role": "supports",
    }
    gives_up(times)

    response = as_editor.post(f"/admin/commitments/source/{source.pk}/quote/", typed)

    assert Citation.objects.filter(source=source).exists() == (times == 1)
    assert response.status_code == (302 if times == 1 else 200)
    assert times == 1 or BUSY in response.content.decode()


def test_a_quotation_is_undone_at_the_second_try(gives_up, as_editor):
    quoted = factories.make_citation(meeting=factories.make_meeting())
    tries = gives_up(1)

    response = as_editor.post(page(quoted.source, "quote/undo"), {"citation": quoted.pk}, follow=True)

    assert response.status_code == 200
    assert len(tries) == 2
    assert not Citation.objects.filter(pk=quoted.pk).exists()


@pytest.mark.slow
def test_what_is_asked_of_a_public_record_takes_its_turn_first(as_editor, editor):
    commitment = factories.make_commitment(published_by=editor)
    source = commitment.citations.get().source
    text = f"Un chapeau nouveau. {factories.TEXT}"
    addresses = [
        (page(commitment), typed_back(as_editor, page(commitment), title_fr="Un autre titre")),
        (page(source), typed_back(as_editor, page(source), text=text)),
    ]
    for address, typed in addresses:
        before = revision.current().number
        with CaptureQueriesContext(connection) as captured:
            assert as_editor.post(address, typed).status_code == 302
        found = [query["sql"] for query in captured]
        assert "commitments_revision" in writes(found)[0]
        assert revision.current().number == before + 1
    assert Commitment.objects.get().title_fr == "Un autre titre"


def test_a_form_saved_as_it_was_leaves_the_revision(as_editor, editor):
    commitment = factories.make_commitment(published_by=editor)
    before = revision.current()

    assert as_editor.post(page(commitment), typed_back(as_editor, page(commitment))).status_code == 302

    assert revision.current() == before


@pytest.mark.slow
def test_a_list_of_proposals_says_which_was_not_made(gives_up, as_analyst):
    commitment = factories.make_commitment()
    gives_up(2)

    response = as_analyst.post(
        "/admin/commitments/commitment/",
        {"action": "propose_selected", "_selected_action": [commitment.pk]},
        follow=True,
    )

    assert BUSY in messages_of(response)
    commitment.refresh_from_db()
    assert commitment.is_draft
    publication.propose(commitment, by=response.wsgi_request.user)


@pytest.mark.parametrize("times", [1, 2])
def test_a_file_is_imported_at_the_second_try_or_not_at_all(times, gives_up, analyst):
    reference = factories.make_commitment().reference
    content = f"Engagement;Intitulé\n{reference};Étape\n".encode()
    upload = importing.receive(content, noun="milestone", file_name="x.csv", by=analyst)
    list(importing.check(upload))
    tries = gives_up(times)

    with nullcontext() if times == 1 else pytest.raises(importing.NotImported, match="Réessayez"):
        list(importing.apply(upload, by=analyst, propose=False))

    assert len(tries) == 2
    assert Milestone.objects.count() == Milestone.history.count() == (times == 1)


@pytest.fixture
def is_impatient():
    """Let this connection wait for a lock for a fifth of a second."""
    words = {"sqlite": ("PRAGMA busy_timeout = {}", 120_000), "postgresql": ("SET lock_timeout = {}", 0)}
    statement, usual = words[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(statement.format(200))
        yield
        cursor.execute(statement.format(usual))


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_form_is_told_of_somebody_who_keeps_the_lock(is_impatient, as_editor, editor):
    commitment = factories.make_commitment(published_by=editor)
    typed = typed_back(as_editor, page(commitment), title_fr="Un autre titre")
    has_turn, may_end = threading.Event(), threading.Event()

    def keep():
        with act(public=True):
            has_turn.set()
            may_end.wait(timeout=60)
        connection.close()

    keeper = threading.Thread(target=keep)
    keeper.start()
    has_turn.wait(timeout=60)
    try:
        response = as_editor.post(page(commitment), typed)
    finally:
        may_end.set()
        keeper.join()

    assert response.status_code == 200
    assert BUSY in str(response.context["adminform"].form.non_field_errors())
    again = sent(response)
    assert again["title_fr"] == "Un autre titre"
    assert as_editor.post(page(commitment), again).status_code == 302
