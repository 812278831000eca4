"""Signing in: throttled by name and address, telling nobody which accounts exist, and leading nowhere outside."""

from datetime import timedelta

import pytest
import time_machine
from axes.models import AccessAttempt
from django.contrib import admin
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client, RequestFactory
from django.utils import timezone

from commitments.admin.people.signing_in import client_address
from tests import factories

pytestmark = pytest.mark.one_database

LOGIN = "/admin/login/"


def attempt(client, name, typed="faux", **extra):
    return client.post(LOGIN, {"username": name, "password": typed, "next": "/admin/"}, **extra)


def fail(client, name, times, **extra):
    return [attempt(client, name, **extra).status_code for _number in range(times)]


def later(**delay):
    return time_machine.travel(timezone.now() + timedelta(**delay), tick=False)


@pytest.fixture
def awa(db):
    return factories.make_user("awa", group="Analysts")


def test_fifth_failure_locks_out(client, awa):
    statuses = fail(client, "awa", 5)

    assert statuses == [200, 200, 200, 200, 429]


def test_right_password_is_refused_while_locked_out(client, awa):
    fail(client, "awa", 5)

    response = attempt(client, "awa", "awa")

    assert response.status_code == 429
    assert client.get("/admin/").status_code == 302


def test_locked_out_page_says_how_long_to_wait(client, awa):
    fail(client, "awa", 5)

    with later(minutes=4, seconds=30):
        response = attempt(client, "awa")

    text = response.content.decode()
    assert "Réessayez dans 11 minutes." in text
    assert response["Retry-After"] == "630"
    assert response["Content-Security-Policy"]
    assert "nav-sidebar" not in text.partition("<body")[2]


def test_trying_while_locked_out_does_not_make_it_longer(client, awa):
    fail(client, "awa", 5)
    with later(minutes=14):
        attempt(client, "awa")

    with later(minutes=15, seconds=1):
        response = attempt(client, "awa", "awa")

    assert response.status_code == 302
    assert response["Location"] == "/admin/"


def test_success_starts_the_count_anew(client, awa):
    fail(client, "awa", 4)
    attempt(client, "awa", "awa")

    assert fail(client, "awa", 4) == [200] * 4


def test_colleague_at_the_same_address_is_not_locked_out(client, awa, editor):
    fail(client, "awa", 5)

    assert attempt(client, "boubacar", "boubacar").status_code == 302


def test_the_same_person_elsewhere_is_not_locked_out(client, awa):
    fail(client, "awa", 5, REMOTE_ADDR="203.0.113.9")

    assert attempt(client, "awa", "awa", REMOTE_ADDR="198.51.100.7").status_code == 302


def test_another_browser_is_no_way_round(awa):
    for number in range(5):
        attempt(Client(), "awa", HTTP_USER_AGENT=f"navigateur {number}")

    assert attempt(Client(), "awa", "awa", HTTP_USER_AGENT="autre").status_code == 429


@pytest.mark.parametrize("kind", ["nobody", "closed", "reader", "signer"])
def test_answers_do_not_tell_which_accounts_exist(kind, client, awa):
    match kind:
        case "closed":
            User.objects.create_user("x", password="x", is_staff=True, is_active=False)
        case "reader":
            User.objects.create_user("x", password="x")
        case "signer":
            User.objects.create_user("x")

    known = [attempt(client, "awa") for _number in range(5)]
    other = [attempt(client, "x") for _number in range(5)]

    def said(response, name):
        text = response.content.decode().partition("<body")[2]
        without_token = text.split("csrfmiddlewaretoken", 1)[0] + text.partition("csrfmiddlewaretoken")[2][80:]
        return response.status_code, without_token.replace(f'value="{name}"', "")

    assert [said(response, "awa") for response in known] == [said(response, "x") for response in other]


@pytest.mark.parametrize("kind", ["closed", "reader"])
def test_account_that_is_not_of_the_desk_does_not_enter(kind, client, db):
    User.objects.create_user("x", password="x", is_staff=kind == "closed", is_active=kind == "reader")

    response = attempt(client, "x", "x")

    assert response.status_code == 200
    assert "sessionid" not in client.cookies


def test_what_is_typed_is_not_kept(client, awa):
    client.post(f"{LOGIN}?password=autre", {"username": "awa", "password": "presque-le-bon"})

    kept = AccessAttempt.objects.get()
    assert "presque" not in kept.post_data
    assert "autre" not in kept.get_data


