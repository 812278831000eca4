"""What is in force, met, late, settled and public: the database and Python say the same of any records."""

from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain
from random import Random
from unittest import mock

import pytest
from django.db.models import QuerySet
from django.test import override_settings
from hypothesis import given, settings, strategies as st
from hypothesis.extra.django import TestCase

from commitments.choices import DiscrepancyOutcome, DuePrecision, ReviewState, Status, Timeliness
from commitments.models import Assessment, Commitment, Discrepancy, Milestone, Search
from commitments.querysets import was_public
from commitments.querysets.follow_up import (
    day_met,
    ended,
    in_force,
    outcome,
    settled,
    status_of,
    superseded,
    timeliness,
    was_settled,
)
from commitments.reading import NOW, Reading
from commitments.rules.review import publication
from tests import TODAY, factories

DAY = date.fromisoformat(TODAY)
"""Today, in the middle of the days tried, so that a reading without days cuts through the records too."""

BEFORE = datetime(2026, 1, 1, tzinfo=UTC)

STATES = [*[ReviewState.PUBLISHED] * 4, ReviewState.WITHDRAWN, ReviewState.IN_REVIEW]

ROWS = 50
"""How many records are made for each example: one meets little of what there is to meet."""

several, seeds = settings(max_examples=12), st.integers(0, 2**32)


class Chance(Random):
    """Draws days and moments so close to one another that each falls on either side of another, or upon it."""

    def day(self):
        return DAY + timedelta(self.randint(-1, 1))

    def moment(self):
        return datetime.combine(self.day(), self.choice([time.min, time(12)]), UTC)

    def maybe(self, *values):
        return self.choice([*values, None])

    def reading(self):
        return Reading(as_of=self.maybe(self.day()), known_on=self.maybe(self.day(), self.day()))


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


