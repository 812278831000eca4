"""The search of all that is public: one box, and each hit leads to its place."""

from urllib.parse import quote

import pytest
from django.urls import reverse

from commitments.models import Citation, Posting
from commitments.models.discrepancies import Claim
from commitments.public.lists.catalogue import Catalogue
from commitments.public.search.everywhere import Everywhere
from commitments.public.search.offers import Offers
from commitments.reading import NOW
from commitments.rules.review import publication
from commitments.rules.search import analysis, spelling
from tests import factories
from tests.public.conftest import on, text_of
from tests.rules.search.queries import IN_FRENCH, LATER, NEAR, answer


def found(client, query, **more):
    """Return the page of the search for `query`."""
    return client.get("/recherche/", {"q": query, **more})


def groups(page):
    """Return how many records a page says there are, by kind."""
    return {group.name: group.n for group in page.context["search"].groups}


def test_a_name_is_found_in_every_kind_of_record_that_has_it(client, seed_articles):
    page = found(client, "Diop")

    assert groups(page) == {
        "commitment": 2,
        "meeting": 1,
        "instrument": 1,
        "source": 3,
        "discrepancy": 1,
        "note": 2,
    }
    words = text_of(page)
    assert "10 résultats pour « Diop »" in words
    assert page.content.decode().count("<mark>Diop</mark>") >= 10


@pytest.mark.slow
@pytest.mark.one_database
def test_each_hit_leads_to_a_page_that_has_its_place(client, full_site):
    for query in ("Diop", "force", "rien trouvé", "exemple"):
        for _group, hits, _rest in found(client, query).context["shown"]:
            for hit in hits:
                address, _mark, fragment = hit.url.partition("#")
                page = client.get(address)
                assert page.status_code == 200, hit.url
                assert not fragment or f'id="{fragment}"' in page.content.decode(), hit.url


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("query", "path"),
    [
        ("AES-RU-2025-04", "/engagements/AES-RU-2025-04/"),
        ("  aes-ru-2025-04 ", "/engagements/AES-RU-2025-04/"),
        ("a004", "/sources/A004/"),
        ("aes-ru-d01", "/divergences/AES-RU-D01/"),
        ("Moscou-2025-04", "/rencontres/moscou-2025-04/"),
        ("ex-ab-2025-02", "/engagements/EX-AB-2025-02/"),
    ],
)
def test_a_reference_leads_straight_to_its_record(client, full_site, query, path):
    assert found(client, query).headers["Location"] == path
    assert found(client, query, as_of="2026-11-20").headers["Location"] == f"{path}?as_of=2026-11-20"


def test_a_reference_that_is_not_public_leads_nowhere(client, editor):
    factories.make_commitment(reference="AES-RU-2025-77")

    page = found(client, "aes-ru-2025-77")

    assert page.status_code == 200
    assert "Aucun résultat" in text_of(page)


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("path", "canonical"),
    [
        ("/engagements/aes-ru-2025-04/", "/engagements/AES-RU-2025-04/"),
        ("/en/engagements/aes-ru-2025-04/", "/en/engagements/AES-RU-2025-04/"),
        ("/engagements/ex-ab-2025-02/", "/engagements/EX-AB-2025-02/"),
        ("/sources/a004/", "/sources/A004/"),
        ("/divergences/aes-ru-d01/", "/divergences/AES-RU-D01/"),
        ("/rencontres/MOSCOU-2025-04/", "/rencontres/moscou-2025-04/"),
        ("/instruments/Relations-Session-2025-04-03/", "/instruments/relations-session-2025-04-03/"),
        ("/parties/aes/", "/parties/AES/"),
        ("/secteurs/SECURITE/", "/secteurs/securite/"),
    ],
)
def test_a_name_in_an_address_is_found_in_any_case(client, full_site, path, canonical):
    answered = client.get(f"{path}?as_of=2026-11-20")

    assert (answered.status_code, answered.headers["Location"]) == (301, f"{canonical}?as_of=2026-11-20")


def test_an_address_with_a_name_in_another_case_that_is_not_public_is_not_found(client, editor):
    factories.make_commitment(reference="AES-RU-2025-77")

    assert client.get("/engagements/aes-ru-2025-77/").status_code == 404


