"""Proposing, publishing, sending back and withdrawing at the desk, by whom and after which page."""

import pytest

from commitments.models import Citation, Commitment, Source
from commitments.rules.review import publication
from tests import factories
from tests.admin.forms import messages_of, page, sent, typed_back

pytestmark = pytest.mark.one_database  # the rules behind the forms are tried on both in tests/rules


def review(record, act):
    """Return the address of the page that asks before `act` on `record`."""
    return f"/admin/commitments/{record._meta.model_name}/review/{act}/?pk={record.pk}"


def confirm(client, record, act, **typed):
    """Read the page that asks before `act` on `record`, and confirm it."""
    return client.post(review(record, act), typed_back(client, review(record, act), **typed))


def act_on(client, action, *records):
    """Choose `action` in the list of the records' noun, and follow it."""
    address = f"/admin/commitments/{records[0]._meta.model_name}/"
    data = {"action": action, "_selected_action": [record.pk for record in records]}
    return client.post(address, data, follow=True)


@pytest.fixture
def proposed(analyst, editor):
    return factories.make_assessment(proposed_by=analyst, commitment=factories.make_commitment(published_by=editor))


def test_analyst_is_offered_no_publishing(as_analyst, proposed):
    listed = as_analyst.get("/admin/commitments/assessment/").content.decode()
    shown = as_analyst.get(page(proposed)).content.decode()

    assert 'value="propose_selected"' in listed
    for word in ("publish_selected", "withdraw_selected", "send_back_selected"):
        assert word not in listed
    for name in ("_publish", "_withdraw", "_send_back"):
        assert f'name="{name}"' not in shown


@pytest.mark.parametrize("action", ["publish_selected", "withdraw_selected", "send_back_selected"])
def test_forced_action_of_analyst_changes_nothing(action, as_analyst, proposed):
    act_on(as_analyst, action, proposed)

    proposed.refresh_from_db()
    assert proposed.state == "in_review"


def test_forced_button_of_analyst_changes_nothing(as_analyst, proposed):
    as_analyst.post(page(proposed), typed_back(as_analyst, page(proposed)) | {"_publish": "1"}, follow=True)

    proposed.refresh_from_db()
    assert proposed.state == "in_review"


def test_confirmation_lists_what_becomes_public(as_editor, proposed):
    text = as_editor.get(review(proposed, "publish")).content.decode()

    evidence = proposed.citations.get()
    assert factories.ACTION in text
    assert "Retrouvée mot pour mot dans le texte archivé" in text
    assert str(evidence.source) in text
    assert "Dix véhicules ont été livrés." in text
    assert evidence.source.text not in text


@pytest.mark.slow
def test_editor_publishes_after_confirmation(as_editor, editor, proposed):
    asked = as_editor.post(page(proposed), typed_back(as_editor, page(proposed)) | {"_publish": "1"})
    assert asked["Location"] == review(proposed, "publish")

    response = as_editor.post(asked["Location"], typed_back(as_editor, asked["Location"]), follow=True)

    proposed.refresh_from_db()
    assert (proposed.state, proposed.published_by) == ("published", editor)
    assert proposed.citations.get().is_published
    assert proposed.citations.get().source.is_published
    assert "Publié" in messages_of(response)


def test_looking_at_the_confirmation_publishes_nothing(as_editor, proposed):
    as_editor.get(review(proposed, "publish"))

    proposed.refresh_from_db()
    assert proposed.state == "in_review"


def test_nobody_publishes_what_they_proposed(as_editor, editor):
    assessment = factories.make_assessment(
        proposed_by=editor, commitment=factories.make_commitment(published_by=editor)
    )

    shown = as_editor.get(review(assessment, "publish")).content.decode()
    response = confirm(as_editor, assessment, "publish")

    assert "une autre personne doit la publier" in shown
    assert "une autre personne doit la publier" in str(response.context["refused"])
    assessment.refresh_from_db()
    assert assessment.state == "in_review"


def test_desk_of_one_publishes_its_own_and_says_so(as_editor, editor, settings):
    settings.TRACKER_SINGLE_PERSON_DESK = True
    assessment = factories.make_assessment(
        proposed_by=editor, commitment=factories.make_commitment(published_by=editor)
    )

    confirm(as_editor, assessment, "publish")

    assessment.refresh_from_db()
    assert assessment.state == "published"
    assert assessment.single_handed
    assert "même personne" in as_editor.get(page(assessment)).content.decode()


def test_confirmation_says_which_rule_objects(as_editor):
    commitment = factories.make_commitment()
    commitment.undertakings.all().delete()

    shown = as_editor.get(review(commitment, "publish")).content.decode()
    response = confirm(as_editor, commitment, "publish")

    assert "au moins une partie qui s’engage" in shown
    assert response.status_code == 200
    assert "au moins une partie qui s’engage" in str(response.context["refused"])
    assert not Commitment.objects.get().is_published


