"""Every line of the work queue leads to a form on which whoever reads it can settle it."""

from datetime import date, timedelta

import pytest
from django.db.models import QuerySet
from django.test import Client
from django.utils import timezone

from commitments.admin.unsaved.concurrency import SEEN
from commitments.admin.work_queue.queue import address
from commitments.models import Assessment, Source
from commitments.rules.review import publication
from commitments.rules.work_queue.worklist import NEWS, whole_section, worklist
from tests import factories
from tests.admin.forms import messages_of, page, sent

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def made_by(user, record):
    """Let the history say that `user` recorded `record`, as it does at the desk."""
    record.history.filter(history_type="+").update(history_user=user)
    return record


def spoil(citation):
    """Let a citation no longer stand in its source, as an edit of the text does."""
    source = Source.objects.get(pk=citation.source_id)
    source.text = "Un tout autre texte."
    source.save()
    citation.refresh_from_db()
    return citation


def age(record):
    then = timezone.now() - timedelta(days=100)
    moved = {"recorded_at": then} | ({"published_at": then} if record.published_at else {})
    QuerySet(type(record)).filter(pk=record.pk).update(**moved)


def fill(user, other, editor):
    """Make what brings `user` a line in every section, in each state of review in which it may stand there."""
    for make in (factories.make_assessment, factories.make_note, factories.make_discrepancy, factories.make_meeting):
        sent_back, draft, waiting = make(), make(), make()
        publication.propose(sent_back, by=user)
        publication.send_back(sent_back, by=editor, reason="Quel jour ?")
        made_by(user, draft)
        publication.propose(waiting, by=other)
    publication.decline(factories.make_assessment(proposed_by=user), by=editor, reason="Hors sujet.")
    for due_on in (date(2026, 1, 1), date(2026, 12, 1)):
        factories.make_milestone(published_by=editor, due_on=due_on)
    for state in ("draft", "in_review", "published"):
        publisher = editor if state == "published" else None
        spoil(factories.make_commitment(published_by=publisher).citations.get())
        proposer = None if state == "draft" else other
        judged = factories.make_assessment(proposed_by=proposer, published_by=publisher)
        spoil(judged.citations.get())
        factories.make_discrepancy(published_by=publisher)
        for text in (factories.TEXT, "", " \n"):
            source = factories.make_source(text=text, published_by=publisher)
            if state == "in_review":
                publication.propose(source, by=other)
    stale = factories.make_commitment(published_by=editor)
    for record in (stale, *stale.citations.all()):
        age(record)


SECTIONS = {
    "sent_back",
    "review",
    "citations",
    "overdue",
    "due_soon",
    "drafts",
    "discrepancies",
    "stale",
    "unquoted",
}


def is_open(response):
    """Whether the page has a form with something to fill in or to decide, that may be sent."""
    context = response.context
    if "coverage" in context:  # quoting
        return context["may_quote"]
    if "objections" in context:  # deciding on a proposal
        return context["is_open"] and bool(context["forms"])
    fields = set(context["adminform"].form.fields) - {SEEN}
    return bool(fields) and 'name="_save"' in response.content.decode()


@pytest.mark.slow
@pytest.mark.parametrize(("group", "keys"), [("Analysts", SECTIONS - {"review"}), ("Editors", SECTIONS)])
def test_each_line_leads_to_a_form_that_its_reader_may_save(group, keys, editor):
    user, other = factories.make_user(group=group), factories.make_user(group="Analysts")
    fill(user, other, editor)
    client = Client()
    client.force_login(user)

    assert {section.key for section in worklist(user)} == keys | set(NEWS)
    for key in keys:
        for line in whole_section(user, key)[:100]:
            response = client.get(address(line.target))
            assert response.status_code == 200, (key, line)
            assert is_open(response), (key, line)


# What settles a line takes it away


def lines(user, key):
    return whole_section(user, key)[:100]


@pytest.mark.slow
def test_a_past_deadline_leads_an_analyst_to_a_judgement_after_it_and_the_editor_to_the_milestone(analyst, editor):
    milestone = factories.make_milestone(published_by=editor, due_on=date(2026, 6, 30))
    (line,) = lines(analyst, "overdue")
    (editors,) = lines(editor, "overdue")

    assert address(line.target) == f"/admin/commitments/assessment/add/?commitment={milestone.commitment_id}"
    assert "À évaluer." in line.why
    assert address(editors.target) == page(milestone)
    factories.make_assessment(commitment=milestone.commitment, as_of=date(2026, 6, 29))
    assert lines(analyst, "overdue") == [line]
    declined = factories.make_assessment(commitment=milestone.commitment, as_of=date(2026, 7, 1), proposed_by=analyst)
    publication.decline(declined, by=editor, reason="Trop tôt.")
    assert lines(analyst, "overdue") == [line]
    factories.make_assessment(commitment=milestone.commitment, as_of=date(2026, 6, 30), proposed_by=analyst)
    assert lines(analyst, "overdue") == []
    assert lines(editor, "overdue") == [editors]


@pytest.mark.slow
def test_a_near_deadline_is_settled_by_a_judgement_made_since_it_is_near(analyst, editor, settings):
    settings.TRACKER_DUE_SOON_DAYS = 30
    milestone = factories.make_milestone(published_by=editor, due_on=date(2026, 12, 1))
    (line,) = lines(analyst, "due_soon")
    (editors,) = lines(editor, "due_soon")

    factories.make_assessment(commitment=milestone.commitment, as_of=date(2026, 10, 31), proposed_by=analyst)
    assert lines(analyst, "due_soon") == [line]
    factories.make_assessment(commitment=milestone.commitment, as_of=date(2026, 11, 1), proposed_by=analyst)
    assert lines(analyst, "due_soon") == []
    assert lines(editor, "due_soon") == [editors]


