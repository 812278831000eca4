"""What the desk says that the public will read, before it publishes: every public field that is filled."""

import pytest
from django.utils.text import capfirst

from commitments.admin.review.public_text import public_lines
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

ELSEWHERE = {"exact", "verification", "text_is_public", "sha256"}
"""What the page shows beside these lines, in other words, or not at all: a digest says nothing to a reader."""


def test_every_public_field_that_is_filled_is_there():
    meeting = factories.make_meeting(place_fr="Moscou")
    for record in (
        meeting,
        factories.make_instrument(meeting=meeting, summary_fr="Six pages."),
        factories.make_commitment(recurrence="FREQ=YEARLY", recurrence_start="2026-04-30"),
        factories.make_citation(meeting=meeting, exact="Le 3 avril", suffix=", les parties"),
        factories.make_discrepancy(meeting=meeting),
        factories.make_source(author="A. Diallo", text="Le texte archivé."),
        factories.make_note(),
        factories.make_milestone(),
        factories.make_assessment(),
    ):
        filled = {name for name in record.public_fields if getattr(record, name) not in (None, "")}

        labels = {line.label for line in public_lines(record)}

        expected = {name: capfirst(str(record._meta.get_field(name).verbose_name)) for name in filled}
        assert {name for name, label in expected.items() if label not in labels} == filled & ELSEWHERE


def test_a_passage_is_said_to_be_of_its_source_and_attached_to_its_record():
    citation = factories.make_citation(meeting=factories.make_meeting(title_fr="Session de Moscou"))

    lines = {line.label: line.text for line in public_lines(citation)}

    assert lines["Source"] == str(citation.source)
    assert lines["Rencontre"] == "Session de Moscou"


def test_a_recurrence_is_said_in_words():
    commitment = factories.make_commitment(recurrence="FREQ=YEARLY", recurrence_start="2026-04-30")

    assert {line.label: line.text for line in public_lines(commitment)}["Récurrence"] == "chaque année"
