"""A citation as a web annotation: it resolves to its place in the archived text, and tells what pages tell, no more."""

import base64
import hashlib
import json
import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from commitments.data import annotations
from commitments.data.origin import Origin
from commitments.models import Citation
from commitments.public.records.passages import MARGIN
from commitments.reading import NOW
from commitments.rules.review import publication
from commitments.rules.text import quotes
from tests import factories
from tests.data.reading import expanded, triples
from tests.public.conftest import make_internal, on

pytestmark = pytest.mark.one_database

HOST = "http://testserver"
OA = "http://www.w3.org/ns/oa#"


def address(citation):
    return f"/api/v1/citations/{citation.uid}/annotation"


def read(client, citation, query=""):
    response = client.get(address(citation) + query)
    assert response.status_code == 200
    return json.loads(response.content)


def selectors(annotation):
    return {selector["type"]: selector for selector in annotation["target"]["selector"]}


@pytest.fixture
def cited(record):
    """The public citation of a public commitment."""
    return record.commitment.citations.get(source=record.source)


@pytest.mark.slow
def test_every_citation_of_the_seed_articles_resolves_to_its_place(full_site, rf):
    origin = Origin(rf.get("/"))
    resolved = 0
    for row in Citation.objects.published().filter(verification="verified").select_related("source"):
        citation, passage = annotations.find(str(row.uid), NOW)
        annotation = annotations.annotation(origin, citation, passage)
        text = row.source.text
        quote, place = (selectors(annotation)[f"Text{kind}Selector"] for kind in ("Quote", "Position"))
        archived = annotation["target"]["state"]["cached"]

        assert archived["sha256"] == hashlib.sha256(text.encode()).hexdigest()
        digest = base64.urlsafe_b64decode(archived["id"].partition(";")[2] + "=")
        assert digest.hex() == archived["sha256"]
        start, end = place["start"], place["end"]
        before, after = quote.get("prefix", ""), quote.get("suffix", "")
        assert text[start:end] == quote["exact"]
        assert text[max(0, start - len(before)) : start] == before
        assert text[end : end + len(after)] == after
        assert quotes.fold(quote["exact"]).text.strip() == quotes.fold(row.exact).text.strip()
        resolved += 1

    assert resolved > 100


def test_an_annotation_has_what_the_model_requires(client, cited):
    annotation = read(client, cited)

    assert annotation["@context"][0] == "http://www.w3.org/ns/anno.jsonld"
    assert annotation["type"] == "Annotation"
    assert annotation["id"] == HOST + address(cited)
    assert annotation["motivation"] == "linking"
    assert annotation["created"] == "2026-11-21T12:00:00Z"
    assert annotation["creator"] == {"type": "Person", "name": "Boubacar"}
    record, tag = annotation["body"]
    assert record["source"] == f"{HOST}/engagements/AES-RU-2025-01/"
    assert (tag["type"], tag["value"], tag["purpose"]) == ("TextualBody", "supports", "tagging")
    assert annotation["target"]["source"] == f"{HOST}{cited.source.get_absolute_url()}"
    quote = selectors(annotation)["TextQuoteSelector"]
    assert quote["exact"] == factories.AGREEMENT


def test_a_processor_finds_the_model_s_own_terms(client, cited):
    annotation = read(client, cited)

    (whole,) = expanded(annotation)
    assert whole["@type"] == [f"{OA}Annotation"]
    assert set(whole) == {
        *("@id", "@type", f"{OA}hasBody", f"{OA}hasTarget", f"{OA}motivatedBy"),
        *("http://purl.org/dc/terms/created", "http://purl.org/dc/terms/creator"),
    }
    stated = {(predicate, value) for _subject, predicate, value in triples(annotation)}
    assert (f"{OA}motivatedBy", f"{OA}linking") in stated
    assert (f"{OA}exact", factories.AGREEMENT) in stated
    assert (f"{OA}start", str(cited.start)) in stated
    assert (f"{OA}end", str(cited.end)) in stated
    assert ("http://schema.org/sha256", cited.source.sha256) in stated


def test_the_answer_is_as_the_protocol_asks(client, cited):
    response = client.get(address(cited), headers={"Origin": "https://ailleurs.example"})

    assert response["Content-Type"] == 'application/ld+json; profile="http://www.w3.org/ns/anno.jsonld"'
    assert response["Allow"] == "GET, HEAD, OPTIONS"
    assert response["Link"] == '<http://www.w3.org/ns/ldp#Resource>; rel="type"'
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["ETag"]
    assert client.head(address(cited)).status_code == 200
    options = client.options(address(cited))
    assert (options.status_code, options["Allow"]) == (204, "GET, HEAD, OPTIONS")
    assert client.get(address(cited), headers={"If-None-Match": response["ETag"]}).status_code == 304


def test_the_role_and_the_kind_of_evidence_are_tags(client, record, editor):
    evidence = record.assessment.citations.get()
    against = factories.make_citation(
        commitment=record.commitment, source=record.source, role="contradicts", published_by=editor
    )

    def tags(citation):
        return [body["value"] for body in read(client, citation)["body"] if body["type"] == "TextualBody"]

    assert tags(evidence) == ["supports", "concrete_action"]
    assert tags(against) == ["contradicts"]


def test_the_body_is_the_record_where_its_page_has_it(client, record):
    for about, path in (
        (record.assessment, record.assessment.get_absolute_url()),
        (record.milestone, record.milestone.get_absolute_url()),
        (
            record.discrepancy.claims.first(),
            f"/divergences/AES-RU-D01/#v-{record.discrepancy.claims.first().uid.hex[:8]}",
        ),
    ):
        body = read(client, about.citations.first())["body"][0]

        assert body["source"] == HOST + path
        page, _mark, anchor = path.partition("#")
        assert f'id="{anchor}"' in client.get(page).content.decode()


