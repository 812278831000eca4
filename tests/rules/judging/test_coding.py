"""What the codebook would have looked at again: one kind of remark, one record that has it, one that has not."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from commitments.models import Commitment, Undertaking
from commitments.rules.judging import coding
from commitments.rules.review import publication
from tests import factories

CRITERION = {"criterion_fr": "La force est opérationnelle.", "criterion_en": "The force is operational."}
DAY = "Le 3 avril"
"""The words of a passage of the factories' source that name a day; `factories.AGREEMENT` names none."""

READ = {"reading_fr": "Avant le sommet.", "reading_en": "Before the summit."}
YEAR = {"due_from": date(2026, 1, 1), "due_on": date(2026, 12, 31), "due_precision": "year"}


@pytest.fixture
def commitment(editor):
    return factories.make_commitment(published_by=editor, **CRITERION)


@pytest.fixture
def source(commitment):
    return commitment.citations.get().source


def requote(judged, source, exact):
    """Have `judged` rest on `exact` of `source` alone."""
    citation = judged.citations.get()
    citation.source, citation.exact = source, exact
    citation.save()


def codes(record):
    return [remark.code for remark in coding.remarks(record)]


def test_a_record_coded_well_has_no_remark(commitment, analyst, editor):
    judged = factories.make_assessment(commitment=commitment, proposed_by=analyst, published_by=editor)

    assert codes(commitment) == []
    assert codes(judged) == []
    assert list(coding.all_remarks()) == []


def test_an_action_that_is_only_context_for_the_commitment(commitment, source):
    judged = factories.make_assessment(commitment=commitment)
    requote(judged, source, factories.ACTION)
    assert codes(judged) == []

    around = factories.make_citation(commitment=commitment, source=source, exact=factories.ACTION, role="context")
    assert codes(judged) == ["context_as_action"]

    around.role = "supports"
    around.save()
    assert "context_as_action" not in codes(judged)


def test_an_announcement_may_be_context_for_the_commitment(commitment, source):
    judged = factories.make_assessment(commitment=commitment, evidence_kind="announcement")
    requote(judged, source, factories.ACTION)
    factories.make_citation(commitment=commitment, source=source, exact=factories.ACTION, role="context")

    assert codes(judged) == []


def test_the_same_words_in_another_source_are_another_passage(commitment):
    judged = factories.make_assessment(commitment=commitment)
    factories.make_citation(commitment=commitment, exact=factories.ACTION, role="context")

    assert codes(judged) == []


def test_a_judgement_that_rests_on_what_states_the_commitment(commitment, source):
    judged = factories.make_assessment(commitment=commitment)
    requote(judged, source, factories.AGREEMENT)
    assert codes(judged) == ["rests_on_promise"]

    factories.make_citation(assessment=judged, source=source, exact=factories.ACTION, evidence_kind="concrete_action")
    assert codes(judged) == []


def test_a_part_of_the_passage_is_the_passage(commitment, source):
    judged = factories.make_assessment(commitment=commitment)
    requote(judged, source, factories.AGREEMENT.partition(" de ")[0])

    assert codes(judged) == ["rests_on_promise"]


def test_what_was_withdrawn_is_not_looked_at(commitment, source, editor):
    judged = factories.make_assessment(commitment=commitment)
    requote(judged, source, factories.ACTION)
    around = factories.make_citation(
        commitment=commitment, source=source, exact=factories.ACTION, role="context", published_by=editor
    )
    assert codes(judged) == ["context_as_action"]

    publication.withdraw(around, by=editor, reason="Doublon.")

    assert codes(judged) == []


def test_a_party_is_judged_that_has_no_role(commitment):
    judged = factories.make_assessment(commitment=commitment, party=factories.make_party("ML"))
    assert codes(judged) == ["party_without_role"]

    Undertaking.objects.create(commitment=commitment, party=judged.party, role="undertakes")
    assert codes(judged) == []


@pytest.mark.parametrize("party", ["ML", None])
def test_a_search_is_about_a_party_that_has_a_role(party, commitment):
    search = factories.make_search(commitment=commitment, party=party and factories.make_party(party))

    assert codes(search) == (["party_without_role"] if party else [])


@pytest.mark.parametrize("language", ["fr", "en"])
def test_reasons_once_filled_in_are_not_left_in_one_language(language, commitment):
    judged = factories.make_assessment(commitment=commitment, **coding.READY_MADE)
    assert codes(judged) == []

    setattr(judged, f"rationale_{language}", "Dix véhicules.")
    judged.save()

    (remark,) = coding.remarks(judged)
    assert (remark.code, remark.field) == ("ready_made", "rationale_en" if language == "fr" else "rationale_fr")


@pytest.mark.parametrize(("basis", "expected"), [("agreed", ["no_criterion"]), ("announced", []), ("intention", [])])
def test_what_was_agreed_says_when_it_is_complete(basis, expected, db):
    assert codes(factories.make_commitment(basis=basis)) == expected


