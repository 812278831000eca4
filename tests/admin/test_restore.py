"""A version of the past, taken up again by an editor as the start of an ordinary edit."""

import pytest
from django.test import Client

from commitments.rules.review import publication
from tests import factories
from tests.admin.forms import page, sent, typed_back

pytestmark = pytest.mark.one_database  # the rules behind the forms are tried on both in tests/rules


def version(record, place=0):
    """Return one history row of `record`, the first by default."""
    return record.history.order_by("history_id")[place]


def past(record, row):
    return f"{page(record, 'history')}{row.history_id}/"


def restoring(record, row):
    return f"{page(record)}?version={row.history_id}"


@pytest.fixture
def edited(db):
    """A commitment whose title and statement were edited since."""
    record = factories.make_commitment()
    record.title_fr, record.statement_fr = "Titre d’aujourd’hui", "Énoncé d’aujourd’hui."
    record.save()
    return record


def test_version_shows_what_is_different_now_and_the_way_back(edited, as_editor):
    text = as_editor.get(past(edited, version(edited))).content.decode()

    assert "Ce qui est différent aujourd’hui" in text
    assert "Titre d’aujourd’hui" in text
    assert f'href="{restoring(edited, version(edited))}"' in text


def test_latest_version_has_no_way_back(edited, as_editor):
    text = as_editor.get(past(edited, version(edited, 1))).content.decode()

    assert "?version=" not in text
    assert "C’est aussi ce que l’enregistrement dit aujourd’hui" in text


def test_form_is_filled_in_and_nothing_is_saved(edited, as_editor):
    count = edited.history.count()

    response = as_editor.get(restoring(edited, version(edited)))

    form = sent(response)
    assert form["title_fr"] == "Renforcer la Force unifiée"
    assert form["statement_fr"] == "Les parties conviennent de renforcer la Force unifiée."
    assert form["seen_version"] == str(version(edited, 1).history_id)
    assert "Rien n’en est encore enregistré" in response.content.decode()
    edited.refresh_from_db()
    assert edited.title_fr == "Titre d’aujourd’hui"
    assert edited.history.count() == count


@pytest.mark.slow
def test_saving_it_says_why_in_the_history(edited, as_editor, editor):
    address = restoring(edited, version(edited))

    response = as_editor.post(address, sent(as_editor.get(address)))

    assert response.status_code == 302
    edited.refresh_from_db()
    assert edited.title_fr == "Renforcer la Force unifiée"
    latest = edited.history.order_by("-history_id").first()
    assert latest.history_user == editor
    assert latest.history_change_reason.startswith("Reprise de la version du 21 novembre 2026")


def test_ordinary_save_gives_no_such_reason(edited, as_editor):
    as_editor.post(page(edited), typed_back(as_editor, page(edited), title_fr="Autre"))

    assert not edited.history.order_by("-history_id").first().history_change_reason


@pytest.mark.slow
def test_rules_hold_over_a_version_of_the_past(as_editor, editor):
    record = factories.make_source()
    citation = factories.make_citation(source=record, commitment=factories.make_commitment())
    publication.publish(citation.commitment, by=editor)
    record.refresh_from_db()
    before = version(record)
    record.title = "Titre d’aujourd’hui"
    record.save()
    address = restoring(record, before)

    refused = as_editor.post(address, sent(as_editor.get(address)) | {"kind": "rien", "author": "Tapé"})
    response = as_editor.post(address, sent(as_editor.get(address)) | {"reference": "AUTRE"})

    assert refused.status_code == 200
    assert sent(refused)["author"] == "Tapé"
    assert response.status_code == 302
    kept = record.reference
    record.refresh_from_db()
    assert (record.reference, record.title, record.author) == (kept, "Un article", "")


def test_many_related_records_come_back(as_editor):
    mali, niger = factories.make_party("ML"), factories.make_party("NE")
    record = factories.make_meeting()
    record.participants.set([mali])
    row = record.history.order_by("-history_id").first()
    record.participants.set([niger])

    form = sent(as_editor.get(restoring(record, row)))

    assert form["participants"] == [str(mali.pk)]


@pytest.mark.slow
def test_changed_meanwhile_is_told(edited, as_editor):
    address = restoring(edited, version(edited))
    typed = sent(as_editor.get(address))
    as_editor.post(page(edited), typed_back(as_editor, page(edited), title_fr="Le leur"))

    response = as_editor.post(address, typed)

    assert response.context["adminform"].form.has_error("__all__", "conflict")


def test_analyst_may_not(edited, as_analyst):
    assert "?version=" not in as_analyst.get(past(edited, version(edited))).content.decode()
    form = sent(as_analyst.get(restoring(edited, version(edited))))
    assert form["title_fr"] == "Titre d’aujourd’hui"


def test_closed_assessment_has_no_way_back(as_editor, analyst, editor):
    record = factories.make_assessment(proposed_by=analyst, published_by=editor)

    text = as_editor.get(past(record, version(record))).content.decode()

    assert "Ce qui est différent aujourd’hui" not in text or "?version=" not in text
    assert "?version=" not in text
    assert as_editor.get(restoring(record, version(record))).context["restored_row"] is None


@pytest.mark.slow
def test_withdrawn_and_declined_have_no_way_back(as_editor, analyst, editor):
    withdrawn = factories.make_commitment(published_by=editor)
    publication.withdraw(withdrawn, by=editor, reason="Doublon.")
    declined = factories.make_commitment()
    publication.propose(declined, by=analyst)
    publication.decline(declined, by=editor, reason="Hors sujet.")

    for record in (withdrawn, declined):
        assert "?version=" not in as_editor.get(past(record, version(record))).content.decode()
        assert as_editor.get(restoring(record, version(record))).context["restored_row"] is None


@pytest.mark.parametrize("key", ["", "abc", "-1", "9" * 40, "²", "\x00", "999999"])
def test_version_that_is_none_is_ignored(key, edited, as_editor):
    response = as_editor.get(page(edited), {"version": key})

    assert response.status_code == 200
    assert sent(response)["title_fr"] == "Titre d’aujourd’hui"


def test_version_of_another_record_is_ignored(edited, as_editor):
    other = factories.make_commitment(title_fr="Un autre")

    form = sent(as_editor.get(restoring(edited, version(other))))

    assert form["title_fr"] == "Titre d’aujourd’hui"


def test_register_is_taken_up_again_by_whoever_may_change_it(as_editor, as_analyst):
    record = factories.make_sector("eau")
    record.name_fr = "Hydraulique"
    record.save()

    assert "?version=" in as_editor.get(past(record, version(record))).content.decode()
    assert "?version=" not in as_analyst.get(past(record, version(record))).content.decode()


def test_nobody_signed_in_sees_no_version(edited):
    assert Client().get(past(edited, version(edited))).status_code == 302
