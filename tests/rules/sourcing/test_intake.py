"""What a text plainly states, the next free reference, and articles that are on file already."""

import json
import unicodedata
from datetime import date, time
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from commitments.models import Source
from commitments.rules.sourcing import intake
from commitments.rules.text import documents
from tests import factories

SEEDS = [row["fields"] for row in json.loads((Path(__file__).parents[3] / "fixtures/sources.json").read_text("utf-8"))]
BODY = "\n\nLes ministres se sont réunis et ont échangé leurs vues.\nLa séance a été levée.\n"


def values(text):
    return {name: said.value for name, said in intake.propose(text).items()}


def seed(reference):
    return next(fields for fields in SEEDS if fields["reference"] == reference)


# What a text states


@pytest.mark.parametrize("fields", SEEDS, ids=lambda fields: fields["reference"])
def test_what_is_proposed_of_a_seed_article_agrees_with_its_record(fields):
    found = values(fields["text"])

    assert found.get("title", "") == " ".join(fields["title"].split())
    # A day that people deduce from the text is not proposed: the text does not state it.
    stated = None if fields.get("published_on_reading_fr") else fields["published_on"]
    assert str(found.get("published_on")) == str(stated)
    assert found.get("published_time") == (
        time.fromisoformat(fields["published_time"]) if fields["published_time"] else None
    )
    assert unicodedata.normalize("NFD", found.get("author", "")).casefold()[:9] == fields["author"].casefold()[:9]
    assert found.get("publisher", fields["publisher"]) == fields["publisher"]
    for name, said in intake.propose(fields["text"]).items():
        assert said.words in " ".join(fields["text"].split()), name


@pytest.mark.parametrize(
    ("line", "day", "hour"),
    [
        ("Moscou, 2 avril 2025 – Les ministres sont arrivés.", (2025, 4, 2), None),
        ("BAMAKO, 1er avril 2025 (AFP) – Les ministres sont arrivés.", (2025, 4, 1), None),
        ("04-04-2025 13:32 - Lavrov annonce un soutien renforcé", (2025, 4, 4), time(13, 32)),
        ("le jeudi 3 avril 2025", (2025, 4, 3), None),
        ("Bamako, le 3 avril 2025", (2025, 4, 3), None),
        ("Publié le 3 avril 2025 à 13h32", (2025, 4, 3), time(13, 32)),
        ("Mis en ligne le 03/04/2025 à 9 h", (2025, 4, 3), time(9, 0)),
        ("2025-04-03", (2025, 4, 3), None),
        ("2025-04-03T13:32:10Z", (2025, 4, 3), time(13, 32)),
        ("Jeudi 3\u00a0avril 2025, 0h05", (2025, 4, 3), time(0, 5)),
    ],
)
@pytest.mark.parametrize("above", ["", "Politique\n\n"])
def test_a_date_line_gives_the_day(above, line, day, hour):
    found = values(above + line + BODY)

    assert (found["published_on"], found.get("published_time")) == (date(*day), hour)


@pytest.mark.parametrize(
    "text",
    [
        "Ce jeudi, les ministres se sont réunis.",
        "Hier jeudi 3 avril, les ministres se sont réunis.",
        "Les ministres se sont réunis le 3 avril 2025 à Moscou.",
        "Le 3 avril 2025, les ministres se sont réunis.",
        "La réunion s’est tenue les 4 et 5 avril 2025.",
        "Mis à jour le 5 avril 2025",
        "Publié le 31/04/2025",
        "Publié le vendredi 3 avril 2025",
        "Publié le 3 avril 25",
        "Rapport n° 12-04-20251",
        "Moscou, 2 avril 2025 – Premier point.\nMoscou, 3 avril 2025 – Deuxième point.",
        "Publié le 2 avril 2025\nPublié le 3 avril 2025",
        "3 avril 2025\n31 avril 2025",
    ],
)
def test_no_day_is_proposed_where_none_is_plainly_stated_or_two_are(text):
    assert "published_on" not in values(f"Un titre de quatre mots\n{text}{BODY}")


def test_a_day_announced_as_that_of_publication_comes_before_a_dateline():
    found = values(f"Publié le 4 avril 2025 à 8h\nMoscou, 2 avril 2025 – Les ministres.{BODY}")

    assert (found["published_on"], found["published_time"]) == (date(2025, 4, 4), time(8))


def test_two_hours_of_one_day_give_the_day_only():
    assert values(f"3 avril 2025 à 8h\n3 avril 2025 à 9h{BODY}") == {"published_on": date(2025, 4, 3)}