def test_a_judgement_of_before_the_deadline_does_not_settle_it_once_it_is_past(analyst, editor):
    milestone = factories.make_milestone(published_by=editor, due_on=date(2026, 11, 20))

    factories.make_assessment(commitment=milestone.commitment, as_of=date(2026, 11, 19), proposed_by=analyst)

    assert len(lines(analyst, "overdue")) == 1


@pytest.mark.slow
@pytest.mark.parametrize(("key", "due_on"), [("overdue", date(2026, 11, 20)), ("due_soon", date(2026, 12, 1))])
def test_a_deadline_leaves_the_queue_of_who_drafts_its_judgement_and_of_all_once_it_is_proposed(
    key, due_on, analyst, editor
):
    other = factories.make_user("chaka", group="Analysts")
    milestone = factories.make_milestone(published_by=editor, due_on=due_on)
    draft = made_by(other, factories.make_assessment(commitment=milestone.commitment, as_of=date(2026, 11, 20)))

    assert lines(other, key) == []
    assert len(lines(analyst, key)) == 1
    publication.propose(draft, by=other)
    assert lines(analyst, key) == lines(other, key) == []
    publication.publish(draft, by=editor)
    assert lines(analyst, key) == lines(other, key) == []


@pytest.mark.slow
def test_a_failing_citation_leaves_the_queue_of_who_drafts_the_replacement_and_of_all_once_it_is_proposed(
    analyst, editor
):
    other = factories.make_user("chaka", group="Analysts")
    old = factories.make_assessment(proposed_by=analyst, published_by=editor)
    spoil(old.citations.get())
    fields = {"supersedes": old, "supersession_reason": "Le passage ne figure plus.", "commitment": old.commitment}
    draft = made_by(other, factories.make_assessment(**fields))

    assert lines(other, "citations") == []
    assert len(lines(analyst, "citations")) == len(lines(editor, "citations")) == 1
    publication.propose(draft, by=other)
    assert lines(analyst, "citations") == lines(editor, "citations") == []


def test_who_may_neither_edit_milestones_nor_judge_has_no_deadlines(editor):
    from django.contrib.auth.models import Permission

    factories.make_milestone(published_by=editor, due_on=date(2026, 6, 30))
    user = factories.make_user()
    user.user_permissions.add(Permission.objects.get(codename="change_milestone"))

    assert whole_section(user, "overdue") is None


@pytest.mark.slow
@pytest.mark.parametrize("reader", ["analyst", "editor"])
def test_a_failing_citation_of_a_published_judgement_leads_to_what_replaces_it(reader, request, analyst, editor):
    user = request.getfixturevalue(reader)
    party = factories.make_party("RU")
    old = factories.make_assessment(proposed_by=analyst, published_by=editor, party=party)
    spoil(old.citations.get())
    source = factories.make_source()
    client = Client()
    client.force_login(user)
    (line,) = lines(user, "citations")

    shown = client.get(address(line.target))
    typed = sent(shown) | {
        "status": "limited",
        "as_of": "10/04/2025",
        "rationale_fr": "Dix véhicules ont été livrés.",
        "supersession_reason": "Le passage ne figure plus dans la source.",
        "citations-TOTAL_FORMS": "1",
        "citations-0-source": source.pk,
        "citations-0-exact": factories.ACTION,
        "citations-0-role": "supports",
        "citations-0-evidence_kind": "concrete_action",
        "_propose": "1",
    }
    response = client.post(address(line.target), typed, follow=True)

    assert "attente de relecture" in messages_of(response)
    new = Assessment.objects.latest("pk")
    assert (new.supersedes, new.commitment, new.party, new.state) == (old, old.commitment, party, "in_review")
    assert lines(user, "citations") == []
    publication.decline(new, by=editor if user == analyst else factories.make_user(group="Editors"), reason="Non.")
    assert lines(user, "citations") == [line]


@pytest.mark.slow
def test_the_part_on_replacing_stands_open_only_where_one_judgement_replaces_another(as_analyst, analyst, editor):
    old = factories.make_assessment(proposed_by=analyst, published_by=editor)

    def classes(address):
        sets = list(as_analyst.get(address).context["adminform"])
        return next(part.classes for part in sets if "supersedes" in part.fields)

    assert "collapse" in classes(f"/admin/commitments/assessment/add/?commitment={old.commitment_id}")
    assert "collapse" not in classes(f"/admin/commitments/assessment/add/?supersedes={old.pk}")


@pytest.mark.parametrize("key", ["", "x", "0", "9" * 18, "9" * 30])
def test_an_address_that_replaces_nothing_opens_an_empty_form(key, as_analyst):
    response = as_analyst.get(f"/admin/commitments/assessment/add/?supersedes={key}")

    assert response.status_code == 200
    assert not sent(response)["commitment"]


def test_a_draft_judgement_is_not_replaced(as_analyst):
    draft = factories.make_assessment()

    response = as_analyst.get(f"/admin/commitments/assessment/add/?supersedes={draft.pk}")

    assert not sent(response)["commitment"]


@pytest.mark.slow
def test_citations_of_what_follows_from_a_withdrawn_commitment_are_left_alone(editor, analyst):
    assessment = factories.make_assessment(proposed_by=analyst, published_by=editor)
    publication.withdraw(assessment.commitment, by=editor, reason="Doublon.")
    spoil(assessment.citations.get())

    assert lines(editor, "citations") == []


def test_public_sources_without_text_are_for_editors(analyst, editor):
    public, draft = factories.make_source(text="", published_by=editor), factories.make_source(text=" \n")

    assert [line.target.pk for line in lines(analyst, "unquoted")] == [draft.pk]
    assert [line.target.pk for line in lines(editor, "unquoted")] == [public.pk, draft.pk]
