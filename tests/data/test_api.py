"""The API: lists and records, by pages that stay right, with the days, the filters and the refusals of the pages."""

import json
import os
import re
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from commitments.data.api.examples import FILE
from commitments.data.api.resources import RESOURCES
from commitments.data.api.site import api
from commitments.models import Commitment, Undertaking
from commitments.rules.review import publication
from commitments.rules.search.kinds import RecordKind
from tests import factories
from tests.public.conftest import on

SITE = "https://tracker.example.org"
CHANGES = "/api/v1/changes?commitment=AES-RU-2025-04&limit=1"
UID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def asked(client, address, status=200):
    response = client.get(f"/api/v1{address}" if not address.startswith("http") else address)
    assert response.status_code == status, response.content
    return response.json()


def all_of(client, address):
    """Return the items of a list, page after page."""
    found, next_one = [], address
    while next_one:
        answer = asked(client, next_one)
        found += answer["items"]
        next_one = answer["next"]
    return found


@pytest.mark.slow
def test_every_list_leads_to_every_record(client, full_site):
    for name, resource in RESOURCES.items():
        items = all_of(client, f"/{name}?limit=100")

        assert items, name
        assert len({item[resource.key] for item in items}) == len(items)
        for item in items[:5]:
            assert asked(client, item["links"]["self"]) == item


@pytest.mark.slow
def test_a_list_by_pages_is_the_list(client, full_site):
    for name in RESOURCES:
        whole = all_of(client, f"/{name}?limit=100")

        assert all_of(client, f"/{name}?limit=7") == whole
        assert asked(client, f"/{name}?limit=1")["count"] == len(whole)


@pytest.mark.slow
def test_the_links_of_a_record_lead_somewhere(client, full_site):
    for name in RESOURCES:
        item = asked(client, f"/{name}?limit=1")["items"][0]

        for link in item["links"].values():
            if not link.endswith("/annotation"):
                assert client.get(link.partition("#")[0]).status_code == 200, link


@pytest.mark.parametrize("basis", ["agreed", "expected", "envisaged"])
def test_the_commitments_of_a_text_a_party_a_sector_are_all_that_is_recorded(client, editor, basis):
    commitment = factories.make_commitment(basis=basis, published_by=editor)

    for address in (f"instruments/{commitment.instrument.reference}", "parties/RU", "sectors/securite"):
        link = asked(client, f"/{address}")["links"]["commitments"]
        assert [item["reference"] for item in client.get(link).json()["items"]] == [commitment.reference], address


def test_the_next_page_is_in_the_headers_too(client, full_site):
    response = client.get("/api/v1/commitments?limit=2")

    assert response["Link"] == f'<{response.json()["next"]}>; rel="next"'


@pytest.mark.slow
@pytest.mark.parametrize("name", ["commitments", "citations", "sources"])
def test_what_is_added_while_somebody_reads_page_by_page_repeats_and_hides_nothing(client, record, editor, name):
    for _ in range(5):
        commitment = factories.make_commitment(published_by=editor)
        factories.make_citation(
            commitment=commitment, source=factories.make_source(published_by=editor), published_by=editor
        )
    key = RESOURCES[name].key
    before = [item[key] for item in all_of(client, f"/{name}")]
    first = asked(client, f"/{name}?limit=3")

    early = factories.make_commitment(reference="AA-RU-2020-01", published_by=editor)
    source = factories.make_source(reference="A0", published_by=editor)
    factories.make_citation(commitment=early, source=source, published_by=editor)
    if name == "commitments":
        seen = Commitment.objects.get(reference=first["items"][-1]["reference"])
        publication.withdraw(seen, by=editor, reason="Doublon.")
    rest = [item[key] for item in all_of(client, first["next"])]

    assert [item[key] for item in first["items"]] + [key for key in rest if key in before] == before


def test_only_the_fields_asked_for_and_the_key_are_there(client, record):
    item = asked(client, "/commitments?fields=title_en,undertakings")["items"][0]

    assert list(item) == ["reference", "title_en", "undertakings"]
    assert item["undertakings"] == [
        {"party": "AES", "role": "benefits", "according_to": None},
        {"party": "RU", "role": "undertakes", "according_to": None},
    ]


