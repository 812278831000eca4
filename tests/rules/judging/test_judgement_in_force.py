"""What an act does to the status of a commitment: a judgement gives it, and where there is none, a search."""

from datetime import date

import pytest

from commitments.models import Commitment
from commitments.rules.judging import judgement_in_force as rule
from commitments.rules.review import publication
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed(analyst, editor):
    return {"commitment": factories.make_commitment(published_by=editor), "proposed_by": analyst}


def told(change):
    return change.now.value, change.then.value


def test_a_first_search_says_that_somebody_looked_and_a_judgement_comes_before_it(signed, editor):
    search = factories.make_search(**signed)
    judged = factories.make_assessment(**signed)

    assert told(rule.status_once_published(search)) == ("not_assessed", "no_evidence")
    publication.publish(search, by=editor)
    assert told(rule.status_once_published(judged)) == ("no_evidence", "limited")
    publication.publish(judged, by=editor)
    assert told(rule.status_once_published(factories.make_search(**signed))) == ("limited", "limited")


def test_without_its_last_judgement_the_status_is_that_of_the_searches(signed, editor):
    judged = factories.make_assessment(**signed, published_by=editor)
    assert told(rule.status_once_withdrawn(judged)) == ("limited", "not_assessed")

    search = factories.make_search(**signed, published_by=editor)

    assert told(rule.status_once_withdrawn(judged)) == ("limited", "no_evidence")
    assert told(rule.status_once_withdrawn(search)) == ("limited", "limited")
    publication.withdraw(judged, by=editor, reason="Erreur.")
    assert told(rule.status_once_withdrawn(search)) == ("no_evidence", "not_assessed")


def test_each_party_has_its_own(signed, editor):
    factories.make_assessment(**signed, published_by=editor)
    search = factories.make_search(**signed, party=factories.make_party("ML"))

    assert told(rule.status_once_published(search)) == ("not_assessed", "no_evidence")


def test_what_is_foretold_is_what_comes_of_it(signed, editor):
    def status():
        return Commitment.objects.with_status().get().status

    search, judged = factories.make_search(**signed), factories.make_assessment(**signed, as_of=date(2025, 4, 10))
    for record in (search, judged):
        foretold = rule.status_once_published(record)
        assert status() == foretold.now
        publication.publish(record, by=editor)
        assert status() == foretold.then
    for record in (judged, search):
        foretold = rule.status_once_withdrawn(record)
        publication.withdraw(record, by=editor, reason="Erreur.")
        assert status() == foretold.then
