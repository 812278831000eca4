"""The tables: what the pages show, no more and no less, the same on both databases."""

import json
from datetime import UTC, date, datetime

import pytest
from django.core import serializers

from commitments.data.tables import TABLES, rows
from commitments.models import Citation, Commitment, Discrepancy, Party
from commitments.querysets import live
from commitments.reading import NOW, Reading
from commitments.rules.review import publication
from tests import factories
from tests.public.conftest import content_of, on, text_of


def listed(name, reading=NOW):
    return list(rows(TABLES[name], reading))


def test_every_table_has_its_columns_in_every_row(full_site):
    for table in TABLES.values():
        found = listed(table.name)

        assert found, table.name
        assert all(list(row) == table.names() for row in found)


def test_no_two_rows_share_a_key(full_site):
    for table in TABLES.values():
        keys = [tuple(row[name] for name in table.key) for row in listed(table.name)]

        assert len(keys) == len(set(keys)), table.name


@pytest.mark.slow
def test_what_a_column_refers_to_is_there(full_site):
    keys = {name: {row[table.key[0]] for row in listed(name)} for name, table in TABLES.items()}

    for table in TABLES.values():
        for column in table.described.values():
            if column.refers:
                named = {row[column.name] for row in listed(table.name)} - {None}
                assert named <= keys[column.refers], (table.name, column.name)


def test_what_must_not_be_blank_is_not_and_words_are_of_their_vocabulary(full_site):
    for table in TABLES.values():
        for row in listed(table.name):
            for column in table.described.values():
                value = row[column.name]
                assert value is not None or not column.is_required, (table.name, column.name)
                if column.words and value is not None:
                    assert value in dict(column.words)


def test_every_column_is_said_in_words_in_both_languages(settings):
    from django.utils import translation

    for language in ("fr", "en"):
        with translation.override(language):
            for table in TABLES.values():
                assert str(table.label)
                assert str(table.about)
                for column in table.described.values():
                    assert str(column.label), (table.name, column.name)


def test_the_status_and_the_deadline_are_those_of_the_list(full_site):
    shown = {item.reference: item for item in Commitment.objects.for_table()}

    for row in listed("commitments"):
        item = shown.pop(row["reference"])
        assert (row["status"], row["timeliness"], row["next_due"]) == (item.status, item.timeliness, item.next_due)
    assert not shown


def test_the_last_search_stands_beside_the_status_with_where_it_looked(record, analyst, editor):
    lone = factories.make_commitment(reference="AES-RU-2025-02", published_by=editor)
    signed = {"commitment": lone, "proposed_by": analyst, "published_by": editor}
    with on("2026-11-22"):
        factories.make_search(searched_on=date(2025, 4, 22), **signed)
        factories.make_search(searched_on=date(2025, 4, 21), searched_where_fr="Ailleurs", **signed)
        factories.make_search(party=factories.make_party("RU"), searched_on=date(2025, 4, 23), **signed)
        factories.make_search(commitment=lone, searched_on=date(2025, 4, 24))

        judged, sought = (
            [row[name] for name in ("status", "status_as_of", "searched_on", "searched_where_fr", "searched_where_en")]
            for row in listed("commitments")
        )
        former, early = (listed("commitments", Reading(**day))[1] for day in ALSO)

    assert judged == ["limited", date(2025, 4, 10), date(2025, 4, 20), "Sites officiels", "Official sites"]
    last = ["Presse des quatre États", "Press of the four states"]
    assert sought == ["no_evidence", None, date(2025, 4, 22), *last]
    assert (former["status"], former["searched_on"], former["searched_where_fr"]) == ("not_assessed", None, None)
    assert (early["status"], early["searched_on"]) == ("no_evidence", date(2025, 4, 21))


ALSO = ({"known_on": date(2026, 11, 21)}, {"as_of": date(2025, 4, 21)})
"""A past day on which a search was not known yet, and one on which it was not made yet."""


