"""The catalogue: what DCAT-AP 3 requires, every download once, and nothing that is not public."""

import json
from collections import defaultdict

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from commitments.data import distributions, writing
from commitments.rules.review import publication
from tests import factories
from tests.data.reading import expanded, triples
from tests.public.conftest import on

pytestmark = pytest.mark.one_database

HOST = "http://testserver"
PATH = "/data/catalog.jsonld"
DCAT = "http://www.w3.org/ns/dcat#"
DCT = "http://purl.org/dc/terms/"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"

MANDATORY = {
    f"{DCAT}Catalog": {f"{DCT}title", f"{DCT}description", f"{DCT}publisher"},
    f"{DCAT}Dataset": {f"{DCT}title", f"{DCT}description"},
    f"{DCAT}Distribution": {f"{DCAT}accessURL"},
    f"{DCAT}DataService": {f"{DCT}title", f"{DCAT}endpointURL"},
    "http://xmlns.com/foaf/0.1/Agent": {"http://xmlns.com/foaf/0.1/name"},
}
"""What DCAT-AP 3 calls mandatory, by class."""


def read(client, query=""):
    response = client.get(PATH + query)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/ld+json"
    return json.loads(response.content)


def by_subject(document):
    """Return what is stated of each subject: predicate to values."""
    found = defaultdict(lambda: defaultdict(set))
    for subject, predicate, value in triples(document):
        found[subject][predicate].add(value)
    return found


def test_each_class_has_what_is_mandatory(client, full_site):
    stated = by_subject(read(client))

    found = set()
    for subject, told in stated.items():
        for kind in told.get(TYPE, ()):
            assert MANDATORY.get(kind, set()) <= set(told), subject
            found.add(kind)
    assert set(MANDATORY) <= found


def test_every_term_is_in_the_context(client, full_site):
    document = read(client)

    def terms(value):
        if isinstance(value, list):
            return {term for item in value for term in terms(item)}
        if isinstance(value, dict):
            return set(value) | {term for item in value.values() for term in terms(item)}
        return set()

    used = {term for term in terms({**document, "@context": {}}) if not term.startswith("@")} - {"fr", "en"}
    assert used <= set(document["@context"])
    assert expanded(document)


def test_everything_offered_is_a_distribution_once(client, full_site):
    stated = by_subject(read(client))

    addresses = sorted(
        address
        for told in stated.values()
        if f"{DCAT}Distribution" in told.get(TYPE, ())
        for address in told[f"{DCAT}accessURL"]
    )
    tables = [f"{HOST}/data/{name}.{ending}" for name in distributions.TABLES for ending in writing.FORMATS]
    others = [
        *("/data/tracker-2026-11-21.zip", "/api/v1/", "/flux/tout.atom", "/en/flux/tout.atom", "/flux/tout.json"),
        *("/en/flux/tout.json", "/calendrier/tout.ics", "/en/calendrier/tout.ics"),
    ]
    assert addresses == sorted([*tables, *(HOST + path for path in others)])
    assert len(distributions.TABLES) == 19


def test_the_data_set_says_what_is_on_file(client, full_site):
    stated = by_subject(read(client))

    data = stated[f"{HOST}{PATH}#dataset"]
    assert data[f"{DCT}modified"] == {"2026-11-30T12:00:00Z"}
    assert data[f"{DCT}spatial"] >= {f"{HOST}/parties/{code}/" for code in ("BF", "ML", "NE", "RU")}
    assert f"{HOST}/parties/AES/" not in data[f"{DCT}spatial"]
    (span,) = data[f"{DCT}temporal"]
    assert stated[span][f"{DCAT}startDate"] == {"2025-04-02"}
    assert {value.rpartition("/")[2] for value in data[f"{DCAT}theme"]} == {"INTR", "GOVE"}
    assert {value.rpartition("/")[2] for value in data[f"{DCT}language"]} == {"FRA", "ENG"}


def test_titles_are_in_each_language(client, full_site):
    document = read(client)

    for node in (document, document["dataset"], *document["dataset"]["distribution"]):
        assert set(node["title"]) == {"fr", "en"}


