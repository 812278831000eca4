"""The page of an instrument: all that it carries, by pages or in one piece, as it stood on the day read."""

from datetime import date

import pytest

from commitments.public.pages import instruments
from commitments.rules.review import publication
from tests import factories
from tests.public.conftest import on, text_of


@pytest.fixture
def instrument(editor):
    with on("2026-05-01"):
        return factories.make_instrument(reference="communique", title_fr="Communiqué conjoint", published_by=editor)


def test_each_commitment_with_its_status_its_evidence_and_its_passages(client, record):
    words = text_of(client.get(record.instrument.get_absolute_url()))

    assert "1 engagement, et où il en est Progrès limité 1" in words
    assert record.commitment.reference in words
    assert "Les parties conviennent de renforcer la Force unifiée." in words
    assert f"«\u00a0{factories.AGREEMENT}\u00a0»".replace("\u00a0", " ") in words
    assert "Progrès limité, au 10 avril 2025" in words
    assert "Dix véhicules ont été livrés." in words
    assert factories.ACTION in words
    assert "Rencontre : Consultations" in words


@pytest.mark.slow
def test_the_judgement_is_that_of_the_day_read(client, record, analyst, editor):
    factories.make_assessment(
        commitment=record.commitment,
        status="complete",
        as_of=date(2025, 9, 1),
        rationale_fr="Tout y est.",
        proposed_by=analyst,
        published_by=editor,
    )
    address = record.instrument.get_absolute_url()

    before, after = client.get(f"{address}?as_of=2025-08-31"), client.get(address)

    assert [item.whole.status for item in before.context["items"]] == ["limited"]
    assert "Tout y est." not in text_of(before)
    assert [item.whole.status for item in after.context["items"]] == ["complete"]
    assert "Tout y est." in text_of(after)


def test_known_on_shows_the_words_of_then(client, instrument, editor):
    with on("2026-05-01"):
        commitment = factories.make_commitment(instrument=instrument, title_fr="Titre d’alors", published_by=editor)
    with on("2026-07-01"):
        commitment.title_fr = "Titre récent"
        commitment.save()
        factories.make_commitment(instrument=instrument, title_fr="Venu après", published_by=editor)

    words = text_of(client.get(f"{instrument.get_absolute_url()}?known_on=2026-06-01"))

    assert "Titre d’alors" in words
    assert "Titre récent" not in words
    assert "Venu après" not in words


def test_a_judgement_of_one_party_is_told_apart(client, record, analyst, editor):
    party = factories.make_party("ML")
    factories.make_assessment(
        commitment=record.commitment,
        party=party,
        status="complete",
        proposed_by=analyst,
        published_by=editor,
    )

    page = client.get(record.instrument.get_absolute_url())

    assert f"Pour une seule partie : {party.name_fr}" in text_of(page)
    assert [item.whole.status for item in page.context["items"]] == ["limited"]


@pytest.mark.slow
def test_pages_on_the_screen_and_one_piece_for_paper(client, instrument, editor, monkeypatch):
    monkeypatch.setattr(instruments, "SHOWN", 2)
    monkeypatch.setattr(instruments, "WHOLE", 4)
    for _number in range(5):
        factories.make_commitment(instrument=instrument, published_by=editor)
    address = instrument.get_absolute_url()

    pages = [client.get(f"{address}?page={number}") for number in (1, 2, 3, 4)]
    whole = client.get(f"{address}?whole=1")

    assert [len(page.context["items"]) for page in pages[:3]] == [2, 2, 1]
    assert pages[3].status_code == 404
    assert "Tout sur une seule page, pour imprimer" in text_of(pages[0])
    assert len(whole.context["items"]) == 4
    assert "compte au plus 4 engagements : ce texte en porte 5" in text_of(whole)
    assert len(client.get(f"{address}?page=2&whole=1").context["items"]) == 1


def test_expectations_are_shown_and_not_counted(client, instrument, editor):
    factories.make_commitment(instrument=instrument, published_by=editor)
    factories.make_commitment(instrument=instrument, basis="expected", published_by=editor)

    words = text_of(client.get(instrument.get_absolute_url()))

    assert "1 engagement, et où il en est" in words
    assert "Attendu avant la rencontre" in words
    assert "n’est pas compté ici" in words


@pytest.mark.parametrize("value", ["0", "2", "oui"])
def test_another_value_is_named(client, instrument, value):
    page = client.get(instrument.get_absolute_url(), {"whole": value})

    assert page.status_code == 400
    assert f"« whole={value} » : écrivez 1 pour tout lire d’un seul tenant" in text_of(page)


def test_what_is_not_public_has_no_page(client, editor):
    draft = factories.make_instrument()
    gone = factories.make_instrument(published_by=editor)
    publication.withdraw(gone, by=editor, reason="Doublon.")

    assert client.get(draft.get_absolute_url()).status_code == 404
    assert client.get(gone.get_absolute_url()).status_code == 410


def test_the_meeting_and_the_commitment_lead_to_it(client, record):
    for address in (record.meeting.get_absolute_url(), record.commitment.get_absolute_url()):
        assert f'href="{record.instrument.get_absolute_url()}"' in client.get(address).content.decode()