def test_a_list_has_what_the_page_lists_under_the_same_filters(client, full_site):
    for query in ("q=force", "party=RU&status=not_assessed", "sector=securite", "basis=agreed", "timeliness=overdue"):
        rows = client.get(f"/engagements/?{query}").context["table"]
        shown = {item.reference for item in rows.data[0 : len(rows.data)]}

        found = asked(client, f"/commitments?limit=100&{query}")

        assert {item["reference"] for item in found["items"]} == shown
        assert found["count"] == len(shown)


def test_the_search_finds_what_the_list_finds_in_its_order(client, full_site):
    for words in ("force", "formation militaire", "l'armée", "consultations annuelles"):
        rows = client.get("/engagements/", {"q": words}).context["table"].data
        shown = [item.reference for item in rows[0 : len(rows)]]

        found = all_of(client, f"/search?q={words}&kind=commitment&limit=3")

        assert [item["reference"] for item in found] == shown


@pytest.mark.slow
@pytest.mark.one_database
def test_the_search_finds_every_kind_of_record_each_with_its_place(client, full_site):
    found = all_of(client, "/search?q=Diop&limit=3")

    kinds = [item["kind"] for item in found]
    assert kinds == sorted(kinds, key=RecordKind.values.index)
    assert set(kinds) == {"commitment", "meeting", "instrument", "source", "discrepancy", "note"}
    for item in found:
        assert client.get(item["links"]["self"]).json()["links"]["self"] == item["links"]["self"]
        for name in ("page", "page_en"):
            address, _mark, fragment = item["links"][name].partition("#")
            page = client.get(address)
            assert page.status_code == 200
            assert not fragment or f'id="{fragment}"' in page.content.decode(), item["links"][name]
    assert [item["id"] for item in all_of(client, "/search?q=Diop&kind=note")] == [
        item["id"] for item in found if item["kind"] == "note"
    ]
    assert {problem["parameter"] for problem in asked(client, "/search?q=Diop&kind=lion", 400)["errors"]} == {"kind"}


def test_an_excerpt_is_text_with_the_places_of_the_words_found(client, editor):
    long = "Des camions &amp; <b>rien</b>. " + "Avant elle, on parle d’autre chose. " * 4
    factories.make_commitment(statement_fr=f"{long}Une armée mobile, des armées. {long}", published_by=editor)

    (found,) = asked(client, "/search?q=armée&basis=all")["items"]
    excerpt = found["excerpt"]

    text = excerpt["text"]
    assert excerpt["language"] == "fr"
    assert [text[mark["start"] : mark["end"]] for mark in excerpt["marks"]] == ["armée", "armées"]
    assert text.startswith("… ")
    assert text.endswith(" …")
    assert text[2:-2] in f"{long}Une armée mobile, des armées. {long}"
    (short,) = asked(client, "/search?q=camions&basis=all")["items"]
    assert short["excerpt"]["text"].startswith("Des camions &amp; <b>rien</b>.")


def test_what_is_no_commitment_is_counted_only_where_it_is_asked_for(client, full_site):
    proper, every = (
        asked(client, "/commitments?limit=1")["count"],
        asked(client, "/commitments?limit=1&basis=all")["count"],
    )
    apart = {
        basis: asked(client, f"/commitments?limit=1&basis={basis}")["count"] for basis in ("expected", "envisaged")
    }

    assert proper == asked(client, "/commitments?limit=1&basis=undertaken")["count"]
    assert apart == {"expected": 7, "envisaged": 3}
    assert every == proper + 10
    searched = "/search?q=coopération&kind=commitment&limit=100"
    found = {item["basis"] for item in all_of(client, searched)}
    assert found
    assert not found & {"expected", "envisaged"}
    assert {item["basis"] for item in all_of(client, f"{searched}&basis=envisaged")} == {"envisaged"}
    assert {"expected", "envisaged"} <= {item["basis"] for item in all_of(client, f"{searched}&basis=all")}


