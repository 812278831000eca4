"""What the pages hold for machines: true to schema.org, to the page, and to what is on file."""

import pytest
from django.db import connection
from django.template import Context
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from commitments.data import graphs, linked
from commitments.models import Citation, Commitment, Source
from commitments.rules.review import publication
from commitments.templatetags import machines
from tests import factories
from tests.data.reading import BLOCK, blocks, expanded, nodes, of_type, triples, types
from tests.data.vocabulary import REQUIRED, properties
from tests.public.addresses import HTML, in_each_language
from tests.public.conftest import addresses, frames, on

pytestmark = pytest.mark.one_database

HOST = "http://testserver"
SCHEMA = "http://schema.org/"


def within(value):
    """Yield every node in `value`, the nodes of nodes too."""
    if isinstance(value, list):
        for item in value:
            yield from within(item)
    elif isinstance(value, dict):
        yield value
        for name, item in value.items():
            if name != "@context":
                yield from within(item)


@pytest.mark.slow
def test_every_node_has_what_its_type_requires_and_nothing_that_schema_org_has_not(visit):
    found = set()
    for _page, _language, path in in_each_language(HTML):
        for node in within(nodes(visit(path))):
            kinds, names = types(node), {name for name in node if not name.startswith("@")}
            found |= set(kinds)
            allowed = set().union(*(properties(kind) for kind in kinds))
            assert names <= allowed, (path, kinds, names - allowed)
            if kinds and (names or "@id" not in node):  # a mention needs no more than its identifier
                for kind in kinds:
                    assert REQUIRED.get(kind, set()) <= names, (path, kind)

    assert set(REQUIRED) - found == set()


@pytest.mark.slow
def test_a_processor_reads_every_page_and_each_node_in_it(visit):
    for _page, _language, path in in_each_language(HTML):
        for document in blocks(visit(path)):
            whole = expanded(document)
            assert len(whole) == len(document["@graph"])
            for node in within(whole):
                for name in node:
                    assert name.startswith(("@", SCHEMA)), (path, name)
            assert triples(document)


@pytest.mark.slow
def test_identifiers_are_whole_addresses_without_language_or_days(visit):
    for _page, language, path in in_each_language(HTML):
        for node in within(nodes(visit(path))):
            key = node.get("@id")
            if key is not None:
                assert key.startswith(f"{HOST}/"), path
                assert not key.startswith(f"{HOST}/en/"), path
                assert "?" not in key, path
                assert visit(key.partition("#")[0].removeprefix(HOST)).status_code == 200, key
            if language == "en" and "url" in node and "@id" in node and "/en" in node["url"]:
                assert key == node["url"].replace("/en/", "/", 1).replace("/donnees/", "/data/catalog.jsonld#dataset")


@pytest.mark.parametrize(
    "path",
    [
        "/?as_of=2026-11-20",
        "/?as_of=hier",
        "/engagements/?status=x",
        "/nulle-part/",
        "/engagements/?page=99",
        "/methode/",
    ],
)
def test_past_days_errors_and_pages_about_nothing_hold_none(client, record, path):
    with on("2026-11-22"):
        assert blocks(client.get(path)) == []


@pytest.mark.slow
def test_records_of_a_past_day_and_withdrawn_ones_hold_none(client, record, editor):
    with on("2026-11-23"):
        for address in addresses(record):
            assert blocks(client.get(f"{address}{'&' if '?' in address else '?'}as_of=2026-11-22")) == []
        publication.withdraw(record.commitment, by=editor, reason="Doublon.")
        gone = client.get(record.commitment.get_absolute_url())

    assert gone.status_code == 410
    assert blocks(gone) == []


def test_what_other_sites_show_in_a_frame_holds_none(client, record):
    for address in frames(record):
        assert blocks(client.get(address)) == []


