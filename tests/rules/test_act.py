"""One act, one event: its lock comes first, the revision rises once, the index is made once, whatever the act does."""

import re
import sqlite3
from contextlib import contextmanager, suppress
from datetime import date, timedelta

import pytest
import time_machine
from django.core import serializers
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from commitments.management.commands.prepare_demo import SEEDS
from commitments.models import Citation, Commitment, Milestone, Party, Source
from commitments.models.base import trial
from commitments.rules import revision
from commitments.rules.act import OutOfTurn, act, as_act, changed, is_passing, perform
from commitments.rules.review import publication
from commitments.rules.search import word_index
from commitments.rules.search.kinds import RecordKind
from commitments.rules.time import schedule
from tests import factories
from tests.rules.search.queries import hits

pytestmark = pytest.mark.django_db


@contextmanager
def queries():
    """Gather the statements of the block."""
    found = []
    with CaptureQueriesContext(connection) as captured:
        yield found
    found += [query["sql"] for query in captured]


def rises():
    return revision.current().number


def make_whole():
    """Make a draft commitment with all that may go with it: meeting, instrument, two sources, a recurrence."""
    instrument = factories.make_instrument(meeting=factories.make_meeting())
    recurrence = {"recurrence": "FREQ=YEARLY", "recurrence_start": date(2026, 12, 31)}
    commitment = factories.make_commitment(instrument=instrument, **recurrence)
    factories.make_citation(commitment=commitment, exact=factories.ACTION)
    return Commitment.objects.get(pk=commitment.pk)


# What it costs


def test_publishing_a_commitment_with_what_goes_with_it_takes_67_queries_at_most(editor):
    commitment = make_whole()

    with queries() as found:
        published = publication.publish(commitment, by=editor)

    assert len(published) == 7
    assert Milestone.objects.published().count() == 1
    assert len(found) <= 67


@pytest.mark.parametrize("title", ["Renforcer la Force unifiée", "Un tout autre titre"])
def test_saving_a_published_commitment_takes_13_queries_at_most(title, editor):
    commitment = factories.make_commitment(published_by=editor)
    factories.make_milestone(commitment=commitment, published_by=editor)
    commitment.refresh_from_db()
    commitment.title_fr = title

    with queries() as found:
        commitment.save()

    assert len(found) <= 13


# What it does once


def assert_indexed_once(kind, found):
    """Assert that one of the statements `found` wrote words of records of `kind`, and that no two did for one kind."""
    first = re.compile(rf"['{{]({'|'.join(RecordKind.values)})\b")  # the first value of the row, or of a list of them
    written = [first.search(sql)[1] for sql in found if "INSERT" in sql and "recordwords" in sql]
    assert kind in written
    assert len(written) == len(set(written))


def test_an_act_raises_the_revision_once_and_indexes_once(editor):
    commitment = make_whole()
    before = rises()

    with queries() as found:
        publication.publish(commitment, by=editor)

    assert rises() == before + 1
    assert_indexed_once("commitment", found)
    assert hits("véhicules").all


def test_what_is_done_within_an_act_is_part_of_it(editor):
    commitment = factories.make_commitment(published_by=editor)
    other = factories.make_commitment(published_by=editor)
    note = factories.make_note(commitment=commitment)
    before = rises()

    with queries() as found, act(public=True):
        commitment.save()
        other.title_fr = "Un okapi"
        other.save()
        publication.publish(note, by=editor)
        commitment.undertakings.first().delete()
        assert rises() == before

    assert rises() == before + 1
    assert_indexed_once("commitment", found)
    assert set(hits("okapi").all) == {other.pk}


def test_an_act_that_changes_nothing_public_leaves_the_revision(editor):
    factories.make_commitment(published_by=editor)
    before = revision.current()

    with act(public=True):
        factories.make_source()

    assert revision.current() == before


def test_a_record_that_moves_to_another_commitment_is_found_under_it_and_no_more_under_the_former(editor):
    former, new = (factories.make_commitment(published_by=editor) for _number in range(2))
    milestone = factories.make_milestone(commitment=former, title_fr="Un okapi", published_by=editor)
    passage = factories.make_citation(
        commitment=former, source=factories.make_source(text="Une girafe."), exact="Une girafe.", published_by=editor
    )
    milestone.commitment = passage.commitment = new

    milestone.save()
    passage.save()

    assert [set(hits(word).all) for word in ("okapi", "girafe")] == [{new.pk}, {new.pk}]


def test_an_error_takes_all_of_it_back(editor):
    commitment = factories.make_commitment(published_by=editor)
    before = revision.current()

    with suppress(LookupError), act(public=True):
        commitment.title_fr = "Un okapi"
        commitment.save()
        raise LookupError

    assert revision.current() == before
    assert not hits("okapi").all
    commitment.refresh_from_db()
    commitment.save()
    assert rises() == before.number + 1


