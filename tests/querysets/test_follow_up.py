"""What is in force, met, late, settled and public: the database and Python say the same of any records."""

from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta
from unittest import mock

import pytest
from django.db.models import QuerySet
from django.test import override_settings
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from commitments.choices import ReviewState, Status, Timeliness
from commitments.models import Assessment, Commitment, Discrepancy, Milestone
from commitments.querysets import was_public
from commitments.querysets.follow_up import day_met, in_force, superseded, timeliness, was_settled
from commitments.reading import NOW, Reading
from tests import TODAY, factories

DAY = date.fromisoformat(TODAY)
"""Today, in the middle of the days tried, so that a reading without days cuts through the records too."""

BEFORE = datetime(2026, 1, 1, tzinfo=UTC)

days = st.integers(-1, 1).map(lambda n: DAY + timedelta(n))
moments = st.builds(datetime.combine, days, st.sampled_from([time.min, time(12)]), st.just(UTC))
readings = st.builds(Reading, as_of=st.none() | days, known_on=st.none() | days | days)
states = st.sampled_from([*[ReviewState.PUBLISHED] * 4, ReviewState.WITHDRAWN, ReviewState.IN_REVIEW])
reviews = st.tuples(states, moments, moments)
places = st.sampled_from([0, 0, 0, 0, 1, 2, 3])
"""Of the commitments, the first mostly: it has been public all along."""

several = settings(max_examples=20)


@pytest.mark.parametrize(
    ("due_on", "met_on", "expected"),
    [
        (None, None, "no_deadline"),
        (None, DAY, "no_deadline"),
        (DAY + timedelta(91), None, "upcoming"),
        (DAY + timedelta(90), None, "due_soon"),
        (DAY, None, "due_soon"),
        (DAY - timedelta(1), None, "overdue"),
        (DAY, DAY, "met_on_time"),
        (DAY - timedelta(1), DAY, "met_late"),
    ],
)
def test_timeliness_of_a_milestone(due_on, met_on, expected):
    assert timeliness([(due_on, met_on)], DAY) == expected


@pytest.mark.parametrize(
    ("reading", "met"),
    [
        (NOW, True),
        (Reading(as_of=DAY - timedelta(1)), False),
        (Reading(as_of=DAY, known_on=DAY - timedelta(1)), False),
        (Reading(as_of=DAY, known_on=DAY), True),
    ],
)
def test_a_step_was_met_once_its_day_had_come_and_was_known(reading, met):
    recorded_at = datetime.combine(DAY, time(12), UTC)

    assert day_met(DAY, recorded_at, reading) == (DAY if met else None)
    assert day_met(None, None, reading) is None


