"""Importing at the desk: the check, row by row; then all or nothing, signed, never published."""

import csv
import io
from datetime import date, timedelta

import pytest
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import Workbook

from commitments.admin.spreadsheets import importing
from commitments.models import (
    Assessment,
    Citation,
    Commitment,
    FollowUpNote,
    Milestone,
    Search,
    Source,
    SpreadsheetImport,
    Undertaking,
)
from commitments.rules.review import publication
from tests import factories

MANY = 10_000
"""The rows of a large file."""

MILESTONES = ["Engagement", "Intitulé", "Au plus tard le"]
COMMITMENT = {
    "Référence": "AES-RU-2030-01",
    "Titre": "Livrer",
    "Énoncé": "La Russie livre.",
    "S’engagent": "RU",
    "Bénéficient": "AES",
    "Instrument": "instrument-x",
    "Fondement": "Convenu",
    "Exprimé le": "3/4/2025",
    "Secteur": "securite",
}
SEARCH = {
    "Engagement": "AES-RU-2025-01",
    "Recherche faite le": "20 avril 2025",
    "Où la recherche a porté": "Presse des quatre États",
}


def csv_of(*lines, encoding="utf-8", separator=";"):
    text = io.StringIO()
    csv.writer(text, delimiter=separator).writerows(lines)
    return text.getvalue().encode(encoding)


def of_dicts(*records):
    return csv_of(list(records[0]), *[list(record.values()) for record in records])


def address(noun, *parts):
    return "/".join(["/admin/commitments", noun, "import", *map(str, parts), ""])


def send(client, noun, content, name="fichier.csv"):
    """Send a file and read the whole answer; return the import, or the page where the file was refused at once."""
    response = client.post(address(noun), {"file": SimpleUploadedFile(name, content)})
    if not response.streaming:
        return response
    b"".join(response.streaming_content)
    return SpreadsheetImport.objects.latest("pk")


def confirm(client, upload, fate="draft"):
    """Import a file that was checked; return what the page said, and the import."""
    response = client.post(address(upload.noun, upload.uid), {"_import": "", "fate": fate})
    said = b"".join(response.streaming_content).decode()
    upload.refresh_from_db()
    return said, upload


def refusals(upload):
    return [
        (row.number, title, said.replace("\u00a0", " "))
        for row in upload.rows.order_by("number")
        for title, said in row.said
    ]


@pytest.fixture
def commitment(db):
    return factories.make_commitment(reference="AES-RU-2025-01")


@pytest.fixture
def groundwork(db):
    factories.make_party("RU", name_en="")
    factories.make_party("AES")
    factories.make_sector()
    return factories.make_instrument(reference="instrument-x")


# The check


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_file_of_each_encoding_is_checked_and_imported(as_analyst, analyst, commitment, encoding):
    upload = send(
        as_analyst, "milestone", csv_of(MILESTONES, [commitment.reference, "Été œuvré", ""], encoding=encoding)
    )

    assert (upload.created, upload.refused, Milestone.objects.count()) == (1, 0, 0)
    _said, upload = confirm(as_analyst, upload)
    milestone = Milestone.objects.get()
    assert (milestone.title_fr, milestone.state) == ("Été œuvré", "draft")
    row = milestone.history.get()
    assert row.history_user == analyst
    assert "fichier.csv" in row.history_change_reason
    assert upload.sha256 in row.history_change_reason
    assert (upload.applied_by, upload.content, upload.rows.count()) == (analyst, None, 0)


def test_a_commitment_is_made_with_the_roles_of_its_parties(as_analyst, analyst, groundwork):
    record = COMMITMENT | {"S’engagent": "RU, aes", "Fondement": "agreed", "Secteur": "Securite"}

    _said, _upload = confirm(as_analyst, send(as_analyst, "commitment", of_dicts(record)))

    made = Commitment.objects.get()
    assert (made.basis, made.made_on, made.sector.slug) == ("agreed", date(2025, 4, 3), "securite")
    roles = {(row.party.code, row.role) for row in made.undertakings.all()}
    assert roles == {("RU", "undertakes"), ("AES", "undertakes"), ("AES", "benefits")}
    assert {row.history_user for row in Undertaking.history.all()} == {analyst}


def test_a_party_on_whose_word_a_role_rests_is_in_parentheses(as_analyst, groundwork):
    record = COMMITMENT | {"S’engagent": "RU (aes)", "Bénéficient": "AES"}
    confirm(as_analyst, send(as_analyst, "commitment", of_dicts(record)))
    made = Commitment.objects.get()
    role = made.undertakings.get(role="undertakes")
    assert (role.party.code, role.according_to.code) == ("RU", "AES")

    upload = send(as_analyst, "commitment", of_dicts(record | {"S’engagent": "RU"}))
    changes = [row.changes for row in upload.rows.all()]
    confirm(as_analyst, upload)

    assert changes == [[["S’engagent", "RU (AES)", "RU"]]]
    assert made.undertakings.get(role="undertakes").according_to is None
    assert made.undertakings.get(role="undertakes").pk == role.pk
    for cell, told in (
        ("RU (RU)", "autre partie"),
        ("RU (AES), RU", "deux fois"),
        ("RU (XX)", "XX"),
    ):
        (refused,) = refusals(send(as_analyst, "commitment", of_dicts(record | {"S’engagent": cell})))
        assert refused[1] == "S’engagent"
        assert told in refused[2]


