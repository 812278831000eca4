"""Searches that found nothing: beside the status on every page that shows one, and never in a judgement's place."""

from datetime import date

import pytest

from commitments.rules.review import publication
from tests import factories
from tests.public.conftest import on, text_of

LAST = "recherché le 20 avril 2025 (Presse des quatre États) : rien trouvé"


@pytest.fixture
def search(analyst, editor):
    """Return a way to make a search public."""

    def search(commitment, **fields):
        return factories.make_search(commitment=commitment, proposed_by=analyst, published_by=editor, **fields)

    return search


@pytest.fixture
def sought(search, editor):
    """A public commitment that nobody has judged, and on which a search is public."""
    with on("2026-05-01"):
        instrument = factories.make_instrument(meeting=factories.make_meeting(published_by=editor), published_by=editor)
        commitment = factories.make_commitment(
            reference="AES-RU-2025-02", title_fr="Former", instrument=instrument, published_by=editor
        )
    with on("2026-05-02"):
        search(commitment)
    return commitment


def test_without_a_judgement_the_status_says_when_and_where_somebody_looked(client, sought):
    page, english = client.get(sought.get_absolute_url()), client.get(f"/en{sought.get_absolute_url()}")

    assert page.context["whole"].status == "no_evidence"
    words = text_of(page)
    assert f"Aucune preuve disponible {LAST}" in words
    assert "aucun jugement n’est en vigueur" not in words
    assert "searched on 20 April 2025 (Press of the four states): nothing found" in text_of(english)


def test_beside_a_judgement_it_stands_and_changes_nothing(client, record, search):
    search(record.commitment, searched_on=date(2026, 11, 21))

    page = client.get(record.commitment.get_absolute_url())

    assert page.context["whole"].status == "limited"
    words = text_of(page)
    assert (
        "Progrès limité, au 10 avril 2025 recherché le 21 novembre 2026 (Presse des quatre États) : rien trouvé"
        in words
    )
    listed = text_of(client.get("/engagements/"))
    assert "Progrès limité" in listed
    assert "rien trouvé" not in listed


LISTS = ["/engagements/", "/engagements/?status=no_evidence", "/integrer/engagements/"]


@pytest.mark.slow
@pytest.mark.parametrize("query", ["", "as_of=2026-05-03", "known_on=2026-05-03"])
def test_every_list_that_shows_the_status_shows_the_last_search(client, sought, search, query):
    text, address = sought.instrument, sought.get_absolute_url()
    pages = [*LISTS, f"/secteurs/{sought.sector.slug}/", "/parties/RU/", text.meeting.get_absolute_url()]
    with on("2026-05-02"):
        search(sought, searched_on=date(2025, 4, 10), searched_where_fr="AILLEURS")

    with on("2026-05-04"):
        for page in [*pages, f"{address}integrer/", text.get_absolute_url()]:
            words = text_of(client.get(f"{page}{'&' if '?' in page else '?'}{query}"))

            assert f"Aucune preuve disponible {LAST}" in words, page
            assert "AILLEURS" not in words, page


@pytest.mark.slow
@pytest.mark.parametrize(
    ("scope", "told"),
    [
        ("step", "rien trouvé pour le jalon « Première livraison »"),
        ("period", "rien trouvé pour la période du 4 avril 2025 au 30 avril 2025"),
    ],
)
def test_what_was_searched_in_part_is_never_said_of_the_whole(client, sought, search, editor, scope, told):
    about = {"period_from": date(2025, 4, 4), "period_to": date(2025, 4, 30)}
    if scope == "step":
        about = {"milestone": factories.make_milestone(commitment=sought, published_by=editor)}
    search(sought, searched_on=date(2025, 5, 1), **about)

    for page in (*LISTS, sought.get_absolute_url(), sought.instrument.get_absolute_url(), "/", "/comparer/"):
        assert told in text_of(client.get(page)), page


def test_what_a_search_leaves_blank_has_no_place_in_either_language(client, sought):
    english = text_of(client.get(f"/en{sought.get_absolute_url()}"))
    words = text_of(client.get(sought.get_absolute_url())) + english

    assert "Nothing found. The search covered: Press of the four states" in english
    for label in ("Ce qui était cherché", "What was looked for", "Qui a cherché", "Who searched", "seulement"):
        assert label not in words


