"""The pages that tell of a discrepancy: how it was settled, or that it is open."""

from tests import factories
from tests.public.conftest import text_of


def test_discrepancy_page_shows_claims_the_value_adopted_and_who_decided(client, record):
    words = text_of(client.get(record.discrepancy.get_absolute_url()))

    assert "Valeur retenue : Le 3 avril" in words
    assert "Deux sources concordent." in words
    assert "Tranchée par Boubacar le 1er novembre 2026." in words
    assert words.count("Retrouvée mot pour mot") == 2
    assert "AES-RU-2025-01" in words


def test_discrepancy_page_says_that_a_question_is_open(client, editor):
    discrepancy = factories.make_discrepancy(published_by=editor)

    words = text_of(client.get(discrepancy.get_absolute_url()))

    assert "Non tranchée, laissée ouverte" in words
    assert "Valeur retenue" not in words


def test_home_tells_of_compatible_claims_and_does_not_count_the_question_as_open(client, editor):
    factories.make_discrepancy(published_by=editor)
    factories.make_discrepancy(question_fr="Qui donc ?", settled_by=editor, is_compatible=True, published_by=editor)

    page = client.get("/")

    assert page.context["disputed_count"] == 1
    words = text_of(page)
    assert "Les versions d’une divergence sont dites compatibles : Qui donc ?" in words
    assert "est tranchée" not in words


def test_compatible_claims_are_said_to_be_on_every_page_that_names_the_question(client, record, editor):
    discrepancy = factories.make_discrepancy(
        meeting=record.meeting, settled_by=editor, is_compatible=True, published_by=editor
    )
    discrepancy.commitments.add(record.commitment)

    words = text_of(client.get(discrepancy.get_absolute_url()))

    assert "Versions compatibles : toutes peuvent être vraies" in words
    assert "Deux sources concordent." in words
    assert "Versions dites compatibles par Boubacar le 1er novembre 2026." in words
    assert "laissée ouverte" not in words
    assert "aleur retenue" not in words
    assert "Versions compatibles : toutes peuvent être vraies" in text_of(client.get("/divergences/"))
    for page in (record.meeting, record.commitment):
        assert f"{discrepancy.reference} · Versions compatibles" in text_of(client.get(page.get_absolute_url()))