@pytest.mark.parametrize(
    ("basis", "role", "told"), [("envisaged", "S’engagent", "pas un engagement"), ("agreed", "Concernées", "Dans un")]
)
def test_roles_that_do_not_go_with_the_basis_are_refused(as_analyst, groundwork, basis, role, told):
    record = COMMITMENT | {"S’engagent": "", "Bénéficient": "", "Fondement": basis} | {role: "RU"}

    (refused,) = refusals(send(as_analyst, "commitment", of_dicts(record)))

    assert refused[1] == "Fondement"
    assert told in refused[2]


def test_a_file_made_under_a_former_title_is_still_read(as_analyst, groundwork):
    record = {"Pris le" if title == "Exprimé le" else title: cell for title, cell in COMMITMENT.items()}

    confirm(as_analyst, send(as_analyst, "commitment", of_dicts(record)))

    assert Commitment.objects.get().made_on == date(2025, 4, 3)


def test_english_titles_and_words_are_read_whatever_their_case_accents_and_spaces(as_analyst, commitment):
    lines = [[" commitment ", "VISIBILITY", "dated", "Note"], [commitment.reference, "Internal", "3 April 2025", "x"]]

    confirm(as_analyst, send(as_analyst, "followupnote", csv_of(*lines)))

    assert FollowUpNote.objects.get().visibility == "internal"


def test_a_period_stands_for_the_days_of_a_milestone_and_is_refused_for_what_is_one_day(as_analyst, commitment):
    lines = [
        [*MILESTONES, "Réalisé le"],
        [commitment.reference, "x", "2025-04", ""],
        [commitment.reference, "y", "", "2025"],
    ]

    upload = send(as_analyst, "milestone", csv_of(*lines))

    [(number, title, reason)] = refusals(upload)
    assert (number, title) == (3, "Réalisé le")
    assert "« 2025 »" in reason
    confirm(as_analyst, send(as_analyst, "milestone", csv_of(*lines[:2])))
    milestone = Milestone.objects.get()
    assert milestone.deadline == (date(2025, 4, 1), date(2025, 4, 30), "month", False)


def test_a_spreadsheet_says_how_precise_a_deadline_is_and_is_refused_what_that_does_not_fit(as_analyst, commitment):
    lines = [
        [*MILESTONES, "Précision de l’échéance", "Pourquoi l’échéance est lue ainsi"],
        [commitment.reference, "a", "2026", "", "L’année est une lecture."],
        [commitment.reference, "b", "2026", "au jour", ""],
        [commitment.reference, "c", "3/4/2026", "", ""],
        [commitment.reference, "d", "3/4/2026", "à l’année", ""],
    ]

    upload = send(as_analyst, "milestone", csv_of(*lines))

    [(number, title, reason)] = refusals(upload)
    assert (number, title) == (5, "Précision de l’échéance")
    assert "1er janvier" in reason
    confirm(as_analyst, send(as_analyst, "milestone", csv_of(*lines[:4])))
    held = {milestone.title_fr: milestone.deadline for milestone in Milestone.objects.all()}
    year = (date(2026, 1, 1), date(2026, 12, 31))
    assert held == {
        "a": (*year, "year", True),
        "b": (*year, "day", False),
        "c": (None, date(2026, 4, 3), "day", False),
    }


def test_a_period_in_both_columns_is_as_precise_as_the_periods_and_a_day_in_one_is_a_day(as_analyst, commitment):
    typed = [("2026", "2026"), ("2026-04", "2026"), ("2026", "2027"), ("1/1/2026", "2026"), ("2026", "31/12/2026")]
    lines = [[commitment.reference, str(number), *cells] for number, cells in enumerate(typed)]

    confirm(
        as_analyst,
        send(as_analyst, "milestone", csv_of(["Engagement", "Intitulé", "À partir du", MILESTONES[-1]], *lines)),
    )

    assert [milestone.deadline[:3] for milestone in Milestone.objects.order_by("title_fr")] == [
        (date(2026, 1, 1), date(2026, 12, 31), "year"),
        (date(2026, 4, 1), date(2026, 12, 31), "month"),
        (date(2026, 1, 1), date(2027, 12, 31), "year"),
        (date(2026, 1, 1), date(2026, 12, 31), "day"),
        (date(2026, 1, 1), date(2026, 12, 31), "day"),
    ]


def test_a_spreadsheet_may_not_say_why_no_deadline_and_no_recurrence_is_read_so(as_analyst, groundwork):
    commitment = factories.make_commitment()
    readings = {
        "milestone": [MILESTONES, [commitment.reference, "a", ""], "Pourquoi l’échéance est lue ainsi"],
        "commitment": [["Référence"], [commitment.reference], "Pourquoi la récurrence est lue ainsi, en anglais"],
    }
    for noun, (titles, row, title) in readings.items():
        upload = send(as_analyst, noun, csv_of([*titles, title], [*row, "Une lecture."]))

        [(_number, _title, reason)] = refusals(upload)
        assert "est lue ainsi demande" in reason


def test_a_workbook_with_true_dates_and_numbers_is_imported(as_analyst, commitment):
    book = Workbook()
    book.active.append([*MILESTONES, "À partir du"])
    book.active.append([commitment.reference, 2025, date(2025, 6, 30), 45750])
    file = io.BytesIO()
    book.save(file)

    confirm(as_analyst, send(as_analyst, "milestone", file.getvalue(), "jalons.xlsx"))

    milestone = Milestone.objects.get()
    assert (milestone.title_fr, milestone.due_from, milestone.due_on) == ("2025", date(2025, 4, 3), date(2025, 6, 30))