def test_a_day_in_the_middle_of_a_text_is_not_its_own():
    middle = "\n".join(f"Ligne {number} de l’article." for number in range(10))

    assert "published_on" not in values(f"{middle}\nMoscou, 2 avril 2025 – Les ministres.\n{middle}")


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Un titre de quatre mots", "Un titre de quatre mots"),
        (
            "Politique\n\nAccueil > Politique > Diplomatie du Sahel\n3 avril 2025\nUn titre de quatre mots",
            "Un titre de quatre mots",
        ),
        ("Par Awa Marie Traoré Maïga\nQue veut donc Moscou ?", "Que veut donc Moscou ?"),
        ("04-04-2025 - Un titre de quatre mots", "Un titre de quatre mots"),
        ("Une phrase est une phrase.\nUn titre de quatre mots", None),
        ("Moscou, 2 avril 2025 – Les ministres sont arrivés.\nUn axe de coopération renforcé", None),
        ("Apanews - Les ministres sont arrivés à Moscou", None),
        ("Les ministres des Affaires étrangères du Mali, du Niger et\ndu Burkina Faso sont arrivés.", None),
        ("x" * 200 + " y z t", None),
        ("Mali", None),
    ],
)
def test_the_headline_is_the_first_line_that_reads_as_one(text, title):
    assert values(text + BODY).get("title") == title


def test_a_text_of_one_line_has_no_headline():
    assert values("Les parties sont convenues de renforcer la Force unifiée") == {}


@pytest.mark.parametrize(
    ("last", "author"),
    [
        ("A. Sanogo", "A. Sanogo"),
        ("Oumar DIAKITE", "Oumar DIAKITE"),
        ("Par Awa Traoré", "Awa Traoré"),
        ("Mohamed ag Assory", "Mohamed ag Assory"),
        ("MD/ac/Sf/APA", "MD/ac/Sf/APA"),
        ("Burkina Faso", None),
        ("Fin.", None),
        ("Suivez l’information en direct", None),
        ("Lire aussi", None),
        ("Bamako", None),
    ],
)
def test_who_signs_stands_at_the_end(last, author):
    text = f"Le Burkina Faso\nLa Russie et le Burkina Faso se sont réunis.{BODY}\n{last}\n\n"

    assert values(text).get("author") == author


@pytest.mark.parametrize("text", ["", " \n", "\x00", "a\x00b\n" * 20, "é" * 10_000, "\n" * 10_000, "1 " * 10_000])
def test_no_text_breaks_it(text):
    intake.propose(text)


def test_an_agency_signs_at_the_head():
    assert values(f"RIA NOVOSTI — Les ministres sont arrivés.{BODY}")["publisher"] == "RIA Novosti"
    assert "publisher" not in values(f"Bamako - Les ministres sont arrivés.{BODY}")


def test_what_the_publisher_states_comes_before_what_the_text_states():
    page = (
        '<html><head><meta property="article:published_time" content="2025-04-04"></head><body><article>'
        f"<p>Publié le 3 avril 2025 à 13h32</p><p>{BODY * 5}</p><p>A. Sanogo</p></article></body></html>"
    )

    found = intake.stated(documents.read(page.encode(), "page.html"))

    assert found["published_on"].value == date(2025, 4, 4)
    assert "published_time" not in found
    assert found["author"].value == "A. Sanogo"


# References


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("taken", "expected"),
    [([], "A001"), (["A000", "A004", "T900", "AES-01", "A-99"], "A005"), (["A999"], "A1000"), (["A009", "A2"], "A010")],
)
def test_the_next_reference_follows_the_highest(taken, expected):
    for reference in taken:
        factories.make_source(reference=reference)

    assert intake.next_reference() == expected


@pytest.mark.django_db
def test_the_next_reference_of_another_prefix():
    factories.make_source(reference="COM-007")

    assert (intake.next_reference("COM-"), intake.next_reference("A")) == ("COM-008", "A001")


# Twins


@pytest.fixture
def filed(db):
    return [
        factories.make_source(**{name: fields[name] for name in ("reference", "title", "text")}) for fields in SEEDS
    ]


@pytest.mark.parametrize("place", range(5))
def test_the_seed_articles_are_twins_of_themselves_only(filed, place):
    found = intake.twins(SEEDS[place]["text"])

    assert [(twin.pk, twin.is_same, twin.percent) for twin in found] == [(filed[place].pk, True, 100)]


@pytest.mark.parametrize(
    "changed",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: f"\ufeff\n {text.replace(' ', chr(0xA0))} \n\n",
        lambda text: unicodedata.normalize("NFD", text),
    ],
    ids=["line ends", "white space", "Unicode form"],
)
def test_the_same_text_is_found_whatever_its_white_space_and_form(filed, changed):
    (twin,) = intake.twins(changed(seed("A004")["text"]))

    assert (twin.reference, twin.is_same) == ("A004", True)