def test_a_search_has_all_that_its_page_shows_on_the_days_it_was_public(record, analyst, editor):
    with on("2026-11-22"):
        of_step = factories.make_search(
            commitment=record.commitment,
            milestone=record.milestone,
            party=factories.make_party("ML"),
            sought_fr="Une livraison",
            proposed_by=analyst,
            published_by=editor,
        )
        factories.make_search(commitment=record.commitment, proposed_by=analyst)
    with on("2026-11-23"):
        publication.withdraw(record.search, by=editor, reason="Doublon.")
    with on("2026-11-24"):
        now, then = (listed("searches", reading) for reading in (NOW, Reading(known_on=date(2026, 11, 21))))
        [gone] = listed("withdrawals")
        parties = {row["code"] for row in listed("parties")}

    assert [row["uid"] for row in then] == [str(record.search.uid)]
    [row] = now
    told = ("uid", "commitment", "party", "milestone", "searched_on", "searched_where_fr", "sought_fr", "period_from")
    assert [row[name] for name in told] == [
        *(str(of_step.uid), record.commitment.reference, "ML", str(record.milestone.uid)),
        *(date(2025, 4, 20), "Presse des quatre États", "Une livraison", None),
    ]
    assert (row["proposed_by"], row["published_by"], row["single_handed"]) == ("Awa", "Boubacar", False)
    assert "ML" in parties
    told = ("table", "key", "commitment", "day", "reason")
    assert [gone[name] for name in told] == [
        *("searches", str(record.search.uid), record.commitment.reference, date(2025, 4, 20), "Doublon.")
    ]