def test_the_report_shows_old_and_new_and_counts_what_does_not_change(as_analyst, commitment):
    kept = factories.make_milestone(commitment=commitment, title_fr="Reste", due_on=date(2025, 6, 30))
    other = factories.make_milestone(commitment=commitment, title_fr="Avant", due_on=None)
    lines = [
        ["Identifiant", "Intitulé", "Au plus tard le"],
        [kept.uid, "Reste", "30/06/2025"],
        [other.uid, "Après", "1er juillet 2025"],
    ]

    upload = send(as_analyst, "milestone", csv_of(*lines))

    assert (upload.changed, upload.unchanged) == (1, 1)
    page = as_analyst.get(address("milestone", upload.uid)).content.decode()
    assert "<del>Avant</del> → <ins>Après</ins>" in page
    assert "1 juillet 2025" in page
    confirm(as_analyst, upload)
    other.refresh_from_db()
    assert (other.title_fr, other.due_on) == ("Après", date(2025, 7, 1))
    assert kept.history.count() == 1


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("Fondement", "Convnu", "n’est pas un mot de cette liste"),
        ("Secteur", "securitee", "Vouliez-vous dire « securite »"),
        ("Instrument", "", "obligatoire"),
        ("S’engagent", "RU, XX", "« XX »"),
        ("Bénéficient", "-", "« - »"),
        ("Exprimé le", "2025-04", "date complète"),
        ("Exprimé le", "4/13/2025", "calendrier"),
        ("Titre", "x" * 161, "160"),
        ("Énoncé", "x" * 2001, "2000"),
        ("Énoncé", "rÃ©alisÃ©", "mal codée"),
        ("Énoncé", "a\x00b", "nul"),
        ("Énoncé", "#REF!", "erreur de formule"),
        ("Référence", "aes 1", "Une référence s’écrit"),
    ],
)
def test_a_bad_cell_is_refused_by_row_column_and_reason(as_analyst, groundwork, column, cell, reason):
    upload = send(as_analyst, "commitment", of_dicts(COMMITMENT | {column: cell}))

    [(number, title, said)] = refusals(upload)
    assert (number, title) == (2, column)
    assert reason in said
    said, _upload = confirm(as_analyst, upload)
    assert "Rien n’a été importé" in said
    assert not Commitment.objects.exists()


def test_every_reason_of_a_row_is_said(as_analyst, groundwork):
    upload = send(as_analyst, "commitment", of_dicts(COMMITMENT | {"Fondement": "?", "Exprimé le": "?", "Titre": ""}))

    assert {title for _number, title, _said in refusals(upload)} == {"Fondement", "Exprimé le", "Titre"}


def test_a_key_twice_in_the_file_is_refused_the_second_time(as_analyst, groundwork):
    upload = send(as_analyst, "commitment", of_dicts(COMMITMENT, COMMITMENT))

    [(number, title, said)] = refusals(upload)
    assert (number, title) == (3, "Référence")
    assert "ligne 2" in said


def test_an_identifier_twice_in_the_file_is_refused_the_second_time(as_analyst, commitment):
    uid = factories.make_milestone(commitment=commitment).uid
    lines = [["Identifiant", "Intitulé"], [uid, "Une fois"], ["", ""], [str(uid).upper(), "Deux fois"]]

    upload = send(as_analyst, "milestone", csv_of(*lines))

    [(number, title, said)] = refusals(upload)
    assert (number, title) == (4, "Identifiant")
    assert "ligne 2" in said


def test_a_damaged_identifier_is_refused(as_analyst, commitment):
    lines = [["Identifiant", *MILESTONES], ["abc-1", commitment.reference, "x", ""]]

    upload = send(as_analyst, "milestone", csv_of(*lines))

    [(number, title, said)] = refusals(upload)
    assert (number, title) == (2, "Identifiant")
    assert "« abc-1 » n’est pas un identifiant" in said


def test_an_unknown_identifier_is_refused_and_an_empty_one_makes_a_record(as_analyst, commitment):
    lines = [
        ["Identifiant", *MILESTONES],
        ["0" * 32, commitment.reference, "x", ""],
        ["", commitment.reference, "y", ""],
    ]

    upload = send(as_analyst, "milestone", csv_of(*lines))

    assert [refusal[:2] for refusal in refusals(upload)] == [(2, "Identifiant")]
    assert upload.created == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (csv_of(["Référence", "Titres"], ["x", "y"]), "Vouliez-vous dire « Titre »"),
        (csv_of(["Référence", "Montant payé"], ["x", "y"]), "« Montant payé » n’existe pas"),
        (csv_of(["Référence", "Titre", "Title"], ["x", "y", "z"]), "deux fois"),
        (csv_of(["Titre"], ["x"]), "« Référence »"),
        (csv_of(["AES-RU-2025-01", "Livrer"]), "ne porte pas les titres"),
        (b"", "vide"),
        (b"R\xe9f\xe9rence\n\x81", "0x81"),
        (b"\xd0\xcf\x11\xe0" + b"\x00" * 600, ".xls"),
    ],
)
def test_a_file_that_is_no_table_of_ours_is_refused_at_once(as_analyst, content, words):
    response = send(as_analyst, "commitment", content)

    assert words in response.context["form"].errors["file"][0].replace("\u00a0", " ")
    assert not SpreadsheetImport.objects.exists()


def test_a_file_of_titles_only_says_so(as_analyst, db):
    upload = send(as_analyst, "milestone", csv_of(MILESTONES))

    assert "pas d’autre ligne" in upload.fault
    assert upload.fault in as_analyst.get(address("milestone", upload.uid)).content.decode()