def test_nothing_is_stated_that_the_settings_leave_out(client, record):
    document = read(client)

    text = json.dumps({**document, "@context": {}})
    assert "license" not in text
    assert "contactPoint" not in text
    assert document["publisher"]["name"]["fr"] == "Suivi des engagements"


@pytest.mark.parametrize(
    ("stated", "address"),
    [
        ("CC-BY-4.0", "https://spdx.org/licenses/CC-BY-4.0.html"),
        ("https://example.org/licence", "https://example.org/licence"),
    ],
)
def test_the_licence_the_publisher_and_the_contact_are_those_of_the_settings(client, record, settings, stated, address):
    settings.TRACKER_DATA_LICENCE = stated
    settings.TRACKER_PUBLISHER = "L’Observatoire"
    settings.TRACKER_SECURITY_CONTACT = "mailto:securite@example.org"

    document = read(client)

    assert document["license"] == address
    assert {item["license"] for item in document["dataset"]["distribution"]} == {address}
    assert document["publisher"]["name"] == {"fr": "L’Observatoire", "en": "L’Observatoire"}
    assert document["dataset"]["contactPoint"]["hasEmail"] == "mailto:securite@example.org"
    settings.TRACKER_CONTACT = "mailto:contact@example.org"
    assert read(client)["dataset"]["contactPoint"]["hasEmail"] == "mailto:contact@example.org"
    assert "label" in document["dataset"]["rights"]


@pytest.mark.slow
def test_the_moment_of_the_last_change_follows_what_is_published_corrected_and_withdrawn(client, record, editor):
    moments = []

    def note(day):
        with on(day):
            moments.append(read(client)["modified"])

    note("2026-11-22")
    with on("2026-11-23"):
        draft = factories.make_commitment()
        note("2026-11-23")
        publication.publish(draft, by=editor)
        note("2026-11-23")
    with on("2026-11-24"):
        draft.title_fr = "Corrigé"
        draft.save()
        note("2026-11-24")
    with on("2026-11-25"):
        publication.withdraw(draft, by=editor, reason="Doublon.")
        note("2026-11-25")

    days = ["2026-11-21", "2026-11-21", "2026-11-23", "2026-11-24", "2026-11-25"]
    assert moments == [f"{day}T12:00:00Z" for day in days]
    with on("2026-11-26"):
        assert read(client, "?known_on=2026-11-23")["modified"] == "2026-11-23T12:00:00Z"


@pytest.mark.slow
def test_a_past_day_is_read_for_in_its_downloads_too(client, record):
    with on("2026-11-23"):
        document = read(client, "?known_on=2026-11-22")

    read_for = [item["accessURL"] for item in document["dataset"]["distribution"]]
    assert f"{HOST}/data/tracker-2026-11-22.zip" in read_for
    assert all("known_on=2026-11-22" in address or address.endswith(".zip") for address in read_for)
    assert "?" not in document["@id"]
    with on("2026-11-23"):
        before = read(client, "?known_on=2026-11-20")["dataset"]
    assert not {"modified", "temporal", "spatial"} & before.keys()


def test_a_site_without_records_has_a_catalogue(client, db):
    assert not {"modified", "temporal", "spatial"} & read(client)["dataset"].keys()


def test_what_only_a_draft_names_is_not_told(client, record):
    factories.make_party("ZYG", name_fr="ZYGOMAR")
    factories.make_commitment(undertakes="ZYG", made_on="1999-01-01")

    text = json.dumps(read(client))

    assert "ZYG" not in text
    assert "1999" not in text.replace("1999/02/22", "")


@pytest.mark.one_database
@pytest.mark.slow
def test_the_number_of_queries_does_not_grow_with_the_rows(client, record, editor):
    def count():
        with CaptureQueriesContext(connection) as queries:
            read(client)
        return len(queries)

    few = count()
    for number in range(30):
        factories.make_commitment(undertakes=f"ZZ{number}", published_by=editor)

    assert count() == few <= 40
