"""`/.well-known/security.txt` (RFC 9116), and the check that asks for it."""

from datetime import date

import pytest
from django.core import checks

from commitments.data.security import expires
from tests.public.conftest import on

pytestmark = pytest.mark.one_database

PATH = "/.well-known/security.txt"


def fields(response):
    assert response.status_code == 200
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    return [tuple(line.split(": ", 1)) for line in response.content.decode().splitlines()]


def test_it_says_whom_to_tell_and_until_when(client, db, settings):
    settings.TRACKER_SECURITY_CONTACT = "mailto:securite@example.org"
    settings.TRACKER_SITE_URL = "https://tracker.example.org"

    assert fields(client.get(PATH)) == [
        ("Contact", "mailto:securite@example.org"),
        ("Expires", "2027-11-01T00:00:00Z"),
        ("Preferred-Languages", "fr, en"),
        ("Canonical", "https://tracker.example.org/.well-known/security.txt"),
    ]


def test_a_site_that_does_not_know_its_address_names_none(client, db, settings):
    settings.TRACKER_SECURITY_CONTACT = "https://example.org/securite"

    assert "Canonical" not in dict(fields(client.get(PATH)))


def test_there_is_none_without_a_contact(client, db):
    assert client.get(PATH).status_code == 404


def test_it_stays_the_same_for_a_month(client, db, settings):
    settings.TRACKER_SECURITY_CONTACT = "mailto:securite@example.org"
    with on("2026-11-01"):
        first = client.get(PATH).content
    with on("2026-11-30"):
        assert client.get(PATH).content == first


@pytest.mark.parametrize(
    ("today", "until"), [("2028-02-29", "2029-02-01"), ("2026-12-31", "2027-12-01"), ("2026-01-01", "2027-01-01")]
)
def test_it_holds_for_a_year_at_most(today, until):
    day = expires(date.fromisoformat(today))

    assert day.isoformat() == until
    assert (day - date.fromisoformat(today)).days <= 366


def test_the_deployment_check_asks_for_a_contact(settings):
    def ids():
        return {message.id for message in checks.run_checks(include_deployment_checks=True)}

    assert "commitments.W001" in ids()
    settings.TRACKER_SECURITY_CONTACT = "mailto:securite@example.org"
    assert "commitments.W001" not in ids()
    settings.TRACKER_SECURITY_CONTACT = ""
    assert "commitments.W001" not in {message.id for message in checks.run_checks()}