def test_cells_under_no_title_are_refused(as_analyst, commitment):
    upload = send(as_analyst, "milestone", csv_of(MILESTONES, [commitment.reference, "x", "", "de trop"]))

    assert "colonne D" in refusals(upload)[0][2]


# What a row hangs from


def end(record, how, *, analyst, editor):
    """Withdraw a public record, or decline a proposal."""
    if how == "declined":
        publication.propose(record, by=analyst)
        publication.decline(record, by=editor, reason="Hors sujet.")
    else:
        publication.publish(record, by=editor)
        publication.withdraw(record, by=editor, reason="Hors sujet.")


GONE = [("withdrawn", "retiré"), ("declined", "écarté")]


@pytest.mark.parametrize(("how", "word"), GONE)
@pytest.mark.parametrize("noun", ["milestone", "followupnote", "assessment", "search"])
def test_nothing_is_attached_to_a_commitment_that_no_longer_stands(
    as_analyst, analyst, editor, assessment_row, noun, how, word
):
    ended = factories.make_commitment(reference="AES-RU-2025-77")
    end(ended, how, analyst=analyst, editor=editor)
    row = {
        "milestone": {"Engagement": "", "Intitulé": "x"},
        "followupnote": {"Engagement": "", "Visibilité": "Interne", "En date du": "2025-05-01", "Note": "x"},
        "assessment": assessment_row,
        "search": SEARCH,
    }[noun]

    upload = send(as_analyst, noun, of_dicts(row | {"Engagement": ended.reference}))

    assert refusals(upload) == [
        (2, "Engagement", f"« {ended.reference} » a été {word} : plus rien ne s’y rattache."),
    ]


@pytest.mark.parametrize(("how", "word"), GONE)
def test_no_commitment_is_attached_to_an_instrument_that_no_longer_stands(
    as_analyst, analyst, editor, groundwork, how, word
):
    end(groundwork, how, analyst=analyst, editor=editor)

    upload = send(as_analyst, "commitment", of_dicts(COMMITMENT))

    assert refusals(upload) == [(2, "Instrument", f"« instrument-x » a été {word} : plus rien ne s’y rattache.")]


def test_a_draft_whose_commitment_was_withdrawn_since_may_be_reworded_but_none_is_moved_there(
    as_analyst, analyst, editor, commitment
):
    ended = factories.make_commitment()
    left, moved = factories.make_milestone(commitment=ended), factories.make_milestone(commitment=commitment)
    end(ended, "withdrawn", analyst=analyst, editor=editor)
    titles = ["Identifiant", "Engagement", "Intitulé"]

    upload = send(
        as_analyst, "milestone", csv_of(titles, [left.uid, ended.reference, "x"], [moved.uid, ended.reference, "x"])
    )

    assert [refusal[:2] for refusal in refusals(upload)] == [(3, "Engagement")]


# Publication, permissions


def test_what_is_published_is_refused_and_stays_as_it_is(as_editor, editor):
    public = factories.make_commitment(published_by=editor)

    upload = send(as_editor, "commitment", csv_of(["Référence", "Titre"], [public.reference, "Autre"]))

    assert "Publié" in refusals(upload)[0][2]
    same = send(as_editor, "commitment", csv_of(["Référence", "Titre"], [public.reference, public.title_fr]))
    assert (same.unchanged, same.refused) == (1, 0)


def test_new_records_may_be_proposed_and_are_never_published(as_editor, editor, commitment):
    upload = send(as_editor, "milestone", csv_of(MILESTONES, [commitment.reference, "x", ""]))

    confirm(as_editor, upload, "propose")

    milestone = Milestone.objects.get()
    assert (milestone.state, milestone.proposed_by, milestone.published_by) == ("in_review", editor, None)


def test_the_check_refuses_a_day_to_come(as_analyst, commitment):
    titles = ["Engagement", "Visibilité", "En date du", "Note"]

    upload = send(as_analyst, "followupnote", csv_of(titles, [commitment.reference, "publique", "2027-05-01", "Vu."]))

    [(number, title, said)] = refusals(upload)
    assert (number, title) == (2, "En date du")
    assert "pas encore venu" in said


@pytest.mark.parametrize(("title", "noun"), [("Instrument", "instrument"), ("Rencontre", "meeting")])
def test_a_note_on_a_text_or_a_meeting_is_imported(as_analyst, title, noun):
    target = getattr(factories, f"make_{noun}")()
    titles = [title, "Visibilité", "En date du", "Note"]

    upload = send(as_analyst, "followupnote", csv_of(titles, [target.reference, "publique", "2025-05-01", "Vu."]))
    confirm(as_analyst, upload)

    assert FollowUpNote.objects.get().target == target


@pytest.mark.parametrize("both", [True, False])
def test_a_note_on_two_records_or_on_none_is_refused(as_analyst, commitment, both):
    titles = ["Engagement", "Instrument", "Visibilité", "En date du", "Note"]
    names = [commitment.reference, factories.make_instrument().reference] if both else ["", ""]

    upload = send(as_analyst, "followupnote", csv_of(titles, [*names, "publique", "2025-05-01", "Vu."]))

    [(number, column, said)] = refusals(upload)
    assert (number, column) == (2, "")
    assert "Une note porte sur un engagement, un instrument ou une rencontre" in said


def test_an_internal_note_is_imported_but_not_proposed(as_analyst, commitment):
    titles = ["Engagement", "Visibilité", "En date du", "Note"]
    upload = send(
        as_analyst, "followupnote", csv_of(titles, [commitment.reference, "interne", "2025-05-01", "À voir."])
    )

    refused, _upload = confirm(as_analyst, upload, "propose")
    count = FollowUpNote.objects.count()
    confirm(as_analyst, upload)

    assert (upload.created, upload.unproposable) == (1, 1)
    assert "ne peuvent pas encore être proposées" in refused
    assert count == 0
    assert FollowUpNote.objects.get().state == "draft"


