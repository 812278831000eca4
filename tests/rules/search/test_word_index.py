"""Search: the same words find the same commitments on every database, and nothing that is not public."""

import pytest
from django.core.management import call_command
from pyroaring import BitMap

from commitments.management.commands.prepare_demo import SEEDS
from commitments.models import Citation, Posting, RecordWords, Revision
from commitments.rules.review import publication
from commitments.rules.search import word_index
from commitments.rules.search.entries import PLACES
from tests import factories
from tests.public.conftest import make_internal, on
from tests.rules.search.queries import LATER, QUERIES, Finder, answer, hits

RANKED = [
    ("force unifiée", "01 02 03 | 07 16 |"),
    ("forces unifiees", "01 02 03 | 07 16 |"),
    ("armee", "09 10 16 41 | 01 | 02 03 06"),
    ("équipement", "02 41 | 09 | 01 03 07"),
    ("equipements", "02 41 | 09 | 01 03 07"),
    ("l’équipement", "02 41 | 09 | 01 03 07"),
    ("d'équipements militaires", "02 | 09 41 | 01 03 07"),
    ("militaire", "02 10 | 03 09 41 | 01 04 07 15 16 18 26 33"),
    ("la Confédération", "17 | 03 05 | 01 02 04 12 34"),
    ("confederation", "17 | 03 05 | 01 02 04 12 34"),
    ("formations", "03 | 04 10 | 01 02 06 07 17"),
    ("cooperation militaire", " |  | 03 26"),
    ("consultations annuelles", "04 |  |"),
    ("réunions annuelles", " | 04 |"),
    ("sécurité", " | 05 35 | 03 06"),
    ("lutte contre le terrorisme", "06 | 07 | 03"),
    ("l’insécurité", "06 |  |"),
    ("énergie nucléaire", "23 | 36 | 21 22 24 25 26 27 28 29"),
    ("ministres", "40 | 05 06 15 33 34 | 03 04 07 18 22 30 35 36 37 38 39"),
    ("diplomatie", "21 | 40 | 04 18 22 23 24 25 26 27 28 29 34"),
    ("médias", "29 | | 21 22 23 24 25 26 27 28"),
    ("telecommunication", "27 | 39 | 21 22 23 24 25 26 28 29"),
    ("investissements", "30 37 38 | | 22 25 26 31 32"),
    ("l’Alliance", " | 17 | 04 30 31 32"),
    ("langue nationale", "33 |  |"),
    ("Niger", "16 | 15 | 04"),
    ("ambassade à Niamey", "15 |  |"),
    ("training", "03 | 10 | "),
    ("military equipment", "02 | 09 41 | 03"),
    ("joint army", "16 |  |"),
    ("economic cooperation", "22 | | 21 23 24 25 26 27 28 29 30 31 32"),
    ("annual meetings", " | 04 |"),
    ("the security of the Sahel", " | | 05 35"),
    ("United Nations", " | 18 |"),
    ("higher education", "24 | 39 | "),
    ("embassies", "15 |  |"),
    ("advice", "09 |  |"),
    ("milit", "02 10 | 03 09 41 | 01 04 07 15 16 18 26 33"),
    ("mettre en œuvre", " |  |"),
    ("zzz force", " |  |"),
]
"""What is asked, and the numbers of the commitments found: in the title | in the statement | beside them."""


@pytest.mark.slow
def test_the_best_commitments_come_first(seed_articles):
    with on(LATER):
        found = Finder()

    answers = {
        query: " | ".join(" ".join(sorted(tier)) for tier in found.tiers(query, "commitment")[: len(PLACES)])
        for query, _expected in RANKED
    }

    assert answers == {query: " | ".join(part.strip() for part in expected.split("|")) for query, expected in RANKED}


@pytest.mark.slow
def test_a_hundred_queries_find_what_they_should(seed_articles):
    with on(LATER):
        found = Finder()

    answers = {
        query: {kind: " ".join(sorted(names)) for kind, names in found(query).items()} for query, _hits in QUERIES
    }

    assert len(QUERIES) == 100
    assert {query: (answers[query], hits) for query, hits in QUERIES if answers[query] != hits} == {}


@pytest.fixture
def commitment(editor):
    return factories.make_commitment(
        title_fr="Mettre en œuvre l’aide", statement_fr="Des cœurs.", title_en="Hearts", published_by=editor
    )


@pytest.mark.parametrize("query", ["œuvre", "oeuvres", "OEUVRE", "l’œuvre", "cœur", "coeurs", "heart", "aides", "œuv"])
def test_ligatures_elisions_and_endings_are_forgiven(query, commitment):
    assert hits(query).all == BitMap([commitment.pk])


@pytest.mark.parametrize(
    "query", ["", "   ", "l’", "’’’", "%", "_", "\\", "é" * 200, "a b c d e f g h", "*", '"', "aide -œuvre"]
)
def test_odd_queries_are_answered(query, commitment):
    assert hits(query).all in (BitMap(), BitMap([commitment.pk]))


def test_words_that_stand_nowhere_are_named(commitment):
    assert answer("aide inconnue").unknown == ["inconnue"]