@pytest.mark.slow
def test_linked_data_ask_nothing_of_the_database(client, record, monkeypatch):
    def count():
        found = {}
        for address in addresses(record):
            with CaptureQueriesContext(connection) as queries:
                client.get(address)
            found[address] = len(queries)
        return found

    count()  # what is kept for a revision is made now
    with_data = count()
    assert any(blocks(client.get(address)) for address in addresses(record))
    monkeypatch.setattr(graphs, "of", lambda *given: [])

    assert count() == with_data


def test_the_author_of_a_claim_is_the_party_on_whose_word_it_rests_and_of_an_expectation_nobody(client, record, editor):
    role = record.commitment.undertakings.get(role="undertakes")
    role.according_to = factories.make_party("NE")
    role.save()
    envisaged = factories.make_commitment(basis="envisaged", published_by=editor)

    (claim,) = of_type(client.get(record.commitment.get_absolute_url()), "Claim")
    (other,) = of_type(client.get(envisaged.get_absolute_url()), "Claim")

    assert [party["@id"] for party in claim["author"]] == [f"{HOST}/parties/NE/"]
    assert "author" not in other


def test_a_commitment_is_a_claim_and_its_judgement_a_review_of_its_implementation(client, record):
    page = client.get(record.commitment.get_absolute_url())

    (claim,), (review,) = of_type(page, "Claim"), of_type(page, "ClaimReview")
    address = f"{HOST}{record.commitment.get_absolute_url()}"
    assert claim["@id"] == claim["url"] == address
    assert claim["text"] == record.commitment.statement_fr
    assert claim["datePublished"] == "2025-04-03"
    assert [party["@id"] for party in claim["author"]] == [f"{HOST}/parties/RU/"]
    assert claim["appearance"] == [
        {"@type": "CreativeWork", "@id": f"{HOST}{record.source.get_absolute_url()}"},
    ]
    assert claim["isPartOf"] == {"@id": f"{HOST}/instruments/communique/"}
    assert [question["@id"] for question in claim["subjectOf"]] == [f"{HOST}/divergences/AES-RU-D01/"]
    assert review["@id"] == f"{HOST}{record.assessment.get_absolute_url()}"
    assert review["itemReviewed"] == {"@id": address}
    assert review["author"]["name"] == "Suivi des engagements"
    assert (review["datePublished"], review["temporalCoverage"]) == ("2026-11-21", "2025-04-10")
    assert review["reviewBody"] == "Dix véhicules ont été livrés."
    rating = review["reviewRating"]
    assert (rating["ratingValue"], rating["worstRating"], rating["bestRating"]) == (1, 0, 3)
    assert rating["alternateName"] == "Progrès limité"
    assert rating["reviewAspect"] == "réalisation"
    assert "non la vérité" in rating["ratingExplanation"]
    assert "0 Non commencé, 1 Progrès limité, 2 Progrès important, 3 Réalisé" in rating["ratingExplanation"]


@pytest.mark.parametrize(
    ("status", "level"),
    [
        ("not_started", 0),
        ("limited", 1),
        ("substantial", 2),
        ("complete", 3),
        ("no_evidence", None),
        ("abandoned", None),
    ],
)
def test_a_rating_has_a_number_only_where_the_scale_has_one(status, level):
    rating = linked.rating(linked.Status(status))

    assert rating["alternateName"] == str(linked.Status(status).label)
    assert rating.get("ratingValue") == level
    if level is None:
        assert not {"bestRating", "worstRating"} & rating.keys()
        assert "pas de niveau" in rating["ratingExplanation"]


def test_there_is_no_review_without_a_judgement_in_force(client, record, editor):
    publication.withdraw(record.assessment, by=editor, reason="Erreur.")
    factories.make_assessment(commitment=record.commitment, status="abandoned")
    assert record.commitment.searches.published().exists()  # which is no review
    page = client.get(record.commitment.get_absolute_url())

    assert of_type(page, "Claim")
    assert of_type(page, "ClaimReview") == []


