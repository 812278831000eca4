"""Several people deciding at the same moment of selections that have records, or what goes with them, in common."""

import pytest
from django.db import transaction

from commitments.admin.review.acts import ACTS, perform
from commitments.models import Commitment, Source
from commitments.rules.review import proposal_version
from tests import factories
from tests.rules.test_concurrency import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.slow
def test_selections_that_cross_wait_for_each_other():
    source = factories.make_source()
    first, second, third = (factories.make_commitment() for _number in range(3))
    for commitment in (first, second, third):
        factories.make_citation(commitment=commitment, source=source, exact=factories.AGREEMENT)
    selections = [[first, second], [second, first], [second], [third, second, first]]

    def publish(selection):
        records = [Commitment.objects.get(pk=record.pk) for record in selection]
        seen = {record.pk: proposal_version.version(record) for record in records}
        by = factories.make_user(group="Editors")
        return lambda: perform(ACTS["publish"], records, by=by, reason="", seen=seen)

    raised = at_once(*(publish(selection) for selection in selections))

    assert raised == [None] * len(selections)  # whoever comes second is told: nothing breaks
    assert Commitment.objects.filter(state="published").exists()
    assert Source.objects.get(pk=source.pk).state == "published"


def test_what_is_locked_comes_back_in_order_and_without_what_is_gone():
    first, second, gone = (factories.make_commitment() for _number in range(3))
    gone.citations.all().delete()
    gone.undertakings.all().delete()
    gone.delete()

    with transaction.atomic():
        found = proposal_version.locked([second, gone, first]), proposal_version.locked([])

    assert found == ([second, first], [])


def test_what_somebody_deleted_meanwhile_is_not_decided():
    kept, gone = factories.make_source(), factories.make_source()
    seen = {record.pk: proposal_version.version(record) for record in (kept, gone)}
    Source.objects.get(pk=gone.pk).delete()
    by = factories.make_user(group="Editors")

    refused = [perform(ACTS["publish"], selection, by=by, reason="", seen=seen) for selection in ([gone], [kept, gone])]

    assert ["a changé depuis" in str(error) for error in refused] == [True, True]
    assert not Source.objects.filter(state="published").exists()
