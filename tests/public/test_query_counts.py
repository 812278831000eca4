"""Each page makes the same number of queries for 1 and for 4 of everything that it shows."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from commitments.models import Undertaking
from commitments.rules.review import publication
from tests import factories
from tests.public.conftest import addresses, on

MANY = 4


def count(client, address):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def take_stock():
    """Let PostgreSQL see how many rows there are: within one transaction nothing else tells its planner."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def grow(record, analyst, editor, numbers):
    """Add one of everything that some page shows, with what hangs from it, for each of `numbers`."""
    for index in numbers:
        party = factories.make_party(f"P{index}X")
        instrument = factories.make_instrument(meeting=record.meeting, published_by=editor)
        instrument.issuers.add(party)
        record.meeting.participants.add(party)
        for basis in ("agreed", "expected", "envisaged"):
            other = factories.make_commitment(
                basis=basis, instrument=instrument, sector=factories.make_sector(f"s{index}"), published_by=editor
            )
        Undertaking.objects.create(commitment=record.commitment, party=party, role="undertakes")
        for whose in (None, party):
            for kept in (True, False):
                assessment = factories.make_assessment(
                    commitment=record.commitment, party=whose, proposed_by=analyst, published_by=editor
                )
                if not kept:
                    publication.withdraw(assessment, by=editor, reason="Essai.")
            # Of the last ones made, no judgement says anything more: lists show the searches.
            for of in (record.commitment, other):
                factories.make_search(commitment=of, party=whose, proposed_by=analyst, published_by=editor)
            gone = factories.make_search(
                commitment=record.commitment, party=whose, proposed_by=analyst, published_by=editor
            )
            publication.withdraw(gone, by=editor, reason="Essai.")
        day = date(2026, 12, 1) + timedelta(days=index)
        factories.make_milestone(commitment=record.commitment, due_on=day, published_by=editor)
        factories.make_milestone(
            commitment=other, due_on=date(2025, 5, 1), met_on=date(2025, 5, 2), published_by=editor
        )
        note = factories.make_note(commitment=record.commitment, published_by=editor)
        of_text = factories.make_note(instrument=record.instrument, published_by=editor)
        of_meeting = factories.make_note(meeting=record.meeting, published_by=editor)
        discrepancy = factories.make_discrepancy(meeting=record.meeting, published_by=editor)
        discrepancy.commitments.add(record.commitment)
        record.discrepancy.commitments.add(other)
        claim = record.discrepancy.claims.create(value_fr=f"Version {index}", position=index + 5)
        for target in (
            {"commitment": record.commitment},
            {"meeting": record.meeting},
            {"instrument": instrument},
            {"note": note},
            {"note": of_text},
            {"note": of_meeting},
            {"claim": claim},
        ):
            factories.make_citation(source=record.source, published_by=editor, **target)
            factories.make_citation(published_by=editor, **target)
        take_stock()


@pytest.mark.one_database
@pytest.mark.slow
@pytest.mark.parametrize("query", ["", "as_of=2026-11-20", "known_on=2026-11-20"])
def test_the_number_of_queries_does_not_grow_with_the_rows(client, analyst, editor, request, query):
    with on("2026-11-19"):
        record = request.getfixturevalue("record")
        grow(record, analyst, editor, [0])
        pages = [f"{address}{'&' if '?' in address else '?'}{query}" for address in addresses(record)]
    few = {page: count(client, page) for page in pages}
    with on("2026-11-19"):
        grow(record, analyst, editor, range(1, MANY))

    many = {page: count(client, page) for page in pages}

    assert {page: n for page, n in many.items() if n > few[page]} == {}
    assert max(many.values()) <= 43