def test_changing_a_judgement_in_review_makes_the_importer_the_one_who_proposes(as_editor, editor, analyst):
    assessment = factories.make_assessment(proposed_by=analyst)
    lines = [["Identifiant", "Motifs"], [assessment.uid, "Autrement dit."]]

    confirm(as_editor, send(as_editor, "assessment", csv_of(*lines)))

    assessment.refresh_from_db()
    assert (assessment.state, assessment.proposed_by) == ("in_review", editor)
    assert assessment.rationale_fr == "Autrement dit."


def test_changing_another_proposal_leaves_it_to_who_proposes_it(as_editor, editor, analyst, commitment):
    milestone = factories.make_milestone(commitment=commitment)
    publication.propose(milestone, by=analyst)

    confirm(as_editor, send(as_editor, "milestone", csv_of(["Identifiant", "Intitulé"], [milestone.uid, "Autre"])))

    milestone.refresh_from_db()
    assert (milestone.state, milestone.proposed_by, milestone.title_fr) == ("in_review", analyst, "Autre")
    assert milestone.history.first().history_user == editor


def test_who_may_only_add_cannot_change_by_import(client, commitment):
    from django.contrib.auth.models import Permission

    user = factories.make_user("ajout")
    user.user_permissions.add(Permission.objects.get(codename="add_milestone"))
    client.force_login(user)
    milestone = factories.make_milestone(commitment=commitment)

    upload = send(client, "milestone", csv_of(["Identifiant", "Intitulé"], [milestone.uid, "Autre"]))

    assert "droit" in refusals(upload)[0][2]


def test_the_pages_are_closed_to_those_who_may_not_import(client, commitment):
    client.force_login(factories.make_user("regarde"))

    for noun in ("commitment", "milestone", "source", "followupnote", "assessment", "search"):
        for path in ("import/", "import/template.csv", "export/", "export/csv/"):
            assert client.get(f"/admin/commitments/{noun}/{path}").status_code == 403
    assert Client().get(address("milestone")).status_code == 302


def test_a_file_is_seen_by_its_sender_and_by_editors_only(as_analyst, as_editor, commitment):
    upload = send(as_analyst, "milestone", csv_of(MILESTONES, [commitment.reference, "Secret", ""]))
    colleague = Client()
    colleague.force_login(factories.make_user("autre", group="Analysts"))

    assert colleague.get(address("milestone", upload.uid)).status_code == 404
    assert colleague.post(address("milestone", upload.uid), {"_import": "", "fate": "draft"}).status_code == 404
    assert as_editor.get(address("milestone", upload.uid)).status_code == 200
    assert as_editor.get(address("source", upload.uid)).status_code == 404


def test_reading_never_writes_and_a_form_without_its_token_is_refused(analyst, commitment):
    client = Client(enforce_csrf_checks=True)
    client.force_login(analyst)

    response = client.post(address("milestone"), {"file": SimpleUploadedFile("x.csv", csv_of(MILESTONES))})

    assert response.status_code == 403


# Assessments and their evidence


@pytest.fixture
def assessment_row(commitment):
    source = factories.make_source(reference="S900")
    return {
        "Engagement": commitment.reference,
        "État d’avancement": "Progrès limité",
        "Au": "10 avril 2025",
        "Motifs": "Dix véhicules livrés.",
        "Source": source.reference,
        "Passage": factories.ACTION,
        "Nature de la preuve": "Action concrète",
    }


def test_an_assessment_is_proposed_with_its_passage(as_analyst, analyst, assessment_row):
    upload = send(as_analyst, "assessment", of_dicts(assessment_row))

    confirm(as_analyst, upload, "propose")

    made = Assessment.objects.get()
    passage = made.citations.get()
    assert (made.state, made.proposed_by, passage.exact) == ("in_review", analyst, factories.ACTION)
    assert (passage.role, passage.evidence_kind, passage.verification) == ("supports", "concrete_action", "verified")


def test_an_assessment_on_an_announcement_stays_a_draft_and_cannot_be_proposed(as_analyst, assessment_row):
    row = assessment_row | {"Passage": factories.ANNOUNCEMENT, "Nature de la preuve": "Annonce"}
    upload = send(as_analyst, "assessment", of_dicts(row))

    assert (upload.created, upload.unproposable) == (1, 1)
    assert "une annonce seule" in as_analyst.get(address("assessment", upload.uid)).content.decode()
    said, upload = confirm(as_analyst, upload, "propose")
    assert "Rien n’a été importé" in said
    assert not Assessment.objects.exists()
    confirm(as_analyst, upload, "draft")
    assert Assessment.objects.get().state == "draft"


def test_a_passage_that_the_source_does_not_have_is_refused(as_analyst, assessment_row):
    upload = send(as_analyst, "assessment", of_dicts(assessment_row | {"Passage": "Vingt véhicules"}))

    assert refusals(upload)[0][1] == "Passage"


def test_the_evidence_of_an_assessment_that_has_some_does_not_change_by_import(as_analyst, commitment):
    assessment = factories.make_assessment(commitment=commitment)

    upload = send(as_analyst, "assessment", csv_of(["Identifiant", "Passage"], [assessment.uid, "Autre chose"]))

    assert "à sa page" in refusals(upload)[0][2]


# Searches


