"""manage.py make_synthetic fills an empty database, and no other."""

import pytest
from django.core.management import CommandError, call_command

from commitments.models import Commitment
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.mark.slow
def test_it_says_where_it_writes_and_what_it_made(capsys):
    call_command("make_synthetic", "50")

    out = capsys.readouterr().out
    assert out.startswith("Database: ")
    assert "50 commitments" in out
    assert Commitment.objects.count() == 50


@pytest.mark.slow
def test_what_it_made_passes_the_check(capsys):
    call_command("make_synthetic", "50")

    call_command("check_citations")


def test_a_database_that_holds_anything_is_refused():
    factories.make_party("ML")

    with pytest.raises(CommandError, match="empty scratch database only"):
        call_command("make_synthetic", "50")

    assert not Commitment.objects.exists()


def test_no_commitments_at_all_is_refused():
    with pytest.raises(CommandError, match="not between"):
        call_command("make_synthetic", "0")


def test_the_index_is_made_anew_where_there_is_one(monkeypatch):
    from bench.management.commands import make_synthetic

    called = []
    monkeypatch.setattr(make_synthetic, "get_commands", lambda: {"reindex": "commitments"})
    monkeypatch.setattr(make_synthetic, "call_command", lambda name, **options: called.append(name))

    call_command("make_synthetic", "5")

    assert called == ["reindex"]