def test_what_was_searched_for_is_told_whole_in_its_place(client, record, search):
    told = search(
        record.commitment,
        sought_fr="Une deuxième livraison",
        searched_by_fr="La rédaction",
        period_from=date(2025, 4, 4),
        period_to=date(2025, 4, 30),
    )
    of_step = search(record.commitment, milestone=record.milestone)

    page = client.get(record.commitment.get_absolute_url())

    words = text_of(page)
    assert "Recherches sans résultat" in words
    assert "Ce qui était cherché : Une deuxième livraison" in words
    assert "Pour une période seulement : du 4 avril 2025 au 30 avril 2025" in words
    assert "Qui a cherché : La rédaction" in words
    assert "Pour un jalon seulement : Première livraison" in words
    assert "Proposée par Awa, publiée par Boubacar le" in words
    html = page.content.decode()
    for one in (told, of_step):
        assert f'id="{one.get_absolute_url().partition("#")[2]}"' in html


def test_a_search_about_one_party_is_read_apart(client, record, sought, search):
    search(sought, party=factories.make_party("AES"), searched_on=date(2025, 5, 5))
    search(record.commitment, party=factories.make_party("RU"), searched_on=date(2025, 5, 6))

    page = client.get(record.commitment.get_absolute_url())
    matrix, party = client.get("/matrice/"), client.get("/parties/RU/")

    assert page.context["whole"].status == "limited"
    assert [(part.party.code, part.status) for part in page.context["apart"]] == [("RU", "no_evidence")]
    assert "recherché le 6 mai 2025 (Presse des quatre États) : rien trouvé" in text_of(page)
    assert {
        line.commitment.reference: [own and own.status for _party, own in line.cells]
        for line in matrix.context["lines"]
    } == {
        record.commitment.reference: [None, "no_evidence"],
        sought.reference: ["no_evidence", None],
    }
    assert "pour cette partie : Aucune preuve disponible recherché le 6 mai 2025" in text_of(party)


@pytest.mark.parametrize("query", ["known_on=2026-05-01", "as_of=2025-04-19"])
def test_before_it_was_made_or_public_nobody_had_looked(client, sought, query):
    page = client.get(f"{sought.get_absolute_url()}?{query}")
    listed = text_of(client.get(f"/engagements/?{query}"))

    assert page.context["whole"].status == "not_assessed"
    assert "rien trouvé" not in text_of(page) + listed


def test_a_draft_says_nothing(client, record, sought, analyst):
    factories.make_search(commitment=record.commitment, searched_where_fr="ZYGOMAR", proposed_by=analyst)
    factories.make_search(commitment=sought, searched_where_fr="ZYGOMAR", searched_on=date(2026, 5, 1))

    for page in (record.commitment.get_absolute_url(), sought.get_absolute_url(), "/engagements/"):
        assert "ZYGOMAR" not in text_of(client.get(page))


def test_once_withdrawn_it_is_told_with_its_reason_only(client, record, sought, editor):
    publication.withdraw(sought.searches.get(), by=editor, reason="Comptée deux fois.")

    page = client.get(sought.get_absolute_url())

    assert page.context["whole"].status == "not_assessed"
    words = text_of(page)
    assert "Recherche du 20 avril 2025, retirée par Boubacar. Motif : Comptée deux fois." in words
    assert "Presse des quatre États" not in words


def test_the_story_tells_it_on_the_day_it_was_made(client, sought):
    words = text_of(client.get(sought.get_absolute_url()))

    story = words[words.index("Historique de cette fiche") :]
    assert "20 avril 2025 Recherche faite (Presse des quatre États) : rien trouvé" in story


def test_a_search_is_no_assessment_where_commitments_are_counted(client, record, sought):
    page = client.get("/")

    assert (page.context["total"], page.context["assessed"]) == (2, 1)
    assert client.get("/engagements/?status=no_evidence").context["count"] == 1
    assert client.get("/engagements/?status=not_assessed").context["count"] == 0


@pytest.mark.slow
def test_home_names_the_last_searches_or_counts_them_where_they_are_many(client, record, sought, search, editor):
    with on("2026-11-22"):
        few = text_of(client.get("/"))
        gone = search(record.commitment, party=factories.make_party("RU"))
        publication.withdraw(gone, by=editor, reason="Comptée deux fois.")
    with on("2026-11-23"):
        for number in range(5):
            search(record.commitment, searched_where_fr=f"AILLEURS {number}")
        many = text_of(client.get("/"))
        then = text_of(client.get("/?known_on=2026-11-21"))

    named = "Recherche du 20 avril 2025 (Presse des quatre États), rien trouvé : Former"
    assert named in few
    assert "5 recherches sans résultat sont publiées" in many
    assert "Recherche du 20 avril 2025 retirée (motif : Comptée deux fois.) : Renforcer la Force unifiée" in many
    assert "AILLEURS" not in many
    assert named in then
    assert "retirée" not in then


def test_its_words_find_the_commitment(client, sought):
    assert client.get("/engagements/?q=presse+quatre").context["count"] == 1
