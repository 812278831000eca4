"""manage.py check_coding lists what the codebook would have looked at again, and exits 1."""

import pytest
from django.core.management import CommandError, call_command

from tests import factories

pytestmark = pytest.mark.django_db


def test_the_seed_articles_are_coded_as_the_codebook_asks(seed_articles, capsys):
    call_command("check_coding")

    assert capsys.readouterr().out == "Rien à revoir.\n"


def test_it_says_which_why_and_where(editor, client, capsys):
    commitment = factories.make_commitment(published_by=editor)

    with pytest.raises(CommandError, match="1 point à revoir") as error:
        call_command("check_coding")

    which, why, where = capsys.readouterr().out.splitlines()
    assert error.value.returncode == 1
    assert which == str(commitment)
    assert "pas de critère" in why
    client.force_login(editor)
    page, _mark, field = where.strip().partition("#")
    assert f'id="{field}"' in client.get(page).content.decode()


def test_it_leads_to_the_version_of_a_discrepancy_and_not_only_to_its_question(editor, client, capsys):
    claim = factories.make_discrepancy(published_by=editor).claims.last()
    claim.value_en = ""
    claim.save()

    with pytest.raises(CommandError):
        call_command("check_coding")

    which, _why, where = capsys.readouterr().out.splitlines()
    assert which == str(claim)
    client.force_login(editor)
    page, _mark, field = where.strip().partition("#")
    assert page == f"/admin/commitments/claim/{claim.pk}/change/"
    assert f'id="{field}"' in client.get(page).content.decode()


def test_of_what_is_only_a_draft_nothing_is_said(capsys, db):
    factories.make_commitment()

    call_command("check_coding")

    assert "Rien à revoir" in capsys.readouterr().out