def test_a_kind_is_read_page_by_page_in_the_same_order(client, seed_articles):
    first = found(client, "Moscou", kind="commitment")
    second = found(client, "Moscou", kind="commitment", page=2)

    shown = [
        hit.record.reference
        for page in (first, second)
        for _group, hits, _rest in page.context["shown"]
        for hit in hits
    ]
    assert len(shown) == len(set(shown)) == groups(first)["commitment"] == 31
    assert found(client, "Moscou", kind="commitment", page=3).status_code == 404
    assert found(client, "Moscou", kind="inconnu").status_code == 400
    assert "?q=Moscou&amp;kind=commitment" in found(client, "Moscou").content.decode()


def test_what_only_a_name_leads_to_says_which(client, seed_articles):
    page = found(client, "Moscow", kind="commitment", page=2)

    ((_group, hits, _rest),) = page.context["shown"]
    named = [hit for hit in hits if hit.names]
    assert named
    assert all(hit.excerpt is None and hit.rank == 3 for hit in named)
    assert "Concerne : Première session des consultations" in text_of(
        found(client, "Moscow", kind="commitment", page=2)
    )


@pytest.mark.slow
@pytest.mark.one_database
def test_near_spellings_are_offered_for_a_word_that_is_nowhere(seed_articles):
    with on(LATER):
        held = Catalogue(NOW)
    searches = {typed: Everywhere(typed, held) for typed, _meant in NEAR}

    offered = {typed: " ".join(offer.query for offer in Offers(search).near()) for typed, search in searches.items()}

    assert [typed for typed, search in searches.items() if search.unknown != [typed]] == []
    missed = [(typed, meant) for typed, meant in NEAR if not analysis.stems(meant) & analysis.stems(offered[typed])]
    assert missed == []


@pytest.mark.one_database
def test_an_english_word_has_its_french_one(seed_articles):
    with on(LATER):
        held = Catalogue(NOW)

    offered = {
        word: [held.lexicon.french_for(stem) for stem in analysis.stems(word, "en")] for word, _french in IN_FRENCH
    }

    stems = {word: [analysis.stems(found, "fr") for found in words] for word, words in offered.items()}
    assert stems == {word: [analysis.stems(french, "fr")] for word, french in IN_FRENCH}


@pytest.mark.one_database
def test_an_english_page_offers_the_french_word_and_a_french_one_does_not(client, seed_articles):
    in_english = text_of(client.get("/en/recherche/?q=nuclear"))

    assert "Sources are quoted in French. Search also for: nucléaire (11)" in in_english
    assert "nucléaire (" not in text_of(client.get("/recherche/?q=nuclear"))


@pytest.mark.one_database
def test_what_is_nowhere_is_said_of_what_was_searched(client, seed_articles):
    words = text_of(found(client, "embasade"))

    assert "Aucun résultat pour « embasade »." in words
    assert "Ce mot ne figure dans aucun des textes cherchés : embasade." in words
    assert "Vouliez-vous dire : ambassade (3) ou embassy (2) ?" in words
    assert "La recherche a porté sur : engagements (31), attentes d’avant rencontre (7)" in words


@pytest.mark.one_database
def test_words_that_are_never_together_are_offered_one_by_one(client, seed_articles):
    words = text_of(found(client, "Diop banque"))

    assert "mais aucune ne les réunit tous" in words
    assert "Un mot à la fois : Diop (10), banque (3)" in words


@pytest.mark.one_database
def test_words_too_common_to_be_searched_are_not_said_to_be_nowhere(client, seed_articles):
    words = text_of(found(client, "d’un"))

    assert "trop courants" in words
    assert "Ce mot ne figure" not in words
    assert "Ces mots ne figurent" not in words


@pytest.mark.one_database
def test_a_past_day_says_what_is_searched(client, seed_articles):
    page = found(client, "force", as_of="2026-11-20")

    assert set(groups(page)) <= {"commitment", "expected", "envisaged"}
    assert "ne porte que sur les titres et les énoncés" in text_of(page)


