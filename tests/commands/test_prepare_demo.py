"""manage.py prepare_demo fills an empty tracker, and touches nothing the second time."""

import re
from datetime import date

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.db import connection, models

from commitments.models import Commitment, Milestone
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.mark.slow
def test_it_loads_the_seeds_and_prints_passwords_that_open(capsys):
    call_command("prepare_demo")

    out = capsys.readouterr().out
    accounts = dict(re.findall(r"^ {4}(\w+) +(\S+)$", out, re.MULTILINE))
    assert set(accounts) == {"analyste", "editeur", "administrateur"}
    assert all(get_user_model().objects.get(username=name).check_password(word) for name, word in accounts.items())
    assert Commitment.objects.published().count() == 41


@pytest.mark.slow
def test_a_second_run_keeps_what_people_did(capsys):
    call_command("prepare_demo")
    commitment = Commitment.objects.get(reference="AES-RU-2025-01")
    commitment.title_fr = "Corrigé à la main"
    commitment.save()
    passwords = set(get_user_model().objects.values_list("password", flat=True))
    capsys.readouterr()

    call_command("prepare_demo")

    commitment.refresh_from_db()
    assert commitment.title_fr == "Corrigé à la main"
    assert set(get_user_model().objects.values_list("password", flat=True)) == passwords
    assert "shown this once" not in capsys.readouterr().out


def test_it_first_says_which_database_it_fills_and_never_its_password(seed_articles, capsys, monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "HOST", "db.example.org")
    monkeypatch.setitem(connection.settings_dict, "PASSWORD", "tres-secret")

    call_command("prepare_demo")

    out = capsys.readouterr().out
    first = out.splitlines()[0]
    assert first == f"Database: {connection.vendor}, {connection.settings_dict['NAME']} on db.example.org"
    assert "tres-secret" not in out


def test_make_milestones_makes_the_next_one_once(editor, capsys, settings):
    commitment = factories.make_commitment(published_by=editor)
    commitment.recurrence, commitment.recurrence_start = "FREQ=YEARLY", "2025-12-31"
    commitment.full_clean()
    commitment.save()

    call_command("make_milestones", by=editor.username)
    call_command("make_milestones", by=editor.username)

    assert Milestone.objects.published().count() == 2
    assert capsys.readouterr().out.count("\n") == 2


def test_make_milestones_names_what_it_cannot_read_and_goes_on(editor, capsys):
    unreadable = factories.make_commitment(published_by=editor)
    readable = factories.make_commitment(published_by=editor)
    rows = models.QuerySet(Commitment)
    rows.filter(pk=unreadable.pk).update(recurrence="tous les ans", recurrence_start=date(2025, 12, 31))
    rows.filter(pk=readable.pk).update(recurrence="FREQ=YEARLY", recurrence_start=date(2025, 12, 31))

    with pytest.raises(CommandError, match=unreadable.reference) as raised:
        call_command("make_milestones", by=editor.username)

    assert raised.value.returncode == 1
    assert readable.reference not in str(raised.value)
    error = capsys.readouterr().err
    assert error.startswith(unreadable.reference)
    assert "tous les ans" in error
    assert set(Milestone.objects.values_list("commitment", flat=True)) == {readable.pk}


def test_make_milestones_by_nobody_is_refused():
    with pytest.raises(CommandError, match="personne"):
        call_command("make_milestones", by="personne")
