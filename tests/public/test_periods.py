"""A deadline that names no day is shown as its period on every page, with whose reading it is."""

import csv
import io
import json
import re
from datetime import date

import pytest

from tests import factories
from tests.public.conftest import content_of, on, text_of

YEAR = {"due_from": date(2026, 1, 1), "due_on": date(2026, 12, 31), "due_precision": "year"}
READING = {"reading_fr": "L’année civile est une lecture.", "reading_en": "The calendar year is a reading."}
DAY = "31 décembre 2026"


@pytest.fixture
def yearly(record):
    """The record, its milestone being due in 2026, by a reading, in a place."""
    with on("2026-11-21"):
        for name, value in (YEAR | READING | {"place_fr": "Un pays de l’AES", "place_en": "An AES country"}).items():
            setattr(record.milestone, name, value)
        record.milestone.save()
    return record


def words_at(client, path, day="2026-11-22"):
    with on(day):
        return text_of(client.get(path))


def test_its_own_page_says_the_period_the_reading_and_the_place(client, yearly):
    words = words_at(client, yearly.commitment.get_absolute_url())
    english = words_at(client, f"/en{yearly.commitment.get_absolute_url()}")

    assert "2026, jour non précisé Première livraison" in words
    assert "Échéance proche 2026, jour non précisé (lecture faite ici)" in words
    assert "Lieu : Un pays de l’AES" in words
    assert "Cette échéance est une lecture faite ici : L’année civile est une lecture." in words
    assert "2026, day not specified First delivery" in english
    assert "Place: An AES country" in english
    assert DAY not in words


def test_the_page_says_how_often_its_steps_come_back_and_whose_reading_that_is(client, editor):
    rule = {"recurrence": "FREQ=YEARLY", "recurrence_start": date(2026, 12, 31)}
    reading = {f"recurrence_{name}": text for name, text in READING.items()}
    commitment = factories.make_commitment(published_by=editor, **rule, **reading)

    words = words_at(client, commitment.get_absolute_url())

    assert "Récurrence : chaque année." in words
    assert "Cette récurrence est une lecture faite ici : L’année civile est une lecture." in words
    milestone = commitment.milestones.get()
    milestone.from_recurrence = False
    milestone.save()
    assert "Cette récurrence" not in words_at(client, commitment.get_absolute_url())


def test_what_no_reading_is_said_of_is_not_called_one(client, record):
    assert "lecture faite ici" not in words_at(client, record.commitment.get_absolute_url())


@pytest.mark.parametrize("path", ["/", "/engagements/", "/parties/RU/", "/chronologie/"])
def test_every_list_names_the_period_and_no_day(client, yearly, path):
    with on("2026-11-22"):
        page = client.get(path)

    assert "2026, jour non précisé" in text_of(page)
    assert DAY not in re.sub(r"(?s)<svg.*?</svg>", "", page.content.decode())  # where the axis of a drawing ends


def test_it_is_overdue_once_the_period_has_passed_and_the_page_says_so(client, yearly):
    address = yearly.commitment.get_absolute_url()

    assert "Échéance proche" in words_at(client, address, "2026-12-31")
    late = words_at(client, address, "2027-01-01")
    assert "Échéance dépassée la période (2026) est passée (lecture faite ici)" in late
    assert "2026, jour non précisé La période (2026) est passée sans réalisation connue : Première livraison" in late
    assert "la période (2026) est passée" in words_at(client, "/engagements/", "2027-01-01")
    assert DAY not in late


def test_two_days_compared_name_the_period(client, yearly):
    with on("2027-01-02"):
        words = text_of(client.get("/comparer/", {"from": "2026-12-31", "to": "2027-01-01"}))

    assert "AES-RU-2025-01 · 2026, jour non précisé" in words


def test_feeds_say_the_period(client, yearly, editor):
    with on("2026-11-23"):
        factories.make_milestone(commitment=yearly.commitment, title_fr="Suite", published_by=editor, **YEAR)
        feed = json.loads(client.get("/flux/tout.json").content)

    (entry,) = [item for item in feed["items"] if "Échéance\u00a0:" in item["content_html"]][:1]
    assert '<time datetime="2026">2026</time>, jour non précisé' in entry["content_html"]
    assert "2026-12-31" not in entry["content_html"]


def test_files_and_answers_say_how_precise_it_is_and_whose_reading(client, yearly):
    with on("2026-11-22"):
        (milestone,) = csv.DictReader(io.StringIO(content_of(client.get("/data/milestones.csv")).decode("utf-8-sig")))
        (commitment,) = client.get("/api/v1/commitments").json()["items"]

    assert (milestone["due_from"], milestone["due_on"]) == ("2026-01-01", "2026-12-31")
    assert (milestone["due_precision"], milestone["place_en"]) == ("year", "An AES country")
    assert milestone["reading_fr"] == "L’année civile est une lecture."
    assert {name: value for name, value in commitment.items() if name.startswith("next_due")} == {
        "next_due": "2026-12-31",
        "next_due_from": "2026-01-01",
        "next_due_precision": "year",
        "next_due_is_reading": True,
    }


@pytest.mark.slow
def test_a_past_day_has_the_deadline_as_it_was_known(client, yearly):
    with on("2026-11-24"):
        yearly.milestone.due_from, yearly.milestone.due_on = None, date(2026, 12, 15)
        yearly.milestone.due_precision = "day"
        yearly.milestone.reading_fr = yearly.milestone.reading_en = ""
        yearly.milestone.save()
        address = yearly.commitment.get_absolute_url()
        now, then = (text_of(client.get(address, asked)) for asked in ({}, {"known_on": "2026-11-22"}))
        told = text_of(client.get("/corrections/"))

    assert "au plus tard le 15 décembre 2026 Première livraison" in now
    assert "2026, jour non précisé Première livraison" in then
    assert "Échéances Échéance proche 15 décembre 2026" in now
    assert "Échéances Échéance proche 2026, jour non précisé (lecture faite ici)" in then
    assert "15 décembre 2026" not in then
    assert "L’année civile est une lecture." in then
    assert "Précision de l’échéance" in told


def test_its_reading_and_its_place_are_searched(client, yearly):
    with on("2026-11-22"):
        for query in ("civile", "pays", "calendar"):
            assert client.get("/engagements/", {"q": query}).context["count"] == 1
