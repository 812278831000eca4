"""The passages on file that could carry a judgement; the selector of a stretch of a source."""

import pytest

from commitments.rules.review import publication
from commitments.rules.sourcing import citable_passages
from commitments.rules.text import quotes
from tests import factories

pytestmark = pytest.mark.django_db


def offered(commitment, **options):
    return [
        (str(group.title), [row.exact for row in group.citations])
        for group in citable_passages.passages(commitment, **options)
    ]


@pytest.fixture
def source():
    return factories.make_source()


def test_passages_come_from_the_commitment_and_what_follows_from_it(source):
    commitment = factories.make_commitment()
    factories.make_milestone(commitment=commitment)
    note = factories.make_note(commitment=commitment)
    factories.make_citation(note=note, source=source, exact="La Force unifiée est saluée.")
    factories.make_assessment(commitment=commitment, exact=factories.ANNOUNCEMENT)
    factories.make_assessment()  # of another commitment

    titles = dict(offered(commitment))

    assert titles == {
        "Cités pour l’engagement": [factories.AGREEMENT],
        "Cités par une autre évaluation": [factories.ANNOUNCEMENT],
        "Cités pour un jalon": [factories.ACTION],
        "Cités par une note de suivi": ["La Force unifiée est saluée."],
    }


def test_passage_cited_twice_is_offered_once_with_its_kind(source):
    commitment = factories.make_commitment()
    assessment = factories.make_assessment(commitment=commitment)
    citation = assessment.citations.get()
    factories.make_citation(commitment=commitment, source=citation.source, exact=citation.exact)

    [group] = citable_passages.passages(commitment)

    assert [(row.exact, row.evidence_kind) for row in group.citations] == [
        (factories.AGREEMENT, ""),
        (factories.ACTION, "concrete_action"),
    ]


def test_what_the_judgement_cites_already_is_not_offered():
    assessment = factories.make_assessment()

    assert offered(assessment.commitment, but=assessment) == [("Cités pour l’engagement", [factories.AGREEMENT])]


def test_what_is_gone_or_unverified_is_not_offered(editor, analyst):
    commitment = factories.make_commitment(published_by=editor)
    withdrawn = factories.make_note(commitment=commitment, published_by=editor)
    factories.make_citation(note=withdrawn, exact="La Force unifiée est saluée.")
    publication.withdraw(withdrawn, by=editor, reason="Erreur.")
    declined = factories.make_assessment(commitment=commitment, proposed_by=analyst)
    publication.decline(declined, by=editor, reason="Erreur.")
    factories.make_citation(commitment=commitment, exact="jamais dit")
    gone = factories.make_citation(commitment=commitment, exact=factories.ANNOUNCEMENT, published_by=None)
    publication.publish(gone, by=editor)
    publication.withdraw(gone, by=editor, reason="Erreur.")

    assert offered(commitment) == [("Cités pour l’engagement", [factories.AGREEMENT])]


def test_selector_of_a_passage_that_stands_once(source):
    start = source.text.index(factories.ACTION)

    # White space at its ends is no part of a passage.
    found = citable_passages.selector(source, start - 1, start + len(factories.ACTION) + 1)

    assert found == citable_passages.Selector(factories.ACTION)


@pytest.mark.parametrize("which", [0, 1])
def test_selector_of_a_passage_that_stands_twice_decides_between_them(which, source):
    first = source.text.index("Force unifiée")
    start = first if which == 0 else source.text.index("Force unifiée", first + 1)

    found = citable_passages.selector(source, start, start + len("Force unifiée"))

    place = quotes.locate(source.text, *found)
    assert (place.start, found.exact) == (start, "Force unifiée")
    assert found.prefix or found.suffix


@pytest.mark.parametrize(("start", "end"), [(5, 5), (9, 2), (0, 10_000), (10_000, 10_001), (2, 3)])
def test_no_selector_where_there_is_no_passage(start, end, source):
    # The last of these is a blank.
    assert citable_passages.selector(source, start, end) is None