def test_a_judgement_about_one_party_is_no_review_of_the_whole(client, record, analyst, editor):
    publication.withdraw(record.assessment, by=editor, reason="Erreur.")
    factories.make_assessment(
        commitment=record.commitment,
        party=factories.make_party("RU"),
        proposed_by=analyst,
        published_by=editor,
    )

    assert of_type(client.get(record.commitment.get_absolute_url()), "ClaimReview") == []


def test_the_words_of_a_review_are_plain(client, record, analyst, editor):
    factories.make_assessment(
        commitment=record.commitment,
        as_of="2025-05-01",
        rationale_fr="Livraison **partielle** & tardive :\n\n- [dix](https://example.org/) < vingt",
        proposed_by=analyst,
        published_by=editor,
    )

    (review,) = of_type(client.get(record.commitment.get_absolute_url()), "ClaimReview")

    assert review["reviewBody"] == "Livraison partielle & tardive : dix < vingt"


def test_a_source_is_a_news_article_only_where_its_headline_is_known(client, editor):
    made = {
        "NewsArticle": {"kind": "press", "title": "Moscou : la session", "publisher": "Le Journal"},
        "CreativeWork": {"kind": "press", "title": "", "publisher": ""},
    }
    for kind, fields in made.items():
        source = factories.make_source(published_by=editor, **fields)
        (node,) = of_type(client.get(source.get_absolute_url()), kind)

        assert node.get("headline") == (fields["title"] or None)
        assert node.get("publisher", {}).get("name") == (fields["publisher"] or None)
        for blank in ("author", "url", "datePublished"):
            assert blank not in node
    official = factories.make_source(kind="official", title="Communiqué", published_by=editor)
    (node,) = of_type(client.get(official.get_absolute_url()), "CreativeWork")
    assert (node["name"], node.get("headline")) == ("Communiqué", None)


def test_a_source_says_when_it_appeared_to_the_minute_where_that_is_known(client, editor):
    source = factories.make_source(published_on="2025-04-03", published_time="18:30", published_by=editor)

    (node,) = of_type(client.get(source.get_absolute_url()), "NewsArticle")

    assert node["datePublished"] == "2025-04-03T18:30"


def test_a_day_that_is_deduced_is_no_date_of_publication(client, editor):
    reading = {"published_on_reading_fr": "Le texte dit « hier jeudi 3 avril »."}
    source = factories.make_source(published_on="2025-04-04", published_by=editor, **reading)

    (node,) = of_type(client.get(source.get_absolute_url()), "NewsArticle")

    assert "datePublished" not in node


def test_a_meeting_is_an_event_with_what_is_known_of_it(client, record, editor):
    bare = factories.make_meeting(published_by=editor)
    record.meeting.participants.add(factories.make_party("RU"))
    record.meeting.place_fr = "Moscou"
    record.meeting.save()

    (event,), (other,) = (of_type(client.get(item.get_absolute_url()), "Event") for item in (record.meeting, bare))

    assert event["startDate"] == "2025-04-03"
    assert event["location"]["name"] == "Moscou"
    assert [party["@id"] for party in event["attendee"]] == [f"{HOST}/parties/RU/"]
    assert [question["@id"] for question in event["subjectOf"]] == [f"{HOST}/divergences/AES-RU-D01/"]
    assert not {"location", "attendee", "endDate", "description", "subjectOf"} & other.keys()


def test_a_state_is_a_country_and_an_organisation_has_members(visit):
    (russia,) = of_type(visit("/parties/RU/"), "Country")
    (sahel,) = of_type(visit("/parties/AES/"), "GovernmentOrganization")

    assert russia["name"] == "Fédération de Russie"
    assert types(sahel) == ["GovernmentOrganization"]
    told = [(role["member"]["@id"], role.get("roleName"), role["description"]) for role in sahel["member"]]
    assert told == [
        (f"{HOST}/parties/BF/", None, "selon la source A003 (APAnews), le 4 avril 2025"),
        (f"{HOST}/parties/ML/", "Présidence tournante", "selon la source A001 (article de presse), le 2 avril 2025"),
        (f"{HOST}/parties/NE/", None, "selon la source A003 (APAnews), le 4 avril 2025"),
    ]
    (mali,) = of_type(visit("/parties/ML/"), "Country")
    assert [role["memberOf"]["@id"] for role in mali["memberOf"]] == [f"{HOST}/parties/AES/"]


