"""Migrating back to the first schema and forth again: no row goes that the older schema can hold."""

from datetime import date
from importlib import import_module

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import QuerySet

from commitments.models import Assessment, DeskPreference, Revision, Search, Source, SpreadsheetImport, SpreadsheetRow
from commitments.rules.review import publication
from commitments.rules.search import word_index
from tests import factories
from tests.public.conftest import on, text_of


def rows():
    """Return what every table of ours and of the accounts holds: by table, the rows in order, each by column."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table.startswith(("commitments_", "auth_user", "auth_group")):
                cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608 - a table of ours
                names = [column[0] for column in cursor.description]
                held = [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]
                found[table] = sorted(held, key=lambda row: str(row.get("id")))
    return found


def as_held_by(schema, held):
    """Return `held`, narrowed to the tables and columns of `schema`; of tables without rows, to the tables."""
    return {
        table: [{name: row[name] for name in schema[table][0]} for row in held[table]] if schema[table] else []
        for table in schema
    }


@pytest.fixture
def on_file(transactional_db):
    """Records in every state, and with all that the first schema does not know of."""
    analyst, editor = factories.make_user("awa", group="Analysts"), factories.make_user("boubacar", group="Editors")
    commitment = factories.make_commitment(published_by=editor, assigned_to=analyst)
    old = factories.make_assessment(commitment=commitment, proposed_by=analyst, published_by=editor)
    again = {"commitment": commitment, "supersedes": old, "supersession_reason": "Une action de plus."}
    declined = factories.make_assessment(proposed_by=analyst, **again)
    publication.decline(declined, by=editor, reason="Hors sujet.")
    factories.make_assessment(proposed_by=analyst, published_by=editor, **again)
    withdrawn = factories.make_note(commitment=commitment, published_by=editor)
    publication.withdraw(withdrawn, by=editor, reason="Erreur.")
    on_a_text = factories.make_note(instrument=commitment.instrument, published_by=editor)
    factories.make_citation(note=on_a_text, exact=factories.ACTION)
    factories.make_search(commitment=commitment, proposed_by=analyst, published_by=editor)
    factories.make_discrepancy(settled_by=editor, published_by=editor)
    factories.make_milestone(commitment=commitment, due_on=None, met_on=date(2025, 4, 10))
    held_in_part = factories.make_source(published_on=date(2025, 4, 4), published_on_reading_fr="« hier 3 avril »")
    factories.make_membership(source=held_in_part, stated_on=date(2025, 4, 4))
    QuerySet.update(Source.objects.filter(pk=held_in_part.pk), text_is_partial=True)
    DeskPreference.objects.create(user=analyst)
    upload = SpreadsheetImport.objects.create(noun="commitment", uploaded_by=analyst)
    SpreadsheetRow.objects.create(upload=upload, number=1, outcome=SpreadsheetRow.Outcome.REFUSED)
    return declined


def roles(commitment):
    """Return the roles of the parties of `commitment`, and what their history tells, in order."""
    with connection.cursor() as cursor:
        found = []
        for columns, table, key in (
            ("", "undertaking", "id"),
            (", history_type", "historicalundertaking", "history_id"),
        ):
            cursor.execute(
                f"SELECT id, party_id, role{columns} FROM commitments_{table} "  # noqa: S608 - a table of ours
                f"WHERE commitment_id = %s ORDER BY {key}",
                [commitment.pk],
            )
            found.append(cursor.fetchall())
        return found


@pytest.mark.slow
def test_parties_of_what_was_expected_become_concerned_and_take_up_their_former_roles_on_the_way_back(transactional_db):
    editor = factories.make_user("boubacar", group="Editors")
    expected = factories.make_commitment(basis="expected", published_by=editor)
    envisaged = factories.make_commitment(basis="envisaged", published_by=editor)
    proper = factories.make_commitment(published_by=editor)
    russia, sahel = factories.make_party("RU").pk, factories.make_party("AES").pk
    undertaken = roles(proper)
    name = "0014_envisaged"
    [(_app, before), *_others] = import_module(f"commitments.migrations.{name}").Migration.dependencies

    try:
        call_command("migrate", "commitments", before, verbosity=0)
        with connection.cursor() as cursor:  # a party had both roles then, in what was expected
            cursor.execute(
                "INSERT INTO commitments_undertaking (commitment_id, party_id, role) VALUES (%s, %s, 'benefits')",
                [expected.pk, russia],
            )
            cursor.execute("SELECT basis FROM commitments_commitment WHERE id = %s", [envisaged.pk])
            (basis,) = cursor.fetchone()
        former = roles(expected)
        revision = Revision.objects.get().number
        call_command("migrate", "commitments", name, verbosity=0)
        concerned = roles(expected)
        risen = Revision.objects.get().number
        call_command("migrate", "commitments", before, verbosity=0)
        again = roles(expected)
    finally:
        call_command("migrate", verbosity=0)

    assert basis == "intention"
    assert sorted(row[1:] for row in former[0]) == sorted(
        [(russia, "undertakes"), (sahel, "undertakes"), (russia, "benefits")]
    )
    assert sorted(row[1:] for row in concerned[0]) == sorted([(russia, "concerned"), (sahel, "concerned")])
    assert [row[2:] for row in concerned[1][-3:]] == [("concerned", "~"), ("concerned", "~"), ("benefits", "-")]
    assert risen > revision
    assert again == former
    assert roles(proper) == undertaken


def precisions():
    """Return how precise each milestone is by its title, and each version of one, in order."""
    with connection.cursor() as cursor:
        found = []
        for table, key in (("milestone", "id"), ("historicalmilestone", "history_id")):
            cursor.execute(f"SELECT title_fr, due_precision FROM commitments_{table} ORDER BY {key}")  # noqa: S608
            found.append(cursor.fetchall())
        return found


@pytest.mark.slow
def test_deadlines_of_whole_months_and_years_become_precise_to_these(transactional_db):
    commitment = factories.make_commitment()
    windows = {
        "year": (date(2026, 1, 1), date(2026, 12, 31)),
        "month": (date(2024, 2, 1), date(2024, 2, 29)),
        "day": (date(2026, 1, 2), date(2026, 12, 31)),
        "one day": (None, date(2026, 12, 31)),
        "none": (None, None),
    }
    for title, (first, last) in windows.items():
        factories.make_milestone(commitment=commitment, title_fr=title, due_from=first, due_on=last)
    changed = commitment.milestones.get(title_fr="one day")
    changed.due_from = date(2026, 1, 1)
    changed.save()
    name = "0016_due_precision"
    [(_app, before), *_others] = import_module(f"commitments.migrations.{name}").Migration.dependencies

    try:
        call_command("migrate", "commitments", before, verbosity=0)
        revision = Revision.objects.get().number
        call_command("migrate", "commitments", name, verbosity=0)
        rows, versions = precisions()
        risen = Revision.objects.get().number
    finally:
        call_command("migrate", verbosity=0)

    assert dict(rows) == {"year": "year", "month": "month", "day": "day", "one day": "year", "none": ""}
    first_versions = dict(reversed(versions))
    assert first_versions == {"year": "year", "month": "month", "day": "day", "one day": "day", "none": ""}
    assert versions[-1] == ("one day", "year")
    assert risen > revision


@pytest.mark.slow
def test_a_search_is_made_beside_each_former_judgement_that_rests_on_one(transactional_db, client):
    signed = {
        "proposed_by": factories.make_user("awa", group="Analysts"),
        "published_by": factories.make_user("boubacar", group="Editors"),
    }
    with on("2026-05-01"):
        commitment = factories.make_commitment(published_by=signed["published_by"])
        former = factories.make_former_search(commitment=commitment, searched_where_en="The press", **signed)
        apart = factories.make_former_search(
            commitment=commitment, party=factories.make_party("AES"), searched_on=date(2025, 4, 18), **signed
        )
        withdrawn = factories.make_former_search(
            commitment=factories.make_commitment(published_by=signed["published_by"]), **signed
        )
        publication.withdraw(withdrawn, by=signed["published_by"], reason="Erreur.")
        draft = Assessment.objects.create(
            commitment=commitment,
            status="no_evidence",
            as_of=former.as_of,
            searched_on=former.searched_on,
            searched_where_fr="Brouillon",
        )
        amended = factories.make_former_search(
            commitment=commitment,
            party=factories.make_party("RU"),
            state="in_review",
            proposed_by=signed["proposed_by"],
            published_by=None,
            published_at=None,
        )
    then = [
        f"{page}?known_on=2026-05-02" for page in ("/", "/engagements/", "/matrice/", commitment.get_absolute_url())
    ]

    def read():
        with on("2026-06-02"):
            return {page: text_of(client.get(page)) for page in then}

    before, revision = read(), Revision.objects.get().number
    try:
        with on("2026-06-01"):
            call_command("migrate", "commitments", "0014_envisaged", verbosity=0)
            call_command("migrate", verbosity=0)
    finally:
        call_command("migrate", verbosity=0)

    made = {(search.party_id, search.state): search for search in Search.objects.all()}
    drafts = [(None, "draft"), (amended.party_id, "draft")]
    assert made.keys() == {(None, "published"), (apart.party_id, "published"), *drafts}
    public = made[None, "published"]
    for name in ("searched_on", "searched_where_fr", "searched_where_en", "proposed_by_id", "published_by_id"):
        assert getattr(public, name) == getattr(former, name)
    assert made[None, "draft"].searched_where_fr == draft.searched_where_fr
    # Whoever wrote the words before the last person to amend them is told nowhere: they are proposed anew.
    assert {(made[key].proposed_by, made[key].proposed_at) for key in drafts} == {(None, None)}
    assert public.history.get().history_change_reason.startswith("Tirée de l’évaluation")
    assert Assessment.objects.get(pk=former.pk).is_published
    assert Revision.objects.get().number > revision
    assert read() == before
    assert "Aucune preuve disponible" in before[then[-1]]
    with on("2026-06-02"):
        page = client.get(commitment.get_absolute_url())
    assert page.context["whole"].current == former
    assert page.context["whole"].searches == [public]


@pytest.mark.slow
def test_no_row_is_lost_on_the_way_to_the_first_schema_and_back(on_file, client):
    before = rows()

    try:
        call_command("migrate", "commitments", "0007", verbosity=0)
        halfway = rows()
        call_command("migrate", "commitments", "0001", verbosity=0)
        at_first = rows()
    finally:
        call_command("migrate", verbosity=0)
    after = rows()

    # A note on a text has no place there, nor what it quotes.
    for table, is_held in (
        ("followupnote", lambda row: row["commitment_id"]),
        ("citation", lambda row: row["exact"] != factories.ACTION or row["note_id"] is None),
    ):
        kept = [row for row in before[f"commitments_{table}"] if is_held(row)]
        assert len(kept) == len(before[f"commitments_{table}"]) - 1
        before[f"commitments_{table}"] = kept
    # What the first schema has no state for is a draft there, and stays one; that it replaces what another does goes.
    assert as_held_by(halfway, before) == halfway
    for row in before["commitments_assessment"]:
        if row["id"] == on_file.pk:
            row |= {"state": "draft", "supersedes_id": None}
    assert len(at_first["commitments_assessment"]) == 3
    assert as_held_by(at_first, before) == at_first
    assert as_held_by(at_first, after) == at_first
    assert Assessment.objects.get(pk=on_file.pk).is_draft
    assert set(after) == set(before)
    assert not word_index.is_missing()
    assert client.get("/engagements/?q=renforcer").context["count"] == 1
