"""Who may say who follows a commitment; its history says who said so."""

import pytest

from commitments.models import Commitment
from commitments.rules.review import publication
from commitments.rules.review.publication import Refused
from commitments.rules.work_queue import assignment
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def public(editor):
    return factories.make_commitment(published_by=editor)


def follower(commitment):
    return Commitment.objects.get(pk=commitment.pk).assigned_to


def test_editor_chooses_anyone_at_the_desk(public, analyst, editor):
    assignment.assign(public, to=analyst, by=editor)

    assert follower(public) == public.assigned_to == analyst
    row = public.history.latest("history_id")
    assert (row.assigned_to, row.history_user, row.state) == (analyst, editor, "published")


def test_analyst_takes_what_nobody_follows_and_gives_it_back(public, analyst):
    assignment.assign(public, to=analyst, by=analyst)
    assert follower(public) == analyst

    assignment.assign(public, to=None, by=analyst)
    assert follower(public) is None


def test_analyst_takes_what_a_closed_account_follows(public, analyst, editor):
    gone = factories.make_user()
    assignment.assign(public, to=gone, by=editor)
    gone.is_active = False
    gone.save()

    assignment.assign(Commitment.objects.get(), to=analyst, by=analyst)

    assert follower(public) == analyst


@pytest.mark.parametrize("wish", ["take", "release", "give"])
def test_analyst_is_refused_with_words_what_is_not_theirs(wish, public, analyst, editor):
    other = factories.make_user("chaka", group="Analysts")
    if wish != "give":
        assignment.assign(public, to=other, by=editor)
    before = follower(public)

    with pytest.raises(Refused) as refused:
        assignment.assign(public, to={"take": analyst, "release": None, "give": other}[wish], by=analyst)

    words = "à vous-même" if wish == "give" else "chaka suit déjà"
    assert words in refused.value.messages[0]
    assert follower(public) == before


@pytest.mark.parametrize("fields", [{"is_active": False}, {"is_staff": False}])
def test_nobody_is_given_to_somebody_who_is_not_at_the_desk(fields, public, analyst, editor):
    for name, value in fields.items():
        setattr(analyst, name, value)
    analyst.save()

    with pytest.raises(Refused, match="au bureau"):
        assignment.assign(public, to=analyst, by=editor)


def test_who_may_not_change_commitments_is_refused(public):
    account = factories.make_user()

    with pytest.raises(Refused):
        assignment.assign(public, to=account, by=account)


def test_what_is_withdrawn_is_followed_no_more_but_may_be_given_back(public, analyst, editor):
    assignment.assign(public, to=analyst, by=editor)
    publication.withdraw(public, by=editor, reason="Doublon.")

    with pytest.raises(Refused, match="Retiré"):
        assignment.assign(public, to=editor, by=editor)
    assignment.assign(public, to=None, by=analyst)

    assert follower(public) is None


def test_the_stored_follower_decides_not_the_one_remembered(public, analyst, editor):
    held = Commitment.objects.get()
    assignment.assign(public, to=editor, by=editor)

    with pytest.raises(Refused):
        assignment.assign(held, to=analyst, by=analyst)

    assert follower(public) == editor


def test_the_same_again_leaves_no_trace(public, analyst, editor):
    assignment.assign(public, to=analyst, by=editor)
    rows = public.history.count()

    assignment.assign(public, to=analyst, by=editor)

    assert public.history.count() == rows
