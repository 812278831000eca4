"""How the desk's pages show what they say: the public's own reading of a text, words and marks for a record's state."""

import re
from datetime import date

import pytest
import time_machine

from commitments.rules.review import publication
from tests import factories
from tests.admin.forms import page

pytestmark = pytest.mark.one_database

WRITTEN = "Remis **jeudi** :\n\n- dix véhicules\n- <script>alert(1)</script>"


def shown(client, address):
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def assert_rendered(text):
    """Assert that the text in Markdown is shown as the public reads it, and only so."""
    assert "<strong>jeudi</strong>" in text
    assert "<li>dix véhicules</li>" in text
    assert "**jeudi**" not in text
    assert "<script>alert" not in text


def test_first_judgement_is_reviewed_as_the_public_will_read_it(as_editor, analyst):
    assessment = factories.make_assessment(rationale_fr=WRITTEN, proposed_by=analyst)

    assert_rendered(shown(as_editor, page(assessment, "relecture")))


def test_new_version_is_compared_in_words_and_shown_as_the_public_will_read_it(as_editor, analyst, editor):
    now = factories.make_assessment(
        rationale_fr=WRITTEN.replace("jeudi", "vendredi"), proposed_by=analyst, published_by=editor
    )
    then = factories.make_assessment(
        rationale_fr=WRITTEN, proposed_by=analyst, commitment=now.commitment, as_of="2025-05-01"
    )

    text = shown(as_editor, page(then, "relecture"))

    assert "**<del>" in text
    assert "<strong>jeudi</strong>" in text
    assert "<li>dix véhicules</li>" in text
    assert "<script>alert" not in text


@pytest.mark.parametrize("way", ["relecture", "publish"])
def test_note_is_reviewed_as_the_public_will_read_it(way, as_editor, analyst):
    note = factories.make_note(body_fr=WRITTEN)
    publication.propose(note, by=analyst)
    publish = f"/admin/commitments/followupnote/review/publish/?pk={note.pk}"

    assert_rendered(shown(as_editor, publish if way == "publish" else page(note, way)))


def test_judgement_in_review_is_not_said_to_be_proposable(as_analyst, analyst):
    draft = factories.make_assessment()
    proposed = factories.make_assessment(proposed_by=analyst)

    assert "cette évaluation peut être proposée" in shown(as_analyst, page(draft))
    text = shown(as_analyst, page(proposed))
    assert "cette évaluation peut être proposée" not in text
    assert "cette évaluation est proposée, et attend sa relecture" in text


@pytest.mark.parametrize(("act", "css"), [("withdraw", "desk-grave"), ("publish", "default")])
def test_button_that_confirms_is_as_grave_as_the_one_that_asked(act, css, as_editor, analyst, editor):
    published = editor if act == "withdraw" else None
    note = factories.make_note(published_by=published)

    text = shown(as_editor, f"/admin/commitments/followupnote/review/{act}/?pk={note.pk}")

    assert f'<input type="submit" class="{css}" name="_confirm"' in text


def test_page_of_a_file_refused_is_left_without_asking(as_analyst):
    response = as_analyst.post("/admin/commitments/assessment/import/", {})

    text = response.content.decode()
    assert "errorlist" in text
    assert 'id="spreadsheet_form" data-leave="free"' in text


def test_names_of_records_have_their_day_in_words(db):
    assessment = factories.make_assessment(as_of=date(2026, 4, 1))
    note = factories.make_note(dated=date(2026, 11, 20), visibility="internal")

    assert str(assessment).endswith(" – Progrès limité, 1er avril 2026")
    assert str(note).endswith(" – 20 novembre 2026 (Interne)")


def test_quotation_inside_a_name_has_its_own_marks_and_a_passage_those_of_its_source(as_editor):
    words = "Elle salue «\u00a0l’œuvre commune\u00a0»."
    source = factories.make_source(text=f"Un article. {words}")
    citation = factories.make_citation(commitment=factories.make_commitment(), source=source, exact=words)
    inside = "Elle salue “l’œuvre commune”."

    assert inside in str(citation)
    assert inside in shown(as_editor, "/admin/commitments/citation/")
    for address in (page(citation.commitment), f"/admin/commitments/citation/review/publish/?pk={citation.pk}"):
        assert words in shown(as_editor, address), address


@pytest.mark.slow
def test_headings_of_new_rows_and_lists_of_a_deletion_are_set_as_in_french(as_analyst):
    commitment = factories.make_commitment()
    citation = commitment.citations.get()

    form, deletion = shown(as_analyst, page(commitment)), shown(as_analyst, page(commitment, "delete"))

    assert '<h3><b>Citation</b> <span class="inline_label">à ajouter</span>' in form
    assert "#1" not in form
    assert f'Citation\u00a0: <a href="{page(citation)}">' in deletion
    assert "Citation: " not in deletion


def test_mark_that_a_space_sets_off_stays_on_the_line_of_its_word(as_editor):
    source = factories.make_source(text="Il salue « l’œuvre » ; & c’est tout.")

    text = shown(as_editor, page(source, "quote"))

    assert 'œuvre<span class="quote-tight"> »</span><span class="quote-tight"> ;</span> &amp;' in text


@pytest.mark.slow
def test_first_of_a_month_is_written_as_in_french_on_the_desk(as_editor, editor):
    with time_machine.travel("2026-10-01T09:05:00Z", tick=False):
        note = factories.make_note(published_by=editor)
    assessment = factories.make_assessment(as_of=date(2026, 4, 1), proposed_by=editor)

    for address in (page(note), page(note, "history"), page(assessment, "relecture")):
        assert re.search(r"\b1er (octobre|avril) 2026", shown(as_editor, address)), address
        assert not re.search(r"\b1 (octobre|avril) 2026", shown(as_editor, address)), address
