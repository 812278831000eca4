"""Every page of the desk answers, under the strict policy, in a number of queries that does not grow with the rows."""

from datetime import date

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext

from commitments.models import Claim, Instrument, Party, Sector
from tests import factories
from tests.admin.forms import page

NOUNS = sorted(model._meta.model_name for model in admin.site._registry if model._meta.app_label == "commitments")
REVIEWED = [noun for noun in NOUNS if noun not in ("claim", "party", "sector")]


def make(noun, editor, number=0):
    """Make one record of the noun, with what its pages show around it."""
    match noun:
        case "sector":
            return factories.make_sector(f"secteur-{number}")
        case "party":
            return factories.make_party(f"Q{number}")
        case "claim":
            return factories.make_discrepancy(published_by=editor).claims.first()
        case "citation":
            return factories.make_citation(meeting=factories.make_meeting(), exact=factories.AGREEMENT)
        case "assessment":
            return factories.make_assessment(
                commitment=factories.make_commitment(published_by=editor), party=factories.make_party(f"Q{number}")
            )
        case "search":
            return factories.make_search(
                commitment=factories.make_commitment(published_by=editor), party=factories.make_party(f"Q{number}")
            )
        case "milestone":
            return factories.make_milestone(met_on=date(2025, 4, 10))
        case "followupnote":
            return factories.make_note()
        case "discrepancy":
            return factories.make_discrepancy(settled_by=editor)
        case "commitment":
            # One instrument for all: Django shows a filter by instrument only from the second on.
            instrument = Instrument.objects.first() or factories.make_instrument()
            return factories.make_commitment(instrument=instrument)
        case "instrument":
            return factories.make_instrument(meeting=factories.make_meeting())
        case _:
            return getattr(factories, f"make_{noun}")()


def test_every_noun_is_at_the_desk():
    expected = {"assessment", "citation", "claim", "commitment", "discrepancy", "followupnote", "instrument"}

    assert set(NOUNS) == expected | {"meeting", "milestone", "party", "search", "sector", "source"}


@pytest.mark.slow
@pytest.mark.parametrize("noun", NOUNS)
def test_pages_answer_editor(noun, as_editor, editor):
    record = make(noun, editor)
    version = record.history.first().history_id

    pages = [f"/admin/commitments/{noun}/", f"/admin/commitments/{noun}/add/", page(record), page(record, "history")]
    pages += [f"{page(record, 'history')}{version}/", f"/admin/commitments/{noun}/?q=force"]
    found = {address: as_editor.get(address) for address in pages}

    for address, response in found.items():
        assert response.status_code == 200, address
        policy = response["Content-Security-Policy"]
        assert "script-src 'self'" in policy
        assert "style-src 'self'" in policy
        text = response.content.decode()
        assert " style=" not in text, address
        assert " onclick=" not in text, address


@pytest.mark.slow
@pytest.mark.parametrize("noun", NOUNS)
def test_pages_answer_analyst(noun, as_analyst, editor):
    record = make(noun, editor)
    may_add = 403 if noun in ("party", "sector") else 200

    found = {
        address: as_analyst.get(address).status_code
        for address in (f"/admin/commitments/{noun}/", page(record), page(record, "history"))
    }
    adding = as_analyst.get(f"/admin/commitments/{noun}/add/").status_code

    assert set(found.values()) == {200}
    assert adding == may_add


@pytest.mark.parametrize("noun", REVIEWED)
@pytest.mark.parametrize("act", ["publish", "send_back", "withdraw"])
def test_review_pages_are_editors_only(noun, act, as_analyst, as_editor, editor):
    record = make(noun, editor)
    address = f"/admin/commitments/{noun}/review/{act}/?pk={record.pk}"

    assert as_editor.get(address).status_code == 200
    assert as_analyst.get(address).status_code == 403
    assert as_analyst.post(address, {"pk": record.pk, "reason": "x"}).status_code == 403


def test_desk_needs_an_account(client, db):
    response = client.get("/admin/commitments/commitment/")

    assert response.status_code == 302
    assert "/admin/login/" in response["Location"]


def test_index_leads_to_the_public_site(as_editor):
    text = as_editor.get("/admin/").content.decode()

    assert "Suivi des engagements – bureau" in text
    assert 'href="/"' in text


@pytest.mark.slow
@pytest.mark.parametrize("noun", NOUNS)
def test_changelist_queries_do_not_grow(noun, as_editor, editor):
    address = f"/admin/commitments/{noun}/"
    make(noun, editor)
    as_editor.get(address)  # content types and permissions are read once
    with CaptureQueriesContext(connection) as one:
        as_editor.get(address)

    for number in range(1, 4):
        make(noun, editor, number)
    with CaptureQueriesContext(connection) as four:
        response = as_editor.get(address)

    assert response.context["cl"].result_count >= 4
    assert len(four) == len(one), "\n".join(query["sql"] for query in four)