@override_settings(TRACKER_DUE_SOON_DAYS=1)
class Agreement(TestCase):
    """Records in any state, made at once past the rules, asked for with any reading."""

    @classmethod
    def setUpTestData(cls):
        cls.editor, cls.analyst = factories.make_user(), factories.make_user()
        cls.parties = [None, None, factories.make_party("RU")]
        noon = datetime.combine(DAY, time(12), UTC)
        shared = {
            "sector": factories.make_sector(),
            "instrument": factories.make_instrument(),
            "made_on": DAY,
            "basis": "agreed",
        }
        reviews = [
            *[(ReviewState.PUBLISHED, BEFORE, BEFORE)] * 7,
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

    def drawn(self, chance, **fields):
        """Return such fields, drawn."""
        return self.reviewed((chance.choice(STATES), chance.moment(), chance.moment()), **fields)

    def settlement(self, chance):
        """Return the fields of a settlement, of either kind."""
        signed = {"settled_on": DAY, "settled_at": chance.moment(), "settled_by": self.editor}
        return signed | {"is_compatible": chance.choice([True, False])}

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
    @given(seeds)
    def test_in_force(self, seed):
        chance = Chance(seed)
        rows, last = [], {}
        for number in range(1, ROWS + 1):
            about = (chance.choice(self.commitments), chance.choice(self.parties))
            row = self.drawn(chance, commitment=about[0], party=about[1], as_of=chance.day(), rationale_fr="Motifs.")
            row |= {"supersedes_id": chance.maybe(last.pop(about, None)), "supersession_reason": "Error."}
            row |= {"status": chance.choice(Status.needing_action())}
            rows.append(row)
            last[about] = number
        judgements = self.made(Assessment, rows)

        for reading in (chance.reading(), chance.reading()):
            public = [item for item in self.public(judgements, reading) if item.as_of <= reading.day]
            current = in_force(public)

            standing = {item.pk for item in public} - superseded(public)
            assert set(Assessment.objects.standing(reading).values_list("pk", flat=True)) == standing
            first = {}
            for item in Assessment.objects.standing(reading).latest_first():
                first.setdefault((item.commitment_id, item.party_id), item)
            assert first == current

    @pytest.mark.slow
    @several
    @given(seeds)
    def test_status(self, seed):
        """Judgements are few, so that many commitments have none; searches are about all, about a part, or a step."""
        chance = Chance(seed)

        def drawn(**fields):
            about = {"commitment": chance.choice(self.commitments), "party": chance.choice(self.parties)}
            return self.drawn(chance, **about, **fields, searched_on=chance.day(), searched_where_fr="Presse")

        steps = self.made(Milestone, [self.drawn(chance, commitment=item, title_fr="J") for item in self.commitments])
        judgements = self.made(
            Assessment,
            [
                drawn(as_of=chance.day(), rationale_fr="Motifs.", status=chance.choice(Status.assessable()))
                for _number in range(ROWS // 5)
            ],
        )
        searches = self.made(Search, [drawn(milestone=chance.maybe(chance.choice(steps))) for _number in range(ROWS)])

        for reading in (chance.reading(), chance.reading()):
            current = in_force(item for item in self.public(judgements, reading) if item.as_of <= reading.day)
            made = defaultdict(list)
            for item in self.public(searches, reading):
                is_on_step = item.milestone and not was_public(item.milestone, reading.known_before)
                if item.searched_on <= reading.day and not is_on_step:
                    made[item.commitment_id, item.party_id].append(item)
            assert set(Search.objects.published(reading).held(reading)) == {*chain(*made.values())}
            for item in Commitment.objects.published(reading).with_status(reading):
                mine, looked = current.get((item.pk, None)), made[item.pk, None]
                last = max((search.searched_on for search in looked), default=None)
                expected = (status_of(mine, looked), mine and mine.as_of, last)
                assert (item.status, item.status_as_of, item.searched_on) == expected

    @pytest.mark.slow
    @several
    @given(seeds)
    def test_met_and_timeliness(self, seed):
        chance = Chance(seed)
        rows = [
            self.drawn(
                chance,
                commitment=chance.choice(self.commitments),
                title_fr="Jalon",
                due_on=(due_on := chance.maybe(chance.day())),
                due_precision=chance.choice(DuePrecision.values),
                reading_fr=chance.choice(["", "Une lecture."]) if due_on else "",
            )
            | chance.choice([{}, {"met_on": chance.day(), "met_recorded_at": chance.moment()}])
            for _number in range(ROWS)
        ]
        milestones = self.made(Milestone, rows)

        for reading in (chance.reading(), chance.reading()):
            steps = {item.pk: (item.due_on, day_met(item.met_on, item.met_recorded_at, reading)) for item in milestones}
            found = Milestone.objects.all()
            assert set(found.met(reading)) == {item for item in milestones if steps[item.pk][1]}
            assert set(found.unmet(reading)) == {item for item in milestones if not steps[item.pk][1]}
            by_timeliness = defaultdict(set)
            for item in milestones:
                by_timeliness[timeliness([steps[item.pk]], reading.day)].add(item)
            assert set(found.overdue(reading)) == by_timeliness[Timeliness.OVERDUE]
            assert set(found.due_soon(reading)) == by_timeliness[Timeliness.DUE_SOON]
            coming = by_timeliness[Timeliness.DUE_SOON] | by_timeliness[Timeliness.UPCOMING]
            assert set(found.coming(reading)) == coming
            public = self.public(milestones, reading)
            assert set(found.published(reading)) == set(public)
            for item in Commitment.objects.published(reading).with_timeliness(reading):
                mine = [steps[row.pk] for row in public if row.commitment_id == item.pk]
                assert item.timeliness == timeliness(mine, reading.day)
                due = [row for row in public if row.commitment_id == item.pk and row.due_on and not steps[row.pk][1]]
                first = min(due, key=lambda row: (row.due_on, row.pk), default=None)
                assert item.next_deadline == (first and first.deadline)

    @pytest.mark.slow
    @several
    @given(seeds)
    def test_settled(self, seed):
        chance = Chance(seed)
        rows = [
            self.drawn(chance, reference=f"A-D{number:02}", question_fr="Quel jour ?", reason_fr="Motif.")
            | chance.choice([{}, self.settlement(chance)])
            for number in range(ROWS)
        ]
        questions = self.made(Discrepancy, rows)

        for reading in (chance.reading(), chance.reading()):
            decided = {item for item in questions if was_settled(item, reading)}
            assert set(Discrepancy.objects.settled(reading)) == decided
            assert set(Discrepancy.objects.open(reading)) == set(questions) - decided
            for one in DiscrepancyOutcome:
                expected = {item for item in questions if outcome(item, reading) == one}
                assert set(Discrepancy.objects.ended(one, reading)) == expected
            public = {item for item in questions if was_public(item, reading.known_before)}
            assert set(Discrepancy.objects.published(reading)) == public

    @pytest.mark.slow
    @several
    @given(seeds)
    def test_a_version_settled(self, seed):
        chance, versions = Chance(seed), Discrepancy.history.model.objects
        shared = {"question_fr": "Quel jour ?", "recorded_at": BEFORE, "history_date": BEFORE, "history_type": "~"}
        versions.bulk_create(
            versions.model(
                id=1,
                settled_on=chance.maybe(DAY),
                settled_at=chance.maybe(chance.moment()),
                is_compatible=chance.choice([True, False]),
                **shared,
            )
            for _number in range(ROWS)
        )

        for reading in (chance.reading(), chance.reading()):
            assert set(versions.filter(settled(reading))) == {
                version for version in versions.all() if was_settled(version, reading)
            }
            for one in DiscrepancyOutcome:
                assert set(versions.filter(ended(one, reading))) == {
                    version for version in versions.all() if outcome(version, reading) == one
                }

    @pytest.mark.slow
    @several
    @given(seeds)
    def test_settled_anew(self, seed):
        """A past day knows the settlement of then, which today's row no longer has."""
        chance, versions = Chance(seed), Discrepancy.history.model.objects
        rows = [
            self.reviewed((ReviewState.PUBLISHED, BEFORE, BEFORE), reference=f"A-D{number:02}", question_fr="Quand ?")
            | {"reason_fr": "Motif."}
            | self.settlement(chance)
            for number in range(ROWS)
        ]
        questions = self.made(Discrepancy, rows)
        told = {"question_fr": "Quand ?", "recorded_at": BEFORE, "state": ReviewState.PUBLISHED}
        past = {}
        for item in questions:
            begun = {"id": item.pk, "reference": item.reference, "history_date": BEFORE, "history_type": "+", **told}
            past[item.pk] = versions.model(**begun | chance.choice([{}, self.settlement(chance)]))
        saved = datetime.combine(DAY, time(12), UTC)
        versions.bulk_create(past.values())
        versions.bulk_create(
            versions.model(
                **{field.attname: getattr(item, field.attname) for field in versions.model.tracked_fields},
                history_date=saved,
                history_type="~",
            )
            for item in questions
        )

        for reading in (chance.reading(), chance.reading()):
            before = reading.known_before
            is_past = before is not None and before <= saved
            then = {item: outcome(past[item.pk] if is_past else item, reading) for item in questions}
            for one in DiscrepancyOutcome:
                assert set(Discrepancy.objects.ended(one, reading)) == {item for item in then if then[item] == one}
            signed = {item: (past[item.pk] if is_past else item).settled_at for item in questions}
            for item in Discrepancy.objects.settled(reading).with_day_signed(reading):
                assert item.signed_at == signed[item]


def make(what, *, by, **about):
    """Make a judgement or a search, in a state in which the status follows from it or not; public if none is named."""
    analyst, editor = by
    kind, _mark, state = what.partition(", ")
    signed = about | {
        "proposed_by": analyst if state != "draft" else None,
        "published_by": editor if state in ("", "withdrawn") else None,
    }
    if kind == "search":
        record = factories.make_search(**signed)
    elif kind == "former no_evidence":
        record = factories.make_former_search(**signed)
    else:
        record = factories.make_assessment(status=kind, as_of=date(2025, 5, 1), **signed)
    if state == "withdrawn":
        publication.withdraw(record, by=editor, reason="Error.")


@pytest.mark.parametrize("whose", [None, "RU"])
@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ([], "not_assessed"),
        (["search, draft"], "not_assessed"),
        (["search, in review"], "not_assessed"),
        (["search, withdrawn"], "not_assessed"),
        (["limited, withdrawn"], "not_assessed"),
        (["former no_evidence, withdrawn"], "not_assessed"),
        (["search"], "no_evidence"),
        (["search", "search, withdrawn"], "no_evidence"),
        (["limited, withdrawn", "search"], "no_evidence"),
        (["limited, draft", "search"], "no_evidence"),
        (["not_started", "search"], "not_started"),
        (["limited", "search", "search"], "limited"),
        (["abandoned", "search"], "abandoned"),
        (["former no_evidence"], "no_evidence"),
        (["former no_evidence", "search"], "no_evidence"),
        (["former no_evidence", "limited", "search"], "limited"),
        (["former no_evidence, withdrawn", "search"], "no_evidence"),
    ],
    ids=lambda value: " + ".join(value) if isinstance(value, list) else value,
)
def test_a_status_follows_from_the_judgement_in_force_and_else_from_the_searches(
    records, expected, whose, analyst, editor
):
    commitment = factories.make_commitment(published_by=editor)
    party = whose and factories.make_party(whose)
    for what in records:
        make(what, commitment=commitment, party=party, by=(analyst, editor))

    judgement = in_force(Assessment.objects.published()).get((commitment.pk, party and party.pk))
    found = Commitment.objects.with_status().get()

    assert status_of(judgement, Search.objects.published().filter(party=party)) == expected
    assert found.status == (expected if whose is None else "not_assessed")
    assert found.status_as_of == (judgement.as_of if judgement and whose is None else None)


def test_one_not_published_yet_counts_as_the_latest_of_its_day():
    shared = {"commitment_id": 1, "party_id": None, "supersedes_id": None, "as_of": DAY}
    public = mock.Mock(pk=2, published_at=BEFORE, **shared)
    proposal = mock.Mock(pk=1, published_at=None, **shared)

    assert in_force([proposal, public]) == {(1, None): proposal}


def test_the_searches_beside_a_status_are_the_public_ones_for_all_parties_the_last_first(analyst, editor):
    signed = {"commitment": factories.make_commitment(published_by=editor), "proposed_by": analyst}
    days = [date(2025, 4, day) for day in (20, 22, 21)]
    first, last, between = (factories.make_search(searched_on=day, published_by=editor, **signed) for day in days)
    factories.make_search(party=factories.make_party("RU"), published_by=editor, **signed)
    factories.make_search(**signed)

    assert list(Search.objects.about_all()) == [last, between, first]
    assert list(Search.objects.about_all(Reading(as_of=days[2]))) == [between, first]