def test_unverified_quotation_holds_its_record_back(as_editor):
    meeting = factories.make_meeting()
    citation = factories.make_citation(meeting=meeting, exact="jamais dit")

    shown = as_editor.get(review(meeting, "publish")).content.decode()
    confirm(as_editor, meeting, "publish")

    assert "Introuvable dans le texte archivé" in shown
    meeting.refresh_from_db()
    citation.refresh_from_db()
    assert (meeting.state, citation.state) == ("draft", "draft")


@pytest.mark.slow
def test_selection_is_published_whole_or_not_at_all(as_editor):
    good, bad = factories.make_commitment(), factories.make_commitment()
    bad.undertakings.all().delete()
    asked = act_on(as_editor, "publish_selected", good, bad)

    response = as_editor.post(asked.request["PATH_INFO"], sent(asked))

    assert bad.reference in response.context["refused"][0]
    assert not Commitment.objects.published().exists()


def test_selection_with_what_another_brings_along_is_published(as_editor):
    commitment = factories.make_commitment()
    citation = commitment.citations.get()
    source = citation.source
    other = factories.make_source()

    confirm(as_editor, commitment, "publish")
    asked = act_on(as_editor, "publish_selected", source, other)
    as_editor.post(asked.request["PATH_INFO"], sent(asked))

    assert Source.objects.published().count() == 2
    assert Citation.objects.published().count() == 1


def test_sending_back_asks_why_and_keeps_it(as_editor, proposed):
    refused = confirm(as_editor, proposed, "send_back", reason=" ")
    assert refused.context["form"].errors["reason"]

    confirm(as_editor, proposed, "send_back", reason="Citez la livraison.")

    proposed.refresh_from_db()
    assert proposed.state == "draft"
    assert "Citez la livraison." in as_editor.get(page(proposed, "history")).content.decode()


def test_withdrawal_needs_a_reason(as_editor, editor, proposed):
    publication.publish(proposed, by=editor)

    shown = as_editor.get(review(proposed, "withdraw")).content.decode()
    refused = confirm(as_editor, proposed, "withdraw", reason="")

    assert "Le motif que le public lira" in shown
    assert refused.context["form"].errors["reason"]
    proposed.refresh_from_db()
    assert proposed.is_published


def test_withdrawal_keeps_its_reason_for_the_public(as_editor, editor, proposed):
    publication.publish(proposed, by=editor)

    confirm(as_editor, proposed, "withdraw", reason="Source démentie.")

    proposed.refresh_from_db()
    assert (proposed.state, proposed.withdrawn_by, proposed.withdrawal_reason) == (
        "withdrawn",
        editor,
        "Source démentie.",
    )
    assert "Source démentie." in as_editor.get(page(proposed)).content.decode()


def test_withdrawal_under_public_records_is_refused(as_editor, editor):
    commitment = factories.make_commitment(published_by=editor)
    source = commitment.citations.get().source

    response = confirm(as_editor, source, "withdraw", reason="x")

    assert "en dépendent" in response.context["refused"][0]
    source.refresh_from_db()
    assert source.is_published


def test_list_action_proposes_and_names_what_is_refused(as_analyst, editor):
    commitment = factories.make_commitment(published_by=editor)
    sound = factories.make_assessment(commitment=commitment)
    unsound = factories.make_assessment(
        commitment=commitment, status="complete", exact=factories.ANNOUNCEMENT, evidence_kind="announcement"
    )

    response = act_on(as_analyst, "propose_selected", sound, unsound)

    sound.refresh_from_db()
    unsound.refresh_from_db()
    assert (sound.state, unsound.state) == ("in_review", "draft")
    assert "action concrète" in messages_of(response)


@pytest.mark.slow
@pytest.mark.parametrize(
    "noun", ["source", "meeting", "instrument", "note", "milestone", "discrepancy", "citation", "search"]
)
def test_every_noun_is_proposed_published_and_withdrawn(noun, as_editor, as_analyst, editor):
    extra = {"meeting": factories.make_meeting(published_by=editor)} if noun == "citation" else {}
    if noun in ("note", "milestone", "search"):
        extra["commitment"] = factories.make_commitment(published_by=editor)
    record = getattr(factories, f"make_{noun}")(**extra)

    as_analyst.post(page(record), typed_back(as_analyst, page(record)) | {"_propose": "1"})
    record.refresh_from_db()
    states = [record.state]
    for act in ("publish", "withdraw"):
        confirm(as_editor, record, act, reason="Motif.")
        record.refresh_from_db()
        states.append(record.state)

    assert states == ["in_review", "published", "withdrawn"]


def test_button_saves_what_was_typed_on_the_way(as_editor):
    commitment = factories.make_commitment()
    typed = typed_back(as_editor, page(commitment), title_fr="Titre tapé juste avant")

    response = as_editor.post(page(commitment), typed | {"_publish": "1"}, follow=True)

    commitment.refresh_from_db()
    assert commitment.title_fr == "Titre tapé juste avant"
    assert "Titre tapé juste avant" in response.content.decode()


