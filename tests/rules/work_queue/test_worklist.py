"""What is next for whom: each section, who sees it, and what does not belong there."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from simple_history.utils import update_change_reason

from commitments.models import FollowUpNote, Source
from commitments.rules.review import publication
from commitments.rules.work_queue import assignment
from commitments.rules.work_queue.sections import Target
from commitments.rules.work_queue.worklist import whole_section, worklist
from tests import factories

pytestmark = pytest.mark.django_db


def section(user, key):
    """Return the lines of one section of the queue of `user`; an empty list where it is not there."""
    return next((found.lines for found in worklist(user) if found.key == key), [])


def targets(user, key):
    return [line.target for line in section(user, key)]


def made_by(user, record):
    """Let the history say that `user` recorded `record`, as it does at the desk."""
    record.history.filter(history_type="+").update(history_user=user)
    return record


def age(record, days):
    """Let `record` be recorded, and published where it is, so many days ago; no rule allows it."""
    then = timezone.now() - timedelta(days=days)
    moved = {"recorded_at": then} | ({"published_at": then} if record.published_at else {})
    QuerySet(type(record)).filter(pk=record.pk).update(**moved)


def old_commitment(editor, days=100, **fields):
    commitment = factories.make_commitment(published_by=editor, **fields)
    for record in (commitment, *commitment.citations.all()):
        age(record, days)
    return commitment


# In review


def test_editor_reviews_what_others_proposed_the_longest_waiting_first(analyst, editor):
    later, earlier = factories.make_assessment(), factories.make_note()
    publication.propose(earlier, by=analyst)
    publication.propose(later, by=analyst)
    QuerySet(FollowUpNote).filter(pk=earlier.pk).update(proposed_at=timezone.now() - timedelta(days=3))

    first, second = section(editor, "review")

    assert first.target == Target("followupnote", earlier.pk, "review")
    assert first.why == "Proposé par awa le 18 novembre 2026 (il y a 3 jours)."
    assert second.target == Target("assessment", later.pk, "review")
    assert second.what == str(later)


@pytest.mark.slow
def test_nobody_reviews_their_own_proposal_but_a_desk_of_one(editor, settings):
    factories.make_assessment(proposed_by=editor)

    assert section(editor, "review") == []
    settings.TRACKER_SINGLE_PERSON_DESK = True
    assert len(section(editor, "review")) == 1


def test_analyst_has_nothing_to_review(analyst, editor):
    factories.make_assessment(proposed_by=editor)

    assert whole_section(analyst, "review") is None


def test_a_passage_goes_with_its_record_and_alone_only_to_a_public_one(analyst, editor):
    with_its_record = factories.make_commitment().citations.get()
    alone = factories.make_citation(commitment=factories.make_commitment(published_by=editor))
    for citation in (with_its_record, alone):
        publication.propose(citation, by=analyst)

    assert targets(editor, "review") == [Target("citation", alone.pk, "review")]


@pytest.mark.slow
def test_sent_back_comes_with_the_latest_remark_and_by_whom(analyst, editor):
    assessment = factories.make_assessment(proposed_by=analyst)
    publication.send_back(assessment, by=editor, reason="Quel jour ?")
    publication.propose(assessment, by=analyst, remark="Le 10.")
    publication.send_back(assessment, by=editor, reason="Et où ?")
    assessment.rationale_fr = "Dix véhicules, à Bamako."
    assessment.save()
    update_change_reason(assessment, "Relu")

    (line,) = section(analyst, "sent_back")

    assert line.target == Target("assessment", assessment.pk)
    assert line.remark == "Et où ?"
    assert line.why == "Renvoyé par boubacar le 21 novembre 2026 (aujourd’hui)."
    assert section(analyst, "drafts") == []


@pytest.mark.slow
@pytest.mark.parametrize("answer", ["sent_back", "declined"])
def test_an_answer_reaches_all_who_signed_the_proposal(answer, analyst, editor):
    second = factories.make_user("issa", group="Editors")
    assessment = factories.make_assessment(
        proposed_by=analyst, commitment=factories.make_commitment(published_by=editor)
    )
    publication.amend(assessment, by=second)
    act = publication.send_back if answer == "sent_back" else publication.decline
    act(assessment, by=editor, reason="Dite autrement.")

    for signer in (analyst, second):
        (line,) = section(signer, answer)
        assert line.remark == "Dite autrement."
    assert section(editor, answer) == []


@pytest.mark.slow
@pytest.mark.parametrize("answer", ["sent_back", "declined"])
def test_what_i_answered_myself_waits_for_the_others_who_signed_it(answer, analyst, editor):
    second = factories.make_user("issa", group="Editors")
    act = publication.send_back if answer == "sent_back" else publication.decline
    assessment = factories.make_assessment(
        proposed_by=analyst, commitment=factories.make_commitment(published_by=editor)
    )
    publication.amend(assessment, by=editor)
    act(assessment, by=editor, reason="Dite autrement.")

    assert len(section(analyst, answer)) == 1
    assert section(editor, answer) == []
    if answer == "sent_back":
        # Whose the latest answer is decides, not whose an earlier one was.
        publication.propose(assessment, by=analyst)
        publication.send_back(assessment, by=second, reason="Et où ?")
        assert [line.remark for line in section(editor, answer)] == ["Et où ?"]


@pytest.mark.slow
def test_a_proposal_that_i_alone_signed_and_sent_back_is_still_mine_to_mend(analyst, editor):
    assessment = factories.make_assessment(proposed_by=editor)
    publication.send_back(assessment, by=editor, reason="À compléter.")

    assert targets(editor, "sent_back") == [Target("assessment", assessment.pk)]
    assert section(analyst, "sent_back") == []


def test_a_note_sent_back_and_made_internal_is_not_to_be_proposed_again(analyst, editor):
    public, internal = factories.make_note(), factories.make_note()
    for note in (public, internal):
        publication.propose(note, by=analyst)
        publication.send_back(note, by=editor, reason="Pour le bureau seulement ?")
    internal.visibility = "internal"
    internal.save()

    assert targets(analyst, "sent_back") == [Target("followupnote", public.pk)]


def test_sent_back_to_another_is_not_mine(analyst, editor):
    assessment = factories.make_assessment(proposed_by=factories.make_user(group="Analysts"))
    publication.send_back(assessment, by=editor, reason="Quel jour ?")

    assert section(analyst, "sent_back") == []


def test_declined_is_told_for_thirty_days_to_whoever_proposed_it(analyst, editor):
    recent, old, others = (
        factories.make_assessment(proposed_by=by) for by in (analyst, analyst, factories.make_user(group="Analysts"))
    )
    for assessment in (recent, old, others):
        publication.decline(assessment, by=editor, reason="Hors sujet.")
    old.history.filter(state="declined").update(history_date=timezone.now() - timedelta(days=31))

    (line,) = section(analyst, "declined")

    assert (line.target.pk, line.remark) == (recent.pk, "Hors sujet.")


@pytest.mark.slow
def test_drafts_are_those_i_made_and_never_proposed(analyst, editor):
    mine = made_by(analyst, factories.make_commitment())
    made_by(analyst, mine.citations.get())
    made_by(analyst, factories.make_source())
    made_by(editor, factories.make_note())
    proposed = made_by(analyst, factories.make_milestone())
    publication.propose(proposed, by=analyst)

    assert targets(analyst, "drafts") == [Target("commitment", mine.pk)]


# Milestones


def test_an_internal_note_is_no_draft_to_propose(analyst, editor):
    commitment = factories.make_commitment(published_by=editor)
    for visibility in ("internal", "public"):
        made_by(analyst, factories.make_note(commitment=commitment, visibility=visibility))

    (line,) = section(analyst, "drafts")

    assert FollowUpNote.objects.get(pk=line.target.pk).visibility == "public"


@pytest.mark.slow
def test_milestones_overdue_and_due_soon_are_public_unmet_and_dated(analyst, editor):
    commitment = factories.make_commitment(published_by=editor)
    for due_on in (date(2026, 11, 20), date(2026, 2, 1), date(2026, 11, 21), date(2027, 2, 19), date(2027, 2, 20)):
        factories.make_milestone(commitment=commitment, published_by=editor, due_on=due_on)
    met = {"due_on": date(2026, 11, 19), "met_on": date(2026, 11, 18)}
    factories.make_milestone(commitment=commitment, published_by=editor, **met)
    factories.make_milestone(commitment=commitment, due_on=date(2026, 1, 1))
    gone = factories.make_milestone(published_by=editor, due_on=date(2026, 1, 1))
    publication.withdraw(gone.commitment, by=editor, reason="Doublon.")

    overdue, soon = section(analyst, "overdue"), section(analyst, "due_soon")

    assert [line.why.split(".")[0] for line in overdue] == [
        "Échéance le 1er février 2026, dépassée de 293 jours",
        "Échéance le 20 novembre 2026, dépassée de 1 jour",
    ]
    assert [line.why.split(".")[0] for line in soon] == [
        "Échéance aujourd’hui",
        "Échéance le 19 février 2027, dans 90 jours",
    ]


@pytest.mark.slow
def test_a_deadline_that_names_no_day_is_told_by_its_period(analyst, editor):
    commitment = factories.make_commitment(published_by=editor)
    year = {"due_from": date(2026, 1, 1), "due_on": date(2026, 12, 31), "due_precision": "year"}
    month = {"due_from": date(2026, 10, 1), "due_on": date(2026, 10, 31), "due_precision": "month"}
    for window in (year, month):
        factories.make_milestone(commitment=commitment, published_by=editor, **window)

    (overdue,), (soon,) = section(analyst, "overdue"), section(analyst, "due_soon")

    assert overdue.why.startswith("Période\u00a0: octobre 2026, jour non précisé, passée depuis 21 jours.")
    assert soon.why.startswith("Période\u00a0: 2026, jour non précisé, finit dans 40 jours.")


@pytest.mark.slow
@pytest.mark.parametrize(("key", "due_on"), [("overdue", date(2026, 6, 30)), ("due_soon", date(2026, 12, 1))])
def test_milestones_mine_first_then_nobodys_and_others_for_editors_only(key, due_on, analyst, editor):
    other = factories.make_user("chaka", group="Analysts")
    nobodys, mine, theirs = (
        factories.make_milestone(published_by=editor, due_on=due_on + timedelta(days=days)) for days in range(3)
    )
    assignment.assign(mine.commitment, to=analyst, by=editor)
    assignment.assign(theirs.commitment, to=other, by=editor)

    assert targets(analyst, key) == [Target("commitment", row.commitment_id, "assess") for row in (mine, nobodys)]
    assert targets(editor, key) == [Target("milestone", row.pk) for row in (nobodys, mine, theirs)]
    assert section(analyst, key)[0].why.endswith("Vous le suivez.")
    assert section(editor, key)[2].why.endswith("Suivi par chaka.")


@pytest.mark.slow
@pytest.mark.parametrize("step", ["its own", "none", "another"])
def test_a_search_since_the_deadline_settles_it_for_an_analyst(step, analyst, editor):
    due = factories.make_milestone(published_by=editor, due_on=date(2026, 6, 30))
    other = factories.make_milestone(commitment=due.commitment, published_by=editor, due_on=date(2027, 11, 1))
    search = {"commitment": due.commitment, "milestone": {"its own": due, "none": None, "another": other}[step]}
    factories.make_search(**search, searched_on=date(2026, 6, 29), proposed_by=analyst)
    assert len(targets(analyst, "overdue")) == 1

    factories.make_search(**search, searched_on=date(2026, 6, 30), proposed_by=analyst)

    assert len(targets(analyst, "overdue")) == (1 if step == "another" else 0)
    assert len(targets(editor, "overdue")) == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("first", "last", "is_settled"),
    [
        (date(2026, 6, 30), None, True),
        (date(2026, 7, 1), None, False),
        (None, date(2026, 4, 1), True),
        (None, date(2026, 3, 31), False),
        (date(2026, 1, 1), date(2026, 12, 31), True),
    ],
)
def test_a_search_of_another_period_or_of_one_party_settles_no_deadline(first, last, is_settled, analyst, editor):
    quarter = {"due_from": date(2026, 4, 1), "due_on": date(2026, 6, 30), "due_precision": "month"}
    due = factories.make_milestone(published_by=editor, **quarter)
    made = {"commitment": due.commitment, "searched_on": date(2026, 7, 15), "proposed_by": analyst}
    factories.make_search(**made, party=factories.make_party("RU"))
    assert len(targets(analyst, "overdue")) == 1

    factories.make_search(**made, period_from=first, period_to=last)

    assert len(targets(analyst, "overdue")) == (0 if is_settled else 1)


def test_what_a_closed_account_follows_is_nobodys(analyst, editor):
    gone = factories.make_user(group="Analysts")
    milestone = factories.make_milestone(published_by=editor)
    assignment.assign(milestone.commitment, to=gone, by=editor)
    gone.is_active = False
    gone.save()

    assert [target.pk for target in targets(analyst, "overdue")] == [milestone.commitment_id]


# Commitments


def test_a_commitment_nobody_looked_at_leads_to_its_assessment(analyst, editor):
    commitment = old_commitment(editor)
    factories.make_commitment(published_by=editor)

    (line,) = section(analyst, "stale")

    assert line.target == Target("commitment", commitment.pk, "assess")
    assert line.why.startswith("Dernier regard le 13 août 2026 (il y a 100 jours).")


@pytest.mark.slow
def test_the_setting_counts_whole_days(analyst, editor, settings):
    settings.TRACKER_STALE_DAYS = 10
    old_commitment(editor, days=9)
    stale = old_commitment(editor, days=10)

    assert [target.pk for target in targets(analyst, "stale")] == [stale.pk]


@pytest.mark.parametrize(
    "what", ["assessment", "search", "note", "citation", "milestone's citation", "assessment's citation"]
)
def test_a_look_is_anything_recorded_for_the_commitment(what, analyst, editor):
    commitment = old_commitment(editor)
    match what:
        case "assessment":
            factories.make_assessment(commitment=commitment).citations.get().delete()
        case "search":
            factories.make_search(commitment=commitment)
        case "note":
            factories.make_note(commitment=commitment, visibility="internal")
        case "citation":
            factories.make_citation(commitment=commitment)
        case "milestone's citation":
            factories.make_milestone(commitment=commitment)
        case _:
            age(factories.make_assessment(commitment=commitment), 100)

    assert section(analyst, "stale") == []


def test_a_declined_assessment_is_no_look(analyst, editor):
    commitment = old_commitment(editor)
    assessment = factories.make_assessment(commitment=commitment, proposed_by=analyst)
    publication.decline(assessment, by=editor, reason="Hors sujet.")
    age(assessment.citations.get(), 100)

    assert len(section(analyst, "stale")) == 1


def test_drafts_and_expectations_are_not_stale(analyst, editor):
    draft = factories.make_commitment()
    for record in (draft, *draft.citations.all()):
        age(record, 100)
    old_commitment(editor, basis="expected")

    assert section(analyst, "stale") == []


# Passages, sources, discrepancies


def spoil(citation):
    """Let a citation no longer stand in its source, as an edit of the text does."""
    source = Source.objects.get(pk=citation.source_id)
    source.text = "Un tout autre texte."
    source.save()
    citation.refresh_from_db()
    assert citation.verification == "not_found"


@pytest.mark.slow
def test_citations_that_no_longer_verify_public_ones_first_and_for_editors(analyst, editor):
    draft = factories.make_citation(commitment=factories.make_commitment())
    public = factories.make_citation(meeting=factories.make_meeting(published_by=editor), published_by=editor)
    sound = factories.make_citation(commitment=factories.make_commitment())
    for citation in (draft, public):
        spoil(citation)

    assert [target.pk for target in targets(editor, "citations")] == [public.pk, draft.pk]
    assert [target.pk for target in targets(analyst, "citations")] == [draft.pk]
    assert sound.is_verified
    assert "Introuvable" in section(analyst, "citations")[0].why


def test_citations_withdrawn_or_of_what_was_declined_are_left_alone(analyst, editor):
    meeting = factories.make_meeting(published_by=editor)
    withdrawn = factories.make_citation(meeting=meeting, published_by=editor)
    publication.withdraw(withdrawn, by=editor, reason="Erreur.")
    declined = factories.make_assessment(proposed_by=analyst)
    publication.decline(declined, by=editor, reason="Hors sujet.")
    for citation in (withdrawn, declined.citations.get()):
        spoil(citation)

    assert section(editor, "citations") == []


@pytest.mark.slow
def test_open_discrepancies_public_ones_for_editors_only(analyst, editor):
    public, draft = factories.make_discrepancy(published_by=editor), factories.make_discrepancy()
    factories.make_discrepancy(settled_by=editor, published_by=editor)
    factories.make_discrepancy(settled_by=editor, is_compatible=True, published_by=editor)

    assert {target.pk for target in targets(editor, "discrepancies")} == {public.pk, draft.pk}
    assert targets(analyst, "discrepancies") == [Target("discrepancy", draft.pk)]


def test_sources_not_quoted_yet_lead_to_quoting_and_those_without_text_to_their_page(analyst, editor):
    quoted = factories.make_citation(meeting=factories.make_meeting(published_by=editor), published_by=editor)
    publication.withdraw(quoted, by=editor, reason="Erreur.")
    bare = factories.make_source(text="")
    factories.make_commitment()

    assert targets(analyst, "unquoted") == [
        Target("source", quoted.source_id, "quote"),
        Target("source", bare.pk, "change"),
    ]


@pytest.mark.slow
@pytest.mark.parametrize("blank", ["", " \n", "\u00a0", "\u202f\u3000", "\x85"])
def test_a_source_with_a_blank_text_is_not_to_be_quoted(blank, analyst, editor):
    public, draft = factories.make_source(text=blank, published_by=editor), factories.make_source(text=blank)

    assert targets(analyst, "unquoted") == [Target("source", draft.pk)]
    assert targets(editor, "unquoted") == [Target("source", public.pk), Target("source", draft.pk)]
    assert "sans texte archivé" in section(analyst, "unquoted")[0].why


def test_sources_not_quoted_yet_are_told_without_reading_their_texts(analyst):
    factories.make_source()

    with CaptureQueriesContext(connection) as queries:
        assert len(whole_section(analyst, "unquoted")[:8]) == 1

    asked = [query["sql"] for query in queries if "commitments_source" in query["sql"]]
    assert asked
    assert not any("REGEXP" in sql or "~" in sql for sql in asked)
    assert not any('"commitments_source"."text",' in sql for sql in asked)


# The whole


def fill(analyst, editor):
    """Make one line in every section, for the analyst or the editor."""
    factories.make_assessment(proposed_by=analyst)
    publication.propose(factories.make_note(), by=analyst)
    for act in (publication.send_back, publication.decline):
        act(factories.make_assessment(proposed_by=analyst), by=editor, reason="Non.")
    made_by(analyst, factories.make_milestone())
    for due in (date(2026, 1, 1), date(2026, 12, 1)):
        milestone = factories.make_milestone(published_by=editor, due_on=due)
        assignment.assign(milestone.commitment, to=analyst, by=editor)
    old_commitment(editor)
    spoil(factories.make_citation(commitment=factories.make_commitment()))
    factories.make_discrepancy()
    factories.make_source()


EVERYTHING = {
    "review",
    "sent_back",
    "citations",
    "overdue",
    "due_soon",
    "drafts",
    "discrepancies",
    "stale",
    "unquoted",
    "declined",
}


@pytest.mark.one_database
@pytest.mark.slow
def test_the_number_of_queries_does_not_grow_with_the_rows(analyst, editor):
    def count(user):
        # The account as a new request has it: its permissions are read again.
        user = type(user).objects.get(pk=user.pk)
        with CaptureQueriesContext(connection) as queries:
            found = worklist(user)
        return {section.key for section in found}, len(queries)

    fill(analyst, editor)
    few = [count(user) for user in (analyst, editor)]
    for _more in range(3):
        fill(analyst, editor)
    many = [count(user) for user in (analyst, editor)]

    assert few[0][0] | few[1][0] == EVERYTHING
    assert many == few
    assert max(number for _keys, number in many) <= 40


@pytest.mark.slow
def test_a_section_counts_all_and_shows_the_first(analyst, editor):
    for _number in range(5):
        factories.make_discrepancy()

    (found,) = worklist(analyst, shown=2)
    whole = whole_section(analyst, "discrepancies")

    assert (found.total, len(found.lines)) == (5, 2)
    assert whole.count() == 5
    assert [line.target for line in whole[3:5]] == targets(analyst, "discrepancies")[3:5]


@pytest.mark.slow
def test_who_has_no_right_has_no_queue(analyst, editor):
    fill(analyst, editor)

    assert worklist(factories.make_user()) == []


@pytest.mark.slow
def test_the_administrator_may_settle_everything_but_their_own(analyst, editor):
    fill(analyst, editor)
    admin = factories.make_user(is_superuser=True)

    assert {found.key for found in worklist(admin)} == EVERYTHING - {"sent_back", "drafts", "declined"}


def test_everything_is_counted_from_the_day_given(analyst, editor):
    factories.make_milestone(published_by=editor, due_on=date(2026, 12, 1))

    (found,) = worklist(analyst, today=date(2026, 12, 2))

    assert found.key == "overdue"
    assert "dépassée de 1 jour" in found.lines[0].why
