"""manage.py check_citations lists what no longer holds, and exits 1."""

from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.db import models

from commitments.models import Citation, Source
from tests import factories

pytestmark = pytest.mark.django_db


def run(capsys):
    with pytest.raises(CommandError) as error:
        call_command("check_citations")
    return error.value.returncode, capsys.readouterr().out


def test_all_well_is_said_and_exits_zero(analyst, editor, capsys):
    factories.make_assessment(proposed_by=analyst, published_by=editor)

    call_command("check_citations")

    assert "2 citations" in capsys.readouterr().out


def test_a_text_edited_under_a_citation_is_listed_with_the_judgement_it_carried(analyst, editor, capsys):
    assessment = factories.make_assessment(proposed_by=analyst, published_by=editor)
    source = assessment.citations.get().source
    source.text = source.text.replace("dix véhicules", "douze véhicules")
    source.save()

    code, out = run(capsys)

    assert code == 1
    assert source.reference in out
    assert "douze véhicules" in out
    assert "Un jugement cite au moins une source" in out


def test_a_text_edited_behind_every_rule_is_found_too(editor, capsys):
    commitment = factories.make_commitment(published_by=editor)
    source = commitment.citations.get().source
    models.QuerySet(Source).filter(pk=source.pk).update(text="Un tout autre texte.")

    code, out = run(capsys)

    assert (code, Citation.objects.get().verification) == (1, "verified")
    assert commitment.reference in out


def test_a_milestone_left_without_its_passage_is_listed(editor, capsys):
    milestone = factories.make_milestone(published_by=editor, met_on=date(2025, 4, 10))
    citation = milestone.citations.get()
    models.QuerySet(Citation).filter(pk=citation.pk).update(verification="not_found", start=None, end=None)

    _code, out = run(capsys)

    assert "Un jalon cite" in out