def test_each_thing_that_a_page_says_finds_its_commitment(commitment, analyst, editor):
    source = factories.make_source(text="Des girafes passent.", title="Le zèbre", published_by=editor)
    assessment = factories.make_assessment(commitment=commitment, rationale_fr="Un okapi.", proposed_by=analyst)
    search = factories.make_search(
        commitment=commitment, searched_where_fr="Chez les tapirs.", sought_fr="Un gnou.", proposed_by=analyst
    )
    queries = ("girafe", "zèbre", "okapi", "tapir", "gnou", "antilope", "buffle")
    for query in queries:
        assert not hits(query).all

    factories.make_citation(commitment=commitment, source=source, exact="girafes", published_by=editor)
    publication.publish(assessment, by=editor)
    publication.publish(search, by=editor)
    factories.make_note(commitment=commitment, body_fr="Une antilope.", published_by=editor)
    factories.make_milestone(commitment=commitment, title_fr="Le buffle", published_by=editor)

    for query in queries:
        assert hits(query).tiers[2] == BitMap([commitment.pk]), query


def test_where_a_search_was_made_finds_nothing_without_its_day(commitment, analyst, editor):
    factories.make_assessment(
        commitment=commitment, searched_where_fr="Chez les tapirs.", proposed_by=analyst, published_by=editor
    )

    assert not hits("tapir").all
    assert "tapirs" not in str(list(RecordWords.objects.values_list("texts")))


def test_what_is_not_public_finds_nothing(commitment, analyst, editor):
    factories.make_note(commitment=commitment, body_fr="Une antilope.")
    factories.make_assessment(commitment=commitment, rationale_fr="Un okapi.", proposed_by=analyst)
    factories.make_commitment(title_fr="Le buffle")
    source = factories.make_source(text="Des girafes passent, des lions dorment.", published_by=editor)
    factories.make_citation(commitment=commitment, source=source, exact="girafes")

    for query in ("antilope", "okapi", "buffle", "girafe", "lion"):
        assert not hits(query).all, query
    assert not Posting.objects.filter(stem__in=["antilop", "okap", "okapi", "buffl", "giraf"]).exists()


def test_an_internal_note_finds_nothing_even_published(commitment, editor):
    note = factories.make_note(commitment=commitment, body_fr="Une antilope.", published_by=editor)
    make_internal(note)

    word_index.refresh([("commitment", commitment.pk)])

    assert not hits("antilope").all


def test_what_is_withdrawn_is_found_no_more(commitment, analyst, editor):
    note = factories.make_note(commitment=commitment, body_fr="Une antilope.", published_by=editor)
    publication.withdraw(note, by=editor, reason="Essai.")
    assert not hits("antilope").all
    assert hits("œuvre").all

    publication.withdraw(commitment, by=editor, reason="Essai.")

    assert not hits("œuvre").all
    assert not RecordWords.objects.filter(kind__in=["commitment", "note"]).exists()
    assert not Posting.objects.filter(kind__in=["commitment", "note"]).exists()


def test_words_that_change_are_found_as_they_are_now(commitment):
    commitment.title_fr = "Ouvrir une école"
    commitment.save()

    assert not hits("œuvre").all
    assert hits("écoles").all == BitMap([commitment.pk])


def test_a_passage_that_moves_is_found_where_it_went(commitment, editor):
    other = factories.make_commitment(published_by=editor)
    source = factories.make_source(text="Des girafes passent.", published_by=editor)
    citation = factories.make_citation(commitment=commitment, source=source, exact="girafes", published_by=editor)
    citation = Citation.objects.get(pk=citation.pk)

    citation.commitment = other
    citation.save()

    assert hits("girafe").all == BitMap([other.pk])


def test_a_source_that_is_renamed_is_found_by_its_new_name(commitment, editor):
    source = factories.make_source(text="Des girafes passent.", title="Le zèbre", published_by=editor)
    factories.make_citation(commitment=commitment, source=source, exact="girafes", published_by=editor)

    source.title = "Le phacochère"
    source.save()

    assert not hits("zèbre").all
    assert hits("phacochères").all == BitMap([commitment.pk])


@pytest.mark.slow
def test_the_index_made_anew_is_the_index_that_was_kept(commitment, analyst, editor):
    call_command("loaddata", *SEEDS, verbosity=0)
    factories.make_assessment(commitment=commitment, proposed_by=analyst, published_by=editor)
    kept = _index()
    before = Revision.objects.get().token

    call_command("reindex", verbosity=0)

    assert _index() == kept
    assert Revision.objects.get().token != before


def _index():
    sets = {
        (row.stem, row.kind): tuple(BitMap.deserialize(bytes(getattr(row, name))) for name in PLACES)
        for row in Posting.objects.all()
    }
    return sets, {
        (row.kind, row.record): (row.title, row.statement, row.beside, row.texts) for row in RecordWords.objects.all()
    }


def test_a_database_from_before_the_index_gets_it_with_its_migrations(commitment):
    Posting.objects.all().delete()
    RecordWords.objects.all().delete()

    call_command("migrate", verbosity=0)

    assert hits("œuvre").all == BitMap([commitment.pk])
