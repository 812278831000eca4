"""The matrix: commitments of which a party's part is judged apart, and the judgement in force of each."""

from datetime import date

import pytest

from commitments.rules.review import publication
from tests import factories
from tests.public.conftest import on, text_of

PAGE = "/matrice/"


@pytest.fixture
def judge(analyst, editor):
    """Return a way to judge a party's part of a commitment, in public."""

    def judge(commitment, code, status="limited", **fields):
        return factories.make_assessment(
            commitment=commitment,
            party=factories.make_party(code),
            status=status,
            proposed_by=analyst,
            published_by=editor,
            **fields,
        )

    return judge


def cells(page):
    return {
        line.commitment.reference: {party.code: own and own.status for party, own in line.cells}
        for line in page.context["lines"]
    }


@pytest.mark.slow
def test_a_row_for_each_commitment_judged_apart_and_a_column_for_each_party(client, record, judge, editor):
    other = factories.make_commitment(reference="AES-RU-2025-02", published_by=editor)
    factories.make_commitment(published_by=editor)
    judge(record.commitment, "AES", "complete")
    judge(other, "RU", "limited")

    page = client.get(PAGE)

    assert cells(page) == {
        "AES-RU-2025-01": {"AES": "complete", "RU": None},
        "AES-RU-2025-02": {"AES": None, "RU": "limited"},
    }
    words = text_of(page)
    assert "AES-RU-2025-01 Progrès limité, au 10 avril 2025 Réalisé, au 10 avril 2025" in words
    assert "pas considérée à part" in words


def test_the_latest_judgement_of_a_part_is_the_one_in_force(client, record, judge):
    judge(record.commitment, "AES", "substantial", as_of=date(2025, 9, 1))
    judge(record.commitment, "AES", "limited", as_of=date(2025, 5, 1))

    assert cells(client.get(PAGE)) == {"AES-RU-2025-01": {"AES": "substantial"}}
    assert cells(client.get(f"{PAGE}?as_of=2025-08-31")) == {"AES-RU-2025-01": {"AES": "limited"}}
    assert cells(client.get(f"{PAGE}?as_of=2025-04-30")) == {}


def test_a_judgement_withdrawn_or_superseded_leaves_the_matrix(client, record, judge, analyst, editor):
    wrong = judge(record.commitment, "AES", "limited")
    publication.withdraw(wrong, by=editor, reason="Source démentie.")
    first = judge(record.commitment, "RU", "limited", as_of=date(2025, 9, 1))
    better = factories.make_assessment(
        commitment=record.commitment, party=first.party, status="complete", as_of=date(2025, 8, 1), proposed_by=analyst
    )
    publication.supersede(first, better, by=editor, reason="Un lot avait été omis.")

    assert cells(client.get(PAGE)) == {"AES-RU-2025-01": {"RU": "complete"}}


def test_a_draft_and_an_expectation_have_no_row(client, record, judge, editor):
    factories.make_assessment(commitment=record.commitment, party=factories.make_party("AES"), status="complete")
    judge(factories.make_commitment(basis="expected", published_by=editor), "RU")

    page = client.get(PAGE)

    assert cells(page) == {}
    assert "Aucun engagement n’est évalué pour une seule partie" in text_of(page)


def test_known_on_a_day_names_are_those_of_then(client, editor, judge):
    with on("2026-05-01"):
        commitment = factories.make_commitment(title_fr="Titre d’alors", published_by=editor)
        party = judge(commitment, "AES").party
    with on("2026-07-01"):
        party.name_fr, commitment.title_fr = "Nom récent", "Titre récent"
        party.save()
        commitment.save()

    then = text_of(client.get(f"{PAGE}?known_on=2026-06-01"))

    assert "Partie AES" in then
    assert "Titre d’alors" in then
    assert "récent" not in then
    assert cells(client.get(f"{PAGE}?known_on=2026-04-30")) == {}


def test_a_party_only_judged_apart_has_a_page_that_says_so(client, record, judge):
    judge(record.commitment, "ML", "complete")

    matrix = client.get(PAGE).content.decode()
    page = client.get("/parties/ML/")

    assert 'href="/parties/ML/"' in matrix
    assert page.status_code == 200
    [row] = page.context["records"]
    assert (row.reference, row.status, row.own.status) == ("AES-RU-2025-01", "limited", "complete")
    assert "considérée à part" in text_of(page)
    assert "party=ML" not in page.content.decode()