@pytest.mark.parametrize("titles", ["fr", "en"])
def test_a_search_is_proposed_with_what_it_is_about(as_analyst, analyst, commitment, titles):
    step = factories.make_milestone(commitment=commitment)
    row = SEARCH | {"Jalon": str(step.uid).upper(), "Ce qui était cherché": "Une livraison", "Partie": "RU"}
    if titles == "en":
        row = dict(zip(ENGLISH, row.values(), strict=True))

    confirm(as_analyst, send(as_analyst, "search", of_dicts(row)), "propose")

    made = Search.objects.get()
    assert (made.commitment, made.milestone, made.party.code) == (commitment, step, "RU")
    assert (made.searched_on, made.searched_where_fr) == (date(2025, 4, 20), "Presse des quatre États")
    assert (made.sought_fr, made.state, made.proposed_by) == ("Une livraison", "in_review", analyst)


ENGLISH = ["Commitment", "Searched on", "Where the search was made", "Milestone", "What was sought", "Party"]


@pytest.mark.parametrize(
    ("typed", "title", "said"),
    [
        ({"Engagement": "AES-RU-2025-99"}, "Engagement", "pas au dossier"),
        ({"Recherche faite le": ""}, "Recherche faite le", "obligatoire"),
        ({"Recherche faite le": "1/12/2026"}, "Recherche faite le", "encore venu"),
        ({"Où la recherche a porté": "x" * 501}, "Où la recherche a porté", "500"),
        ({"Jalon": "l’étape"}, "Jalon", "pas au dossier"),
        ({"Jalon": "another"}, "Jalon", "autre engagement"),
        ({"Période, du": "2/5/2025", "Période, au": "1/5/2025"}, "", "finit avant de commencer"),
        ({"Jalon": "its own", "Période, du": "2/4/2025"}, "Période, du", "pas sur les deux"),
    ],
)
def test_a_search_is_refused_at_its_row_and_column(as_analyst, commitment, typed, title, said):
    steps = {"its own": factories.make_milestone(commitment=commitment), "another": factories.make_milestone()}
    typed = {name: getattr(steps.get(value), "uid", value) for name, value in typed.items()}

    ((row, column, message),) = refusals(send(as_analyst, "search", of_dicts(SEARCH | typed)))

    assert (row, column) == (2, title)
    assert said in message


def test_a_search_before_its_commitment_stays_a_draft_and_cannot_be_proposed(as_analyst, commitment):
    upload = send(as_analyst, "search", of_dicts(SEARCH | {"Recherche faite le": "1/4/2025"}))

    assert (upload.created, upload.unproposable) == (1, 1)
    confirm(as_analyst, upload, "draft")
    assert Search.objects.get().state == "draft"


def test_a_search_changed_in_review_is_signed_by_who_imports(as_editor, editor, analyst, commitment):
    search = factories.make_search(commitment=commitment, proposed_by=analyst)
    day = csv_of(["Identifiant", "Recherche faite le"], [search.uid, "1/4/2025"])
    assert refusals(send(as_editor, "search", day))[0][1] == "Recherche faite le"

    confirm(as_editor, send(as_editor, "search", csv_of(["Identifiant", "Qui a cherché"], [search.uid, "Boubacar"])))

    search.refresh_from_db()
    assert (search.state, search.searched_by_fr, search.proposed_by) == ("in_review", "Boubacar", editor)


@pytest.mark.parametrize(
    "typed", [{"État d’avancement": "Aucune preuve disponible"}, {"Recherche faite le": "1/5/2025"}]
)
def test_a_row_of_assessments_that_is_a_search_is_sent_to_the_other_spreadsheet(as_analyst, assessment_row, typed):
    ((row, column, message),) = refusals(send(as_analyst, "assessment", of_dicts(assessment_row | typed)))

    assert (row, column) == (2, *typed)
    assert "tableur des recherches" in message


def test_the_template_of_assessments_does_not_offer_it(as_analyst):
    words = as_analyst.get("/admin/commitments/assessment/import/").context["columns"]

    assert "Aucune preuve disponible" not in str(words)


def test_a_former_draft_that_is_a_search_is_changed_but_not_proposed(as_analyst, analyst, commitment):
    former = factories.make_assessment(commitment=commitment, status="no_evidence", searched_on=date(2025, 4, 9))
    lines = [["Identifiant", "Motifs"], [former.uid, "Autrement dit."]]

    confirm(as_analyst, send(as_analyst, "assessment", csv_of(*lines)))

    former.refresh_from_db()
    assert (former.rationale_fr, former.state) == ("Autrement dit.", "draft")


def test_a_milestone_met_asks_for_its_passage(as_analyst, commitment):
    new = [[*MILESTONES, "Réalisé le"], [commitment.reference, "x", "", "2025-04-10"]]
    assert refusals(send(as_analyst, "milestone", csv_of(*new)))[0][1] == "Réalisé le"

    quoted = factories.make_milestone(commitment=commitment)
    confirm(
        as_analyst, send(as_analyst, "milestone", csv_of(["Identifiant", "Réalisé le"], [quoted.uid, "2025-04-10"]))
    )
    quoted.refresh_from_db()
    assert quoted.met_on == date(2025, 4, 10)


# All or nothing


def test_a_record_that_changed_since_the_check_stops_the_import(as_analyst, commitment):
    milestone = factories.make_milestone(commitment=commitment, title_fr="Avant")
    lines = [
        ["Identifiant", *MILESTONES],
        ["", commitment.reference, "Neuf", ""],
        [milestone.uid, commitment.reference, "Après", ""],
    ]
    upload = send(as_analyst, "milestone", csv_of(*lines))
    milestone.title_fr = "Entre-temps"
    milestone.save()

    said, upload = confirm(as_analyst, upload)

    assert "Ligne 3" in said
    assert "changé depuis" in said
    assert (upload.applied_at, Milestone.objects.count()) == (None, 1)
    milestone.refresh_from_db()
    assert milestone.title_fr == "Entre-temps"