def test_what_is_not_public_is_in_no_group_no_offer_and_no_count(client, analyst, editor):
    factories.make_commitment(title_fr="Un okapi", published_by=editor)
    source = factories.make_source(text="Des girafes passent, des zèbres aussi.", published_by=editor)
    commitment = factories.make_commitment(title_fr="Le zygomar", published_by=editor)
    cited = factories.make_citation(commitment=commitment, source=source, exact="girafes", published_by=editor)
    factories.make_note(commitment=commitment, body_fr="Un tatou.")
    factories.make_meeting(title_fr="La réunion des lycaons")
    assert found(client, "girafe").context["search"].count == 2

    publication.withdraw(commitment, by=editor, reason="Essai.")
    publication.withdraw(Citation.objects.get(pk=cited.pk), by=editor, reason="Essai.")

    for word in ("zygomar", "girafe", "tatou", "lycaon", "zèbre"):
        page = found(client, word)
        assert page.context["search"].count == 0, word
        assert page.context["search"].unknown == [word]
    for near in ("zygomor", "giraffe", "tatoo", "lycaom"):
        assert "Vouliez-vous dire" not in text_of(found(client, near)), near


def test_a_passage_is_found_no_more_once_what_it_is_attached_to_is_withdrawn(analyst, editor):
    source = factories.make_source(text="Des girafes passent.", published_by=editor)
    commitment = factories.make_commitment(published_by=editor)
    note = factories.make_note(commitment=commitment, body_fr="Un tatou.", published_by=editor)
    factories.make_citation(commitment=None, note=note, source=source, exact="girafes", published_by=editor)
    assert {kind for kind, hits in answer("girafe").hits.items() if hits.all} == {"commitment", "note", "source"}

    publication.withdraw(note, by=editor, reason="Essai.")

    assert answer("girafe").unknown == ["girafe"]


def test_a_text_that_may_be_shown_whole_is_searched_whole(editor):
    source = factories.make_source(text="Des girafes passent.", text_is_public=True, published_by=editor)

    assert set(answer("girafes").hits["source"].all) == {source.pk}

    source.text_is_public = False
    source.save()

    assert not answer("girafes").hits["source"].all


def test_a_party_renamed_is_found_by_its_new_name_with_what_it_takes_part_in(editor):
    commitment = factories.make_commitment(published_by=editor)
    party = commitment.undertakings.first().party
    meeting = factories.make_meeting(published_by=editor)
    meeting.participants.add(party)

    party.name_fr = "Zygomarie"
    party.save()

    hits = answer("zygomarie").hits
    assert set(hits["party"].all) == {party.pk}
    assert set(hits["meeting"].all) == {meeting.pk}
    assert list(map(set, hits["commitment"].tiers)) == [set(), set(), set(), {commitment.pk}]


@pytest.mark.parametrize(
    ("text", "query", "finds"),
    [
        ("双方同意加强军事合作。", "军事", True),
        ("双方同意加强军事合作。", "军事合作", True),
        ("双方同意加强军事合作。", "事军", False),
        ("ความร่วมมือทางทหาร", "ทหาร", True),
        ("ความร่วมมือทางทหาร", "ทหม", False),
    ],
)
def test_words_inside_a_run_without_spaces_are_found(editor, text, query, finds):
    source = factories.make_source(text=text, language="zh", published_by=editor)
    commitment = factories.make_commitment(published_by=editor)
    factories.make_citation(commitment=commitment, source=source, exact=text, published_by=editor)

    assert bool(answer(query).hits["source"].all) is finds


def test_a_query_of_one_page_costs_the_same_with_more_of_each_kind(client, editor, django_assert_max_num_queries):
    commitment = factories.make_commitment(title_fr="Un okapi", published_by=editor)
    factories.make_note(commitment=commitment, body_fr="Un okapi.", published_by=editor)
    found(client, "okapi")
    with django_assert_max_num_queries(60) as before:
        found(client, "okapis")
    for number in range(2):
        other = factories.make_commitment(title_fr=f"Un okapi {number}", published_by=editor)
        factories.make_note(commitment=other, body_fr="Un okapi.", published_by=editor)
    found(client, "okapi")

    with django_assert_max_num_queries(60) as after:
        found(client, "okapis")

    assert len(after) == len(before)


