"""The desk's first page, a section in full, who follows a commitment, and a person's preferences."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from commitments.models import Commitment, DeskPreference
from commitments.rules.review import publication
from commitments.rules.work_queue import assignment
from tests import factories
from tests.admin.forms import messages_of, page, sent

ASSIGN = "/admin/commitments/commitment/assign/"


def entries_of(response, key):
    (found,) = [shown for shown in response.context["queue"] if shown.section.key == key]
    return found.entries


# The first page


def test_an_empty_queue_says_so_and_what_one_can_do(as_analyst):
    text = as_analyst.get("/admin/").content.decode()

    assert "Rien ne vous attend" in text
    assert "Verser un article" in text
    assert "Proposer une évaluation" in text
    assert 'href="/admin/commitments/commitment/"' in text


def test_who_has_no_right_is_offered_nothing(client, db):
    client.force_login(factories.make_user("chaka"))

    text = client.get("/admin/").content.decode()

    assert "Rien ne vous attend" in text
    assert "Verser un article" not in text
    assert "Proposer une évaluation" not in text


@pytest.mark.slow
def test_what_waits_for_review_leads_to_the_whole_queue(as_editor, as_analyst, analyst):
    publication.propose(factories.make_meeting(), by=analyst)

    link = 'href="/admin/relecture/"'

    assert link in as_editor.get("/admin/").content.decode()
    assert link not in as_analyst.get("/admin/").content.decode()


@pytest.mark.slow
def test_each_line_leads_to_a_form_that_answers(as_analyst, as_editor, analyst, editor):
    sent_back = factories.make_assessment(proposed_by=analyst)
    publication.send_back(sent_back, by=editor, reason="Quel jour ?")
    factories.make_milestone(published_by=editor)
    factories.make_discrepancy()
    source = factories.make_source()
    stale = factories.make_commitment(published_by=editor)
    then = timezone.now() - timedelta(days=100)
    for record in (stale, *stale.citations.all()):
        QuerySet(type(record)).filter(pk=record.pk).update(recorded_at=then, published_at=then)

    response = as_analyst.get("/admin/")

    assert [shown.section.key for shown in response.context["queue"]] == [
        "sent_back",
        "overdue",
        "discrepancies",
        "stale",
        "unquoted",
    ]
    assert "Quel jour ?" in response.content.decode()
    urls = [entry.url for shown in response.context["queue"] for entry in shown.entries]
    assert f"/admin/commitments/assessment/add/?commitment={stale.pk}" in urls
    assert page(sent_back) in urls
    assert any(str(source.pk) in url for url in urls)
    for url in urls:
        assert as_analyst.get(url).status_code == 200, url


@pytest.mark.slow
def test_long_sections_are_cut_and_lead_to_the_whole(as_analyst):
    records = [factories.make_discrepancy() for _number in range(10)]

    response = as_analyst.get("/admin/")

    assert len(entries_of(response, "discrepancies")) == 8
    assert 'href="/admin/file/discrepancies/"' in response.content.decode()
    whole = as_analyst.get("/admin/file/discrepancies/").content.decode()
    assert all(record.reference in whole for record in records)


@pytest.mark.slow
def test_the_first_page_does_not_ask_more_for_more_rows(as_editor, analyst, editor):
    def count():
        with CaptureQueriesContext(connection) as queries:
            assert as_editor.get("/admin/").status_code == 200
        return len(queries)

    def fill():
        factories.make_assessment(proposed_by=analyst)
        factories.make_milestone(published_by=editor)
        factories.make_discrepancy()
        factories.make_source()

    fill()
    few = count()
    fill()
    fill()

    assert count() == few


# A section in full


@pytest.mark.slow
def test_a_section_is_cut_into_pages(as_analyst, monkeypatch):
    from commitments.admin.work_queue import queue

    monkeypatch.setattr(queue, "PER_PAGE", 2)
    first, second, third = (factories.make_discrepancy() for _number in range(3))

    one = as_analyst.get("/admin/file/discrepancies/").content.decode()
    two = as_analyst.get("/admin/file/discrepancies/?page=2").content.decode()

    assert first.reference in one
    assert second.reference in one
    assert third.reference not in one
    assert "Page 1 sur 2" in one
    assert third.reference in two
    assert first.reference not in two


@pytest.mark.parametrize("query", ["page=0", "page=-1", "page=x", "page=%00", "page=" + "9" * 5000, "page=2&page=3"])
def test_any_page_asked_for_answers(query, as_analyst):
    factories.make_discrepancy()

    assert as_analyst.get(f"/admin/file/discrepancies/?{query}").status_code == 200


def test_an_empty_section_says_so(as_analyst):
    assert "Rien ici" in as_analyst.get("/admin/file/overdue/").content.decode()


@pytest.mark.parametrize("key", ["review", "rien", "x" * 300])
def test_a_section_one_does_not_have_is_not_found(key, as_analyst):
    assert as_analyst.get(f"/admin/file/{key}/").status_code == 404


@pytest.mark.slow
def test_what_waits_for_review_has_one_page(as_editor, analyst):
    for _number in range(9):
        publication.propose(factories.make_meeting(), by=analyst)

    (shown,) = [shown for shown in as_editor.get("/admin/").context["queue"] if shown.section.key == "review"]
    response = as_editor.get("/admin/file/review/")

    assert shown.url == "/admin/relecture/"
    assert (response.status_code, response["Location"]) == (302, "/admin/relecture/")


@pytest.mark.parametrize("path", ["/admin/file/overdue/", "/admin/preferences/", ASSIGN])
def test_nobody_enters_without_signing_in(path, client, db):
    response = client.get(path)

    assert response.status_code == 302
    assert "/login/" in response["Location"]


# Who follows a commitment


@pytest.mark.slow
def test_analyst_takes_a_closed_commitment_and_gives_it_back(as_analyst, analyst, editor):
    commitment = factories.make_commitment(published_by=editor)
    shown = as_analyst.get(page(commitment)).content.decode()
    assert "Je m’en charge" in shown

    taken = as_analyst.post(ASSIGN, {"pk": commitment.pk, "to": analyst.pk}, follow=True)

    assert taken.redirect_chain == [(page(commitment), 302)]
    assert "Suivi par awa" in messages_of(taken)
    assert "Ne plus le suivre" in taken.content.decode()
    as_analyst.post(ASSIGN, {"pk": commitment.pk, "to": ""})
    commitment.refresh_from_db()
    assert commitment.assigned_to is None


def test_analyst_is_offered_nothing_on_what_another_follows(as_analyst, editor):
    commitment = factories.make_commitment(published_by=editor)
    assignment.assign(commitment, to=editor, by=editor)

    text = as_analyst.get(page(commitment)).content.decode()
    refused = as_analyst.post(ASSIGN, {"pk": commitment.pk, "to": ""})

    assert "boubacar" in text
    assert f'action="{ASSIGN}"' not in text
    assert "boubacar suit déjà cet engagement" in refused.content.decode()
    commitment.refresh_from_db()
    assert commitment.assigned_to == editor


def test_analyst_cannot_name_somebody_else(as_analyst, analyst, editor):
    commitment = factories.make_commitment()

    response = as_analyst.post(ASSIGN, {"pk": commitment.pk, "to": editor.pk})

    assert response.context["form"].errors["to"]
    commitment.refresh_from_db()
    assert commitment.assigned_to is None


@pytest.mark.slow
def test_editor_gives_a_selection_to_anyone_after_asking(as_editor, analyst, editor):
    one, two = factories.make_commitment(published_by=editor), factories.make_commitment()
    factories.make_user("parti", is_active=False)
    data = {"action": "assign_selected", "_selected_action": [one.pk, two.pk]}

    asked = as_editor.post("/admin/commitments/commitment/", data, follow=True)
    text = asked.content.decode()
    done = as_editor.post(ASSIGN, sent(asked) | {"pk": [one.pk, two.pk], "to": analyst.pk}, follow=True)

    assert one.reference in text
    assert "awa" in text
    assert "parti<" not in text
    assert messages_of(done).count("Suivi par awa") == 2
    assert set(Commitment.objects.values_list("assigned_to", flat=True)) == {analyst.pk}


def test_a_selection_is_given_whole_or_not_at_all(as_analyst, analyst, editor):
    free, taken = factories.make_commitment(), factories.make_commitment()
    assignment.assign(taken, to=editor, by=editor)

    response = as_analyst.post(ASSIGN, {"pk": [free.pk, taken.pk], "to": analyst.pk})

    assert taken.reference in response.context["refused"][0]
    free.refresh_from_db()
    assert free.assigned_to is None


@pytest.mark.parametrize("key", ["", "x", "\x00", "9" * 30, "0"])
def test_a_bad_key_or_person_is_said_and_nothing_changes(key, as_editor):
    commitment = factories.make_commitment()

    nothing = as_editor.get(ASSIGN, {"pk": key})
    nobody = as_editor.post(ASSIGN, {"pk": commitment.pk, "to": key or "y"})

    assert nothing.status_code == 302
    assert nobody.status_code == 200
    assert nobody.context["form"].errors["to"]


def test_asking_changes_nothing(as_analyst, analyst):
    commitment = factories.make_commitment()

    response = as_analyst.get(ASSIGN, {"pk": commitment.pk, "to": analyst.pk})

    assert response.status_code == 200
    commitment.refresh_from_db()
    assert commitment.assigned_to is None


def test_who_may_only_read_does_not_assign(client, db):
    from django.contrib.auth.models import Permission

    reader = factories.make_user("lecteur")
    reader.user_permissions.add(Permission.objects.get(codename="view_commitment"))
    client.force_login(reader)
    commitment = factories.make_commitment()

    assert client.post(ASSIGN, {"pk": commitment.pk, "to": reader.pk}).status_code == 403
    assert f'action="{ASSIGN}"' not in client.get(page(commitment)).content.decode()


@pytest.mark.slow
def test_the_list_filters_by_who_follows(as_editor, analyst, editor):
    nobodys, mine, hers = (factories.make_commitment() for _number in range(3))
    assignment.assign(mine, to=editor, by=editor)
    assignment.assign(hers, to=analyst, by=editor)

    def listed(value):
        response = as_editor.get("/admin/commitments/commitment/", {"follower": value})
        return [record.pk for record in response.context["cl"].result_list]

    assert listed("me") == [mine.pk]
    assert listed("nobody") == [nobodys.pk]
    assert listed(analyst.pk) == [hers.pk]
    assert listed("9" * 30) == listed("x") == []


# Preferences


def test_a_person_keeps_their_own_preferences(as_analyst, analyst, editor):
    DeskPreference.objects.create(user=analyst, reminded_on="2026-11-20")
    text = as_analyst.get("/admin/preferences/").content.decode()
    assert "awa@example.org" in text

    response = as_analyst.post("/admin/preferences/", {"language": "en"}, follow=True)

    assert "enregistrées" in messages_of(response)
    kept = DeskPreference.objects.get()
    assert (kept.user, kept.language, kept.wants_reminders) == (analyst, "en", False)
    assert str(kept.reminded_on) == "2026-11-20"


@pytest.mark.parametrize("language", ["", "ru", "\x00", "x" * 5000])
def test_a_language_the_desk_does_not_have_is_refused(language, as_analyst):
    response = as_analyst.post("/admin/preferences/", {"language": language, "wants_reminders": "on"})

    assert response.status_code == 200
    assert response.context["form"].errors["language"]
    assert not DeskPreference.objects.exists()


def test_looking_at_preferences_writes_nothing(as_analyst):
    assert as_analyst.get("/admin/preferences/").status_code == 200
    assert not DeskPreference.objects.exists()


@pytest.mark.slow
def test_preferences_are_linked_from_every_page(as_analyst):
    for address in ("/admin/", "/admin/commitments/source/", "/admin/file/overdue/"):
        assert 'href="/admin/preferences/"' in as_analyst.get(address).content.decode()
