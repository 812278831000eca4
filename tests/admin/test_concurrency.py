"""Two people saving the same record: the second is told, with both versions, and loses nothing that was typed."""

import re

import pytest
from hypothesis import given, strategies as st

from commitments.admin.unsaved.concurrency import Part, compared
from commitments.rules.review import publication
from commitments.rules.work_queue import assignment
from tests import factories
from tests.admin.forms import citation, page, sent, typed_back


def save_meanwhile(client, record, **typed):
    assert client.post(page(record), typed_back(client, page(record), **typed)).status_code == 302


def told(response):
    """Return what the page says above the form, without the marks on the words that differ."""
    return re.sub("</?mark>", "", str(response.context["adminform"].form.non_field_errors()))


@pytest.mark.slow
def test_second_save_is_told_of_both_versions(as_analyst, as_editor, editor):
    record = factories.make_commitment()
    typed = typed_back(as_analyst, page(record), title_fr="Le mien", statement_fr="Mon énoncé, long à taper.")
    save_meanwhile(as_editor, record, title_fr="Le leur")

    response = as_analyst.post(page(record), typed)

    assert response.status_code == 200
    error = told(response)
    assert editor.username in error
    assert "21 novembre 2026" in error
    assert "Le leur" in error
    assert "Le mien" in error
    again = sent(response)
    assert (again["title_fr"], again["statement_fr"]) == ("Le mien", "Mon énoncé, long à taper.")
    record.refresh_from_db()
    assert record.title_fr == "Le leur"


@pytest.mark.slow
def test_saving_again_overwrites_deliberately(as_analyst, as_editor):
    record = factories.make_commitment()
    typed = typed_back(as_analyst, page(record), title_fr="Le mien")
    save_meanwhile(as_editor, record, title_fr="Le leur")

    again = sent(as_analyst.post(page(record), typed))
    response = as_analyst.post(page(record), again)

    assert response.status_code == 302
    record.refresh_from_db()
    assert record.title_fr == "Le mien"
    assert [row.title_fr for row in record.history.order_by("history_id")][-2:] == ["Le leur", "Le mien"]


def test_who_follows_the_record_now_is_no_conflict(as_analyst, analyst, editor):
    record = factories.make_commitment()
    typed = typed_back(as_analyst, page(record), title_fr="Le mien")
    assignment.assign(record, to=analyst, by=editor)
    assignment.assign(record, to=editor, by=editor)

    response = as_analyst.post(page(record), typed)

    assert response.status_code == 302
    record.refresh_from_db()
    assert (record.title_fr, record.assigned_to) == ("Le mien", editor)


@pytest.mark.slow
def test_edit_beside_a_new_follower_is_still_told(as_analyst, as_editor, analyst, editor):
    record = factories.make_commitment()
    typed = typed_back(as_analyst, page(record), title_fr="Le mien")
    save_meanwhile(as_editor, record, title_fr="Le leur")
    record.refresh_from_db()
    assignment.assign(record, to=analyst, by=editor)

    response = as_analyst.post(page(record), typed)

    assert response.status_code == 200
    assert "Le leur" in told(response)


@pytest.mark.slow
def test_both_versions_are_escaped(as_analyst, as_editor):
    record = factories.make_commitment()
    typed = typed_back(as_analyst, page(record), title_fr="<b>mien</b>")
    save_meanwhile(as_editor, record, title_fr="<script>leur</script>")

    text = re.sub("</?mark>", "", as_analyst.post(page(record), typed).content.decode())

    assert "&lt;script&gt;leur" in text
    assert "<script>leur" not in text
    assert "<b>mien" not in text


@pytest.mark.slow
@pytest.mark.parametrize(
    ("noun", "field"),
    [
        ("meeting", "title_fr"),
        ("instrument", "title_fr"),
        ("source", "title"),
        ("milestone", "title_fr"),
        ("note", "body_fr"),
        ("discrepancy", "question_fr"),
        ("assessment", "rationale_fr"),
        ("search", "searched_where_fr"),
        ("sector", "name_fr"),
        ("party", "name_fr"),
    ],
)
def test_every_noun_tells(noun, field, as_editor):
    record = getattr(factories, f"make_{noun}")()
    typed = typed_back(as_editor, page(record), **{field: "Le mien"})
    save_meanwhile(as_editor, record, **{field: "Le leur"})

    response = as_editor.post(page(record), typed)

    error = told(response)
    assert "Le leur" in error
    assert "Le mien" in error


@pytest.mark.slow
def test_citation_and_claim_tell(as_editor):
    claim = factories.make_discrepancy().claims.first()
    for record, field in ((claim, "value_fr"), (claim.citations.get(), "prefix")):
        first, second = ("Le leur", "Le mien") if field == "value_fr" else ("", "")
        typed = typed_back(as_editor, page(record), **{field: second})
        if field == "prefix":
            typed["role"] = "context"
            save_meanwhile(as_editor, record, role="contradicts")
        else:
            save_meanwhile(as_editor, record, **{field: first})

        response = as_editor.post(page(record), typed)

        assert response.context["adminform"].form.has_error("__all__", "conflict")


def test_related_records_changed_meanwhile_are_named(as_editor):
    record = factories.make_meeting()
    mali, niger = factories.make_party("ML"), factories.make_party("NE")
    typed = typed_back(as_editor, page(record), participants=[mali.pk])
    save_meanwhile(as_editor, record, participants=[niger.pk])

    error = told(as_editor.post(page(record), typed))

    assert str(mali) in error
    assert str(niger) in error


