"""Deadlines are computed, from a day; recurrences make their milestones."""

from datetime import date, timedelta
from time import perf_counter

import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override

from commitments.models import Commitment, Milestone
from commitments.reading import Reading
from commitments.rules.time import schedule
from tests import factories

DAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("rule", "start", "first_ones"),
    [
        ("FREQ=YEARLY", date(2025, 12, 31), ["2025, jour non précisé", "2026, jour non précisé"]),
        ("FREQ=YEARLY;INTERVAL=2", date(2026, 12, 31), ["2025 à 2026, jour non précisé"]),
        (
            "FREQ=YEARLY",
            date(2026, 6, 30),
            ["juillet 2025 à juin 2026, jour non précisé", "juillet 2026 à juin 2027, jour non précisé"],
        ),
        (
            "FREQ=MONTHLY;BYMONTHDAY=-1",
            date(2026, 10, 31),
            ["octobre 2026, jour non précisé", "novembre 2026, jour non précisé"],
        ),
        (
            "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=-1",
            date(2026, 12, 31),
            ["octobre 2026 à décembre 2026, jour non précisé"],
        ),
        (
            "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=31",
            date(2025, 12, 31),
            ["au plus tard le 31 décembre 2025", "du 1er janvier 2026 au 31 décembre 2026"],
        ),
        (
            "FREQ=YEARLY",
            date(2026, 4, 3),
            ["au plus tard le 3 avril 2026", "du 4 avril 2026 au 3 avril 2027"],
        ),
        ("FREQ=MONTHLY;BYDAY=-1FR", date(2026, 11, 27), ["au plus tard le 27 novembre 2026"]),
        ("FREQ=YEARLY;BYMONTH=12", date(2025, 12, 31), ["2025, jour non précisé", "2026, jour non précisé"]),
        ("FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=-1", date(2026, 12, 31), ["2026, jour non précisé"]),
        ("FREQ=YEARLY;BYMONTH=6,12", date(2026, 12, 31), ["décembre 2026, jour non précisé"]),
        (
            "FREQ=YEARLY;BYMONTH=6,12;BYMONTHDAY=-1",
            date(2026, 6, 30),
            ["juin 2026, jour non précisé", "juillet 2026 à décembre 2026, jour non précisé"],
        ),
        (
            "FREQ=WEEKLY;INTERVAL=4",
            date(2026, 11, 1),
            ["au plus tard le 1er novembre 2026", "du 2 novembre 2026 au 29 novembre 2026"],
        ),
    ],
)
def test_periods_run_to_the_next_one_and_claim_no_day_that_the_rule_does_not_name(rule, start, first_ones):
    assert [deadline.in_words() for deadline in schedule.periods(rule, start, day=DAY)] == first_ones


def test_four_weeks_are_days_even_where_they_are_a_month():
    found = schedule.periods("FREQ=WEEKLY;INTERVAL=4", date(2027, 1, 31), day=date(2027, 2, 28))

    assert [deadline.in_words() for deadline in found] == [
        "au plus tard le 31 janvier 2027",
        "du 1er février 2027 au 28 février 2027",
    ]


def test_the_periods_beyond_those_on_file_end_with_the_rule_and_are_none_where_it_names_days():
    rule, start = "FREQ=YEARLY;COUNT=4", date(2025, 12, 31)

    found = schedule.periods_beyond(rule, start, last=date(2026, 12, 31), most=5)

    assert [deadline.period() for deadline in found] == ["2027", "2028"]
    assert len(schedule.periods_beyond(rule, start, last=None, most=3)) == 3
    assert schedule.periods_beyond("FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=31", start, last=None, most=3) == []
    assert schedule.periods_beyond("", None, last=None, most=3) == []


def test_a_recurrence_to_the_end_of_time_has_its_last_period():
    last = schedule.periods("FREQ=YEARLY", date(9998, 12, 31), day=date.max)[-1]

    assert last.last == date.max


@pytest.mark.parametrize(
    ("rule", "french", "english"),
    [
        ("FREQ=YEARLY", "chaque année", "every year"),
        ("RRULE:FREQ=YEARLY;INTERVAL=1", "chaque année", "every year"),
        ("FREQ=YEARLY;INTERVAL=2", "tous les 2 ans", "every 2 years"),
        ("FREQ=MONTHLY", "chaque mois", "every month"),
        ("INTERVAL=3;FREQ=MONTHLY", "chaque trimestre", "every quarter"),
        ("FREQ=MONTHLY;INTERVAL=6", "chaque semestre", "every six months"),
        ("FREQ=MONTHLY;INTERVAL=4", "tous les 4 mois", "every 4 months"),
        ("FREQ=WEEKLY", "chaque semaine", "every week"),
        ("FREQ=WEEKLY;INTERVAL=2", "toutes les 2 semaines", "every 2 weeks"),
        ("FREQ=YEARLY;BYMONTH=3,9", "chaque année (mars, septembre)", "every year (March, September)"),
        ("FREQ=MONTHLY;COUNT=9", "chaque mois (nombre d’échéances\u00a0: 9)", "every month (number of deadlines: 9)"),
        *[
            (
                f"FREQ=YEARLY;UNTIL={day}",
                "chaque année (jusqu’au 1er janvier 2035)",
                "every year (until 1 January 2035)",
            )
            for day in ("20350101", "20350101T000000Z")
        ],
        *[
            (rule, rule, rule)
            for rule in ("FREQ=YEARLY;BYMONTH=1;BYDAY=2TU", "FREQ=YEARLY;BYMONTH=13", "FREQ=DAILY", "tous les ans")
        ],
    ],
)
def test_a_recurrence_in_words(rule, french, english):
    assert schedule.in_words(rule) == french
    with override("en"):
        assert schedule.in_words(rule) == english


