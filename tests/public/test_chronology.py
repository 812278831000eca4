"""The chronology: what took place and what is planned, drawn and listed, and the drawing on home."""

from datetime import date, timedelta

import pytest

from commitments.public.time.chronology import COMING, PAGE_SIZE, drawing
from commitments.rules.review import publication
from tests import factories
from tests.public.conftest import on, text_of

PAGE = "/chronologie/"


def told(page):
    return [(event.day.isoformat(), event.kind) for event in [*page.context["ahead"], *page.context["gone"]]]


def test_every_kind_of_event_is_listed_the_latest_first(client, record, editor):
    factories.make_milestone(
        commitment=record.commitment, due_on=date(2026, 1, 1), met_on=date(2025, 12, 1), published_by=editor
    )
    factories.make_meeting(starts_on=date(2027, 1, 1), published_by=editor)
    factories.make_milestone(commitment=record.commitment, due_on=date(2026, 12, 1), published_by=editor)

    page = client.get(PAGE)

    assert told(page) == [
        ("2027-01-01", "meeting"),
        ("2026-12-01", "due"),
        ("2026-06-30", "due"),
        ("2025-12-01", "met"),
        ("2025-04-10", "assessment"),
        ("2025-04-03", "instrument"),
        ("2025-04-03", "meeting"),
    ]


def test_each_event_is_in_words_with_its_link_and_its_mark(client, record):
    page = client.get(PAGE)

    words, html = text_of(page), page.content.decode()
    assert "Rencontre : Consultations" in words
    assert "Communiqué conjoint : Communiqué conjoint" in words
    assert "Évaluation : Renforcer la Force unifiée Progrès limité" in words
    assert "Jalon : Première livraison Échéance dépassée AES-RU-2025-01" in words
    assert 'href="/rencontres/moscou/#i-communique"' in html
    assert f'href="{record.milestone.get_absolute_url()}"' in html


def test_the_drawing_says_in_words_what_it_shows(client, record):
    html = client.get(PAGE).content.decode()

    assert 'role="img"><title>Chronologie du 3 avril 2025 au 21 novembre 2026, Rencontres 1, Textes 1' in html
    assert "Jalons 1, Évaluations 1</title>" in html


def test_days_that_are_near_are_one_dot_and_what_is_only_due_is_another():
    today = date(2026, 1, 1)

    drawn = drawing([(date(2025, 1, 1), "met"), (date(2025, 1, 2), "met"), (date(2025, 1, 3), "due")], today)

    steps = drawn.lanes[2]
    assert steps.n == 3
    assert {(dot.n, dot.is_done) for dot in steps.dots} == {(2, True), (1, False)}
    assert [lane.n for lane in drawn.lanes] == [0, 0, 3, 0]


def test_a_single_day_is_drawn_too():
    assert drawing([(date(2025, 1, 1), "meeting")], date(2025, 1, 1)).lanes[0].dots[0].x == "3.0%"


def test_without_any_event_it_says_so(client, db):
    page = client.get(PAGE)

    assert "Aucun événement daté n’est encore publié." in text_of(page)
    assert "<svg class=" not in page.content.decode()


@pytest.mark.slow
def test_it_goes_on_over_pages_and_what_is_planned_is_on_the_first(client, record, editor):
    for number in range(PAGE_SIZE):
        factories.make_meeting(starts_on=date(2024, 1, 1) + timedelta(days=number), published_by=editor)
    for number in range(COMING + 2):
        due_on = date(2027, 1, 1) + timedelta(days=number)
        factories.make_milestone(commitment=record.commitment, due_on=due_on, published_by=editor)

    first, second = client.get(PAGE), client.get(f"{PAGE}?page=2")

    assert (len(first.context["ahead"]), first.context["more_ahead"]) == (COMING, 2)
    assert first.context["ahead"][-1].day == date(2027, 1, 1)
    assert "2 autres événements sont prévus plus tard." in text_of(first)
    assert len(first.context["gone"]) == PAGE_SIZE
    assert (second.context["ahead"], len(second.context["gone"])) == ([], 4)
    assert client.get(f"{PAGE}?page=3").status_code == 404