@pytest.mark.slow
def test_row_changed_meanwhile_is_told_in_its_row(as_editor):
    record = factories.make_discrepancy()
    typed = typed_back(as_editor, page(record)) | {"claims-0-value_fr": "Le mien"}
    save_meanwhile(as_editor, record, **{"claims-0-value_fr": "Le leur"})

    response = as_editor.post(page(record), typed)

    rows = [row for rows in response.context["inline_admin_formsets"] for row in rows.formset.forms]
    assert any(row.has_error("__all__", "conflict") for row in rows)
    assert sent(response)["claims-0-value_fr"] == "Le mien"
    assert as_editor.post(page(record), sent(response)).status_code == 302
    assert record.claims.get(position=0).value_fr == "Le mien"


def test_publication_meanwhile_is_told_and_shows_what_was_typed(as_analyst, analyst, editor):
    record = factories.make_assessment(proposed_by=analyst, commitment=factories.make_commitment(published_by=editor))
    typed = typed_back(as_analyst, page(record), rationale_fr="Des motifs longs à taper.")
    publication.publish(record, by=editor)

    response = as_analyst.post(page(record), typed)

    assert response.status_code == 200
    error = told(response)
    assert "Publié" in error
    assert "Des motifs longs à taper." in error
    record.refresh_from_db()
    assert record.rationale_fr == "Dix véhicules ont été livrés."


def test_form_without_its_version_is_refused(as_analyst):
    record = factories.make_commitment()
    typed = typed_back(as_analyst, page(record), title_fr="Le mien") | {"seen_version": ""}

    response = as_analyst.post(page(record), typed)

    assert response.context["adminform"].form.has_error("__all__", "conflict")


@pytest.mark.slow
def test_rows_added_meanwhile_are_no_conflict(as_analyst, as_editor):
    record = factories.make_commitment()
    typed = typed_back(as_analyst, page(record), title_fr="Le mien")
    as_editor.post(
        page(record),
        typed_back(as_editor, page(record)) | citation(source=factories.make_source(), exact=factories.ACTION),
    )

    response = as_analyst.post(page(record), typed)

    assert response.status_code == 302
    assert record.citations.count() == 2


@pytest.mark.slow
def test_what_was_not_touched_here_takes_the_stored_version(as_analyst, as_editor):
    record = factories.make_commitment()
    typed = typed_back(as_analyst, page(record), statement_fr="Mon énoncé.")
    save_meanwhile(as_editor, record, title_fr="Le leur")

    response = as_analyst.post(page(record), typed)

    assert "Rien : la version enregistrée est reprise" in told(response)
    again = sent(response)
    assert (again["title_fr"], again["statement_fr"]) == ("Le leur", "Mon énoncé.")
    assert as_analyst.post(page(record), again).status_code == 302
    record.refresh_from_db()
    assert (record.title_fr, record.statement_fr) == ("Le leur", "Mon énoncé.")


def test_related_records_not_touched_here_take_the_stored_version(as_editor):
    record = factories.make_meeting()
    niger = factories.make_party("NE")
    typed = typed_back(as_editor, page(record), title_fr="Le mien")
    save_meanwhile(as_editor, record, participants=[niger.pk], ends_on="2025-04-04")

    again = sent(as_editor.post(page(record), typed))

    assert (again["participants"], again["ends_on"], again["title_fr"]) == ([str(niger.pk)], "04/04/2025", "Le mien")


@pytest.mark.slow
def test_words_that_differ_are_marked(as_analyst, as_editor):
    record = factories.make_commitment(statement_fr="Les parties livrent dix camions à Bamako.")
    typed = typed_back(as_analyst, page(record), statement_fr="Les parties livrent vingt camions à Bamako.")
    save_meanwhile(as_editor, record, statement_fr="Les parties livrent dix camions à Gao.")

    error = str(as_analyst.post(page(record), typed).context["adminform"].form.non_field_errors())

    assert "livrent <mark>dix</mark> camions à <mark>Gao</mark>." in error
    assert "livrent <mark>vingt</mark> camions à <mark>Bamako</mark>." in error


@pytest.mark.slow
def test_stored_version_is_one_click_away(as_analyst, as_editor):
    record = factories.make_commitment()
    typed = typed_back(as_analyst, page(record), title_fr="Le mien")
    save_meanwhile(as_editor, record, title_fr="Le « leur »")

    error = told(as_analyst.post(page(record), typed))

    assert 'data-field="title_fr"' in error
    assert 'data-stored="{&quot;values&quot;: [&quot;Le « leur »&quot;], &quot;labels&quot;: []}"' in error


def test_closed_record_offers_no_such_click(as_analyst, analyst, editor):
    record = factories.make_commitment()
    typed = typed_back(as_analyst, page(record), title_fr="Un titre long à taper")
    publication.publish(record, by=editor)

    error = told(as_analyst.post(page(record), typed))

    assert "Un titre long à taper" in error
    assert "desk-take" not in error


@pytest.mark.parametrize(
    ("theirs", "yours"), [("", "a"), ("a", ""), ("a", "a"), ("a" * 6000, "b"), ("un deux", "x y z")]
)
def test_texts_that_share_nothing_stand_as_wholes(theirs, yours):
    assert compared(theirs, yours) == ([Part(theirs, False)], [Part(yours, False)])


def test_words_that_the_other_has_not_are_marked():
    theirs, yours = compared("Dix véhicules ont été livrés.", "Douze véhicules ont été livrés hier.")

    assert [part.text for part in theirs if part.is_other] == ["Dix"]
    assert [part.text for part in yours if part.is_other] == ["Douze", " hier"]


@given(st.text(alphabet="ab é.\n\u00a0’", max_size=40), st.text(alphabet="ab é.\n\u00a0’", max_size=40))
def test_parts_are_the_text_again(theirs, yours):
    for text, parts in zip((theirs, yours), compared(theirs, yours), strict=True):
        assert "".join(part.text for part in parts) == text