def test_administrator_can_unlock(client, awa):
    fail(client, "awa", 5)

    call_command("axes_reset_username", "awa", verbosity=0)

    assert attempt(client, "awa", "awa").status_code == 302


def test_attempts_and_secrets_have_no_pages_at_the_desk():
    apart = {model._meta.label for model in admin.site._registry} - {"auth.User", "auth.Group"}

    assert {label.partition(".")[0] for label in apart} == {"commitments"}


@pytest.mark.parametrize(
    "typed",
    [
        {"username": "a\x00wa", "password": "x"},
        {"username": "awa", "password": "\x00"},
        {"username": "x" * 5000, "password": "x" * 5000},
        {"username": "awa"},
        {},
        {"username": "awa", "password": "x", "next": "\x00"},
    ],
)
def test_hostile_sign_in_is_no_error(typed, client, awa):
    assert client.post(LOGIN, typed).status_code == 200


def test_over_long_name_is_counted_cut_short(client, db):
    statuses = fail(client, "x" * 5000, 5)

    assert statuses[-1] == 429
    assert len(AccessAttempt.objects.get().username) == 150


@pytest.mark.parametrize(
    "target",
    ["https://exemple.net/", "//exemple.net/", "///exemple.net", "javascript:alert(1)", r"/\exemple.net", "\x00"],
)
def test_signing_in_does_not_lead_elsewhere(target, client, awa):
    response = client.post(LOGIN, {"username": "awa", "password": "awa", "next": target})

    assert response.status_code == 302
    assert response["Location"] == "/admin/"


def test_signing_in_leads_to_the_page_asked_for(client, awa):
    asked = "/admin/commitments/source/?q=force"
    form = client.get(asked, follow=True)

    response = client.post(LOGIN, {"username": "awa", "password": "awa", "next": form.context["next"]})

    assert response["Location"] == asked


@pytest.mark.parametrize(
    ("behind", "stated", "forwarded", "expected"),
    [
        (False, "203.0.113.9", "198.51.100.7", "203.0.113.9"),
        (True, "127.0.0.1", "198.51.100.7", "198.51.100.7"),
        (True, "127.0.0.1", "6.6.6.6, 198.51.100.7", "198.51.100.7"),
        (True, "203.0.113.9", "", "203.0.113.9"),
        (True, "127.0.0.1", "n’importe quoi", None),
        (False, "", "", None),
        (False, "2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::"),
        (False, "::ffff:203.0.113.9", "", "203.0.113.9"),
    ],
)
def test_address_of_an_attempt(behind, stated, forwarded, expected, settings):
    settings.BEHIND_PROXY = behind
    request = RequestFactory().get("/", REMOTE_ADDR=stated)
    request.META["HTTP_X_FORWARDED_FOR"] = forwarded

    assert client_address(request) == expected


def test_attempts_without_an_address_are_counted_too(client, awa):
    assert fail(client, "awa", 5, REMOTE_ADDR="")[-1] == 429


# Passwords


def test_weak_password_is_refused_in_words(as_analyst, analyst):
    typed = {"old_password": "awa", "new_password1": "12345", "new_password2": "12345"}

    response = as_analyst.post("/admin/password_change/", typed)

    text = response.content.decode()
    assert response.status_code == 200
    assert "trop court" in text
    assert "trop courant" in text
    assert "entièrement numérique" in text
    assert "script-src 'self'" in response["Content-Security-Policy"]
    assert " style=" not in text
    analyst.refresh_from_db()
    assert analyst.check_password("awa")


def test_changed_password_keeps_this_session_and_closes_the_others(as_analyst, analyst):
    elsewhere = Client()
    elsewhere.force_login(analyst)
    key = as_analyst.session.session_key
    typed = dict.fromkeys(("new_password1", "new_password2"), "harmattan-du-soir-2026") | {"old_password": "awa"}

    response = as_analyst.post("/admin/password_change/", typed)

    assert response.status_code == 302
    assert as_analyst.get("/admin/").status_code == 200
    assert as_analyst.session.session_key != key
    assert elsewhere.get("/admin/").status_code == 302


def test_forgotten_passwords_are_not_sent_by_mail(client, db):
    assert client.get("/admin/password_reset/").status_code in (302, 404)
    assert "password_reset" not in client.get(LOGIN).content.decode()


def test_signing_out_takes_a_post(as_analyst):
    assert as_analyst.get("/admin/logout/").status_code == 405
    assert as_analyst.post("/admin/logout/").status_code == 200
    assert as_analyst.get("/admin/").status_code == 302