def test_a_membership_that_no_source_says_stands_as_it_is(client, record, editor):
    factories.make_commitment(undertakes="ML", published_by=editor)
    factories.make_membership()

    (state,) = of_type(client.get("/parties/AES/"), "Country")

    assert [member["@id"] for member in state["member"]] == [f"{HOST}/parties/ML/"]


@pytest.mark.slow
def test_a_trail_leads_down_to_the_page_by_addresses_that_are_there(visit):
    names = {"commitments", "commitment", "meeting", "instrument", "source", "party", "discrepancy", "sector"}
    told = set()
    for page, _language, path in in_each_language(HTML):
        for trail in of_type(visit(path), "BreadcrumbList"):
            told.add(page.name)
            steps = trail["itemListElement"]
            assert [step["position"] for step in steps] == list(range(1, len(steps) + 1))
            assert steps[-1]["item"] == f"{HOST}{path.partition('?')[0]}"
            for step in steps:
                assert visit(step["item"].removeprefix(HOST)).status_code == 200

    assert told == names


def test_the_first_page_says_what_can_be_taken_away(client, record, settings):
    settings.TRACKER_DATA_LICENCE = "CC-BY-4.0"
    settings.TRACKER_PUBLISHER = "L’Observatoire"

    (data,), (site,) = (of_type(client.get("/"), kind) for kind in ("Dataset", "WebSite"))

    assert data["license"] == "https://spdx.org/licenses/CC-BY-4.0.html"
    assert site["publisher"]["name"] == "L’Observatoire"
    assert data["creator"] == {"@id": site["publisher"]["@id"]}
    assert data["includedInDataCatalog"]["url"] == f"{HOST}/data/catalog.jsonld"
    files = {item["encodingFormat"]: item["contentUrl"] for item in data["distribution"]}
    assert files["application/zip"] == f"{HOST}/data/tracker-2026-11-21.zip"
    assert files["text/csv"] == f"{HOST}/data/commitments.csv"


def test_no_licence_is_stated_where_the_settings_state_none(client, record):
    (data,) = of_type(client.get("/"), "Dataset")

    assert "license" not in data


def test_no_words_end_the_block_that_they_stand_in(client, editor):
    title = "</script><script>alert(1)</script> & <!-- “—”"
    commitment = factories.make_commitment(title_fr=title, published_by=editor)

    page = client.get(commitment.get_absolute_url())

    (text,) = BLOCK.findall(page.content.decode())
    assert not set("<>&") & set(text)
    (claim,) = of_type(page, "Claim")
    assert claim["name"] == title


def test_a_page_that_says_nothing_has_no_block():
    request = RequestFactory().get("/methode/")
    request.resolver_match = type("Match", (), {"url_name": "method"})()

    assert machines.linked_data(Context({"request": request})) == ""


@pytest.mark.slow
def test_what_is_said_of_the_seed_articles_is_what_is_on_file(visit):
    for commitment in Commitment.objects.published():
        (claim,) = of_type(visit(commitment.get_absolute_url()), "Claim")
        quoted = Citation.objects.published().filter(commitment=commitment, role="supports")
        sources = {f"{HOST}{item.source.get_absolute_url()}" for item in quoted}

        assert claim["identifier"] == commitment.reference
        assert {item["@id"] for item in claim.get("appearance", [])} == sources
    for source in Source.objects.published():
        node = nodes(visit(source.get_absolute_url()))[-1]
        stated = {"name": source.title, "url": source.url, "author": source.author}
        assert {name: node.get(name, "") for name in stated} == stated