def test_what_is_taken_back_within_an_act_leaves_what_came_before_and_after(editor):
    first, second = (factories.make_commitment(published_by=editor) for _number in range(2))
    before = rises()

    with act(public=True):
        with suppress(LookupError), trial():
            first.title_fr = "Un okapi"
            first.save()
            raise LookupError
        second.title_fr = "Une girafe"
        second.save()

    assert rises() == before + 1
    assert not hits("okapi").all
    assert set(hits("girafe").all) == {second.pk}


def test_an_error_caught_within_an_act_without_a_trial_cannot_be_half_kept(editor):
    commitment = factories.make_commitment(published_by=editor)

    def half():
        commitment.state = "draft"
        with suppress(ValidationError):
            commitment.save()
        Commitment.objects.first()

    with pytest.raises(transaction.TransactionManagementError):
        perform(half, public=True)


# Its turn


VERBS = ("INSERT", "UPDATE", "DELETE")


def writes(found):
    """Return what of the statements writes or locks a row, or waits for its turn, savepoints aside."""
    telling = ("FOR UPDATE", "commitments_revision")
    return [sql for sql in found if any(word in sql for word in telling) or sql.startswith(VERBS)]


def test_an_act_takes_its_turn_before_it_locks_anything_else(editor):
    commitment = make_whole()
    note = factories.make_note(commitment=commitment)
    acts = [
        lambda: publication.publish(commitment, by=editor),
        lambda: publication.publish(note, by=editor),
        lambda: Commitment.objects.get(pk=commitment.pk).save(),
        lambda: Source.objects.published().first().save(),
        lambda: Citation.objects.published().first().save(),
        lambda: commitment.undertakings.first().delete(),
        commitment.sector.save,
        editor.save,
        lambda: commitment.instrument.issuers.add(factories.make_party("ML")),
        lambda: schedule.extend(commitment, by=editor, day=date(2029, 1, 1)),
        lambda: publication.withdraw(note, by=editor, reason="Erreur."),
    ]
    factories.make_party("ML")

    for done in acts:
        with queries() as found:
            done()
        assert "commitments_revision" in writes(found)[0], found


def test_work_on_drafts_takes_none(analyst, editor):
    judgement = factories.make_assessment(commitment=factories.make_commitment(published_by=editor))
    draft = factories.make_commitment()
    acts = [
        draft.save,
        lambda: publication.propose(judgement, by=analyst),
        lambda: publication.amend(judgement, by=editor),
        lambda: publication.send_back(judgement, by=editor, reason="Quel jour ?"),
        judgement.citations.first().delete,
        lambda: schedule.extend(draft, by=editor),
    ]

    for done in acts:
        with queries() as found:
            done()
        assert not any("commitments_revision" in sql for sql in found)


def test_what_is_public_in_an_act_of_drafts_is_done_again_in_its_turn(editor):
    commitment = factories.make_commitment(published_by=editor)
    before, tries = rises(), []

    def work():
        tries.append(len(tries))
        commitment.save()

    with pytest.raises(OutOfTurn), act():
        work()
    perform(work)

    assert (rises(), len(tries)) == (before + 1, 3)


def test_an_act_on_drafts_takes_no_public_act_within_it(editor):
    note = factories.make_note(commitment=factories.make_commitment(published_by=editor))

    with pytest.raises(OutOfTurn), act():
        publication.publish(note, by=editor)

    note.refresh_from_db()
    assert note.is_draft


@pytest.fixture
def waits(monkeypatch):
    """Let every turn be waited for ten minutes; return the moments at which one came."""
    moments = []
    with time_machine.travel("2026-12-01T10:00:00Z", tick=False) as clock:
        held = revision.hold

        def wait(**how):
            held(**how)
            clock.shift(timedelta(minutes=10))
            moments.append(timezone.now())

        monkeypatch.setattr(revision, "hold", wait)
        yield moments


def test_a_step_is_recorded_as_taken_in_its_turn(waits, editor):
    milestone = factories.make_milestone(published_by=editor)
    waits.clear()
    milestone.met_on = date(2026, 11, 20)

    milestone.save()

    assert milestone.met_recorded_at == waits[0] == milestone.history.first().history_date


def test_a_question_is_settled_in_its_turn(waits, editor):
    discrepancy = factories.make_discrepancy(published_by=editor)
    waits.clear()
    discrepancy.settled_on, discrepancy.settled_by, discrepancy.reason_fr = date(2026, 11, 20), editor, "Deux sources."

    discrepancy.save()

    assert discrepancy.settled_at == waits[0] == discrepancy.history.first().history_date


def test_the_steps_of_a_recurrence_are_published_in_their_turn(waits, editor):
    recurrence = {"recurrence": "FREQ=YEARLY", "recurrence_start": date(2026, 12, 31)}
    commitment = factories.make_commitment(published_by=editor, **recurrence)
    waits.clear()

    made = schedule.extend(commitment, by=editor, day=date(2028, 1, 1))

    assert len(made) == 2
    assert {milestone.published_at for milestone in made} == {waits[0]}


