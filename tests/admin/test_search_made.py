"""From the list of commitments: a search was made and found nothing; proposed for each one chosen, or for none."""

from datetime import date

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from commitments.models import Search
from tests import factories
from tests.admin.forms import messages_of, sent

LIST = "/admin/commitments/commitment/"
ADDRESS = f"{LIST}search-made/"
TYPED = {"searched_on": "20/11/2026", "searched_where_fr": "Presse des quatre États", "sought_fr": "Une livraison"}


def address(*commitments):
    return f"{ADDRESS}?" + "&".join(f"pk={commitment.pk}" for commitment in commitments)


@pytest.fixture
def commitments(editor):
    return [factories.make_commitment(published_by=editor) for _number in range(2)]


def test_action_leads_to_the_page(as_analyst, commitments):
    typed = {"action": "search_made", "_selected_action": [commitment.pk for commitment in commitments]}

    response = as_analyst.post(LIST, typed, follow=True)

    assert response.status_code == 200
    assert {row[0] for row in response.context["rows"]} == set(commitments)


def test_page_shows_what_each_status_is_now(as_analyst, analyst, editor, commitments):
    factories.make_assessment(commitment=commitments[0], proposed_by=analyst, published_by=editor)
    factories.make_search(commitment=commitments[1], proposed_by=analyst, published_by=editor)

    shown = as_analyst.get(address(*commitments))

    assert {row[0].pk: row[1] for row in shown.context["rows"]} == {
        commitments[0].pk: "limited",
        commitments[1].pk: "no_evidence",
    }
    for words in ("10 avril 2025", "recherche du 20 avril 2025"):
        assert words in shown.content.decode()


def test_nothing_is_filled_in_for_whoever_searched(as_analyst, commitments):
    typed = sent(as_analyst.get(address(*commitments)))

    assert {name: value for name, value in typed.items() if value and name not in ("pk", "csrfmiddlewaretoken")} == {}


@pytest.mark.slow
def test_one_proposal_is_made_for_each(as_analyst, analyst, commitments):
    typed = TYPED | {"pk": [commitment.pk for commitment in commitments], "searched_where_en": "Press"}

    response = as_analyst.post(ADDRESS, typed, follow=True)

    assert "2 recherches proposées" in messages_of(response)
    made = Search.objects.all()
    assert {item.commitment for item in made} == set(commitments)
    assert {
        (item.state, item.searched_on, item.searched_where_en, item.sought_fr, item.proposed_by) for item in made
    } == {("in_review", date(2026, 11, 20), "Press", "Une livraison", analyst)}


def test_refusal_names_the_commitment_and_loses_nothing(as_analyst, commitments):
    draft = factories.make_commitment()
    shown = as_analyst.get(address(*commitments, draft))
    typed = sent(shown) | TYPED | {"searched_by_fr": "Awa", "sought_en": "A delivery", "period_from": "01/01/2026"}
    typed["pk"] = [commitment.pk for commitment in (*commitments, draft)]

    response = as_analyst.post(ADDRESS, typed)

    text = response.content.decode()
    assert draft.reference in " ".join(response.context["refused"])
    assert "n’est pas publié" in text
    again = sent(response)
    kept = (*TYPED, "searched_by_fr", "sought_en", "period_from")
    assert {name: again[name] for name in kept} == {name: typed[name] for name in kept}
    assert not Search.objects.exists()


def test_commitment_made_after_the_day_is_refused(as_analyst, commitments):
    typed = TYPED | {"pk": commitments[0].pk, "searched_on": "01/01/2020"}

    response = as_analyst.post(ADDRESS, typed)

    assert "précède l’engagement" in " ".join(response.context["refused"])


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("searched_on", ""),
        ("searched_on", "32/13/2026"),
        ("searched_where_fr", " "),
        ("searched_where_fr", "a\x00b"),
        ("searched_where_fr", "x" * 501),
        ("searched_by_fr", "x" * 161),
        ("period_from", "hier"),
    ],
)
def test_bad_input_is_refused_next_to_it(field, typed, as_analyst, commitments):
    response = as_analyst.post(ADDRESS, TYPED | {"pk": commitments[0].pk, field: typed})

    assert field in response.context["form"].errors
    assert not Search.objects.exists()


def test_period_that_ends_before_it_begins_is_refused_by_name(as_analyst, commitments):
    typed = TYPED | {"pk": commitments[0].pk, "period_from": "02/05/2026", "period_to": "01/05/2026"}

    assert "finit avant de commencer" in as_analyst.post(ADDRESS, typed).content.decode()
    assert not Search.objects.exists()


def test_search_of_a_day_to_come_is_refused(as_analyst, commitments):
    response = as_analyst.post(ADDRESS, TYPED | {"pk": commitments[0].pk, "searched_on": "22/11/2026"})

    assert response.context["refused"]
    assert not Search.objects.exists()


@pytest.mark.parametrize("keys", ["", "pk=abc", "pk=999999", "pk=%00", f"pk={'9' * 40}"])
def test_address_naming_nothing_goes_back_to_the_list(keys, as_analyst):
    response = as_analyst.get(f"{ADDRESS}?{keys}")

    assert (response.status_code, response["Location"]) == (302, LIST)


@pytest.mark.slow
def test_more_than_a_page_can_show_is_refused(as_analyst, commitments, monkeypatch):
    monkeypatch.setattr("commitments.admin.review.acts.MOST_AT_ONCE", 1)

    response = as_analyst.get(address(*commitments), follow=True)

    assert "Au plus 1" in messages_of(response)


@pytest.mark.slow
def test_page_is_for_those_who_may_search(client, commitments):
    reader = factories.make_user("lecteur")
    reader.user_permissions.add(Permission.objects.get(codename="view_commitment"))
    client.force_login(reader)

    assert client.get(address(*commitments)).status_code == 403
    assert client.post(ADDRESS, TYPED | {"pk": commitments[0].pk}).status_code == 403
    assert "search_made" not in client.get(LIST).content.decode()


@pytest.mark.slow
def test_queries_of_the_page_do_not_grow(as_analyst, editor, commitments):
    as_analyst.get(address(commitments[0]))
    with CaptureQueriesContext(connection) as one:
        as_analyst.get(address(commitments[0]))

    more = [factories.make_commitment(published_by=editor) for _number in range(5)]
    with CaptureQueriesContext(connection) as many:
        as_analyst.get(address(*commitments, *more))

    assert len(many) == len(one)
