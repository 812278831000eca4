"""Home: who promised what where, how firmly, how old the evidence is, what is next, and what came of it."""

import re
from datetime import date

import pytest

from commitments.models import Meeting
from commitments.public.lists.catalogue import Catalogue
from commitments.public.pages.occasions import occasions, sides
from commitments.public.pages.promises import promises
from commitments.public.sharing.citing import digest
from commitments.public.time.days import elapsed
from commitments.reading import NOW, Reading
from tests import factories
from tests.public.conftest import on, text_of

FIRST_SCREEN = re.compile(r'<div class="opening">.*?</form>', re.DOTALL)


@pytest.fixture
def session(editor):
    """A meeting of a confederation with a member and another state, and a way to add commitments to what it issued."""
    meeting = factories.make_meeting(title_fr="La session", place_fr="Moscou", published_by=editor)
    meeting.participants.add(*(factories.make_party(code) for code in ("AES", "ML", "RU")))
    factories.make_membership(source=None)
    text = factories.make_instrument(meeting=meeting, published_by=editor)
    return lambda **fields: factories.make_commitment(instrument=text, published_by=editor, **fields)


def first_screen(client, query=""):
    """Return the words of home down to its search box, and the HTML."""
    page = client.get(f"/{query}")
    html = FIRST_SCREEN.search(page.content.decode()).group()
    page.content = html.encode()
    return text_of(page).replace("\u00a0", " "), html


@pytest.mark.one_database
def test_the_first_screen_says_who_where_when_how_firmly_how_old_and_what_is_next(client, session, editor):
    agreed, *_others = (session(basis=basis) for basis in ("agreed", "agreed", "announced", "intention", "expected"))
    factories.make_source(reference="A1", published_on=date(2025, 4, 4), published_by=editor)
    factories.make_source(reference="A2", published_on=date(2025, 4, 2), published_by=editor)
    year = {"due_from": date(2026, 1, 1), "due_on": date(2026, 12, 31), "due_precision": "year"}
    factories.make_milestone(commitment=agreed, title_fr="Session de 2026", published_by=editor, **year)

    words, html = first_screen(client)

    assert "La session Moscou, 3 avril 2025 Partie AES – Partie ML – et Partie RU" in words
    assert "2 engagements convenus 1 annoncé par une partie 1 déclaré comme intention" in words
    assert "Dernière source datée au dossier : 4 avril 2025 (il y a 20 mois)" in words
    assert (
        "Prochaine échéance, courant 2026 : Session de 2026. Aucune source au dossier ne dit que c’est fait." in words
    )
    assert 'href="/engagements/?basis=agreed"' in html
    assert 'role="search"' in html


@pytest.mark.one_database
def test_the_latest_occasion_is_shown_and_leads_to_the_others(client, session, editor):
    session(title_fr="Une promesse d’avant")
    later = factories.make_instrument(title_fr="Un accord", issued_on=date(2025, 9, 1), published_by=editor)
    later.issuers.add(factories.make_party("BF"))
    factories.make_commitment(instrument=later, basis="announced", title_fr="Une promesse d’après", published_by=editor)
    factories.make_instrument(title_fr="Un texte sans promesse", issued_on=date(2026, 1, 1), published_by=editor)

    words, html = first_screen(client)
    page = client.get("/")

    assert "Un accord Communiqué conjoint, 1er septembre 2025 Partie BF" in words
    assert "1 annoncé par une partie" in words
    assert "basis=" not in html  # the list has more than these
    assert [other.record.title_fr for other in page.context["others"]] == ["La session"]
    assert "Avant cela : La session ; toute la chronologie" in text_of(page).replace("\u00a0", " ")
    assert "Une promesse d’avant" not in text_of(page).partition("Tout le registre")[0]


@pytest.mark.one_database
def test_the_foremost_promises_are_the_firmest_then_what_most_sources_report(session, editor):
    made = {
        name: session(title_fr=name, basis=basis)
        for name, basis in [
            ("intention", "intention"),
            ("dite", "announced"),
            ("convenue", "agreed"),
            ("convenue et redite", "agreed"),
        ]
    }
    for name in ("convenue et redite", "intention"):
        factories.make_citation(
            commitment=made[name], published_by=editor, source=factories.make_source(published_by=editor)
        )
    held = Catalogue(NOW)

    found = promises(held, occasions(held)[0])

    assert [item.title_fr for item in found.foremost] == ["convenue et redite", "convenue", "dite", "intention"]
    assert (found.others, found.others_total, found.more) == ([], 0, 0)


