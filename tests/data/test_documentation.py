"""docs/data.md says what there is: its dictionary is the tables', its addresses answer."""

import os
import re
from pathlib import Path

import pytest
from django.utils import translation

from commitments.data.bundle.package import dictionary
from commitments.rules.spreadsheets.cells import APOSTROPHE
from tests.public.conftest import content_of

pytestmark = pytest.mark.one_database

PAGE = Path(__file__).resolve().parents[2] / "docs" / "data.md"
MARK = "<!-- dictionary -->\n"


def status(client, address):
    response = client.get(address)
    assert content_of(response)
    return response.status_code


def test_the_dictionary_is_that_of_the_tables(settings):
    """With TRACKER_WRITE_EXAMPLES set (`make api-examples`) it is written anew instead."""
    with translation.override("en"):
        made = dictionary().strip() + "\n"
    before, _mark, after = PAGE.read_text(encoding="utf-8").partition(MARK)

    if os.environ.get("TRACKER_WRITE_EXAMPLES"):
        PAGE.write_text(f"{before}{MARK}\n{made}", encoding="utf-8")
        return
    assert after.strip() + "\n" == made


def test_the_page_says_which_apostrophes_of_a_csv_file_are_to_be_deleted():
    assert f"`{APOSTROPHE.pattern}`" in PAGE.read_text(encoding="utf-8")


@pytest.mark.slow
def test_every_address_that_is_named_answers(client, record):
    named = re.findall(r"`(/[^`]+)`", PAGE.read_text(encoding="utf-8").partition("## Reading")[0])
    real = {
        "<table>": "commitments",
        "<slug>": record.commitment.sector.slug,
        "<code>": "RU",
        "<reference>": record.commitment.reference,
        "<uid>": str(record.commitment.citations.get().uid),
        "YYYY-MM-DD": "2026-11-21",
    }
    for address in named:
        for word, value in real.items():
            address = address.replace(word, value)
        if address in ("/en/", "/.well-known/security.txt"):
            continue

        assert status(client, address) == 200, address
    assert len(named) > 15


@pytest.mark.slow
def test_the_examples_answer(client, record):
    text = PAGE.read_text(encoding="utf-8").replace("$(date -u +%F)", "2026-11-21")
    addresses = re.findall(r'(?:https://tracker\.example\.org|\$site)(/[^"]*)"', text)

    for address in addresses:
        assert status(client, address) == 200, address
    last = client.get("/api/v1/changes?limit=1").json()["items"][-1]["id"]
    assert client.get("/api/v1/changes", {"after": last}).json()["items"]
    assert len(addresses) > 8


def test_the_page_of_the_data_leads_to_the_licence_where_one_is_stated(client, db, settings):
    without = content_of(client.get("/donnees/")).decode()
    assert "Aucune licence" in without
    assert "sans rien demander" not in without

    settings.TRACKER_DATA_LICENCE = "CC-BY-4.0"
    page = content_of(client.get("/donnees/?")).decode()

    assert '<a href="https://spdx.org/licenses/CC-BY-4.0.html" rel="license">CC-BY-4.0</a>' in page
    assert "Aucune licence" not in page


def test_the_demonstration_states_a_licence_for_its_own_words():
    makefile = (PAGE.parent.parent / "Makefile").read_text(encoding="utf-8")
    [demo] = re.findall(r"^DEMO = (?:.*\\\n)*.*", makefile, re.MULTILINE)

    assert re.search(r"TRACKER_DATA_LICENCE=(\S+)", demo)[1] == "CC-BY-4.0"
