"""Exporting at the desk: the list as it is filtered, no live formula, and a file that imports again as it is."""

import csv
import io
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override
from openpyxl import load_workbook

from commitments.admin.spreadsheets import views
from commitments.admin.spreadsheets.nouns import RESOURCES, MilestoneResource
from commitments.models import SpreadsheetImport
from tests import factories, snapshots

NOUNS = ["commitment", "milestone", "source", "followupnote", "assessment", "search"]
NASTY = [
    '=HYPERLINK("http://x")',
    "+33 1",
    "-1",
    "@a",
    "\tx",
    "'=1",
    'l\'été; « a », "b"',
    "un\r\ndeux",
    " x ",
    "’",
    "a ;'=1;=2\n- b",
]


def export(client, noun, form, query=""):
    response = client.get(f"/admin/commitments/{noun}/export/{form}/{query}")
    assert response.status_code == 200
    return b"".join(response.streaming_content)


def rows_of(content):
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


@pytest.fixture
def everything(db, editor, analyst):
    """One record or more of each noun, drafts and published, with cells that a spreadsheet would run or spoil."""
    snapshots.put("everything", lambda: _make_everything(editor, analyst))


def _make_everything(editor, analyst):
    public = factories.make_commitment(published_by=editor, reference="AES-RU-2025-01")
    factories.make_commitment(reference="AES-RU-2025-02", recurrence="FREQ=YEARLY", recurrence_start=date(2026, 4, 3))
    factories.make_assessment(commitment=public, proposed_by=analyst, published_by=editor)
    factories.make_assessment(commitment=public, status="no_evidence", searched_on=date(2025, 5, 1), party=None)
    judged_once = factories.make_commitment(published_by=editor, reference="AES-RU-2025-03")
    factories.make_former_search(commitment=judged_once, proposed_by=analyst, published_by=editor)
    step = factories.make_milestone(commitment=public, due_from=date(2025, 4, 1), due_on=date(2025, 4, 30))
    factories.make_search(commitment=public, milestone=step, proposed_by=analyst)
    factories.make_search(commitment=public, party=factories.make_party("ML"), period_to=date(2025, 4, 18))
    for number, cell in enumerate(NASTY):
        factories.make_note(commitment=public, body_fr=cell, dated=date(2025, 5, 1 + number))
        factories.make_source(reference=f"N{number:03}", title=cell, text=cell, publisher="=1+1")


NOT_TYPED = {"sha256", "supersedes", "supersession_reason"}
"""The public fields that a spreadsheet has no column for: computed, or said where an assessment replaces another."""


@pytest.mark.parametrize("noun", NOUNS)
def test_a_spreadsheet_has_a_column_for_every_public_field(noun):
    resource = RESOURCES[noun]()
    model = resource.model

    assert {*model.natural_key_fields, *model.attached_by, *model.public_fields} - NOT_TYPED <= resource.fields.keys()


@pytest.mark.slow
@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("noun", NOUNS)
def test_what_was_exported_imports_again_without_a_change(as_editor, everything, noun, form):
    content = export(as_editor, noun, form)

    response = as_editor.post(
        f"/admin/commitments/{noun}/import/", {"file": SimpleUploadedFile(f"export.{form}", content)}
    )

    b"".join(response.streaming_content)
    upload = SpreadsheetImport.objects.get()
    said = [(row.number, row.changes, row.said) for row in upload.rows.all()]
    assert (said, upload.fault) == ([], "")
    assert upload.unchanged == upload.total > 0


@pytest.mark.parametrize("noun", ["followupnote", "source"])
def test_no_exported_cell_is_a_live_formula(as_editor, everything, noun):
    for row in rows_of(export(as_editor, noun, "csv")):
        assert [cell for cell in row if cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r"))] == []
    for row in load_workbook(io.BytesIO(export(as_editor, noun, "xlsx"))).worksheets[0].iter_rows():
        assert {cell.data_type for cell in row} <= {"s", "inlineStr", "n", "d"}
        assert [cell for cell in row if cell.data_type == "n" and cell.value is not None] == []


@pytest.mark.slow
def test_the_file_has_the_rows_of_the_filtered_list_only(as_editor, everything):
    drafts = rows_of(export(as_editor, "commitment", "csv", "?state__exact=draft"))
    assert [row[0] for row in drafts[1:]] == ["AES-RU-2025-02"]

    assessed = rows_of(export(as_editor, "commitment", "csv", "?status=limited&q=AES"))
    assert [row[0] for row in assessed[1:]] == ["AES-RU-2025-01"]

    page = as_editor.get("/admin/commitments/commitment/export/?status=limited").content.decode()
    assert "/export/csv/?status=limited" in page


def test_the_list_leads_to_both_pages_with_its_filters(as_editor, everything):
    page = as_editor.get("/admin/commitments/milestone/?q=livraison").content.decode()

    assert "/admin/commitments/milestone/import/" in page
    assert "/admin/commitments/milestone/export/?q=livraison" in page
    assert "import/" not in as_editor.get("/admin/commitments/party/").content.decode()


def test_titles_words_and_separator_follow_the_language_of_the_page(db):
    with override("en"):
        columns = MilestoneResource().columns
        titles = [column.title for column in columns]
        separator = views.separator()

    assert titles[:6] == ["Identifier", "Commitment", "Title", "From", "Due on", "Precision of the deadline"]
    assert separator == ","
    assert views.separator() == ";"


@pytest.mark.parametrize("noun", NOUNS)
def test_the_template_has_the_titles_and_says_what_each_column_wants(as_editor, everything, noun):
    lines = rows_of(b"".join(as_editor.get(f"/admin/commitments/{noun}/import/template.csv").streaming_content))
    response = as_editor.get(f"/admin/commitments/{noun}/import/template.xlsx")
    book = load_workbook(io.BytesIO(b"".join(response.streaming_content)))

    titles = [cell.value for cell in book.worksheets[0][1]]
    assert [titles] == lines
    notes = {row[0].value: row[1].value for row in book.worksheets[1].iter_rows()}
    assert set(notes) == set(titles)
    assert any("Obligatoire" in (note or "") for note in notes.values())


def test_a_text_too_long_for_a_workbook_is_said_and_fits_csv(as_editor, db):
    factories.make_source(reference="L001", text="x" * 40_000)

    response = as_editor.get("/admin/commitments/source/export/xlsx/", follow=True)

    assert "L001" in " ".join(str(message) for message in response.context["messages"])
    assert "x" * 40_000 in export(as_editor, "source", "csv").decode()


@pytest.mark.parametrize("path", ["export/?nul=%00", "export/csv/?state__exact=%00", "export/csv/?nothing__x=1"])
def test_odd_addresses_lead_back_to_the_list(as_editor, everything, path):
    assert as_editor.get(f"/admin/commitments/source/{path}").status_code == 302


def test_an_unknown_format_is_no_page(as_editor, everything):
    assert as_editor.get("/admin/commitments/source/export/pdf/").status_code == 404


@pytest.mark.parametrize("noun", NOUNS)
def test_a_row_more_costs_no_more_queries(as_editor, editor, noun):
    counts = []
    for _turn in range(2):
        commitment = factories.make_commitment()
        factories.make_assessment(commitment=commitment)
        step = factories.make_milestone(commitment=commitment)
        factories.make_search(commitment=commitment, milestone=step)
        factories.make_note(commitment=commitment)
        with CaptureQueriesContext(connection) as queries:
            export(as_editor, noun, "csv")
        counts.append(len(queries))

    assert counts[0] == counts[1]