def test_an_import_happens_once(as_analyst, commitment):
    content = csv_of(MILESTONES, [commitment.reference, "x", ""])
    upload = send(as_analyst, "milestone", content)
    confirm(as_analyst, upload)

    said, _upload = confirm(as_analyst, upload)

    assert "déjà été importé" in said
    assert Milestone.objects.count() == 1
    twin = send(as_analyst, "milestone", content)
    assert "même fichier" in as_analyst.get(address("milestone", twin.uid)).content.decode()


@pytest.mark.django_db(transaction=True)
def test_an_import_left_half_way_keeps_nothing(transactional_db):
    user = factories.make_user("editrice", is_superuser=True)
    reference = factories.make_commitment().reference
    lines = [[reference, f"Étape {number}", ""] for number in range(2 * importing.CHUNK)]
    upload = importing.receive(csv_of(MILESTONES, *lines), noun="milestone", file_name="x.csv", by=user)
    list(importing.check(upload))

    steps = importing.apply(upload, by=user, propose=False)
    assert next(steps).done == importing.CHUNK
    assert Milestone.objects.count() == importing.CHUNK
    steps.close()

    assert (Milestone.objects.count(), Milestone.history.count()) == (0, 0)
    upload.refresh_from_db()
    assert upload.applied_at is None


@pytest.mark.slow
def test_one_bad_row_in_ten_thousand_leaves_the_database_as_it_was_and_is_named(as_analyst, commitment):
    lines = [[commitment.reference, f"Étape {number}", "2027-03"] for number in range(MANY)]
    lines[-1][2] = "le mois prochain"

    upload = send(as_analyst, "milestone", csv_of(MILESTONES, *lines))

    assert (upload.total, upload.refused) == (MANY, 1)
    [(number, title, reason)] = refusals(upload)
    assert (number, title) == (MANY + 1, "Au plus tard le")
    assert "le mois prochain" in reason
    first = as_analyst.get(address("milestone", upload.uid)).context["page"].object_list[0]
    assert first.number == MANY + 1
    said, upload = confirm(as_analyst, upload)
    assert "Rien n’a été importé" in said
    assert (Milestone.objects.count(), Milestone.history.count(), upload.applied_at) == (0, 0, None)


@pytest.mark.parametrize("act", ["check", "apply"])
def test_a_row_more_costs_no_more_look_ups(analyst, commitment, act):
    counts = []
    assert analyst.has_perm("commitments.add_milestone")  # asked once, then remembered
    for number in (5, 25):
        lines = [[commitment.reference, f"Étape {line}", ""] for line in range(number)]
        upload = importing.receive(csv_of(MILESTONES, *lines), noun="milestone", file_name="x.csv", by=analyst)
        if act == "apply":
            list(importing.check(upload))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            list(getattr(importing, act)(upload, **({"by": analyst, "propose": False} if act == "apply" else {})))
        counts.append(len([query for query in queries if query["sql"].startswith("SELECT")]))

    assert counts[0] == counts[1]


def test_a_row_more_costs_its_savepoint_and_its_inserts_only(as_analyst, analyst, groundwork):
    counts = []
    assert analyst.has_perm("commitments.add_commitment")  # asked once, then remembered
    for year, number in ((2031, 4), (2032, 14)):
        records = [COMMITMENT | {"Référence": f"AES-RU-{year}-{line:02}"} for line in range(number)]
        upload = send(as_analyst, "commitment", of_dicts(*records))

        with CaptureQueriesContext(connection) as queries:
            list(importing.apply(upload, by=analyst, propose=False))

        assert Commitment.history.filter(reference__startswith=f"AES-RU-{year}").count() == number
        counts.append(len(queries))

    commitment_and_two_roles, savepoint_and_release = 3, 2
    assert counts[1] - counts[0] == 10 * (commitment_and_two_roles + savepoint_and_release)
    assert Undertaking.history.filter(history_user=analyst, history_type="+").count() == 2 * 18


def test_old_files_are_forgotten_when_somebody_signs_in(as_analyst, editor, commitment):
    upload = send(as_analyst, "milestone", csv_of(MILESTONES, [commitment.reference, "x", ""]))
    young = send(as_analyst, "milestone", csv_of(MILESTONES, [commitment.reference, "y", ""]))
    upload.uploaded_at -= timedelta(days=importing.KEPT_DAYS + 1)
    upload.save()

    Client().post("/admin/login/", {"username": editor.username, "password": editor.username})

    upload.refresh_from_db()
    young.refresh_from_db()
    assert (upload.content, upload.rows.count()) == (None, 0)
    assert (bool(young.content), young.rows.count()) == (True, 1)


def test_the_report_names_people_by_their_names(as_analyst, analyst, commitment):
    analyst.first_name, analyst.last_name = "Awa", "Traoré"
    analyst.save()
    content = csv_of(MILESTONES, [commitment.reference, "x", ""])
    _said, upload = confirm(as_analyst, send(as_analyst, "milestone", content))
    again = send(as_analyst, "milestone", content)

    for shown in (upload, again):
        page = as_analyst.get(address("milestone", shown.uid)).content.decode()
        assert "importé par Awa Traoré" in page or "Importé par Awa Traoré" in page


