"""Rule 4: any page reads as of a day, on both time axes."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from hypothesis import given, settings, strategies as st
from hypothesis.extra.django import TestCase

from commitments.models import Assessment, Claim, Commitment, Discrepancy, Sector, Undertaking
from commitments.reading import NOW, Reading
from commitments.rules.review import publication
from commitments.rules.time import rewind
from tests import factories

BASE = date(2026, 1, 1)


def at(day):
    return time_machine.travel(datetime(day.year, day.month, day.day, 12, tzinfo=UTC), tick=False)


def test_reading_defaults_to_today():
    assert NOW.day == date(2026, 11, 21)
    assert NOW.known_before is None
    assert not NOW.is_past


def test_reading_of_knowledge_reads_that_day_s_events_too():
    reading = Reading(known_on=date(2026, 5, 1))

    assert reading.day == date(2026, 5, 1)
    assert reading.known_before == datetime(2026, 5, 2, tzinfo=UTC)


@pytest.mark.django_db
def test_the_day_before_shows_the_former_status(analyst, editor):
    commitment = factories.make_commitment(published_by=editor)
    for as_of, status in ((date(2025, 4, 10), "limited"), (date(2025, 6, 1), "substantial")):
        factories.make_assessment(
            commitment=commitment, as_of=as_of, status=status, proposed_by=analyst, published_by=editor
        )

    def status(reading):
        return Commitment.objects.for_table(reading).get().status

    assert status(NOW) == "substantial"
    assert status(Reading(as_of=date(2025, 5, 31))) == "limited"
    assert status(Reading(as_of=date(2025, 4, 9))) == "not_assessed"
    assert not Commitment.objects.for_table(Reading(as_of=date(2025, 4, 2))).exists()


@pytest.mark.django_db
def test_a_judgement_for_one_party_is_not_the_status_of_all(analyst, editor):
    commitment = factories.make_commitment(published_by=editor)
    factories.make_assessment(
        commitment=commitment, party=factories.make_party("ML"), proposed_by=analyst, published_by=editor
    )

    assert Commitment.objects.for_table().get().status == "not_assessed"


@pytest.mark.django_db
def test_a_withdrawn_judgement_was_in_force_as_known_before(analyst, editor):
    assessment = factories.make_assessment(proposed_by=analyst, published_by=editor)
    with at(date(2026, 12, 1)):
        publication.withdraw(assessment, by=editor, reason="Error.")

        assert Commitment.objects.for_table().get().status == "not_assessed"
        assert Commitment.objects.for_table(Reading(known_on=date(2026, 11, 30))).get().status == "limited"
        assert Commitment.objects.for_table(Reading(known_on=date(2026, 12, 1))).get().status == "not_assessed"


@pytest.mark.django_db
def test_rewind_restores_what_the_texts_said(editor, django_assert_num_queries):
    first, second = (factories.make_commitment(published_by=editor) for _ in range(2))
    with at(date(2026, 12, 5)):
        first.title_fr, first.sector = "Titre corrigé", factories.make_sector("energie")
        first.save()
        reading = Reading(known_on=date(2026, 11, 30))
        rows = list(Commitment.objects.for_table(reading).order_by("pk"))

        with django_assert_num_queries(2):
            rewind.rewind(reading, rows)

        assert [row.title_fr for row in rows] == ["Renforcer la Force unifiée"] * 2
        assert rows[0].sector.slug == "securite"
        assert second.title_fr == rows[1].title_fr


@pytest.mark.django_db
def test_rewind_without_a_day_of_knowledge_asks_nothing(editor, django_assert_num_queries):
    commitment = factories.make_commitment(published_by=editor)

    with django_assert_num_queries(0):
        rewind.rewind(NOW, commitment)


@pytest.mark.django_db
def test_rewind_shows_the_first_known_text_of_what_was_loaded_later(editor):
    commitment = factories.make_commitment(published_by=editor)
    reading = Reading(known_on=date(2020, 1, 1))

    rewind.rewind(reading, commitment)

    assert commitment.title_fr == "Renforcer la Force unifiée"


@pytest.mark.django_db
def test_parties_as_they_were(editor):
    commitment = factories.make_commitment(published_by=editor)
    with at(date(2026, 12, 5)):
        Undertaking.objects.get(commitment=commitment, role="benefits").delete()
        Undertaking.objects.create(commitment=commitment, party=factories.make_party("ML"), role="benefits")

        for day, expected in ((4, {"RU", "AES"}), (5, {"RU", "ML"})):
            twice = [commitment, Commitment.objects.get()]
            rewind.rewind_undertakings(Reading(known_on=date(2026, 12, day)), iter(twice))
            for one in twice:
                assert {undertaking.party.code for undertaking in one.public_undertakings} == expected


@pytest.mark.django_db
def test_claims_as_they_were(editor):
    discrepancy = factories.make_discrepancy(published_by=editor)
    with at(date(2026, 12, 5)):
        Claim.objects.create(discrepancy=discrepancy, value_fr="Sans passage", position=2)
        quoted = Claim.objects.create(discrepancy=discrepancy, value_fr="Le 5 avril", position=3)
        factories.make_citation(claim=quoted, exact="Le 3 avril", published_by=editor)
        first = discrepancy.claims.all()[0]
        first.is_adopted = True
        first.save()

        for day, expected in ((4, [("Le 3 avril", False), ("Le 10 avril", False)]), (5, None)):
            reading = Reading(known_on=date(2026, 12, day))
            read = Discrepancy.objects.published(reading).for_detail(reading).get()
            rewind.rewind_claims(reading, [read])
            found = [(claim.value_fr, claim.is_adopted) for claim in read.public_claims]
            assert found == (expected or [("Le 3 avril", True), ("Le 10 avril", False), ("Le 5 avril", False)])


@pytest.mark.django_db
def test_a_sector_that_only_a_draft_uses_is_not_public(editor):
    factories.make_commitment(published_by=editor)
    factories.make_commitment(sector=factories.make_sector("spatial"))

    assert [sector.slug for sector in Sector.objects.published()] == ["securite"]


offsets = st.integers(0, 40)
judgements = st.lists(
    st.tuples(
        offsets,  # the day judged
        offsets,  # days from there to its publication
        st.none() | st.integers(0, 40),  # days from its publication to its withdrawal
        st.sampled_from(["limited", "not_started", "complete", "abandoned"]),
    ),
    max_size=5,
)


@pytest.mark.slow
class StatusOnAnyDay(TestCase):
    """Whatever was judged, published and withdrawn when: the database answers as a plain model of it does."""

    @settings(max_examples=40, deadline=None)
    @given(judgements=judgements, as_of=st.integers(0, 130), known=st.none() | st.integers(0, 130))
    def test_status_is_that_of_a_plain_model(self, judgements, as_of, known):
        analyst, editor = factories.make_user(group="Editors"), factories.make_user(group="Editors")
        with at(BASE):
            commitment = factories.make_commitment(published_by=editor, made_on=BASE)
        told = []
        for judged, delay, until, status in sorted(judgements, key=lambda item: item[0] + item[1]):
            day, published = BASE + timedelta(judged), BASE + timedelta(judged + delay)
            with at(published):
                assessment = factories.make_assessment(
                    commitment=commitment, as_of=day, status=status, proposed_by=analyst, published_by=editor
                )
            withdrawn = None if until is None else published + timedelta(until)
            if withdrawn is not None:
                with at(withdrawn):
                    publication.withdraw(assessment, by=editor, reason="Error.")
            told.append((day, published, withdrawn, assessment.pk, status))
        reading = Reading(as_of=BASE + timedelta(as_of), known_on=None if known is None else BASE + timedelta(known))

        row = Commitment.objects.filter(pk=commitment.pk).with_status(reading).get()

        limit = reading.known_on or date.max
        in_force = [
            (day, published, pk, status)
            for day, published, withdrawn, pk, status in told
            if day <= reading.as_of and published <= limit and (withdrawn is None or withdrawn > limit)
        ]
        assert row.status == (max(in_force)[3] if in_force else "not_assessed")
        assert Assessment.objects.count() == len(judgements)
