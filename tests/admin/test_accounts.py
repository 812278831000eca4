"""Accounts at the desk: roles in the words of the desk."""

import re

import pytest
from django.contrib.auth.models import Permission, User
from django.db import OperationalError
from django.test import Client

from commitments.admin.people import second_factor
from tests import factories
from tests.admin.forms import messages_of, sent, typed_back

pytestmark = pytest.mark.one_database


@pytest.fixture
def as_admin(db):
    client = Client()
    client.force_login(User.objects.create_superuser("mariam", password="mariam"))
    return client


@pytest.mark.slow
def test_roles_are_called_as_people_call_them(as_admin, analyst):
    text = as_admin.get(f"/admin/auth/user/{analyst.pk}/change/").content.decode()

    boxes = re.findall(r'type="checkbox" name="groups"[^>]*>\s*(\w+)</label>', text)
    assert boxes == ["Analystes", "Éditeurs"]
    assert "Can add log entry" not in text


def test_accounts_are_narrowed_by_role(as_admin, analyst, editor):
    factories.make_user("kadi")

    listed = as_admin.get("/admin/auth/user/?role=Analysts").context["cl"].result_list

    assert [account.username for account in listed] == ["awa"]


def test_rights_given_to_an_account_by_itself_are_shown_to_be_taken_away(as_admin, analyst):
    address = f"/admin/auth/user/{analyst.pk}/change/"
    before = as_admin.get(address).content.decode()
    analyst.user_permissions.add(Permission.objects.get(codename="publish_assessment"))

    assert 'name="user_permissions"' not in before
    assert 'name="user_permissions"' in as_admin.get(address).content.decode()


BUSY = "Une autre personne enregistre au même moment"


@pytest.fixture
def gives_up(monkeypatch):
    """Let the database give up so often when an account is saved, as PostgreSQL does over a deadlock."""
    save = User.save

    def arm(times):
        tries = []

        def give_up(account, *args, **kwargs):
            tries.append(account)
            if len(tries) <= times:
                cause = Exception("deadlock detected")
                cause.sqlstate = "40P01"
                raise OperationalError("deadlock detected") from cause
            save(account, *args, **kwargs)

        monkeypatch.setattr(User, "save", give_up)

    return arm


@pytest.mark.parametrize("times", [1, 2])
def test_an_account_is_saved_at_the_second_try_or_shown_as_typed(gives_up, as_admin, analyst, times):
    address = f"/admin/auth/user/{analyst.pk}/change/"
    typed = typed_back(as_admin, address, first_name="Awa")
    gives_up(times)

    response = as_admin.post(address, typed)

    analyst.refresh_from_db()
    assert (response.status_code, analyst.first_name) == ((302, "Awa") if times == 1 else (200, ""))
    if times == 2:
        assert BUSY in response.content.decode()
        assert sent(response)["first_name"] == "Awa"


@pytest.mark.parametrize("times", [1, 2])
def test_an_account_is_made_at_the_second_try_or_shown_as_typed(gives_up, as_admin, times):
    typed = {"username": "fanta", "password1": "un-mot-bien-long", "password2": "un-mot-bien-long"}
    gives_up(times)

    response = as_admin.post("/admin/auth/user/add/", typed | {"usable_password": "true"})

    assert User.objects.filter(username="fanta").count() == (1 if times == 1 else 0)
    assert response.status_code == (302 if times == 1 else 200)
    if times == 2:
        assert BUSY in response.content.decode()
        assert sent(response)["username"] == "fanta"


def test_a_password_that_is_not_saved_is_asked_for_again(gives_up, as_admin, analyst):
    address = f"/admin/auth/user/{analyst.pk}/password/"
    typed = {"password1": "un-mot-bien-long", "password2": "un-mot-bien-long", "usable_password": "true"}
    before = analyst.password
    gives_up(2)

    response = as_admin.post(address, typed, follow=True)

    analyst.refresh_from_db()
    assert analyst.password == before
    assert BUSY in messages_of(response)
    assert "un-mot-bien-long" not in response.content.decode()


def test_a_second_factor_that_is_not_removed_is_said_to_be_there(monkeypatch, as_admin, analyst):
    def give_up(account):
        cause = Exception("deadlock detected")
        cause.sqlstate = "40P01"
        raise OperationalError("deadlock detected") from cause

    monkeypatch.setattr(second_factor, "remove", give_up)

    response = as_admin.post(f"/admin/auth/user/{analyst.pk}/second-facteur/", follow=True)

    assert response.status_code == 200
    assert BUSY in messages_of(response)