def test_a_passage_that_is_not_found_has_its_words_and_no_place(client, full_site):
    lost = Citation.objects.published().exclude(verification="verified").first()
    assert lost is not None

    annotation = read(client, lost)

    assert selectors(annotation) == {"TextQuoteSelector": {"type": "TextQuoteSelector", "exact": lost.exact}}
    assert "state" not in annotation["target"]


def test_no_more_of_a_closed_text_shows_than_on_the_page_of_its_source(client, editor):
    secret = "ZYGOMAR " * 60
    text = f"{secret}{factories.TEXT} {secret}"
    source = factories.make_source(text=text, published_by=editor)
    factories.make_citation(meeting=factories.make_meeting(published_by=editor), source=source, published_by=editor)
    long = factories.make_citation(
        meeting=factories.make_meeting(published_by=editor),
        source=source,
        exact="La Russie a livré dix véhicules le 10 avril.",
        prefix="les parties sont convenues de renforcer la Force unifiée.",
        published_by=editor,
    )

    page = client.get(source.get_absolute_url()).content.decode()
    words = " ".join(unescape(re.sub(r"<sup>.*?</sup>|<[^>]+>", "", page)).split())

    for citation in Citation.objects.published():
        quote = selectors(read(client, citation))["TextQuoteSelector"]
        for side in ("prefix", "suffix"):
            assert len(quote.get(side, "")) <= MARGIN
            assert " ".join(quote.get(side, "").split()) in words
    assert "les parties" not in selectors(read(client, long))["TextQuoteSelector"]["prefix"]


def test_who_has_no_name_signs_for_the_desk(client, editor):
    citation = factories.make_citation(
        meeting=factories.make_meeting(published_by=editor),
        source=factories.make_source(published_by=editor),
        published_by=editor,
    )

    assert read(client, citation)["creator"] == {"type": "Organization", "name": "the desk"}
    assert editor.username not in json.dumps(read(client, citation))


def test_what_is_not_public_answers_as_what_never_was(client, record, analyst, editor):
    note = factories.make_note(commitment=record.commitment, published_by=editor)
    internal = factories.make_citation(note=note, source=record.source, exact="Elle annonce", published_by=editor)
    make_internal(note)
    draft = factories.make_citation(commitment=record.commitment, source=record.source, exact="Elle annonce")
    closed = factories.make_citation(commitment=record.commitment, source=factories.make_source())
    judged = factories.make_assessment(commitment=record.commitment, proposed_by=analyst, published_by=editor)
    taken_back = judged.citations.get()
    publication.withdraw(judged, by=editor, reason="Erreur.")
    never = client.get("/api/v1/citations/00000000-0000-4000-8000-000000000000/annotation")

    for citation in (internal, draft, closed, taken_back):
        response = client.get(address(citation))

        assert (response.status_code, response["Content-Type"]) == (404, "application/problem+json")
        told = response.content.decode().replace(str(citation.uid), "")
        assert told == never.content.decode().replace("00000000-0000-4000-8000-000000000000", "")


@pytest.mark.parametrize(
    "uid", ["x", "0", "{0b9a0730-1ea7-5d82-808c-340c2af5d64a}", "0b9a07301ea75d82808c340c2af5d64a"]
)
def test_an_address_that_names_no_citation_is_a_problem(client, db, uid):
    response = client.get(f"/api/v1/citations/{uid}/annotation")

    assert (response.status_code, response["Content-Type"]) == (404, "application/problem+json")


def test_it_is_read_for_a_past_day(client, record, cited, editor):
    before = cited.source.text
    with on("2026-11-23"):
        cited.source.text = f"Moscou. {before}"
        cited.source.save()
        now, then = read(client, cited), read(client, cited, "?known_on=2026-11-21")

    starts = [selectors(annotation)["TextPositionSelector"]["start"] for annotation in (now, then)]
    digests = [annotation["target"]["state"]["cached"]["sha256"] for annotation in (now, then)]
    assert starts[0] - starts[1] == len("Moscou. ")
    assert digests[1] == hashlib.sha256(before.encode()).hexdigest() != digests[0]
    assert now["id"] == then["id"]
    assert client.get(f"{address(cited)}?known_on=2026-11-20").status_code == 404
    assert client.get(f"{address(cited)}?as_of=2025-04-02").status_code == 404


def test_a_bad_day_is_a_problem_that_names_it(client, cited):
    response = client.get(f"{address(cited)}?as_of=hier&known_on=2099-01-01")

    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")
    told = json.loads(response.content)
    assert (told["status"], told["instance"]) == (400, address(cited))
    assert {(error["parameter"], error["value"]) for error in told["errors"]} == {
        ("as_of", "hier"),
        ("known_on", "2099-01-01"),
    }


@pytest.mark.one_database
@pytest.mark.slow
def test_the_number_of_queries_does_not_grow_with_the_passages(client, record, cited, editor):
    def count():
        with CaptureQueriesContext(connection) as queries:
            read(client, cited)
        return len(queries)

    def grow(numbers):
        for number in numbers:
            meeting = factories.make_meeting(published_by=editor)
            instrument = factories.make_instrument(meeting=meeting, published_by=editor)
            words = factories.TEXT.split()
            exact = " ".join(words[number % len(words) :][:6])
            for target in ({"instrument": instrument}, {"commitment": record.commitment}):
                factories.make_citation(source=record.source, published_by=editor, **target)
                factories.make_citation(source=record.source, exact=exact, published_by=editor, **target)

    grow([0])
    few = count()
    grow(range(1, 30))

    assert count() == few <= 40
