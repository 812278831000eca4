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


def test_periods_of_a_yearly_recurrence_run_to_the_next_one():
    assert schedule.periods("FREQ=YEARLY", date(2025, 12, 31), day=DAY) == [
        (None, date(2025, 12, 31)),
        (date(2026, 1, 1), date(2026, 12, 31)),
    ]


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

    assert [last for _first, last in found] == [date(2025, 6, 30), date(2025, 12, 30), date(2026, 6, 30)]


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

    assert DAY <= found[-1][1] < DAY + timedelta(7)
    assert len(found) == (found[-1][1] - date(2015, 1, 5)).days // 7 + 1


@pytest.mark.django_db
def test_extend_makes_the_missing_milestones_once(editor):
    commitment = factories.make_commitment(
        published_by=editor, recurrence="FREQ=YEARLY", recurrence_start=date(2025, 12, 31)
    )
    due = [milestone.due_on for milestone in Milestone.objects.published().order_by("due_on")]

    again = schedule.extend(commitment, by=editor)
    later = schedule.extend(commitment, by=editor, day=date(2027, 1, 1))

    assert due == [date(2025, 12, 31), date(2026, 12, 31)]
    assert again == []
    assert [milestone.due_on for milestone in later] == [date(2027, 12, 31)]
    assert later[0].title_en.endswith("31 December 2027")


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