@pytest.mark.one_database
def test_the_box_is_on_every_page_and_the_search_is_not_crawled(client, seed_articles):
    assert f'action="{reverse("search")}"' in client.get("/sources/").content.decode()
    assert "Disallow: /recherche/" in client.get("/robots.txt").content.decode()
    assert '<meta name="robots" content="noindex">' in found(client, "Diop").content.decode()


def test_a_long_query_is_refused_and_kept(client, db):
    page = found(client, "é" * 300)

    assert page.status_code == 400
    assert "é" * 300 in page.content.decode()
    assert found(client, quote("'\"><b>")).status_code == 200


@pytest.mark.one_database
def test_a_short_word_has_no_near_spelling(seed_articles):
    with on(LATER):
        held = Catalogue(NOW)

    assert [spelling.near(term, held.stems, held.public) for term in analysis.terms("qz zq")] == [[], []]


def test_a_version_without_a_public_passage_is_found_by_nobody(client, editor):
    source = factories.make_source(text="Des girafes passent.", published_by=editor)
    discrepancy = factories.make_discrepancy(published_by=editor)
    claim = Claim.objects.create(discrepancy=discrepancy, position=9, value_fr="Le zygomar secret")
    cited = factories.make_citation(commitment=None, claim=claim, source=source, exact="girafes")
    assert answer("zygomar").unknown == ["zygomar"]
    assert "Vouliez-vous dire" not in text_of(found(client, "zygomor"))

    publication.publish(cited, by=editor)

    assert set(answer("zygomar").hits["discrepancy"].all) == {discrepancy.pk}


def test_a_note_is_found_by_what_a_reader_reads_of_it(client, editor):
    commitment = factories.make_commitment(published_by=editor)
    body = "Un [tatou](https://exemple.org/pangolin) **fatigué**."
    factories.make_note(commitment=commitment, body_fr=body, published_by=editor)

    assert answer("pangolin").unknown == ["pangolin"]
    assert "Un tatou fatigué." in text_of(found(client, "tatou"))


def test_an_open_question_is_not_found_by_reasons_that_its_page_does_not_give(editor):
    factories.make_discrepancy(reason_fr="À cause du zygomar.", published_by=editor)

    assert answer("zygomar").unknown == ["zygomar"]


def test_the_notes_of_what_is_withdrawn_leave_the_index(editor):
    commitment = factories.make_commitment(published_by=editor)
    factories.make_note(commitment=commitment, body_fr="Un tatou.", published_by=editor)

    publication.withdraw(commitment, by=editor, reason="Essai.")

    assert not Posting.objects.filter(stem="tatou").exists()


def test_a_meeting_is_no_longer_found_by_a_party_that_left_it(editor):
    party = factories.make_party("RU", name_fr="Zygomarie")
    meeting = factories.make_meeting(published_by=editor)
    meeting.participants.add(party)
    assert set(answer("zygomarie").hits["meeting"].all) == {meeting.pk}

    party.meetings.remove(meeting)

    assert not answer("zygomarie").hits["meeting"].all


@pytest.mark.one_database
def test_a_past_day_is_kept_where_more_is_found(client, seed_articles):
    html = found(client, "Russie", as_of="2026-11-20").content.decode()

    assert "/recherche/?q=Russie&amp;kind=commitment&amp;as_of=2026-11-20" in html


def test_a_reference_of_what_was_not_yet_leads_nowhere_on_that_day(client, seed_articles):
    page = found(client, "AES-RU-2025-04", as_of="2020-01-01")

    assert page.status_code == 200
    assert page.context["search"].count == 0


def test_what_only_looks_like_a_reference_is_words(client, seed_articles):
    assert groups(found(client, "Moscou-2025"))["meeting"] == 2
    assert found(client, "AES-RU-2025").context["search"].count == 41
    assert found(client, "XX-2099").context["search"].unknown == ["XX", "2099"]


@pytest.mark.one_database
def test_a_query_without_a_word_says_no_more_than_that_nothing_is_found(client, seed_articles):
    words = text_of(found(client, "!!!"))

    assert "Aucun résultat" in words
    assert "trop courants" not in words
    assert "les réunit" not in words