@pytest.mark.slow
def test_the_changes_are_those_of_the_feed_and_are_followed(client, record, editor):
    told = client.get("/flux/tout.json").json()["items"]
    changes = all_of(client, "/changes?limit=3")

    assert len(changes) == len(told)
    assert [item["at"] for item in changes] == sorted(item["at"] for item in changes)
    with on("2026-11-22"):
        record.commitment.title_fr = "Un autre titre"
        record.commitment.save()
        (new,) = asked(client, f"/changes?after={changes[-1]['id']}")["items"]
        of_one = all_of(client, f"/changes?commitment={record.commitment.reference}")
    assert (new["act"], new["commitment"]) == ("corrected", record.commitment.reference)
    assert new["fields"] == [{"name": "title_fr", "from": "Renforcer la Force unifiée", "to": "Un autre titre"}]
    assert new in of_one
    assert len(of_one) < len(changes) + 1


def test_a_past_day_reads_as_its_page_does(client, record, editor):
    with on("2026-11-23"):
        record.commitment.title_fr = "Un autre titre"
        record.commitment.save()
        Undertaking.objects.get(commitment=record.commitment, party__code="AES").delete()
        factories.make_commitment(reference="AES-RU-2025-77", published_by=editor)
    with on("2026-11-24"):
        now = asked(client, "/commitments")
        then = asked(client, "/commitments?known_on=2026-11-22")
        early = asked(client, "/commitments?as_of=2024-01-01")

    assert [item["title_fr"] for item in now["items"]] == ["Un autre titre", "Renforcer la Force unifiée"]
    assert [item["title_fr"] for item in then["items"]] == ["Renforcer la Force unifiée"]
    assert len(then["items"][0]["undertakings"]) == 2
    assert len(now["items"][0]["undertakings"]) == 1
    assert then["reading"] == {"as_of": None, "known_on": "2026-11-22"}
    assert early["items"] == []


def test_an_answer_that_has_not_changed_is_not_sent_again(client, record):
    tag = client.get("/api/v1/commitments")["ETag"]

    assert client.get("/api/v1/commitments", headers={"If-None-Match": tag}).status_code == 304
    record.commitment.title_fr = "Un autre titre"
    record.commitment.save()
    assert client.get("/api/v1/commitments", headers={"If-None-Match": tag}).status_code == 200