@pytest.mark.slow
@pytest.mark.parametrize("act", ["publish", "send_back", "decline"])
@pytest.mark.parametrize(
    "change",
    [
        lambda record: factories.make_citation(assessment=record, exact=factories.ANNOUNCEMENT),
        lambda record: type(record).objects.get(pk=record.pk).save(),
        lambda record: record.citations.get().source.save(),
    ],
    ids=["passage", "record", "source"],
)
def test_what_changed_since_the_page_was_read_is_refused(change, act, as_editor, proposed):
    seen = typed_back(as_editor, review(proposed, act), reason="Lu.")
    change(proposed)

    refused = as_editor.post(review(proposed, act), seen)
    proposed.refresh_from_db()
    state = proposed.state
    again = as_editor.post(review(proposed, act), sent(refused) | {"reason": "Relu."}, follow=True)

    assert "a changé depuis que vous l’avez ouvert" in refused.context["refused"][0]
    assert state == "in_review"
    assert again.redirect_chain
    proposed.refresh_from_db()
    assert proposed.state == {"publish": "published", "send_back": "draft", "decline": "declined"}[act]


@pytest.mark.parametrize("typed", [{}, {"seen-1": "x"}, {"seen-": ""}])
def test_nothing_is_decided_of_what_was_not_shown(typed, as_editor, proposed):
    response = as_editor.post(review(proposed, "publish"), {"pk": proposed.pk} | typed)

    assert "a changé depuis" in response.context["refused"][0]
    proposed.refresh_from_db()
    assert proposed.state == "in_review"


@pytest.mark.slow
def test_selection_is_decided_as_it_was_shown_or_not_at_all(as_editor):
    first, second = factories.make_commitment(), factories.make_commitment()
    asked = act_on(as_editor, "publish_selected", first, second)
    second.title_fr = "Un autre titre"
    second.save()

    response = as_editor.post(asked.request["PATH_INFO"], sent(asked))

    assert second.reference in response.context["refused"][0]
    assert not Commitment.objects.published().exists()


def test_published_message_leads_to_the_public_page(as_editor, proposed):
    asked = review(proposed, "publish")

    response = as_editor.post(asked, typed_back(as_editor, asked), follow=True)

    assert f'<a href="{proposed.get_absolute_url()}">Lire la page publique</a>' in response.content.decode()


def test_refused_reason_is_kept(as_editor, editor, proposed):
    commitment = proposed.commitment
    source = commitment.citations.get().source

    response = confirm(as_editor, source, "withdraw", reason="Un motif long à retaper.")

    assert "Un motif long à retaper." in response.content.decode()
    assert sent(as_editor.get(page(source)))


def test_editor_who_amends_a_proposal_does_not_publish_it(as_editor, editor, proposed):
    data = typed_back(as_editor, page(proposed), rationale_fr="Autres motifs.")

    as_editor.post(page(proposed), data)

    proposed.refresh_from_db()
    assert (proposed.state, proposed.proposed_by) == ("in_review", editor)
    assert "une autre personne doit la publier" in as_editor.get(review(proposed, "publish")).content.decode()


def test_editor_who_amends_the_evidence_of_a_proposal_does_not_publish_it(as_editor, editor, proposed):
    evidence = proposed.citations.get()
    data = typed_back(as_editor, page(evidence), role="context")

    refused = as_editor.post(page(evidence), data)
    as_editor.post(page(evidence), typed_back(as_editor, page(evidence), exact="La Russie a livré dix véhicules"))

    proposed.refresh_from_db()
    assert "une annonce seule n’y suffit jamais" in refused.content.decode()
    assert proposed.proposed_by == editor


def test_form_saved_unchanged_leaves_the_proposal_to_its_author(as_editor, analyst, proposed):
    as_editor.post(page(proposed), typed_back(as_editor, page(proposed)))

    proposed.refresh_from_db()
    assert proposed.proposed_by == analyst


def test_keys_that_no_database_holds_name_nothing(as_editor, proposed):
    for key in ("9" * 24, "-1", "x", ""):
        response = as_editor.get(f"/admin/commitments/assessment/review/publish/?pk={key}", follow=True)
        assert response.status_code in (200, 404)


def test_editor_who_deletes_evidence_of_a_proposal_does_not_publish_it(as_editor, editor, proposed):
    spare = factories.make_citation(assessment=proposed, exact="Le 3 avril", role="contradicts")

    as_editor.post(f"/admin/commitments/citation/{spare.pk}/delete/", {"post": "yes"})

    proposed.refresh_from_db()
    assert (proposed.citations.count(), proposed.proposed_by) == (1, editor)


def test_accounts_are_not_deleted(client, editor):
    boss = factories.make_user("chef", is_superuser=True)
    client.force_login(boss)

    response = client.post(f"/admin/auth/user/{editor.pk}/delete/", {"post": "yes"})

    editor.refresh_from_db()
    assert response.status_code == 403
