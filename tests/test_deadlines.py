"""What a deadline is, and how it is said: never more precisely than it is known."""

from datetime import date

import pytest
from django.utils.translation import override

from commitments.deadlines import Deadline, machine_readable, precision_of, whole

EASTER = date(2026, 4, 5)
APRIL = date(2026, 4, 1), date(2026, 4, 30)


@pytest.mark.parametrize(
    ("first", "last", "precision", "french", "english", "brief"),
    [
        (None, EASTER, "day", "au plus tard le 5 avril 2026", "by 5 April 2026", "5 avril 2026"),
        (EASTER, EASTER, "day", "le 5 avril 2026", "on 5 April 2026", "5 avril 2026"),
        (
            date(2026, 1, 1),
            date(2026, 12, 31),
            "day",
            "du 1er janvier 2026 au 31 décembre 2026",
            "from 1 January 2026 to 31 December 2026",
            "31 décembre 2026",
        ),
        (
            date(2026, 4, 1),
            date(2026, 4, 30),
            "month",
            "avril 2026, jour non précisé",
            "April 2026, day not specified",
            "",
        ),
        (
            date(2025, 12, 1),
            date(2026, 2, 28),
            "month",
            "décembre 2025 à février 2026, jour non précisé",
            "December 2025 to February 2026, day not specified",
            "",
        ),
        (date(2026, 1, 1), date(2026, 12, 31), "year", "2026, jour non précisé", "2026, day not specified", ""),
        (
            date(2026, 1, 1),
            date(2027, 12, 31),
            "year",
            "2026 à 2027, jour non précisé",
            "2026 to 2027, day not specified",
            "",
        ),
    ],
)
def test_a_deadline_in_words(first, last, precision, french, english, brief):
    deadline = Deadline(first, last, precision)

    assert deadline.in_words() == french
    assert deadline.in_brief() == (brief or french)
    with override("en"):
        assert deadline.in_words() == english


@pytest.mark.parametrize(
    ("first", "last", "precision", "words"),
    [
        (date(2026, 1, 1), date(2026, 12, 31), "year", "courant 2026"),
        (*APRIL, "month", "courant avril 2026"),
        (date(2026, 1, 1), date(2027, 12, 31), "year", "entre 2026 et 2027"),
        (None, EASTER, "day", "au plus tard le 5 avril 2026"),
    ],
)
def test_a_deadline_in_a_sentence_names_no_day_of_a_period(first, last, precision, words):
    assert Deadline(first, last, precision).in_a_sentence() == words


@pytest.mark.parametrize(
    ("first", "last", "precision"),
    [
        (date(2026, 1, 1), date(2026, 12, 31), "year"),
        (date(2026, 1, 1), date(2028, 12, 31), "year"),
        (date(2024, 2, 1), date(2024, 2, 29), "month"),
        (date(2026, 7, 1), date(2027, 6, 30), "month"),
        (date(2025, 2, 1), date(2025, 2, 27), "day"),
        (date(2026, 1, 2), date(2026, 12, 31), "day"),
        (None, date(2026, 12, 31), "day"),
        (date(9999, 1, 1), date.max, "year"),
    ],
)
def test_a_window_of_whole_months_or_years_is_as_precise_as_these(first, last, precision):
    assert precision_of(first, last) == precision
    assert Deadline(first, last, precision).is_whole
    assert Deadline(first, last, "year").is_whole == (precision == "year")


@pytest.mark.parametrize(
    ("precision", "days"),
    [
        ("month", (date(2024, 2, 1), date(2024, 3, 31))),
        ("year", (date(2024, 1, 1), date(2024, 12, 31))),
    ],
)
def test_days_are_widened_to_the_months_or_years_that_they_are_in(precision, days):
    assert whole(date(2024, 2, 12), date(2024, 3, 30), precision) == days
    assert whole(date.max, date.max, precision)[1] == date.max


def test_a_period_is_written_for_machines_as_what_it_is():
    assert [machine_readable(EASTER, precision) for precision in ("day", "month", "year")] == [
        "2026-04-05",
        "2026-04",
        "2026",
    ]
