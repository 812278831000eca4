"""People are called by their names at the desk, and by their accounts where they have none."""

import pytest
from django.contrib.admin.templatetags.admin_list import results
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from commitments.models import SpreadsheetImport
from commitments.rules.review import publication
from tests import factories
from tests.admin.forms import page

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def named(analyst, editor):
    for person, first, last in ((analyst, "Awa", "Traoré"), (editor, "Boubacar", "Diallo")):
        person.first_name, person.last_name = first, last
        person.save()


def column(response, name):
    """Return the cells of a column of a list."""
    changelist = response.context["cl"]
    at = changelist.list_display.index(name)
    return [row[at] for row in results(changelist)]


def test_the_list_of_judgements_names_who_proposed_and_who_published(as_editor, analyst, editor):
    factories.make_assessment(proposed_by=analyst, published_by=editor)
    factories.make_assessment()

    listed = as_editor.get("/admin/commitments/assessment/?o=1")

    assert {"Awa Traoré", "–"} == {cell.split(">")[1].split("<")[0] for cell in column(listed, "proposer")}
    assert {"Boubacar Diallo", "–"} == {cell.split(">")[1].split("<")[0] for cell in column(listed, "publisher")}


@pytest.mark.parametrize("noun", ["assessment", "discrepancy"])
def test_names_cost_no_queries(noun, as_editor, analyst, editor):
    def make():
        if noun == "assessment":
            factories.make_assessment(proposed_by=factories.make_user(), published_by=editor)
        else:
            factories.make_discrepancy(settled_by=factories.make_user())

    def count():
        with CaptureQueriesContext(connection) as queries:
            assert as_editor.get(f"/admin/commitments/{noun}/").status_code == 200
        return len(queries)

    make()
    few = count()
    make()
    make()

    assert count() == few


def test_a_discrepancy_names_who_settled_it_in_the_list_and_on_its_page(as_editor, editor):
    settled = factories.make_discrepancy(settled_by=editor)

    (cell,) = column(as_editor.get("/admin/commitments/discrepancy/"), "settler")

    assert "Boubacar Diallo" in cell
    assert "Boubacar Diallo" in as_editor.get(page(settled)).content.decode()


def test_the_review_queue_filters_by_name_in_the_order_of_names(as_editor, analyst):
    zoe = factories.make_user("a-zoe", first_name="Zoé", last_name="Keïta")
    for by in (zoe, analyst):
        publication.propose(factories.make_note(), by=by)

    form = as_editor.get("/admin/relecture/").context["form"]

    assert form.fields["by"].choices[1:] == [(analyst.pk, "Awa Traoré"), (zoe.pk, "Zoé Keïta")]


def test_the_report_of_an_import_names_who_imported(as_editor, analyst, editor):
    file = SimpleUploadedFile("engagements.csv", b"reference\n", "text/csv")
    as_editor.post("/admin/commitments/commitment/import/", {"file": file})
    upload = SpreadsheetImport.objects.get()
    upload.applied_by, upload.applied_at = editor, timezone.now()
    upload.save()

    shown = as_editor.get(f"/admin/commitments/commitment/import/{upload.uid}/").content.decode()

    assert "Importé par Boubacar Diallo" in shown
