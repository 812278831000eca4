"""A search that found nothing: proposed for many commitments or for none, published by somebody else, then closed."""

from datetime import date

import pytest

from commitments.models import Search
from commitments.rules.review import publication, searches
from tests import factories

pytestmark = pytest.mark.django_db

SEARCH = {
    "searched_on": date(2026, 11, 20),
    "searched_where_fr": "Presse des quatre États",
    "period_from": None,
    "sought_fr": "Une livraison",
}


def codes(refusal):
    return [error.code for errors in refusal.value.error_dict.values() for error in errors]


# Many at once


def test_each_commitment_gets_its_proposal(analyst, editor):
    commitments = [factories.make_commitment(published_by=editor) for _number in range(2)]

    made = searches.record(SEARCH, commitments, by=analyst)

    assert {item.commitment for item in made} == set(commitments)
    assert {(item.state, item.sought_fr, item.proposed_by) for item in made} == {
        ("in_review", "Une livraison", analyst)
    }


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
    assert not Search.objects.exists()


def test_the_same_sent_twice_is_proposed_once(analyst, editor):
    commitment = factories.make_commitment(published_by=editor)
    searches.record(SEARCH, [commitment], by=analyst)

    with pytest.raises(publication.Refused):
        searches.record(SEARCH, [commitment], by=analyst)

    assert Search.objects.count() == 1


def test_the_same_on_another_day_is_another_search(analyst, editor):
    commitment = factories.make_commitment(published_by=editor)
    searches.record(SEARCH, [commitment], by=analyst)

    searches.record(SEARCH | {"searched_on": date(2026, 11, 21)}, [commitment], by=analyst)

    assert Search.objects.count() == 2


def test_a_search_that_waits_on_one_party_or_one_step_is_another(analyst, editor):
    commitment = factories.make_commitment(published_by=editor)
    step = factories.make_milestone(commitment=commitment, published_by=editor)
    of_step = {key: value for key, value in SEARCH.items() if key != "period_from"}
    factories.make_search(commitment=commitment, party=factories.make_party("RU"), proposed_by=analyst, **SEARCH)
    factories.make_search(commitment=commitment, milestone=step, proposed_by=analyst, **of_step)

    searches.record(SEARCH, [commitment], by=analyst)

    assert Search.objects.filter(party=None, milestone=None).count() == 1


# Two people, and then nobody


def test_who_proposes_does_not_publish(analyst, editor, settings):
    search = factories.make_search(commitment=factories.make_commitment(published_by=editor), proposed_by=editor)

    with pytest.raises(publication.Refused) as refusal:
        publication.publish(search, by=editor)
    settings.TRACKER_SINGLE_PERSON_DESK = True
    publication.publish(search, by=editor)

    assert codes(refusal) == ["two_people"]
    search.refresh_from_db()
    assert (search.is_published, search.single_handed) == (True, True)


def test_who_changes_it_in_review_does_not_publish_it(analyst, editor):
    search = factories.make_search(commitment=factories.make_commitment(published_by=editor), proposed_by=analyst)
    search.sought_fr = "Une autre livraison"
    search.save()
    publication.amend(search, by=editor)

    with pytest.raises(publication.Refused) as refusal:
        publication.publish(search, by=editor)

    assert codes(refusal) == ["two_people"]


def test_a_draft_is_proposed_first(editor):
    search = factories.make_search(commitment=factories.make_commitment(published_by=editor))

    with pytest.raises(publication.Refused) as refusal:
        publication.publish(search, by=editor)

    assert codes(refusal) == ["not_proposed"]


@pytest.mark.parametrize("state", ["published", "withdrawn", "declined"])
def test_it_is_never_edited_once_decided(state, analyst, editor):
    search = factories.make_search(commitment=factories.make_commitment(published_by=editor), proposed_by=analyst)
    if state == "declined":
        publication.decline(search, by=editor, reason="Hors sujet.")
    else:
        publication.publish(search, by=editor)
    if state == "withdrawn":
        publication.withdraw(search, by=editor, reason="Erreur.")
    search.searched_where_fr = "Ailleurs"

    with pytest.raises(publication.Refused):
        search.save()
    with pytest.raises(publication.Refused):
        Search.objects.get(pk=search.pk).delete()


def test_a_step_is_not_withdrawn_under_its_search(analyst, editor):
    step = factories.make_milestone(published_by=editor, commitment=factories.make_commitment(published_by=editor))
    search = factories.make_search(commitment=step.commitment, milestone=step, proposed_by=analyst, published_by=editor)

    with pytest.raises(publication.Refused) as refusal:
        publication.withdraw(step, by=editor, reason="Erreur.")
    publication.withdraw(search, by=editor, reason="Erreur.")
    publication.withdraw(step, by=editor, reason="Erreur.")

    assert codes(refusal) == ["in_use"]