@pytest.mark.slow
@pytest.mark.parametrize("field", ["source", "commitment", "assessment", "milestone", "note", "claim", "instrument"])
def test_autocomplete_queries_do_not_grow(field, as_editor, editor):
    noun = {"note": "followupnote"}.get(field, field)
    address = f"/admin/autocomplete/?app_label=commitments&model_name=citation&field_name={field}"
    make(noun, editor)
    as_editor.get(address)
    with CaptureQueriesContext(connection) as one:
        as_editor.get(address)

    for number in range(1, 12):
        make(noun, editor, number)
    with CaptureQueriesContext(connection) as many:
        response = as_editor.get(address)

    assert len(response.json()["results"]) > 1
    assert len(many) == len(one)


def test_commitment_page_lists_what_follows_from_it(as_editor, analyst, editor):
    commitment = factories.make_commitment(published_by=editor)
    assessment = factories.make_assessment(commitment=commitment, proposed_by=analyst)
    milestone = factories.make_milestone(commitment=commitment, title_fr="Un jalon")
    search = factories.make_search(commitment=commitment, milestone=milestone)
    note = factories.make_note(commitment=commitment, body_fr="Une note de suivi")

    text = as_editor.get(page(commitment)).content.decode()

    for record in (assessment, search, milestone, note, commitment.citations.get()):
        assert page(record) in text
    assert f"/admin/commitments/assessment/add/?commitment={commitment.pk}" in text
    assert "Retrouvée mot pour mot dans le texte archivé" in text


def test_commitment_page_leads_from_its_top_to_a_new_judgement_and_a_new_search(as_analyst, client, db):
    commitment = factories.make_commitment()
    links = [
        f'<a href="/admin/commitments/assessment/add/?commitment={commitment.pk}" class="addlink">Proposer',
        f'<a href="/admin/commitments/search/add/?commitment={commitment.pk}" class="addlink">Recherche faite',
    ]

    tools = as_analyst.get(page(commitment)).content.decode().split('<ul class="object-tools">')[1].split("</ul>")[0]
    client.force_login(factories.make_user())  # staff, in no group

    assert [link in tools for link in links] == [True, True]
    assert "addlink" not in client.get(page(commitment)).content.decode()


@pytest.mark.parametrize("value", ["abc", "999999", "9" * 30, "", "1,2"])
def test_prefilled_address_naming_nothing_is_ignored(value, as_analyst):
    response = as_analyst.get("/admin/commitments/assessment/add/", {"commitment": value, "nothing": "1"})

    assert response.status_code == 200


@pytest.mark.parametrize("keys", ["", "pk=abc", "pk=999999", "pk=1&pk=x", "pk=%00"])
def test_review_page_naming_nothing_goes_back_to_the_list(keys, as_editor):
    response = as_editor.get(f"/admin/commitments/commitment/review/publish/?{keys}")

    assert response.status_code == 302
    assert response["Location"] == "/admin/commitments/commitment/"


HOSTILE = [
    "state__exact=%00",
    "state__exact=zzz",
    "status=zzz",
    "status=%00",
    "timeliness=%00",
    "sector__id__exact=abc",
    "sector__id__exact=99999999999999999999",
    "p=9999",
    "p=-1",
    "o=99.x",
    "made_on__year=abc",
    "made_on__year=0",
    "made_on__month=13&made_on__year=2025",
    "q=%00",
    "q=" + "x" * 3000,
    "nothing=1",
    "e=1",
]


@pytest.mark.slow
@pytest.mark.parametrize("noun", NOUNS)
def test_hostile_list_address_is_no_error(noun, as_editor, editor):
    make(noun, editor)

    statuses = {query: as_editor.get(f"/admin/commitments/{noun}/?{query}").status_code for query in HOSTILE}

    assert {query: status for query, status in statuses.items() if status not in (200, 302)} == {}


@pytest.mark.parametrize("term", ["%00", "x" * 3000, "%27"])
def test_hostile_autocomplete_is_no_error(term, as_editor):
    address = "/admin/autocomplete/?app_label=commitments&model_name=citation&field_name=source"

    assert as_editor.get(f"{address}&term={term}").status_code == 200


def test_review_page_of_no_act_is_not_found(as_editor):
    assert as_editor.get("/admin/commitments/commitment/review/erase/?pk=1").status_code == 404


def test_analyst_cannot_change_reference_lists(as_analyst, db):
    sector = factories.make_sector("energie")

    response = as_analyst.post(page(sector), {"name_fr": "Autre", "slug": "autre", "position": "0"})

    assert response.status_code == 403
    assert Sector.objects.get().name_fr == "Energie"


def test_editor_records_members(as_editor, db):
    from tests.admin.forms import typed_back

    organisation, member = factories.make_party("AES", kind="organisation"), factories.make_party("ML")
    typed = typed_back(as_editor, page(organisation))

    typed |= {"memberships-TOTAL_FORMS": "1", "memberships-0-member": member.pk, "memberships-0-role_fr": "présidence"}
    response = as_editor.post(page(organisation), typed)

    assert response.status_code == 302, response.context["errors"]
    assert list(Party.objects.get(code="AES").members.all()) == [member]
    assert Claim.objects.count() == 0
