"""What the nouns share: natural keys, wording, history of loaded rows."""

import json
import uuid
from contextlib import suppress

import pytest
from django.core import serializers
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from commitments import models
from commitments.models.base import in_bulk, nouns, trial
from tests import factories

NOUNS = nouns()


def test_wording_falls_back_to_french_and_says_so():
    meeting = models.Meeting(title_fr="Consultations", title_en="")

    with translation.override("en"):
        assert meeting.wording("title") == ("Consultations", "fr")
        meeting.title_en = "Consultations (en)"
        assert meeting.wording("title") == ("Consultations (en)", "en")
    assert meeting.wording("title", "fr").language == "fr"


@pytest.mark.django_db
def test_every_noun_is_found_by_its_natural_key(analyst, editor):
    factories.make_assessment(proposed_by=analyst, published_by=editor)
    factories.make_note()
    factories.make_search()
    factories.make_milestone()
    factories.make_discrepancy()
    factories.make_meeting()
    models.Membership.objects.create(organisation=factories.make_party("AES"), member=factories.make_party("ML"))

    for model in NOUNS:
        record = model._default_manager.all()[0]
        assert model._default_manager.get_by_natural_key(*record.natural_key()) == record, model


@pytest.mark.django_db
def test_records_load_into_a_database_that_has_other_rows(tmp_path, analyst, editor):
    kept = factories.make_assessment(proposed_by=analyst, published_by=editor)
    rows = serializers.serialize(
        "json", [kept.commitment.sector], use_natural_foreign_keys=True, use_natural_primary_keys=True
    )
    fixture = tmp_path / "sector.json"
    changed = json.loads(rows)
    changed[0]["fields"]["name_fr"] = "Autre nom"
    changed.append({"model": "commitments.sector", "fields": {"slug": "energie", "name_fr": "Énergie"}})
    fixture.write_text(json.dumps(changed), encoding="utf-8")

    call_command("loaddata", str(fixture), verbosity=0)
    call_command("loaddata", str(fixture), verbosity=0)

    sector = models.Sector.objects.get(slug="securite")
    assert (sector.pk, sector.name_fr) == (kept.commitment.sector.pk, "Autre nom")
    assert models.Sector.objects.count() == 2
    assert sector.history.count() == 2


def test_identifiers_are_made_once():
    assert models.Citation().uid != models.Citation().uid
    assert isinstance(models.Citation().uid, uuid.UUID)


def test_every_noun_opens_with_a_sentence_on_the_world():
    assert all(model.__doc__ and not model.__doc__.startswith(f"{model.__name__}(") for model in NOUNS)


@pytest.mark.django_db
def test_a_fixture_with_one_bad_row_leaves_nothing_behind(tmp_path):
    rows = [
        {"model": "commitments.sector", "fields": {"slug": "energie", "name_fr": "Énergie"}},
        {"model": "commitments.sector", "fields": {"slug": "energie-2", "name_fr": "Éner\x00gie"}},
    ]
    fixture = tmp_path / "bad.json"
    fixture.write_text(json.dumps(rows), encoding="utf-8")

    with pytest.raises(Exception, match="nul"):
        call_command("loaddata", str(fixture), verbosity=0)

    assert not models.Sector.objects.exists()


def test_saves_in_bulk_leave_the_history_that_single_saves_leave(editor, django_assert_num_queries):
    milestones = [factories.make_milestone(title_fr="Avant") for _number in range(3)]

    with django_assert_num_queries(3 * 2 + 1), in_bulk():
        for milestone in milestones:
            milestone.title_fr = "Après"
            milestone._history_user = editor
            milestone._change_reason = "import"
            milestone.save()

    for milestone in milestones:
        last, first = milestone.history.order_by("-history_id")[:2]
        assert (last.title_fr, last.history_type, last.history_user, last.history_change_reason) == (
            "Après",
            "~",
            editor,
            "import",
        )
        assert (first.title_fr, first.history_type) == ("Avant", "+")
    milestones[0].save()
    assert milestones[0].history.count() == 3


def test_an_error_that_leaves_the_block_writes_no_history_row(editor):
    milestone = factories.make_milestone()
    milestone.title_fr = "Après"

    with CaptureQueriesContext(connection) as queries, suppress(LookupError), in_bulk():
        milestone.save()
        raise LookupError

    assert any("UPDATE" in query["sql"] for query in queries)
    assert not any("INSERT" in query["sql"] for query in queries)


def test_what_fails_in_a_trial_leaves_no_history_row(editor):
    milestones = [factories.make_milestone(title_fr="Avant") for _number in range(2)]

    with in_bulk():
        for number, milestone in enumerate(milestones):
            milestone.title_fr = "Après"
            with suppress(LookupError), trial():
                milestone.save()
                if number:
                    raise LookupError

    kept, taken_back = milestones
    taken_back.refresh_from_db()
    assert (kept.history.count(), kept.history.first().title_fr) == (2, "Après")
    assert (taken_back.history.count(), taken_back.title_fr) == (1, "Avant")


def test_a_record_with_tracked_lists_keeps_them_in_bulk(editor):
    meeting = factories.make_meeting()

    with in_bulk():
        meeting.title_fr = "Autre rencontre"
        meeting.save()

    assert meeting.history.latest("history_id").title_fr == "Autre rencontre"