@pytest.mark.one_database
@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name, table in TABLES.items() if table.rows is not None])
def test_a_table_asks_the_same_number_of_queries_at_one_row_and_at_four(
    name, record, analyst, editor, django_assert_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(
        connection,
    ) as one:
        listed(name)
    for _ in range(3):
        other = factories.make_commitment(published_by=editor, undertakes=factories.make_party().code)
        factories.make_assessment(commitment=other, proposed_by=analyst, published_by=editor)
        step = factories.make_milestone(commitment=other, published_by=editor)
        factories.make_search(commitment=other, milestone=step, proposed_by=analyst, published_by=editor)
        factories.make_note(commitment=other, published_by=editor)
        factories.make_discrepancy(published_by=editor, settled_by=editor).commitments.add(other)

    with django_assert_num_queries(len(one)):
        listed(name)


def test_what_points_at_what_is_not_public_is_blank_there(record, editor):
    lone = factories.make_commitment(reference="AES-RU-2025-09", published_by=editor)
    lone.instrument = factories.make_instrument(reference="brouillon")
    lone.save()

    row = next(row for row in listed("commitments") if row["reference"] == lone.reference)

    assert row["instrument"] is None
    assert "brouillon" not in {row["reference"] for row in listed("instruments")}


@pytest.mark.slow
def test_what_a_source_says_of_a_membership_is_there_while_the_source_is_public(client, record, editor):
    with on("2026-11-22"):
        source = factories.make_source(published_by=editor)
        said = {"role_fr": "Présidence", "role_en": "Presidency", "stated_on": date(2025, 4, 2)}
        membership = factories.make_membership("AES", "RU", source=source, **said)
        factories.make_membership("AES", "ML", source=None, role_fr="Membre fondateur")
        factories.make_commitment(undertakes="ML", published_by=editor)
    with on("2026-11-24"):
        publication.withdraw(source, by=editor, reason="Double d’un autre.")
    with on("2026-11-26"):
        membership.source, membership.role_fr = factories.make_source(), "Vice-présidence"
        membership.save()

    def told(reading):
        found = {row["member"]: row for row in listed("memberships", reading)}
        assert found["ML"]["role_fr"] == "Membre fondateur"
        return tuple(found["RU"][name] for name in ("source", *said))

    with on("2026-11-27"):
        assert told(Reading(known_on=date(2026, 11, 23))) == (source.reference, *said.values())
        assert told(Reading(known_on=date(2026, 11, 25))) == (None,) * 4
        assert told(NOW) == (None,) * 4
        for query, n in (("?known_on=2026-11-23", 1), ("?known_on=2026-11-25", 0), ("", 0)):
            members = client.get(f"/api/v1/parties/AES{query}").json()["members"]
            assert [item["role_en"] for item in members].count("Presidency") == n, query


def test_a_past_day_has_the_values_that_were_known_then(record, editor):
    with on("2026-11-23"):
        record.commitment.title_fr = "Un autre titre"
        record.commitment.sector = factories.make_sector("energie")
        record.commitment.save()
        record.milestone.met_on = record.milestone.due_on
        record.milestone.save()
    day = on("2026-11-24")
    with day:
        then = Reading(known_on=date(2026, 11, 22))
        before, after = (
            (listed("commitments", reading)[0], listed("milestones", reading)[0]) for reading in (then, NOW)
        )

    assert before[0]["title_fr"] == "Renforcer la Force unifiée"
    assert before[0]["sector"] == "securite"
    assert before[1]["met_on"] is None
    assert after[0]["title_fr"] == "Un autre titre"
    assert after[0]["sector"] == "energie"
    assert after[1]["met_on"] == record.milestone.due_on


def test_the_roles_of_a_past_day_are_those_of_then(client, record, editor):
    with on("2026-11-23"):
        record.commitment.undertakings.get(role="benefits").delete()
        record.commitment.undertakings.create(party=factories.make_party("ML"), role="benefits")
        factories.make_commitment(reference="AES-RU-2025-99", published_by=editor)
    with on("2026-11-24"):
        then, now = (
            [tuple(row.values()) for row in listed("undertakings", reading)]
            for reading in (Reading(known_on=date(2026, 11, 22)), NOW)
        )
        narrowed = content_of(client.get("/data/undertakings.csv?known_on=2026-11-22&party=AES")).decode()

    mine = "AES-RU-2025-01"
    assert then == [(mine, "AES", "benefits", None), (mine, "RU", "undertakes", None)]
    assert [row for row in now if row[0] == mine] == [
        (mine, "ML", "benefits", None),
        (mine, "RU", "undertakes", None),
    ]
    assert len(now) == 4
    assert narrowed.splitlines()[1:] == [f"{mine},AES,benefits,"]


def test_the_outcome_of_a_discrepancy_is_that_of_its_page_today_and_on_a_past_day(record, editor):
    for number, fields in enumerate(({}, {"settled_by": editor, "is_compatible": True}), 2):
        factories.make_discrepancy(reference=f"AES-RU-D{number:02}", published_by=editor, **fields)
    with on("2026-11-23"):
        settled = Discrepancy.objects.get(reference="AES-RU-D02")
        settled.settled_on, settled.settled_by, settled.reason_fr = date(2026, 11, 23), editor, "Les deux."
        settled.is_compatible = True
        settled.save()
        replaced = record.discrepancy
        replaced.is_compatible, replaced._history_user = True, editor
        replaced.save()

    then, now = (
        {row["reference"]: (row["outcome"], row["is_compatible"]) for row in listed("discrepancies", reading)}
        for reading in (Reading(known_on=date(2026, 11, 22)), NOW)
    )

    compatible = ("compatible", True)
    assert then == {"AES-RU-D01": ("adopted", False), "AES-RU-D02": ("open", False), "AES-RU-D03": compatible}
    assert now == dict.fromkeys(then, compatible)


def test_a_settlement_on_file_that_was_not_made_yet_is_not_told(record, editor):
    later = {"settled_by": editor, "settled_at": datetime(2026, 11, 30, tzinfo=UTC), "is_compatible": True}
    factories.make_discrepancy(reference="AES-RU-D02", published_by=editor, **later)

    (row,) = [
        row for row in listed("discrepancies", Reading(known_on=date(2026, 11, 25))) if row["reference"] == "AES-RU-D02"
    ]

    assert row["outcome"] == "open"
    told = ("settled_on", "settled_by", "settled_at", "reason_fr", "reason_en")
    assert [row[name] for name in told] == [None] * 5
    assert row["is_compatible"] is False


def test_the_versions_of_a_discrepancy_on_a_past_day_are_those_of_then(record, editor):
    with on("2026-11-23"):
        claim = record.discrepancy.claims.create(value_fr="Le 5 avril", position=3)
        factories.make_citation(claim=claim, exact="Le 3 avril", published_by=editor)
        first = record.discrepancy.claims.first()
        first.value_fr = "Le trois avril"
        first.save()
    with on("2026-11-24"):
        then, now = (
            [row["value_fr"] for row in listed("claims", reading)]
            for reading in (Reading(known_on=date(2026, 11, 22)), NOW)
        )

    assert then == ["Le 3 avril", "Le 10 avril"]
    assert now == ["Le trois avril", "Le 10 avril", "Le 5 avril"]


def test_a_passage_that_was_attached_elsewhere_on_the_day_known_is_left_out(record, editor):
    other = factories.make_commitment(published_by=editor)
    citation = Citation.objects.get(commitment=record.commitment)
    with on("2026-11-23"):
        citation.commitment = other
        citation.save()
    with on("2026-11-24"):
        then = {row["uid"] for row in listed("citations", Reading(known_on=date(2026, 11, 22)))}
        now = {row["uid"] for row in listed("citations")}

    assert str(citation.uid) not in then
    assert str(citation.uid) in now


def test_only_the_parties_that_something_public_names_are_there(record, editor):
    factories.make_commitment(undertakes="SECRET")
    factories.make_party("SEULE")
    record.meeting.participants.add(factories.make_party("NE"))

    assert {row["code"] for row in listed("parties")} == {"RU", "AES", "NE"}
    assert Party.objects.filter(code__in=["SECRET", "SEULE"]).count() == 2


def test_a_withdrawal_tells_the_day_the_reason_and_who_and_nothing_of_what_was_said(record, editor):
    publication.withdraw(record.assessment, by=editor, reason="Source corrigée.")

    told = listed("withdrawals")

    assert [(row["table"], row["key"], row["reason"], row["withdrawn_by"]) for row in told] == [
        ("assessments", str(record.assessment.uid), "Source corrigée.", "Boubacar")
    ]
    assert told[0]["commitment"] == record.commitment.reference
    assert "véhicules" not in str(told)
    assert listed("assessments") == []


@pytest.mark.parametrize("kind", ["commitment", "instrument", "meeting"])
def test_a_note_names_what_it_is_on_and_so_does_its_withdrawal(record, editor, kind):
    target = getattr(record, kind)
    note = factories.make_note(**{kind: target}, published_by=editor)

    [row] = [row for row in listed("notes") if row["uid"] == str(note.uid)]
    publication.withdraw(note, by=editor, reason="Mal lue.")
    [gone] = listed("withdrawals")

    assert [row[name] for name in ("commitment", "instrument", "meeting") if row[name]] == [target.reference]
    assert row[kind] == target.reference
    assert (gone["target"], gone["target_key"]) == (f"{kind}s", target.reference)
    assert (gone["commitment"], gone["source"]) == (target.reference if kind == "commitment" else None, None)


@pytest.mark.slow
@pytest.mark.parametrize("noun", ["milestone", "note", "assessment", "search", "citation"])
def test_a_withdrawal_dated_before_the_version_that_says_so_is_told_as_on_file(record, editor, client, noun):
    gone = record.commitment.citations.get() if noun == "citation" else getattr(record, noun)
    fixture = json.loads(serializers.serialize("json", [gone]))
    fixture[0]["fields"] |= {
        "state": "withdrawn",
        "withdrawn_by": editor.pk,
        "withdrawn_at": "2026-12-03T12:00:00Z",
        "withdrawal_reason": "Doublon.",
    }
    with on("2026-12-10"):
        for loaded in serializers.deserialize("json", json.dumps(fixture)):
            loaded.save()

        [told] = listed("withdrawals", Reading(known_on=date(2026, 12, 5)))
        corrections = client.get("/corrections/?known_on=2026-12-05")
        changes = client.get("/api/v1/changes?known_on=2026-12-05")

    assert (told["withdrawn_by"], told["reason"]) == ("Boubacar", "Doublon.")
    assert told["withdrawn_at"].date() == date(2026, 12, 3)
    assert "Retrait par Boubacar. Motif : Doublon." in text_of(corrections)
    [change] = [item for item in changes.json()["items"] if item["act"] == "withdrawn"]
    assert (change["by"], change["reason"]) == ("Boubacar", {"fr": "Doublon."})


def test_the_condition_of_being_public_is_the_one_of_the_pages(record):
    assert set(Commitment.objects.filter(live(NOW)).values_list("reference", flat=True)) == {
        row["reference"] for row in listed("commitments")
    }