@pytest.mark.parametrize("until", ["20260630", "20260630T000000Z"])
def test_periods_end_with_the_recurrence(until):
    found = schedule.periods(f"RRULE:FREQ=MONTHLY;INTERVAL=6;UNTIL={until}", date(2025, 6, 30), day=DAY)

    assert [deadline.last for deadline in found] == [date(2025, 6, 30), date(2025, 12, 30), date(2026, 6, 30)]


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "FREQ=SECONDLY",
        "FREQ=YEARLY;BYHOUR=3",
        "tous les ans",
        "FREQ=YEARLY;INTERVAL=x",
        "FREQ=YEARLY;COUNT",
        "FREQ=YEARLY;INTERVAL=1;INTERVAL=2",
        "FREQ=YEARLY\nRDATE:20270101",
        "FREQ=YEARLY\nRRULE:FREQ=SECONDLY",
        "FREQ=YEARLY BYMONTH=1",
        "FREQ=YEARLY;BYMONTH=13;BYDAY=1MO",
        "FREQ=YEARLY;UNTIL=20200101",
    ],
)
def test_a_recurrence_that_is_none_is_refused_in_words(rule):
    with pytest.raises(ValidationError, match="récurrence"):
        schedule.parse_recurrence(rule, DAY)


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=WEEKLY;BYDAY=MO;BYSETPOS=5",
        "FREQ=WEEKLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MONTHLY;BYDAY=6MO",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
    ],
)
@pytest.mark.parametrize("start", [DAY, date(1950, 1, 1), date(9998, 12, 31)])
def test_a_recurrence_that_never_occurs_is_refused_at_once(rule, start):
    before = perf_counter()

    with pytest.raises(ValidationError, match="récurrence"):
        schedule.parse_recurrence(rule, start)

    assert perf_counter() - before < 2


def test_a_rare_recurrence_is_admitted():
    rule = schedule.parse_recurrence("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;BYDAY=TU", date(2025, 1, 1))

    assert next(iter(rule)).date() == date(2028, 2, 29)


def test_periods_of_a_long_weekly_recurrence_reach_the_day():
    found = schedule.periods("FREQ=WEEKLY", date(2015, 1, 5), day=DAY)

    assert DAY <= found[-1].last < DAY + timedelta(7)
    assert len(found) == (found[-1].last - date(2015, 1, 5)).days // 7 + 1


@pytest.mark.django_db
def test_extend_makes_the_missing_milestones_once(editor):
    commitment = factories.make_commitment(
        published_by=editor, recurrence="FREQ=YEARLY", recurrence_start=date(2025, 12, 31)
    )
    made = list(Milestone.objects.published().order_by("due_on"))

    again = schedule.extend(commitment, by=editor)
    later = schedule.extend(commitment, by=editor, day=date(2027, 1, 1))

    assert [milestone.due_on for milestone in made] == [date(2025, 12, 31), date(2026, 12, 31)]
    assert again == []
    assert [milestone.due_on for milestone in later] == [date(2027, 12, 31)]


@pytest.mark.django_db
def test_what_a_recurrence_makes_and_publishes_by_itself_claims_no_day_and_says_whose_reading_it_is(editor):
    factories.make_commitment(
        published_by=editor,
        title_fr="Se réunir chaque année",
        title_en="Meet every year",
        recurrence="FREQ=YEARLY",
        recurrence_start=date(2026, 12, 31),
        recurrence_reading_fr="L’année civile est une lecture.",
        recurrence_reading_en="The calendar year is a reading.",
    )

    milestone = Milestone.objects.published().get()

    assert (milestone.title_fr, milestone.title_en) == ("Se réunir chaque année\u00a0: 2026", "Meet every year: 2026")
    assert milestone.deadline == (date(2026, 1, 1), date(2026, 12, 31), "year", True)
    assert milestone.reading_fr == "L’année civile est une lecture."
    assert milestone.reading_en == "The calendar year is a reading."


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("rule", "start", "title"),
    [
        ("FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=15", date(2026, 12, 15), "décembre 2026"),
        ("FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=-1", date(2026, 12, 31), "octobre 2026 à décembre 2026"),
    ],
)
def test_no_title_of_a_recurrence_has_a_day(editor, rule, start, title):
    commitment = factories.make_commitment(
        published_by=editor, title_fr="x" * 160, recurrence=rule, recurrence_start=start
    )

    made = commitment.milestones.get().title_fr

    assert made.endswith(f"…\u00a0: {title}")
    assert len(made) == 160


@pytest.mark.django_db
def test_a_passed_deadline_changes_no_status(editor):
    commitment = factories.make_commitment(published_by=editor)
    factories.make_milestone(commitment=commitment, published_by=editor, due_on=date(2026, 1, 1))

    row = Commitment.objects.for_table().get()

    assert (row.timeliness, row.status) == ("overdue", "not_assessed")


@pytest.mark.django_db
def test_a_completion_recorded_later_was_not_known_before(editor):
    commitment = factories.make_commitment(published_by=editor)
    milestone = factories.make_milestone(commitment=commitment, due_on=date(2026, 1, 1), met_on=date(2025, 12, 1))
    import time_machine

    with time_machine.travel("2026-11-23T12:00:00Z", tick=False):
        from commitments.rules.review import publication

        milestone.met_on = date(2025, 12, 2)
        milestone.save()
        publication.publish(milestone, by=editor)

        now = Commitment.objects.for_table().get()
        then = Commitment.objects.for_table(Reading(known_on=date(2026, 11, 22))).get()

    assert now.timeliness == "met_on_time"
    assert then.timeliness == "no_deadline"