def test_progress_is_told_while_the_work_goes_on(as_analyst, commitment):
    lines = [[commitment.reference, f"Étape {number}", ""] for number in range(importing.CHUNK + 1)]

    response = as_analyst.post(address("milestone"), {"file": SimpleUploadedFile("x.csv", csv_of(MILESTONES, *lines))})

    parts = [part.decode() for part in response.streaming_content]
    assert response["X-Accel-Buffering"] == "no"
    assert sum("<progress" in part for part in parts) == 2
    assert "data-desk-next" in parts[-2]


def test_sources_keep_their_text_as_it_is(as_analyst, db):
    text = "  Un début.\n\nUne suite « citée ».\n"
    row = {
        "Référence": "A900",
        "Nature": "Article de presse",
        "Langue": "fr",
        "Texte archivé": text,
        "Adresse": "https://x.example/a",
    }

    confirm(as_analyst, send(as_analyst, "source", of_dicts(row)))

    assert Source.objects.get().text == text


# What a text of a source would do


def remarks(upload):
    """Return the row, the words and the names of what is to be known before importing."""
    return [
        (row.number, said[1].replace("\u00a0", " "), [name for name, _address in said[2]])
        for row in upload.rows.exclude(outcome="1-refused").order_by("number")
        for said in row.said
    ]


def test_the_check_names_the_citations_that_a_new_text_would_lose(as_analyst, commitment):
    source = factories.make_source(reference="A900")
    kept = factories.make_citation(source=source, commitment=commitment)
    lost = factories.make_citation(source=source, commitment=commitment, exact=factories.ACTION)
    factories.make_citation(source=source, commitment=commitment, exact="Ce qui ne s’y trouve pas.")
    lines = [["Référence", "Texte archivé"], ["A900", factories.TEXT.replace("dix véhicules", "douze véhicules")]]

    upload = send(as_analyst, "source", csv_of(*lines))

    assert (upload.changed, upload.refused) == (1, 0)
    assert remarks(upload) == [(2, "1 citation ne se retrouverait plus dans ce texte :", [str(lost)])]
    page = as_analyst.get(address("source", upload.uid)).content.decode()
    assert f'<a href="/admin/commitments/citation/{lost.pk}/change/">' in page
    assert f'<a href="/admin/commitments/citation/{kept.pk}/change/">' not in page
    assert '<a href="?show=remarked">' in page
    _said, upload = confirm(as_analyst, upload)
    lost.refresh_from_db()
    kept.refresh_from_db()
    assert (upload.applied_at is not None, lost.is_verified, kept.is_verified) == (True, False, True)


def test_the_check_says_where_the_same_text_is_whatever_its_line_ends(as_analyst, db):
    factories.make_source(reference="A900", title="Déjà là", text="Un début.\n\nUne suite.\n")
    factories.make_source(reference="A901", text="Autre chose.")
    new = {
        "Référence": "A902",
        "Nature": "Article de presse",
        "Langue": "fr",
        "Texte archivé": "Un début.\r\nUne suite.",
    }

    upload = send(
        as_analyst,
        "source",
        of_dicts(new, new | {"Référence": "A903"}, new | {"Référence": "A904", "Texte archivé": "x"}),
    )

    assert remarks(upload) == [
        (2, "Ce texte est déjà au dossier :", ["A900 – Déjà là"]),
        (3, "Ce texte est déjà au dossier :", ["A900 – Déjà là"]),
        (3, "Ce texte est aussi celui de la ligne 2.", []),
    ]
    page = as_analyst.get(address("source", upload.uid) + "?show=remarked")
    assert [row.number for row in page.context["page"]] == [2, 3]


def test_a_text_that_does_not_change_says_nothing(as_analyst, commitment):
    source = factories.make_source(reference="A900")
    factories.make_source(reference="A901")
    factories.make_citation(source=source, commitment=commitment)
    lines = [["Référence", "Titre", "Texte archivé"], ["A900", "Autre titre", factories.TEXT]]

    upload = send(as_analyst, "source", csv_of(*lines))

    assert (upload.changed, remarks(upload)) == (1, [])


def test_a_text_more_costs_no_more_look_ups(as_analyst, commitment):
    counts = []
    for number in (2, 8):
        for line in range(number):
            source = factories.make_source(reference=f"B{number}{line:02}", text=f"{factories.TEXT} {number} {line}")
            factories.make_citation(source=source, commitment=commitment)
        lines = [[f"B{number}{line:02}", f"Un autre texte {line}."] for line in range(number)]

        with CaptureQueriesContext(connection) as queries:
            upload = send(as_analyst, "source", csv_of(["Référence", "Texte archivé"], *lines))

        assert len(remarks(upload)) == number
        counts.append(len([query for query in queries if query["sql"].startswith("SELECT")]))

    assert counts[0] == counts[1]


@pytest.mark.parametrize(("path", "status"), [("?page=x&show=y", 200), ("?page=9999", 200), ("?show=%00", 200)])
def test_odd_addresses_of_the_report_are_answered(as_analyst, commitment, path, status):
    upload = send(as_analyst, "milestone", csv_of(MILESTONES, [commitment.reference, "x", ""]))

    assert as_analyst.get(address("milestone", upload.uid) + path).status_code == status
    assert as_analyst.post(address("milestone", upload.uid), {"_import": "", "fate": "publish"}).status_code == 200
    assert not Milestone.objects.exists()


def test_the_groups_need_no_permission_of_their_own(db):
    assert not Group.objects.filter(permissions__codename__icontains="spreadsheet").exists()
    assert not Citation.objects.exists()