def test_as_of_a_day_what_came_later_is_left_out_and_what_was_due_is_planned(client, record, editor):
    factories.make_milestone(
        commitment=record.commitment, due_on=date(2025, 12, 31), met_on=date(2025, 6, 1), published_by=editor
    )

    page = client.get(f"{PAGE}?as_of=2025-04-05")

    assert told(page) == [
        ("2026-06-30", "due"),
        ("2025-12-31", "due"),
        ("2025-04-03", "instrument"),
        ("2025-04-03", "meeting"),
    ]


@pytest.mark.slow
def test_known_on_a_day_words_and_rows_are_those_of_then(client, analyst, editor):
    with on("2026-05-01"):
        meeting = factories.make_meeting(title_fr="Rencontre d’alors", published_by=editor)
        commitment = factories.make_commitment(title_fr="Titre d’alors", published_by=editor)
        factories.make_assessment(commitment=commitment, proposed_by=analyst, published_by=editor)
        step = factories.make_milestone(commitment=commitment, due_on=date(2026, 3, 1), published_by=editor)
    with on("2026-07-01"):
        meeting.title_fr, commitment.title_fr, step.met_on = "Nom récent", "Titre récent", date(2026, 2, 1)
        for changed in (meeting, commitment, step):
            changed.save()
        factories.make_meeting(title_fr="Inconnue alors", published_by=editor)

    then, now = client.get(f"{PAGE}?known_on=2026-06-01"), client.get(PAGE)

    assert told(then)[0] == ("2026-03-01", "due")
    assert told(now)[0] == ("2026-02-01", "met")
    for words in ("Rencontre d’alors", "Titre d’alors"):
        assert words in text_of(then)
        assert words not in text_of(now)
    assert "Inconnue alors" not in text_of(then)


def test_an_instrument_whose_meeting_is_not_public_is_named_without_a_link(client, editor):
    instrument = factories.make_instrument(title_fr="Texte seul", published_by=editor)
    instrument.meeting = factories.make_meeting(reference="brouillon")
    instrument.save()

    page = client.get(PAGE)

    assert "Texte seul" in text_of(page)
    assert "brouillon" not in page.content.decode()


@pytest.mark.slow
def test_what_is_withdrawn_superseded_or_only_expected_is_not_told(client, record, analyst, editor):
    better = factories.make_assessment(
        commitment=record.commitment, status="substantial", as_of=date(2025, 6, 1), proposed_by=analyst
    )
    publication.supersede(record.assessment, better, by=editor, reason="Un lot avait été omis.")
    expected = factories.make_commitment(basis="expected", published_by=editor)
    factories.make_milestone(commitment=expected, title_fr="Étape attendue", published_by=editor)
    gone = factories.make_milestone(commitment=record.commitment, title_fr="Étape retirée", published_by=editor)
    publication.withdraw(gone, by=editor, reason="Doublon.")

    page = client.get(PAGE)

    assert [event.record.pk for event in page.context["gone"] if event.kind == "assessment"] == [better.pk]
    assert "Étape attendue" not in text_of(page)
    assert "Étape retirée" not in text_of(page)


@pytest.mark.slow
@pytest.mark.parametrize("query", ["", "?as_of=2026-11-20"])
def test_home_has_the_drawing_of_the_nearest_events(client, record, editor, query):
    for number in range(9):
        day = date(2026, 12, 1) + timedelta(days=number)
        factories.make_milestone(commitment=record.commitment, due_on=day, published_by=editor)

    context = client.get(f"/{query}").context

    assert [lane.n for lane in context["drawing"].lanes][:2] == [1, 1]
    assert context["drawing"].lanes[2].n == 10