def test_any_page_of_any_site_may_read_and_none_may_write(client, record):
    origin = {"Origin": "https://elsewhere.example"}
    asking = {**origin, "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "if-none-match"}

    assert client.get("/api/v1/commitments", headers=origin)["Access-Control-Allow-Origin"] == "*"
    allowed = client.options("/api/v1/commitments", headers=asking)
    assert (allowed.status_code, allowed["Access-Control-Allow-Origin"]) == (200, "*")
    assert "POST" not in allowed["Access-Control-Allow-Methods"]
    for method in (client.post, client.put, client.patch, client.delete):
        refused = method("/api/v1/commitments")
        assert refused.status_code == 405
        assert refused["Content-Type"] == "application/problem+json"
    assert "Access-Control-Allow-Origin" not in client.get("/admin/login/", headers=origin)
    assert client.head("/api/v1/commitments").status_code == 200
    assert client.options("/api/v1/commitments").status_code == 204


def test_no_cookie_is_set(client, record):
    assert not client.get("/api/v1/commitments").cookies


@pytest.mark.parametrize(
    ("address", "status", "parameter"),
    [
        ("/commitments?limit=0", 400, "limit"),
        ("/commitments?limit=101", 400, "limit"),
        ("/commitments?limit=dix", 400, "limit"),
        ("/commitments?limit=", 400, "limit"),
        ("/commitments?fields=titre", 400, "fields"),
        ("/commitments?as_of=hier", 400, "as_of"),
        ("/commitments?as_of=2030-01-01", 400, "as_of"),
        ("/commitments?known_on=", 400, "known_on"),
        ("/commitments?sector=nulle-part", 404, "sector"),
        ("/commitments?statut=limited", 400, "statut"),
        ("/commitments?q=" + "x" * 201, 400, "q"),
        ("/commitments?q=%00", 400, "q"),
        ("/assessments?after=12", 400, "after"),
        ("/assessments?commitment=JAMAIS-2025-01", 404, "commitment"),
        ("/search", 400, "q"),
        ("/search?q=force&after=AES", 400, "after"),
        ("/parties/RU?champs=code", 400, "champs"),
    ],
)
def test_what_cannot_be_read_is_said_to_be_wrong(client, record, address, status, parameter):
    response = client.get(f"/api/v1{address}")

    assert response["Content-Type"] == "application/problem+json"
    told = asked(client, address, status)
    assert told["title"].lower() == {400: "bad request", 404: "not found"}[status]
    assert parameter in {error["parameter"] for error in told["errors"]}


@pytest.mark.parametrize(
    "address",
    [
        "/rien",
        "/commitments/",
        "/commitments/JAMAIS-2025-01",
        "/commitments/a/b",
        "/citations/00000000-0000-4000-8000-000000000000",
        "/assessments?after=00000000-0000-4000-8000-000000000000",
    ],
)
def test_what_is_not_there_is_a_problem(client, record, address):
    response = client.get(f"/api/v1{address}")

    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["detail"]


def test_what_is_withdrawn_says_so_and_no_more(client, record, editor):
    publication.withdraw(record.assessment, by=editor, reason="Source corrigée.")
    publication.withdraw(record.commitment, by=editor, reason="Doublon.")

    told = asked(client, f"/commitments/{record.commitment.reference}", 410)

    assert told["reason"] == "Doublon."
    assert "Force" not in json.dumps(told)
    assert asked(client, "/assessments")["items"] == []


def test_a_draft_answers_as_what_never_was(client, record):
    draft = factories.make_commitment(reference="ZYGOMAR-2025-01")

    told = asked(client, f"/commitments/{draft.reference}", 404)

    assert told["detail"].replace("ZYGOMAR", "JAMAIS") == asked(client, "/commitments/JAMAIS-2025-01", 404)["detail"]


@pytest.mark.one_database
@pytest.mark.slow
@pytest.mark.parametrize("name", RESOURCES)
def test_a_list_asks_the_same_number_of_queries_at_one_record_and_at_many(client, record, analyst, editor, name):
    def queries(address):
        cache.clear()
        with CaptureQueriesContext(connection) as found:
            asked(client, address)
        return len(found)

    queries(f"/{name}?limit=1")
    at_one = queries(f"/{name}?limit=2")
    for _ in range(4):
        other = factories.make_commitment(published_by=editor, sector=factories.make_sector(f"s{_}"))
        factories.make_assessment(commitment=other, proposed_by=analyst, published_by=editor)
        step = factories.make_milestone(commitment=other, published_by=editor)
        factories.make_search(commitment=other, milestone=step, proposed_by=analyst, published_by=editor)
        factories.make_note(commitment=other, published_by=editor)
        factories.make_discrepancy(published_by=editor, settled_by=editor).commitments.add(other)
        meeting = factories.make_meeting(published_by=editor)
        factories.make_citation(meeting=meeting, source=factories.make_source(published_by=editor), published_by=editor)
    queries(f"/{name}?limit=3")

    assert queries(f"/{name}?limit=50") <= at_one + 1
    assert at_one <= 12


@pytest.mark.slow
def test_the_description_is_of_openapi_3_1_with_examples(client, db):
    described = asked(client, "/openapi.json")

    assert described["openapi"].startswith("3.1")
    for methods in described["paths"].values():
        assert list(methods) == ["get"]
        operation = methods["get"]
        assert operation["summary"]
        assert operation["responses"]["200"]["content"]["application/json"]["example"]
        assert "application/problem+json" in operation["responses"]["400"]["content"]
        for parameter in operation.get("parameters", []):
            assert parameter.get("description") or parameter["schema"].get("description"), parameter


def named_alike(text):
    """Return `text` with other identifiers in the place of those that are made anew each time: not of a fixture."""
    fixed = "".join(path.read_text(encoding="utf-8") for path in Path("fixtures").glob("*.json"))
    for number, uid in enumerate(dict.fromkeys(UID.findall(text))):
        if uid not in fixed:
            text = text.replace(uid, str(UUID(int=number))).replace(f"-{uid[:8]}", "-00000000")
    return text


@pytest.mark.slow
def test_the_examples_are_what_the_api_answers(client, full_site, settings):
    """With TRACKER_WRITE_EXAMPLES set (`make api-examples`) they are taken anew instead."""
    taken = {}
    for methods in api.get_openapi_schema()["paths"].values():
        operation = methods["get"]["operationId"]
        kind, _mark, name = operation.partition("_")
        if kind == "list":
            address = f"/api/v1/{name}?limit=1"
        elif kind == "get":
            resource = next(item for item in RESOURCES.values() if item.singular == name)
            item = asked(client, f"/{resource.name}?limit=2")["items"][-1]
            address = f"/api/v1/{resource.name}/{item[resource.key]}"
        else:
            address = {"start": "/api/v1/", "search": "/api/v1/search?q=Karamoko&limit=1", "changes": CHANGES}[kind]
        answer = client.get(address).json()
        answer.pop("revision", None)
        text = named_alike(json.dumps({"request": address, "answer": answer}))
        taken[operation] = json.loads(text.replace("http://testserver", SITE))

    if os.environ.get("TRACKER_WRITE_EXAMPLES"):
        FILE.write_text(json.dumps(taken, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    assert json.loads(FILE.read_text(encoding="utf-8")) == taken


@pytest.mark.slow
@pytest.mark.parametrize("prefix", ["", "/en"])
def test_the_page_says_what_the_description_says(client, db, prefix):
    html = client.get(f"{prefix}/api/").content.decode()

    for path, methods in api.get_openapi_schema()["paths"].items():
        assert f"GET {path}" in html
        for parameter in methods["get"]["parameters"]:
            assert f"<code>{parameter['name']}</code>" in html
    assert "<script>" not in html


@pytest.mark.slow
def test_a_list_of_a_past_day_has_all_its_pages_and_counts_what_it_has(client, record, editor):
    other = factories.make_commitment(published_by=editor)
    passages = [
        factories.make_citation(commitment=record.commitment, source=record.source, published_by=editor)
        for _n in range(4)
    ]
    with on("2026-11-23"):
        for passage in passages[:2]:
            passage.commitment = other
            passage.save()
    with on("2026-11-24"):
        whole = all_of(client, "/citations?known_on=2026-11-22")
        paged = all_of(client, "/citations?known_on=2026-11-22&limit=1")
        count = asked(client, "/citations?known_on=2026-11-22&limit=1")["count"]

    assert [item["uid"] for item in paged] == [item["uid"] for item in whole]
    assert len(whole) == count
    assert not {str(passage.uid) for passage in passages[:2]} & {item["uid"] for item in whole}
    assert {str(passage.uid) for passage in passages[2:]} <= {item["uid"] for item in whole}


def test_a_filter_on_a_past_day_is_of_what_was_known_then(client, record):
    with on("2026-11-23"):
        record.source.kind = "agency" if record.source.kind != "agency" else "press"
        record.source.save()
    with on("2026-11-24"):
        then = asked(client, f"/sources/{record.source.reference}?known_on=2026-11-22")["kind"]
        found = {
            kind: [item["reference"] for item in asked(client, f"/sources?kind={kind}&known_on=2026-11-22")["items"]]
            for kind in (then, record.source.kind)
        }

    assert then != record.source.kind
    assert record.source.reference in found[then]
    assert found[record.source.kind] == []


@pytest.mark.parametrize("kind", ["instrument", "meeting"])
def test_the_notes_on_a_text_or_a_meeting_are_listed_for_it_and_lead_to_its_page(client, record, editor, kind):
    target = getattr(record, kind)
    note = factories.make_note(**{kind: target}, published_by=editor)
    hidden = factories.make_note(instrument=factories.make_instrument(reference="brouillon"))

    found = asked(client, f"/notes?{kind}={target.reference}")["items"]
    whole = asked(client, "/notes")["items"]
    above = asked(client, f"/{kind}s/{target.reference}")["links"]

    assert [item["uid"] for item in found] == [str(note.uid)]
    assert found[0]["links"]["page"].endswith(note.get_absolute_url())
    assert above["notes"].endswith(f"/api/v1/notes?{kind}={target.reference}")
    assert {item["uid"] for item in whole} == {str(note.uid), str(record.note.uid)}
    assert str(hidden.uid) not in str(whole)
    assert client.get("/api/v1/notes?instrument=brouillon").status_code == 404


def test_searches_are_listed_for_what_they_are_about_and_lead_to_their_place(client, record, analyst, editor):
    signed = {"commitment": record.commitment, "proposed_by": analyst, "published_by": editor}
    of_step = factories.make_search(milestone=record.milestone, **signed)
    of_party = factories.make_search(party=factories.make_party("RU"), **signed)
    factories.make_search(commitment=record.commitment, party=factories.make_party("AES"), proposed_by=analyst)

    for query, wanted in (
        ("", [record.search, of_step, of_party]),
        (f"commitment={record.commitment.reference}", [record.search, of_step, of_party]),
        (f"milestone={record.milestone.uid}", [of_step]),
        ("party=RU", [of_party]),
        ("party=AES", []),
    ):
        assert [item["uid"] for item in asked(client, f"/searches?{query}")["items"]] == [
            str(one.uid) for one in wanted
        ]
    one = asked(client, f"/searches/{of_step.uid}")
    assert one["links"]["page"].endswith(of_step.get_absolute_url())
    for above in (f"commitments/{record.commitment.reference}", f"milestones/{record.milestone.uid}", "parties/RU"):
        assert "/api/v1/searches?" in asked(client, f"/{above}")["links"]["searches"]
    publication.withdraw(of_step, by=editor, reason="Doublon.")
    assert asked(client, f"/searches/{of_step.uid}", 410)["reason"] == "Doublon."


def test_who_settles_a_question_later_is_not_told_of_the_day_before(client, record, editor):
    discrepancy = factories.make_discrepancy(reference="AES-RU-D09", published_by=editor)
    with on("2026-11-23"):
        claim = discrepancy.claims.first()
        claim.is_adopted = True
        claim.save()
        discrepancy.settled_on, discrepancy.settled_by = date(2026, 11, 23), editor
        discrepancy.reason_fr = "Deux sources le disent."
        discrepancy.save()
    with on("2026-11-24"):
        then, now = (asked(client, f"/discrepancies/AES-RU-D09{query}") for query in ("?known_on=2026-11-22", ""))

    assert (then["settled_by"], then["settled_at"], then["settled_on"]) == (None, None, None)
    assert now["settled_by"] == editor.get_full_name()


@pytest.mark.slow
def test_a_change_of_a_role_is_followed_past_and_filters_hold_together(client, record):
    with on("2026-11-22"):
        record.commitment.statement_fr = "Les parties renforcent la Force unifiée."
        record.commitment.save()
    with on("2026-11-23"):
        record.commitment.undertakings.get(role="benefits").delete()
        everything = all_of(client, "/changes")
        roles = [item for item in everything if item["noun"] == "undertaking"]
        after = asked(client, f"/changes?after={roles[-1]['id']}")
        both = asked(client, "/changes?commitment=AES-RU-2025-01&party=ML", 404)
        mine = asked(client, "/changes?commitment=AES-RU-2025-01&party=RU")
        alone = asked(client, "/changes?commitment=AES-RU-2025-01")

    assert len(roles) == 1
    assert after["items"] == everything[everything.index(roles[0]) + 1 :]
    assert both["status"] == 404
    assert mine["items"] == alone["items"] != []


@pytest.mark.slow
def test_the_root_leads_to_every_list_and_to_the_description(client, record):
    start = asked(client, "/")

    assert {"commitments", "changes", "search", "searches", "notes"} <= start.keys()
    for name, address in start.items():
        assert client.get(address if name != "search" else f"{address}?q=force").status_code == 200, name