def test_a_commitment_of_which_every_passage_is_context(commitment):
    citation = commitment.citations.get()
    citation.role = "context"
    citation.save()

    assert codes(commitment) == ["only_context"]


@pytest.mark.parametrize(
    ("fields", "passage", "expected"),
    [
        ({"due_on": date(2026, 12, 31)}, factories.AGREEMENT, ["day_without_source"]),
        ({"due_on": date(2026, 12, 31)}, DAY, []),
        ({"due_from": date(2026, 1, 1), "due_on": date(2026, 12, 31)}, factories.AGREEMENT, ["day_without_source"]),
        (YEAR, factories.AGREEMENT, []),
        ({"due_on": date(2026, 12, 31)} | READ, factories.AGREEMENT, []),
        (
            YEAR | {"title_fr": "Échéance du 31 décembre 2026"},
            factories.AGREEMENT,
            ["day_without_source"],
        ),
        (
            {"due_from": date(2026, 1, 1), "due_on": date(2026, 12, 31), "title_en": "Due by December 31, 2026"},
            factories.AGREEMENT,
            ["day_without_source"],
        ),
        ({"due_on": None}, factories.AGREEMENT, []),
    ],
)
def test_a_milestone_more_precise_than_its_passage(commitment, source, fields, passage, expected):
    milestone = factories.make_milestone(commitment=commitment, **fields)
    citation = milestone.citations.get()
    citation.source, citation.exact = source, passage
    citation.save()

    assert codes(milestone) == expected


def test_a_passage_in_english_names_a_day_too(commitment):
    words = "The session will be held on 31 December."
    source = factories.make_source(language="en", text=words)
    milestone = factories.make_milestone(commitment=commitment, due_on=date(2026, 12, 31))
    citation = milestone.citations.get()
    citation.source, citation.exact = source, words
    citation.save()

    assert codes(milestone) == []


def test_a_milestone_of_a_recurrence_has_its_day_by_a_rule_but_not_in_its_title(editor):
    rule = {"recurrence": "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=15", "recurrence_start": date(2026, 12, 15)}
    milestone = factories.make_commitment(published_by=editor, **rule, **CRITERION).milestones.get()
    assert codes(milestone) == []

    milestone.title_fr = "Échéance du 15 décembre 2026"  # as recurrences wrote them once
    milestone.save()
    assert codes(milestone) == ["day_without_source"]


def test_a_day_of_a_recurrence_whose_rule_names_none_is_looked_at_again(editor):
    rule = {"recurrence": "FREQ=YEARLY", "recurrence_start": date(2026, 12, 31)}
    milestone = factories.make_commitment(published_by=editor, **rule, **CRITERION).milestones.get()
    assert codes(milestone) == []

    milestone.due_from, milestone.due_precision = None, "day"  # as recurrences made the first one once
    milestone.save()
    assert codes(milestone) == ["day_without_rule"]
    assert coding.remarks(milestone)[0].message.endswith("2026.")

    milestone.commitment.recurrence = "tous les ans"  # no rule is a rule of its day
    assert codes(milestone) == []


def test_a_text_in_one_language_beside_texts_in_both(commitment):
    note = factories.make_note(commitment=commitment, body_en="")
    assert [(remark.code, remark.field) for remark in coding.remarks(note)] == [("one_language", "body_en")]

    commitment.statement_en = ""
    commitment.save()
    assert [(remark.code, remark.field) for remark in coding.remarks(commitment)] == [("one_language", "statement_en")]


def test_a_record_all_in_french_is_in_one_language_on_purpose(db):
    meeting = factories.make_meeting(title_en="", summary_fr="Une session.")

    assert codes(meeting) == []


def test_a_version_of_a_discrepancy_in_one_language(db):
    discrepancy = factories.make_discrepancy()
    claim = discrepancy.claims.first()
    claim.value_en = ""
    claim.save()

    assert codes(discrepancy) == ["one_language"]


def test_what_is_not_coded_from_sources_has_no_remark(source):
    assert coding.remarks(source) == []
    assert coding.remarks(factories.make_party("NE")) == []


def test_drafts_and_what_is_out_of_force_are_left_alone(commitment, editor):
    draft = factories.make_assessment(commitment=commitment, party=factories.make_party("ML"))
    assert codes(draft) == ["party_without_role"]
    assert list(coding.all_remarks()) == []


@pytest.mark.slow
@pytest.mark.one_database
def test_the_number_of_queries_does_not_grow_with_the_rows(analyst, editor):
    def made(number):
        for _time in range(number):
            commitment = factories.make_commitment(published_by=editor)
            factories.make_assessment(commitment=commitment, proposed_by=analyst, published_by=editor)
            factories.make_milestone(commitment=commitment, published_by=editor)
            factories.make_note(commitment=commitment, published_by=editor)

    def counted():
        with CaptureQueriesContext(connection) as queries:
            found = list(coding.all_remarks())
        return len(found), len(queries)

    made(1)
    remarks, queries = counted()
    made(3)

    assert counted() == (4 * remarks, queries)
    assert remarks
    assert Commitment.objects.count() == 4
