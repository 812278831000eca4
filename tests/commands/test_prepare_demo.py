"""manage.py prepare_demo fills an empty tracker, and touches nothing the second time."""

import re

import pytest
from django.contrib.auth import authenticate, get_user_model
from django.core.management import CommandError, call_command

from commitments.models import Commitment, Milestone
from tests import factories

pytestmark = pytest.mark.django_db


def test_it_loads_the_seeds_and_prints_passwords_that_open(capsys):
    call_command("prepare_demo")

    out = capsys.readouterr().out
    accounts = dict(re.findall(r"^ {4}(\w+) +(\S+)$", out, re.MULTILINE))
    assert set(accounts) == {"analyste", "editeur", "administrateur"}
    assert all(authenticate(username=name, password=password) for name, password in accounts.items())
    assert Commitment.objects.published().count() == 40


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


def test_make_milestones_makes_the_next_one_once(editor, capsys, settings):
    commitment = factories.make_commitment(published_by=editor)
    commitment.recurrence, commitment.recurrence_start = "FREQ=YEARLY", "2025-12-31"
    commitment.full_clean()
    commitment.save()

    call_command("make_milestones", by=editor.username)
    call_command("make_milestones", by=editor.username)

    assert Milestone.objects.published().count() == 2
    assert capsys.readouterr().out.count("\n") == 2


def test_make_milestones_by_nobody_is_refused():
    with pytest.raises(CommandError, match="personne"):
        call_command("make_milestones", by="personne")
