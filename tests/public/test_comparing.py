"""Two days compared: each kind of change, once, on the right side of the days; nothing that was never public."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from commitments.public.time.comparing import SHOWN
from commitments.public.time.differences import KINDS
from commitments.public.views import PAGE_SIZE
from commitments.rules.review import publication
from tests import factories
from tests.public.conftest import make_internal, on, text_of

JULY = "/comparer/?from=2026-06-30&to=2026-07-31"


def parts(client, address=JULY):
    """Return the rows of each kind that the page lists, those without any left out."""
    page = client.get(address)
    assert page.status_code == 200
    return {part.kind: part.rows for part in page.context["parts"] if part.n}


@pytest.fixture
def commitment(editor):
    with on("2026-05-01"):
        return factories.make_commitment(reference="AES-RU-2025-01", published_by=editor)


def test_nothing_changed_is_said(client, commitment):
    page = client.get(JULY)

    assert not page.context["changed"]
    assert "n’a changé entre ces deux jours" in text_of(page)
    assert "le 31 juillet 2026 et ne disait pas encore à la fin du 30 juin 2026" in text_of(page)


@pytest.mark.slow
def test_what_was_made_public_between_the_days(client, commitment, editor):
    with on("2026-07-10"):
        agreed = factories.make_commitment(published_by=editor)
        factories.make_commitment()
    with on("2026-08-01"):
        factories.make_commitment(published_by=editor)

    assert parts(client) == {"published": [agreed]}


@pytest.mark.slow
def test_the_first_day_is_out_and_the_second_is_in(client, editor):
    made = []
    for day in ("2026-06-30", "2026-07-01", "2026-07-31", "2026-08-01"):
        with on(day):
            made.append(factories.make_commitment(published_by=editor))

    assert parts(client)["published"] == [made[2], made[1]]


@pytest.mark.slow
def test_a_status_goes_from_the_old_to_the_new(client, commitment, analyst, editor):
    with on("2026-06-01"):
        factories.make_assessment(commitment=commitment, proposed_by=analyst, published_by=editor)
    with on("2026-07-10"):
        factories.make_assessment(
            commitment=commitment,
            status="complete",
            as_of=date(2026, 7, 1),
            proposed_by=analyst,
            published_by=editor,
        )

    found = parts(client)

    assert list(found) == ["status"]
    [row] = found["status"]
    assert (row.status_before, row.status) == ("limited", "complete")
    assert "avant : Progrès limité, au 10 avril 2025 → après : Réalisé, au 1er juillet 2026" in text_of(
        client.get(JULY)
    )


@pytest.mark.slow
def test_a_withdrawn_judgement_changes_the_status_back_and_is_told(client, commitment, analyst, editor):
    with on("2026-06-01"):
        judged = factories.make_assessment(
            commitment=commitment, rationale_fr="MOTIFS-RETIRÉS.", proposed_by=analyst, published_by=editor
        )
    with on("2026-07-10"):
        publication.withdraw(judged, by=editor, reason="Source démentie.")

    found = parts(client)
    words = text_of(client.get(JULY))

    assert [(row.status_before, row.status) for row in found["status"]] == [("limited", "not_assessed")]
    assert [row["named"] for row in found["withdrawn"]] == ["AES-RU-2025-01"]
    assert "Évaluation de l’engagement AES-RU-2025-01 retrait du 10 juillet 2026. Motif : Source démentie." in words
    assert "MOTIFS-RETIRÉS" not in words


def test_a_status_that_came_back_is_no_change(client, commitment, analyst, editor):
    with on("2026-07-10"):
        judged = factories.make_assessment(commitment=commitment, proposed_by=analyst, published_by=editor)
    with on("2026-07-20"):
        publication.withdraw(judged, by=editor, reason="Erreur.")

    assert list(parts(client)) == ["withdrawn"]


@pytest.mark.slow
def test_a_search_is_told_and_moves_the_status_of_what_nobody_judged(client, commitment, analyst, editor):
    with on("2026-06-01"):
        judged = factories.make_commitment(reference="AES-RU-2025-02", published_by=editor)
        factories.make_assessment(commitment=judged, proposed_by=analyst, published_by=editor)
    with on("2026-07-10"):
        searches = [
            factories.make_search(commitment=of, proposed_by=analyst, published_by=editor)
            for of in (commitment, judged)
        ]

    found = parts(client)

    assert found["search"] == searches[::-1]
    assert [(row.reference, row.status_before, row.status) for row in found["status"]] == [
        ("AES-RU-2025-01", "not_assessed", "no_evidence")
    ]
    words = text_of(client.get(JULY))
    assert "avant : Non évalué → après : Aucune preuve disponible" in words
    assert "AES-RU-2025-02 · recherché le 20 avril 2025 (Presse des quatre États) : rien trouvé" in words


@pytest.mark.slow
def test_a_withdrawn_search_changes_the_status_back_and_is_told(client, commitment, analyst, editor):
    with on("2026-06-01"):
        sought = factories.make_search(
            commitment=commitment, searched_where_fr="RETIRÉ", proposed_by=analyst, published_by=editor
        )
    with on("2026-07-10"):
        publication.withdraw(sought, by=editor, reason="Doublon.")

    found, words = parts(client), text_of(client.get(JULY))

    assert [(row.status_before, row.status) for row in found["status"]] == [("no_evidence", "not_assessed")]
    assert "Recherche sur l’engagement AES-RU-2025-01 retrait du 10 juillet 2026. Motif : Doublon." in words
    assert "RETIRÉ" not in words


def test_a_judgement_of_one_party_is_told_apart(client, commitment, analyst, editor):
    with on("2026-07-10"):
        judged = factories.make_assessment(
            commitment=commitment, party=factories.make_party("ML"), proposed_by=analyst, published_by=editor
        )

    assert parts(client) == {"judgement": [judged]}


@pytest.mark.slow
def test_milestones_met_and_gone_by(client, commitment, editor):
    with on("2026-05-02"):
        late = factories.make_milestone(commitment=commitment, due_on=date(2026, 7, 15), published_by=editor)
        done = factories.make_milestone(commitment=commitment, due_on=date(2026, 7, 20), published_by=editor)
        factories.make_milestone(commitment=commitment, due_on=date(2026, 6, 1), published_by=editor)
        factories.make_milestone(commitment=commitment, due_on=date(2026, 9, 1), published_by=editor)
    with on("2026-07-18"):
        done.met_on = date(2026, 7, 17)
        done.save()

    assert parts(client) == {"met": [done], "overdue": [late]}


@pytest.mark.slow
def test_notes_and_discrepancies(client, commitment, editor):
    with on("2026-05-02"):
        settled = factories.make_discrepancy(published_by=editor)
    with on("2026-07-10"):
        note = factories.make_note(commitment=commitment, published_by=editor)
        opened = factories.make_discrepancy(published_by=editor)
        claim = settled.claims.first()
        claim.is_adopted = True
        claim.save()
        settled.settled_on, settled.settled_by, settled.reason_fr = date(2026, 7, 10), editor, "Concordance."
        settled.save()

    assert parts(client) == {"note": [note], "opened": [opened], "settled": [settled]}


@pytest.mark.parametrize("make", ["commitment", "discrepancy", "source", "meeting"])
def test_what_was_withdrawn_says_its_reference_and_why_and_no_more(client, editor, make):
    with on("2026-05-01"):
        words = {"title": "MOT-RETIRÉ"} if make == "source" else {"title_fr": "MOT-RETIRÉ"}
        words = {"question_fr": "MOT-RETIRÉ"} if make == "discrepancy" else words
        record = getattr(factories, f"make_{make}")(published_by=editor, **words)
    with on("2026-07-10"):
        publication.withdraw(record, by=editor, reason="Doublon.")

    words = text_of(client.get(JULY))

    assert f"{record.reference} retrait du 10 juillet 2026. Motif : Doublon." in words
    assert "MOT-RETIRÉ" not in words
    assert client.get(record.get_absolute_url()).status_code == 410


def test_the_words_are_those_of_the_second_day(client, commitment, editor):
    with on("2026-07-10"):
        made = factories.make_commitment(title_fr="Titre d’alors", published_by=editor)
    with on("2026-08-10"):
        made.title_fr = "Titre récent"
        made.save()

    page = client.get(JULY)

    assert "Titre d’alors" in text_of(page)
    assert "Titre récent" not in text_of(page)
    assert f'href="{made.get_absolute_url()}?known_on=2026-07-31"' in page.content.decode()


@pytest.mark.slow
def test_what_was_never_public_is_in_no_part(client, commitment, analyst, editor):
    with on("2026-07-10"):
        note = factories.make_note(commitment=commitment, body_fr="INTERNE", published_by=editor)
        make_internal(note)
        draft = factories.make_commitment()
        for fields in ({}, {"party": factories.make_party("AES")}):
            factories.make_assessment(commitment=commitment, status="complete", proposed_by=analyst, **fields)
            factories.make_assessment(commitment=draft, **fields)
            factories.make_search(commitment=commitment, proposed_by=analyst, **fields)
            factories.make_search(commitment=commitment, **fields)
        factories.make_milestone(commitment=commitment, due_on=date(2026, 7, 5))
        factories.make_note(commitment=commitment)
        factories.make_discrepancy(settled_on=date(2026, 7, 9), settled_by=editor)
        publication.propose(factories.make_commitment(), by=analyst)

    assert parts(client) == {}
    for kind in KINDS:
        assert client.get(f"{JULY}&kind={kind}").context["count"] == 0


def test_a_note_that_was_internal_then_is_not_told(client, commitment, editor):
    with on("2026-07-10"):
        note = factories.make_note(commitment=commitment, published_by=editor)
        make_internal(note)
    with on("2026-08-10"):
        note.visibility = "public"
        note.save()

    assert parts(client).get("note", []) == []


def test_without_days_the_last_week_is_compared(client, editor):
    with on("2026-11-15"):
        made = factories.make_commitment(published_by=editor)
    with on("2026-11-13"):
        factories.make_commitment(published_by=editor)

    page = client.get("/comparer/")

    assert (page.context["first"], page.context["second"]) == (date(2026, 11, 14), date(2026, 11, 21))
    assert [part.rows for part in page.context["parts"] if part.n] == [[made]]


def test_a_past_reading_goes_no_further_than_its_own_day(client, editor):
    with on("2026-11-20"):
        factories.make_commitment(published_by=editor)

    page = client.get("/comparer/?from=2026-11-01&to=2026-11-21&known_on=2026-11-19")

    assert page.context["second"] == date(2026, 11, 19)
    assert not page.context["changed"]


@pytest.mark.slow
def test_one_kind_has_pages(client, editor):
    with on("2026-07-10"):
        for _number in range(PAGE_SIZE + 1):
            factories.make_commitment(published_by=editor)

    whole = client.get(JULY)
    [part] = [part for part in whole.context["parts"] if part.n]
    pages = [client.get(f"{JULY}&kind=published&page={number}") for number in (1, 2, 3)]

    assert (part.n, len(part.rows)) == (PAGE_SIZE + 1, SHOWN)
    assert f"Voir les {PAGE_SIZE + 1}" in text_of(whole)
    assert [len(page.context["parts"][0].rows) for page in pages[:2]] == [PAGE_SIZE, 1]
    assert pages[2].status_code == 404


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("from=2026-11-10&to=2026-11-10", "« from=2026-11-10 » : le premier jour doit précéder le second."),
        ("from=2026-11-10&to=2026-11-09", "le premier jour doit précéder le second."),
        ("to=0001-01-01", "le premier jour doit précéder le second."),
        ("from=hier", "« from=hier » : ce n’est pas une date"),
        ("from=2026-11-10&to=2027-01-01", "« to=2027-01-01 » : ce jour n’est pas encore venu"),
        ("kind=zzz", "« kind=zzz » : ce type de changement n’existe pas."),
    ],
)
def test_what_cannot_be_compared_is_named(client, db, query, words):
    page = client.get(f"/comparer/?{query}")

    assert page.status_code == 400
    assert words in text_of(page)


@pytest.mark.parametrize("query", ["from=0001-01-01", "from=0001-01-01&to=0001-01-02", "known_on=0001-01-03"])
def test_days_at_the_edge_of_the_calendar_are_days(client, commitment, query):
    assert client.get(f"/comparer/?{query}").status_code == 200


@pytest.mark.one_database
@pytest.mark.slow
def test_the_number_of_queries_does_not_grow(client, commitment, analyst, editor):
    def change(times):
        with on("2026-07-10"):
            for number in range(times):
                made = factories.make_commitment(published_by=editor)
                factories.make_note(commitment=commitment, published_by=editor)
                factories.make_discrepancy(settled_on=date(2026, 7, 9), settled_by=editor, published_by=editor)
                factories.make_milestone(commitment=commitment, due_on=date(2026, 7, 15), published_by=editor)
                party = factories.make_party("ML")
                for whose in (None, party):
                    factories.make_assessment(
                        commitment=factories.make_commitment(published_by=editor) if number else commitment,
                        party=whose,
                        proposed_by=analyst,
                        published_by=editor,
                    )
                    search = factories.make_search(
                        commitment=commitment, party=whose, proposed_by=analyst, published_by=editor
                    )
                publication.withdraw(search, by=editor, reason="Essai.")
                publication.withdraw(made, by=editor, reason="Essai.")

    def count():
        with CaptureQueriesContext(connection) as queries:
            assert client.get(JULY).status_code == 200
        return len(queries)

    change(1)
    few = count()
    change(SHOWN + 2)

    assert count() <= few <= 40
