"""No page for a past day shows today's words: `tests.past` watches every page, here every page is asked for."""

from dataclasses import replace
from datetime import date

import pytest

from commitments.public.records import dossier
from commitments.rules.time.rewind import rewind
from tests import past
from tests.data.addresses import CALENDARS, FEEDS, LINKED
from tests.public.addresses import PAGES
from tests.public.conftest import content_of, on

pytestmark = pytest.mark.one_database  # which words a page shows, whatever gave them


def test_a_page_that_forgets_to_rewind_fails(client, record, monkeypatch):
    monkeypatch.setattr(dossier, "rewind", lambda *args: None)
    address = record.commitment.get_absolute_url()

    with on("2026-12-01"):
        assert client.get(address).status_code == 200
        with pytest.raises(past.NotReadBack, match="was read back to no day"):
            client.get(f"{address}?known_on=2026-11-25")
        assert client.get(address).status_code == 200


def test_a_page_that_rewinds_to_another_day_fails(client, record, monkeypatch):
    other = date(2026, 11, 24)
    monkeypatch.setattr(dossier, "rewind", lambda reading, *records: rewind(replace(reading, known_on=other), *records))

    with on("2026-12-01"), pytest.raises(past.NotReadBack, match="was read back to 2026-11-24"):
        client.get(f"{record.commitment.get_absolute_url()}?known_on=2026-11-25&as_of=2026-11-24")


@pytest.mark.parametrize(
    ("path", "query", "days"),
    [
        ("/engagements/", "known_on=2026-11-25&as_of=2026-11-20&q=1", {25}),
        ("/data/tracker-2026-11-25.zip", "", {25}),
        ("/en/comparer/", "from=2026-11-20&to=2026-11-25", {20, 25}),
        ("/comparer/", "to=2026-11-18", {11, 18}),
        ("/comparer/", "", {14, 21}),
        ("/comparer/", "known_on=2026-11-19&from=2026-11-02", {2, 19}),
        ("/", "known_on=2026-02-30", set()),
    ],
)
def test_the_days_allowed_are_those_of_the_address(path, query, days):
    assert past.asked_for(path, query) == {date(2026, 11, day) for day in days}


def test_words_and_days_are_watched_and_keys_are_not():
    found = {f"{model.__name__}.{field.name}" for model, field in past.watched()}

    assert found >= {"Commitment.title_fr", "Assessment.as_of", "Citation.exact", "Claim.value_en", "Party.name_fr"}
    assert not found & {"Commitment.reference", "Assessment.published_at", "Party.code", "Citation.uid"}


@pytest.mark.slow
@pytest.mark.one_database
def test_every_page_for_a_past_day_is_read_back(client, full_site):
    with on("2026-12-01"):
        for page in [*PAGES, *LINKED, *FEEDS, *CALENDARS]:
            if page.status == 200 and "known_on" not in page.path:
                day = "to=2026-11-25" if page.name == "comparison" else "known_on=2026-11-25"
                response = client.get(f"{page.path}{'&' if '?' in page.path else '?'}{day}")
                content_of(response)
                assert response.status_code == 200, page.path