@pytest.mark.one_database
def test_the_other_promises_are_folded_by_sector(client, session):
    for number in range(5):
        session(title_fr=f"Promesse {number}")
    session(title_fr="Une centrale", basis="announced", sector=factories.make_sector("energie"))

    page = client.get("/")

    folded = re.search(r"<details>\s*<summary>.*?</details>", page.content.decode(), re.DOTALL).group()
    assert re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", folded)).strip() == (
        "L’autre engagement, avec son secteur Energie Une centrale · Annoncé par une partie"
    )


@pytest.mark.one_database
def test_what_is_established_sought_in_vain_and_unseen_is_told_apart(client, session, analyst, editor):
    moved, sought, stopped, _unseen = (session(title_fr=name) for name in ("avance", "cherchée", "arrêtée", "ignorée"))
    people = {"proposed_by": analyst, "published_by": editor}
    factories.make_assessment(commitment=moved, **people)
    factories.make_assessment(commitment=stopped, status="abandoned", **people)
    factories.make_search(commitment=sought, **people)
    factories.make_search(commitment=moved, searched_on=date(2026, 1, 1), **people)
    factories.make_milestone(
        commitment=sought, title_fr="Une étape", due_on=date(2025, 5, 1), met_on=date(2025, 4, 9), published_by=editor
    )

    words = text_of(client.get("/")).replace("\u00a0", " ")

    since = words[words.index("Ce qui s’est passé depuis") : words.index("De la part de qui")]
    assert (
        "concrète est rapportée avance Progrès limité, au 10 avril 2025 Une étape, jalon atteint le 9 avril 2025"
        in since
    )
    assert "Aucune preuve disponible 1 engagement, la dernière recherche le 20 avril 2025" in since
    assert "Jugé non commencé ou abandonné 1 engagement" in since
    assert "Sans évaluation ni recherche en vigueur 1 engagement" in since


def test_a_past_day_shows_the_occasion_and_the_evidence_of_that_day(client, session, editor):
    with on("2026-05-01"):
        made = session(title_fr="Ancien titre")
        source = factories.make_source(reference="A1", published_on=date(2025, 4, 4), published_by=editor)
    with on("2026-06-01"):
        for record, changed in ((made, {"title_fr": "Nouveau titre"}), (source, {"published_on": date(2025, 4, 30)})):
            for name, value in changed.items():
                setattr(record, name, value)
            record._history_user = editor
            record.save()
        later = factories.make_meeting(title_fr="Une autre", starts_on=date(2025, 9, 1), published_by=editor)
        text = factories.make_instrument(meeting=later, published_by=editor)
        factories.make_commitment(instrument=text, made_on=date(2025, 9, 1), published_by=editor)

    now, _html = first_screen(client)
    known, _html = first_screen(client, "?known_on=2026-05-02")
    then, _html = first_screen(client, "?as_of=2025-04-20")

    assert "Une autre" in now
    assert "Une autre" not in known + then
    assert "au dossier : 30 avril 2025 (il y a 19 mois)" in now
    assert "au dossier : 4 avril 2025 (il y a 13 mois)" in known
    assert "Ancien titre" in text_of(client.get("/?known_on=2026-05-02"))
    assert "Aucune source datée au dossier" in then


def test_an_organisation_is_named_with_its_members_of_that_day(session):
    session()
    Meeting.objects.get().participants.add(factories.make_party("BF"))
    factories.make_membership(member="BF", until=date(2026, 1, 1), source=None)
    held = [Catalogue(reading) for reading in (NOW, Reading(as_of=date(2025, 12, 1)))]

    now, then = (sides(each, occasions(each)[0]) for each in held)

    def codes(found):
        return [(side.party.code, [member.code for member in side.members]) for side in found]

    assert codes(now) == [("AES", ["ML"]), ("BF", []), ("RU", [])]
    assert codes(then) == [("AES", ["BF", "ML"]), ("RU", [])]


def test_how_old_the_evidence_is_does_not_count_for_the_digest():
    said = "<p>Dernière source : 4 avril 2025{}</p>"

    assert digest(said.format(" <span data-live>(il y a 20 mois)</span>")) == digest(said.format(""))
    assert digest(said.format(" <span>(il y a 20 mois)</span>")) != digest(said.format(""))


@pytest.mark.parametrize(
    ("since", "words"),
    [
        (date(2026, 11, 21), "aujourd’hui"),
        (date(2026, 11, 20), "il y a 1 jour"),
        (date(2026, 10, 10), "il y a 42 jours"),
        (date(2026, 10, 1), "il y a 2 mois"),
        (date(2025, 4, 4), "il y a 20 mois"),
        (date(2024, 11, 21), "il y a 2 ans"),
    ],
)
def test_how_long_ago_is_said_in_the_unit_that_fits(since, words):
    assert elapsed(since, date(2026, 11, 21)) == words
