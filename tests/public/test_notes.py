"""Follow-up notes on a text or a meeting: wherever notes are told, and nowhere while what they are on is not public."""

from datetime import date

import pytest
from django.db.models import QuerySet

from commitments.models import Citation, FollowUpNote, Instrument, Meeting
from commitments.rules.review import publication
from tests import factories
from tests.public.conftest import make_internal, on, text_of

PRAISE = "La Force unifiée est saluée."

ON = ["instrument", "meeting"]


@pytest.fixture(params=ON)
def noted(request, editor):
    """A public text or meeting."""
    with on("2026-05-01"):
        return getattr(factories, f"make_{request.param}")(title_fr="Ce qui est annoté", published_by=editor)


def make_note(noted, **fields):
    return factories.make_note(**{noted._meta.model_name: noted} | fields)


@pytest.fixture
def note(noted, editor):
    with on("2026-05-02"):
        note = make_note(
            noted, body_fr="Position **rapportée**.", body_en="A position, *reported*.", published_by=editor
        )
        factories.make_citation(note=note, exact=PRAISE, published_by=editor)
        return note


def test_it_is_on_the_page_with_its_passages_and_its_address(client, noted, note):
    french, english = client.get(noted.get_absolute_url()), client.get(f"/en{noted.get_absolute_url()}")

    assert "Notes de suivi" in text_of(french)
    assert "Position rapportée." in text_of(french)
    assert PRAISE in text_of(french)
    assert "A position, reported." in text_of(english)
    page, _mark, anchor = note.get_absolute_url().partition("#")
    assert page == noted.get_absolute_url()
    assert f'id="{anchor}"' in french.content.decode()


@pytest.mark.parametrize("case", ["draft", "internal", "later", "withdrawn"])
def test_it_is_not_there_unless_public_and_dated_by_then(client, noted, editor, case):
    note = make_note(noted, body_fr="ZYGOMAR", dated=date(2025, 6, 1), published_by=None if case == "draft" else editor)
    if case == "internal":
        make_internal(note)
    if case == "withdrawn":
        publication.withdraw(note, by=editor, reason="Hors sujet.")
    query = "?as_of=2025-05-31" if case == "later" else ""

    words = text_of(client.get(f"{noted.get_absolute_url()}{query}"))

    assert "ZYGOMAR" not in words
    assert "Notes de suivi" not in words


@pytest.mark.parametrize("state", ["draft", "withdrawn"])
def test_neither_it_nor_its_passages_are_public_while_what_it_is_on_is_not(client, noted, note, editor, state):
    was_public = FollowUpNote.objects.published().exists() and Citation.objects.published().exists()
    if state == "withdrawn":
        publication.withdraw(noted, by=editor, reason="Essai.")
    else:
        rows = QuerySet(type(noted)).filter(pk=noted.pk)
        rows.update(state=state, published_at=None, published_by=None)

    assert was_public
    assert not FollowUpNote.objects.published().exists()
    assert not Citation.objects.published().exists()
    assert PRAISE not in text_of(client.get(note.citations.get().source.get_absolute_url()))


def test_the_page_of_the_source_says_what_the_passage_is_quoted_for(client, noted, note):
    page = client.get(note.citations.get().source.get_absolute_url())

    kind = {Instrument: "Note de suivi sur l’instrument", Meeting: "Note de suivi sur la rencontre"}[type(noted)]
    assert f"{kind} · appuie Ce qui est annoté" in text_of(page)
    assert f'href="{note.get_absolute_url()}"' in page.content.decode()


def test_nothing_is_told_of_a_meeting_that_had_not_begun(client, editor):
    meeting = factories.make_meeting(starts_on=date(2025, 4, 3), published_by=editor)
    note = factories.make_note(meeting=meeting, dated=date(2025, 4, 1), published_by=editor)
    cited = factories.make_citation(note=note, exact=PRAISE, published_by=editor)
    factories.make_citation(meeting=meeting, exact=factories.ACTION, source=cited.source, published_by=editor)

    def told(day):
        query = f"?as_of={day}"
        return [
            len(client.get(f"/api/v1/notes{query}").json()["items"]),
            len(client.get(f"/api/v1/citations{query}").json()["items"]),
            client.get(f"{cited.source.get_absolute_url()}{query}").content.decode().count(meeting.get_absolute_url()),
        ]

    assert told("2025-04-02") == [0, 0, 0]
    assert told("2025-04-03") == [1, 2, 2]


@pytest.mark.slow
def test_known_on_it_reads_as_it_did_and_says_nothing_of_what_it_was_elsewhere(client, noted, note, editor):
    with on("2026-07-01"):
        note.body_fr = "Remaniée."
        note.save()
        moved = factories.make_note(commitment=factories.make_commitment(published_by=editor), published_by=editor)
        moved.body_fr = "AILLEURS"
        moved.save()
    with on("2026-09-01"):
        moved.commitment = None
        setattr(moved, noted._meta.model_name, noted)
        moved.body_fr = "Ici."
        moved.save()
    address = noted.get_absolute_url()

    first, second, today = (
        text_of(client.get(f"{address}{q}")) for q in ("?known_on=2026-06-01", "?known_on=2026-08-01", "")
    )

    assert "Position rapportée." in first
    assert "Remaniée." not in first
    assert "Remaniée." in second
    assert "AILLEURS" not in second
    assert "Ici." not in second
    assert "Ici." in today


def test_the_first_page_and_the_comparison_of_two_days_lead_to_it(client, noted, note):
    for address in ("/?known_on=2026-05-02", "/comparer/?from=2026-05-01&to=2026-05-03"):
        html = client.get(address).content.decode()

        path, _mark, anchor = note.get_absolute_url().partition("#")
        assert f"#{anchor}" in html
        assert f'href="{path}' in html
        assert "Ce qui est annoté" in html


def test_a_correction_and_a_withdrawal_of_it_are_told(client, noted, note, editor):
    with on("2026-05-05"):
        note.body_fr = "Position corrigée."
        note.save()
    corrected = text_of(client.get("/corrections/"))
    with on("2026-05-06"):
        publication.withdraw(note, by=editor, reason="Le passage était mal lu.")

    kind = {Instrument: "Note de suivi sur l’instrument", Meeting: "Note de suivi sur la rencontre"}[type(noted)]
    assert f"Correction {kind} {noted.reference} (1er mai 2025) Ce qui est annoté" in corrected
    withdrawn = text_of(client.get("/corrections/"))
    assert f"Retrait {kind} {noted.reference} (1er mai 2025) Ce qui est annoté" in withdrawn
    assert "Le passage était mal lu." in withdrawn


def test_it_finds_no_commitment(client, record, editor):
    factories.make_note(instrument=record.instrument, body_fr="Une zygomarerie.", published_by=editor)
    of_commitment = "/engagements/?q=zygomarerie"

    assert record.commitment.reference not in text_of(client.get(of_commitment))
    factories.make_note(commitment=record.commitment, body_fr="Une zygomarerie.", published_by=editor)
    assert record.commitment.reference in text_of(client.get(of_commitment))