@pytest.mark.slow
@override_settings(TRACKER_DUE_SOON_DAYS=1)
class Agreement(TestCase):
    """Records in any state, made at once past the rules, asked for with any reading."""

    @classmethod
    def setUpTestData(cls):
        cls.editor, cls.analyst = factories.make_user(), factories.make_user()
        cls.parties = [None, factories.make_party("RU").pk]
        noon = datetime.combine(DAY, time(12), UTC)
        shared = {
            "sector": factories.make_sector(),
            "instrument": factories.make_instrument(),
            "made_on": DAY,
            "basis": "agreed",
        }
        reviews = [
            (ReviewState.PUBLISHED, BEFORE, BEFORE),
            (ReviewState.PUBLISHED, noon, noon),
            (ReviewState.WITHDRAWN, BEFORE, noon),
            (ReviewState.DRAFT, noon, noon),
        ]
        rows = [cls.reviewed(review, reference=f"A-{n}") | shared for n, review in enumerate(reviews)]
        cls.commitments = cls.made(Commitment, rows)

    @classmethod
    def reviewed(cls, review, **fields):
        """Return the fields of a record in a state, published and perhaps withdrawn at moments."""
        state, published_at, withdrawn_at = review
        fields |= {"state": state, "proposed_by": cls.analyst}
        if state in (ReviewState.PUBLISHED, ReviewState.WITHDRAWN):
            fields |= {"published_by": cls.editor, "published_at": published_at}
        if state == ReviewState.WITHDRAWN:
            fields |= {"withdrawn_by": cls.editor, "withdrawn_at": withdrawn_at, "withdrawal_reason": "Error."}
        return fields

    @staticmethod
    def made(model, rows):
        """Insert records of `model` at once, and return what the database has of them."""
        QuerySet(model).bulk_create(model(pk=number, **row) for number, row in enumerate(rows, 1))
        return list(QuerySet(model).order_by("pk"))

    def public(self, rows, reading):
        before = reading.known_before
        held = {item.pk for item in self.commitments if was_public(item, before)}
        return [row for row in rows if was_public(row, before) and row.commitment_id in held]

    @several
    @given(
        st.lists(
            st.tuples(places, st.sampled_from([0, 0, 0, 1]), days, reviews, st.booleans(), st.sampled_from(Status)),
            min_size=10,
            max_size=20,
        ),
        readings,
    )
    def test_in_force(self, drawn, reading):
        rows, last = [], {}
        for number, (commitment, party, as_of, review, replaces, status) in enumerate(drawn, 1):
            row = self.reviewed(review, commitment=self.commitments[commitment], party_id=self.parties[party])
            row |= {"as_of": as_of, "rationale_fr": "Motifs.", "supersedes_id": None, "status": status}
            if status == Status.NOT_ASSESSED:
                row["status"] = Status.ABANDONED
            if status == Status.NO_EVIDENCE:
                row |= {"searched_on": as_of, "searched_where_fr": "La presse."}
            if replaces and (commitment, party) in last:
                row |= {"supersedes_id": last.pop((commitment, party)), "supersession_reason": "Error."}
            last[commitment, party] = number
            rows.append(row)
        public = [item for item in self.public(self.made(Assessment, rows), reading) if item.as_of <= reading.day]

        current = in_force(public)

        standing = {item.pk for item in public} - superseded(public)
        assert set(Assessment.objects.standing(reading).values_list("pk", flat=True)) == standing
        assert in_force(Assessment.objects.standing(reading)) == current
        for item in Commitment.objects.published(reading).with_status(reading):
            mine = current.get((item.pk, None))
            expected = (mine.status, mine.as_of) if mine else (Status.NOT_ASSESSED, None)
            assert (item.status, item.status_as_of) == expected
        for (commitment, party), first in current.items():
            mine = Assessment.objects.standing(reading).filter(commitment=commitment, party=party)
            assert mine.latest_first().first() == first

    @several
    @given(
        st.lists(
            st.tuples(places, st.none() | days, st.none() | st.tuples(days, moments), reviews),
            min_size=10,
            max_size=20,
        ),
        readings,
    )
    def test_met_and_timeliness(self, drawn, reading):
        rows = [
            self.reviewed(review, commitment=self.commitments[commitment], title_fr="Jalon", due_on=due_on)
            | ({"met_on": met[0], "met_recorded_at": met[1]} if met else {})
            for commitment, due_on, met, review in drawn
        ]
        milestones = self.made(Milestone, rows)

        steps = {item.pk: (item.due_on, day_met(item.met_on, item.met_recorded_at, reading)) for item in milestones}

        found = Milestone.objects.all()
        assert set(found.met(reading)) == {item for item in milestones if steps[item.pk][1]}
        assert set(found.unmet(reading)) == {item for item in milestones if not steps[item.pk][1]}
        by_timeliness = defaultdict(set)
        for item in milestones:
            by_timeliness[timeliness([steps[item.pk]], reading.day)].add(item)
        assert set(found.overdue(reading)) == by_timeliness[Timeliness.OVERDUE]
        assert set(found.due_soon(reading)) == by_timeliness[Timeliness.DUE_SOON]
        assert set(found.coming(reading)) == by_timeliness[Timeliness.DUE_SOON] | by_timeliness[Timeliness.UPCOMING]
        public = self.public(milestones, reading)
        assert set(found.published(reading)) == set(public)
        for item in Commitment.objects.published(reading).with_timeliness(reading):
            mine = [steps[row.pk] for row in public if row.commitment_id == item.pk]
            assert item.timeliness == timeliness(mine, reading.day)

    @several
    @given(st.lists(st.tuples(st.none() | st.tuples(days, moments), reviews), min_size=10, max_size=20), readings)
    def test_settled(self, drawn, reading):
        rows = [
            self.reviewed(review, reference=f"A-D{number:02}", question_fr="Quel jour ?", reason_fr="Motif.")
            | ({"settled_on": at[0], "settled_at": at[1], "settled_by": self.editor} if at else {})
            for number, (at, review) in enumerate(drawn)
        ]
        questions = self.made(Discrepancy, rows)

        settled = {item for item in questions if was_settled(item, reading)}

        assert set(Discrepancy.objects.settled(reading)) == settled
        assert set(Discrepancy.objects.open(reading)) == set(questions) - settled
        public = {item for item in questions if was_public(item, reading.known_before)}
        assert set(Discrepancy.objects.published(reading)) == public


def test_one_not_published_yet_counts_as_the_latest_of_its_day():
    shared = {"commitment_id": 1, "party_id": None, "supersedes_id": None, "as_of": DAY}
    public = mock.Mock(pk=2, published_at=BEFORE, **shared)
    proposal = mock.Mock(pk=1, published_at=None, **shared)

    assert in_force([proposal, public]) == {(1, None): proposal}