def republished():
    """Return article A004 as another site carries it: another head, another tail, a paragraph less."""
    paragraphs = [line for line in seed("A004")["text"].splitlines() if line.strip()]
    head = (
        "Coopération : le Sahel et Moscou scellent leur entente\nMaliweb, 5 avril 2025 – Notre confrère rapporte. " * 2
    )
    tail = "Retrouvez toute l’actualité du Mali sur notre site, et abonnez-vous à notre lettre du matin. " * 4
    return "\n\n".join([head, *paragraphs[:2], *paragraphs[3:-1], tail])


def test_an_article_republished_with_another_head_and_tail_is_found(filed):
    (twin,) = intake.twins(republished())

    assert (twin.reference, twin.is_same) == ("A004", False)
    assert 60 <= twin.percent < 100


def test_an_excerpt_is_found_and_the_likest_comes_first(filed):
    whole = factories.make_source(text=republished())

    found = intake.twins(republished())

    assert [(twin.pk, twin.is_same) for twin in found] == [(whole.pk, True), (filed[4].pk, False)]


def test_russian_twins_are_found(db):
    text = " ".join(f"Слово{number} и ещё одно" for number in range(40))
    factories.make_source(text=f"{text} Конец.")

    assert [twin.is_same for twin in intake.twins(f"Начало. {text}")] == [False]


@pytest.mark.parametrize("text", ["", "  \n", "Les parties sont convenues de renforcer la Force unifiée"])
def test_short_texts_have_no_twins_but_the_same(text, db):
    source = factories.make_source()

    assert intake.twins(text) == []
    assert [twin.pk for twin in intake.twins(factories.TEXT)] == [source.pk]


@pytest.mark.parametrize("count", [1, 45])
def test_twins_are_looked_for_in_one_query(count, db, django_assert_num_queries):
    for _number in range(count):
        factories.make_source()

    with django_assert_num_queries(1):
        assert len(intake.twins(factories.TEXT)) == count


# Archiving


def archive(analyst, **options):
    document = documents.read(seed("A003")["text"].encode(), "003.txt")
    return intake.archive(document, by=analyst, **{"given": {}} | options)


def test_what_is_archived_is_a_signed_draft_of_what_the_text_states(analyst):
    source, twins = archive(analyst)

    source.refresh_from_db()
    assert (source.state, source.reference, source.file_name, twins) == ("draft", "A001", "003.txt", [])
    assert (source.published_on, source.published_time) == (date(2025, 4, 4), time(13, 32))
    assert source.text == seed("A003")["text"]
    assert source.history.get().history_user == analyst


def test_what_is_given_comes_before_what_is_stated(analyst):
    source, _twins = archive(analyst, given={"author": "M. D.", "published_on": date(2025, 4, 5)}, prefix="T")

    assert (source.reference, source.author, source.published_on) == ("T001", "M. D.", date(2025, 4, 5))
    assert source.published_time is None
    assert source.title.startswith("Russie-AES")


def test_the_same_text_is_archived_twice_only_where_that_is_allowed(analyst):
    first, _twins = archive(analyst)

    with pytest.raises(ValidationError, match=first.reference):
        archive(analyst)
    second, twins = archive(analyst, allow_twins=True)

    assert [twin.pk for twin in twins] == [first.pk]
    assert second.reference == "A002"
    assert Source.objects.count() == 2


def test_twins_of_a_file_are_looked_for_before_the_transaction(analyst, monkeypatch):
    outside, depths, look = len(connection.savepoint_ids), [], intake.twins
    monkeypatch.setattr(intake, "twins", lambda text: depths.append(len(connection.savepoint_ids)) or look(text))

    archive(analyst)

    assert depths == [outside]


def test_the_same_text_archived_during_the_look_for_twins_is_refused(analyst, monkeypatch):
    first, _twins = archive(analyst)
    monkeypatch.setattr(intake, "twins", lambda text: [])

    with pytest.raises(ValidationError, match=first.reference):
        archive(analyst)


def test_newcomers_are_those_not_known_yet(analyst):
    first, _twins = archive(analyst)
    second, known = archive(analyst, allow_twins=True)

    found = intake.newcomers(first.text, known=known)

    assert [(twin.pk, twin.is_same, twin.percent) for twin in found] == [(second.pk, True, 100)]
    assert intake.newcomers(first.text + "!", known=[]) == []
    assert intake.newcomers(" ", known=[]) == []
