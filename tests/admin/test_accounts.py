"""Accounts at the desk: roles in the words of the desk."""

import re

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from tests import factories

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
