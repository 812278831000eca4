"""One search that found nothing is proposed for many commitments, or for none."""

from datetime import date

import pytest

from commitments.models import Assessment
from commitments.rules.review import publication, searches
from tests import factories

pytestmark = pytest.mark.django_db

SEARCH = searches.Search(
    searched_on=date(2026, 11, 20),
    searched_where_fr="Presse des quatre États",
    as_of=date(2026, 11, 20),
    rationale_fr="Rien n’a été trouvé.",
)


def test_each_commitment_gets_its_proposal(analyst, editor):
    commitments = [factories.make_commitment(published_by=editor) for _number in range(2)]

    made = searches.record(SEARCH, commitments, by=analyst)

    assert {item.commitment for item in made} == set(commitments)
    assert {(item.state, item.status, item.proposed_by) for item in made} == {("in_review", "no_evidence", analyst)}


def test_one_refused_refuses_all_by_name(analyst, editor):
    sound = factories.make_commitment(published_by=editor)
    draft = factories.make_commitment()
    late = factories.make_commitment(published_by=editor, made_on=date(2026, 11, 21))

    with pytest.raises(publication.Refused) as refusal:
        searches.record(SEARCH, [sound, draft, late], by=analyst)

    messages = " ".join(refusal.value.messages)
    assert f"{draft.reference} : L’engagement" in messages.replace("\u00a0", " ")
    assert late.reference in messages
    assert sound.reference not in messages
    assert not Assessment.objects.exists()


def test_the_same_sent_twice_is_proposed_once(analyst, editor):
    commitment = factories.make_commitment(published_by=editor)
    searches.record(SEARCH, [commitment], by=analyst)

    with pytest.raises(publication.Refused):
        searches.record(SEARCH, [commitment], by=analyst)

    assert Assessment.objects.count() == 1
