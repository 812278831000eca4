"""The version of a proposal changes with what publishing it would make public, and do to the status."""

import pytest

from commitments.rules.review import publication
from commitments.rules.review.proposal_version import version
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("make", [factories.make_assessment, factories.make_search])
def test_another_search_made_public_or_withdrawn_makes_another_version(make, analyst, editor):
    commitment = factories.make_commitment(published_by=editor)
    proposal = make(commitment=commitment, proposed_by=analyst)
    signed = {"commitment": commitment, "proposed_by": analyst, "published_by": editor}
    shown = version(proposal)

    factories.make_search(party=factories.make_party("RU"), **signed)  # of which no status for all parties follows
    assert version(proposal) == shown
    search = factories.make_search(**signed)
    assert version(proposal) != shown
    publication.withdraw(search, by=editor, reason="Elle comptait double.")
    assert version(proposal) == shown
