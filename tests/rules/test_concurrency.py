"""Two people at the same moment, on two connections: one act happens, the other is told (rules 6 to 8)."""

import threading

import pytest
from django.db import connection

from commitments.models import Assessment
from commitments.rules.review import publication
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts):
    """Run each act in a thread of its own, all starting together; return what each raised, or None."""
    gate, raised = threading.Barrier(len(acts)), [None] * len(acts)

    def run(index, act):
        try:
            gate.wait(timeout=20)
            act()
        except Exception as error:
            raised[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in threads), "they wait for each other"
    return raised


def make_proposal():
    analyst, editor = factories.make_user("awa", group="Analysts"), factories.make_user("boubacar", group="Editors")
    commitment = factories.make_commitment(published_by=editor)
    return factories.make_assessment(commitment=commitment, proposed_by=analyst)


def test_two_editors_publish_the_same_proposal_once():
    proposal = make_proposal()
    editors = [factories.make_user(group="Editors"), factories.make_user(group="Editors")]

    raised = at_once(
        *(lambda by=by: publication.publish(Assessment.objects.get(pk=proposal.pk), by=by) for by in editors)
    )

    refused = [error for error in raised if error is not None]
    assert len(refused) == 1
    assert isinstance(refused[0], publication.Refused)
    published = Assessment.objects.published().get()
    assert published.history.filter(state="published").count() == 1


def test_publishing_and_sending_back_at_once_do_one_of_the_two():
    proposal = make_proposal()
    one, other = factories.make_user(group="Editors"), factories.make_user(group="Editors")

    raised = at_once(
        lambda: publication.publish(Assessment.objects.get(pk=proposal.pk), by=one),
        lambda: publication.send_back(Assessment.objects.get(pk=proposal.pk), by=other, reason="Which day?"),
    )

    assert sum(error is None for error in raised) == 1
    assert sum(isinstance(error, publication.Refused) for error in raised) == 1
    assert Assessment.objects.get().state == ("published" if raised[0] is None else "draft")


def test_an_edit_at_the_moment_of_publishing_never_reopens_or_changes_what_is_published():
    proposal = make_proposal()
    held, editor = Assessment.objects.get(pk=proposal.pk), factories.make_user(group="Editors")
    held.status = "complete"

    raised = at_once(
        lambda: publication.publish(Assessment.objects.get(pk=proposal.pk), by=editor),
        held.save,
    )

    published = Assessment.objects.get()
    assert published.state == "published"
    assert raised[0] is None
    assert published.history.filter(state="published").latest("history_id").status == published.status


def test_evidence_is_not_taken_away_at_the_moment_of_publishing():
    proposal = make_proposal()
    evidence, editor = proposal.citations.get(), factories.make_user(group="Editors")

    raised = at_once(
        lambda: publication.publish(Assessment.objects.get(pk=proposal.pk), by=editor),
        evidence.delete,
    )

    assert sum(error is None for error in raised) == 1
    published = Assessment.objects.get()
    assert published.is_published == published.citations.filter(state="published").exists()