# A second try


def gives_up(code="40P01", *, times):
    """Return work that the database gives up so often, as PostgreSQL says it, and what it did."""
    done = []

    def work():
        done.append(code)
        if len(done) <= times:
            cause = Exception("deadlock detected")
            cause.sqlstate = code
            raise OperationalError("deadlock detected") from cause
        return "done"

    return work, done


@pytest.mark.parametrize("code", ["40P01", "40001", "55P03"])
def test_what_a_second_try_may_cure_is_tried_once_more(code):
    work, done = gives_up(code, times=1)

    assert perform(work, public=True) == "done"
    assert len(done) == 2


def test_it_is_tried_twice_and_no_more():
    work, done = gives_up(times=2)

    with pytest.raises(OperationalError):
        as_act()(work)()

    assert len(done) == 2


def test_what_a_second_try_does_not_cure_is_not_tried():
    work, done = gives_up("53100", times=1)  # the disk is full

    with pytest.raises(OperationalError):
        perform(work)

    assert len(done) == 1


def test_only_the_outermost_act_is_tried_again():
    work, done = gives_up(times=1)

    outer = []

    def whole():
        outer.append("whole")
        return perform(work)

    assert perform(whole) == "done"
    assert (len(outer), len(done)) == (2, 2)


def test_a_busy_sqlite_is_known(tmp_path):
    path = tmp_path / "busy.sqlite3"
    one, other = (sqlite3.connect(path, timeout=0, isolation_level=None) for _number in range(2))
    one.execute("BEGIN IMMEDIATE")

    with pytest.raises(sqlite3.OperationalError) as raised:
        other.execute("BEGIN IMMEDIATE")

    error = OperationalError(str(raised.value))
    error.__cause__ = raised.value
    assert is_passing(error)
    assert not is_passing(OperationalError("no such table"))
    one.close()
    other.close()


def test_a_save_that_is_tried_again_makes_a_new_record_new(monkeypatch):
    refresh, times = word_index.refresh, []

    def once(keys):
        times.append(keys)
        if len(times) == 1:
            gives_up(times=1)[0]()
        refresh(keys)

    monkeypatch.setattr(word_index, "refresh", once)
    party = Party(code="XX", kind="state", name_fr="Partie")

    party.save()

    assert len(times) == 2
    assert [row.history_type for row in Party.objects.get(code="XX").history.all()] == ["+"]


# Fixtures


def written(tmp_path, *records):
    fixture = tmp_path / "records.json"
    rows = serializers.serialize("json", records, use_natural_foreign_keys=True, use_natural_primary_keys=True)
    fixture.write_text(rows, encoding="utf-8")
    return str(fixture)


@pytest.mark.slow
def test_fixtures_raise_the_revision_once_and_loaded_again_leave_it():
    call_command("loaddata", *SEEDS, verbosity=0)
    first = revision.current()
    versions = Citation.history.count() + Commitment.history.count()

    call_command("loaddata", *SEEDS, verbosity=0)

    assert first.number == 1
    assert revision.current() == first
    assert Citation.history.count() + Commitment.history.count() == versions
    assert hits("force unifiée").all


def test_a_fixture_that_changes_something_raises_it(tmp_path, editor):
    discrepancy = factories.make_discrepancy(published_by=editor, settled_by=editor)
    records = [editor, *(claim for claim in discrepancy.claims.all()), discrepancy]
    fixture = written(tmp_path, *records)
    before = revision.current()

    call_command("loaddata", fixture, verbosity=0)
    assert revision.current() == before

    discrepancy.reason_fr = "Trois sources concordent."
    call_command("loaddata", written(tmp_path, discrepancy), verbosity=0)
    assert rises() == before.number + 1


def test_an_account_loaded_again_raises_it_under_another_name_only(tmp_path, editor):
    fixture, before = written(tmp_path, editor), rises()

    call_command("loaddata", fixture, verbosity=0)
    assert rises() == before

    editor.last_name = "Traoré"
    call_command("loaddata", written(tmp_path, editor), verbosity=0)
    assert rises() == before + 1


def test_rows_of_a_fixture_that_are_saved_one_by_one_are_each_in_turn(editor):
    commitment = factories.make_commitment(published_by=editor)
    milestone = factories.make_milestone(commitment=commitment, published_by=editor)
    milestone.title_fr = "Un okapi"
    rows = serializers.serialize("json", [commitment, milestone])
    before = rises()

    with queries() as found, transaction.atomic():
        for row in serializers.deserialize("json", rows):
            row.save()

    assert rises() == before + 1
    assert "commitments_revision" in writes(found)[0]
    assert set(hits("okapi").all) == {commitment.pk}


def test_what_is_written_behind_the_rules_may_be_said(editor):
    before = rises()

    changed()

    assert rises() == before + 1
