"""Made-up records keep every rule, are always the same, and go nowhere but into an empty database."""

from contextlib import contextmanager
from datetime import date

import pytest
from django.db import transaction

from bench.synthetic import making
from commitments.choices import Status, Timeliness
from commitments.models import Assessment, Citation, Commitment, FollowUpNote, Milestone, Search, Sector, Undertaking
from commitments.rules import revision
from commitments.rules.judging import soundness
from commitments.rules.search import analysis
from tests import factories

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 21)


def fill(count):
    return list(making.fill(count, today=TODAY))


@contextmanager
def taken_back():
    """Take back what is done within."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def said():
    """Return what is on file, without the keys that a database gives."""
    return (
        list(
            Commitment.objects.order_by("reference").values_list("reference", "statement_fr", "statement_en", "state")
        ),
        list(Citation.objects.order_by("uid").values_list("uid", "exact", "state", "start")),
        list(Assessment.objects.order_by("uid").values_list("uid", "status", "as_of", "party__code")),
        list(Search.objects.order_by("uid").values_list("uid", "searched_on", "state", "party__code")),
    )


@pytest.mark.slow
def test_all_that_is_made_holds_and_is_of_every_kind():
    fill(200)

    assert [*soundness.citation_faults(), *soundness.publication_faults()] == []
    assert Commitment.objects.count() == 200
    proper = Commitment.objects.published().undertaken()
    assert set(proper.with_status().values_list("status", flat=True)) == set(Status)
    assert set(proper.with_timeliness().values_list("timeliness", flat=True)) >= set(Timeliness) - {Timeliness.DUE_SOON}
    assert set(Commitment.objects.values_list("state", flat=True)) == {"published", "draft", "in_review", "withdrawn"}
    assert Assessment.objects.filter(supersedes__isnull=False).exists()
    assert not Assessment.objects.filter(status=Status.NO_EVIDENCE).exists()  # those are searches
    assert Search.objects.published().filter(party__isnull=False).exists()
    assert Assessment.objects.published().filter(party__isnull=False).exists()
    assert Milestone.objects.published().filter(from_recurrence=True).exists()
    assert set(FollowUpNote.objects.values_list("visibility", "state")) == {
        ("public", "published"),
        ("internal", "draft"),
    }
    for kind in ("commitment", "instrument", "meeting"):
        assert FollowUpNote.objects.published().filter(**{f"{kind}__isnull": False}).exists(), kind
        assert Citation.objects.published().filter(**{f"note__{kind}__isnull": False}).exists(), kind
    in_three = sum(sorted((sector.commitments.count() for sector in Sector.objects.all()), reverse=True)[:3])
    assert in_three > 120


def test_what_is_made_is_found():
    fill(30)

    for commitment in Commitment.objects.all():
        assert commitment.search_text == analysis.document(commitment)


@pytest.mark.slow
def test_the_same_number_makes_the_same():
    with taken_back():
        fill(20)
        first = said()

    fill(20)

    assert said() == first


@pytest.mark.slow
def test_a_greater_number_begins_with_a_smaller_one():
    with taken_back():
        fill(20)
        few = list(Commitment.objects.order_by("pk").values_list("reference", "title_fr"))

    fill(40)

    assert list(Commitment.objects.order_by("pk").values_list("reference", "title_fr")[:20]) == few


@pytest.mark.slow
def test_more_than_a_chunk_is_told_as_it_goes(monkeypatch):
    monkeypatch.setattr(making, "CHUNK", 20)

    assert fill(50) == [20, 40, 50]
    assert Commitment.objects.count() == 50
    assert [*soundness.citation_faults(), *soundness.publication_faults()] == []


def test_records_saved_afterwards_get_keys_of_their_own(editor):
    editor.delete()
    fill(5)

    commitment = factories.make_commitment(published_by=factories.make_user(group="Editors"))

    assert Commitment.objects.published().filter(pk=commitment.pk).exists()
    assert Undertaking.objects.filter(commitment=commitment).count() == 2


def test_the_public_sees_it_at_once():
    before = revision.current()

    fill(5)

    assert revision.current().number == before.number + 1


@pytest.mark.parametrize("there", [factories.make_party, factories.make_user, factories.make_source])
def test_a_database_that_holds_anything_is_refused(there):
    there()

    with pytest.raises(making.NotEmpty):
        fill(5)

    assert not Commitment.objects.exists()


@pytest.mark.parametrize("count", [0, making.MOST + 1])
def test_a_number_out_of_bounds_is_refused(count):
    with pytest.raises(ValueError, match="not between"):
        fill(count)
