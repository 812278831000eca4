"""What has no date comes last in every list, on every database."""

from datetime import date

import pytest

from commitments.models import Citation, Instrument, Milestone
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def instruments():
    """Return the keys of an instrument of 2025, one of 2024 and one without a day."""
    days = (date(2025, 4, 3), None, date(2024, 1, 1))
    later, undated, earlier = (factories.make_instrument(issued_on=day).pk for day in days)
    return later, earlier, undated


def listed(client, noun, query=""):
    return [row.pk for row in client.get(f"/admin/commitments/{noun}/{query}").context["cl"].result_list]


def test_instruments_without_a_day_come_last(instruments, as_editor):
    later, earlier, undated = instruments

    assert list(Instrument.objects.values_list("pk", flat=True)) == [earlier, later, undated]
    assert listed(as_editor, "instrument") == [earlier, later, undated]


@pytest.mark.slow
def test_milestones_without_a_deadline_come_last_at_the_desk_and_for_the_public(editor, as_editor, client):
    commitment = factories.make_commitment(published_by=editor)
    later, undated, earlier = (
        factories.make_milestone(commitment=commitment, published_by=editor, title_fr=title, due_on=due_on)
        for title, due_on in (("Deux", date(2027, 1, 1)), ("Trois", None), ("Un", date(2026, 1, 1)))
    )
    expected = [earlier.pk, later.pk, undated.pk]

    assert list(Milestone.objects.values_list("pk", flat=True)) == expected
    assert listed(as_editor, "milestone") == expected
    record = client.get(commitment.get_absolute_url()).context["record"]
    assert [row.pk for row in record.public_milestones] == expected


def test_citations_without_a_place_come_after_the_others_of_their_source(as_editor):
    source, meeting = factories.make_source(), factories.make_meeting()
    lost, second, first = (
        factories.make_citation(source=source, meeting=meeting, exact=exact).pk
        for exact in ("jamais dit", factories.ACTION, factories.AGREEMENT)
    )

    assert list(Citation.objects.values_list("pk", flat=True)) == [first, second, lost]
    assert listed(as_editor, "citation") == [first, second, lost]


@pytest.mark.parametrize(("sign", "turned"), [("", True), ("-", False)])
def test_a_column_that_is_sorted_leaves_the_rows_without_a_value_last_either_way(sign, turned, instruments, as_editor):
    later, earlier, undated = instruments
    by_day = 4  # the column, counted with the boxes to tick

    found = listed(as_editor, "instrument", f"?o={sign}{by_day}")

    assert found == ([earlier, later, undated] if turned else [later, earlier, undated])


NOUNS = [
    *("assessment", "commitment", "milestone", "followupnote", "discrepancy", "claim", "citation", "source"),
    *("instrument", "meeting", "party", "sector"),
]


@pytest.mark.slow
@pytest.mark.parametrize("noun", NOUNS)
def test_every_column_of_every_list_sorts(noun, as_editor, analyst, editor):
    factories.make_milestone(met_on=date(2026, 1, 1))
    factories.make_assessment(proposed_by=analyst, published_by=editor)
    factories.make_assessment(party=factories.make_party("RU"))
    factories.make_note()
    factories.make_discrepancy(settled_by=editor)
    factories.make_discrepancy()
    address = f"/admin/commitments/{noun}/"
    whole = listed(as_editor, noun)

    for column in range(1, len(as_editor.get(address).context["cl"].list_display)):
        for sign in ("", "-"):
            assert sorted(listed(as_editor, noun, f"?o={sign}{column}")) == sorted(whole)
