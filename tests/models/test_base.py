"""What the nouns share: natural keys, wording, history of loaded rows."""

import json
import uuid

import pytest
from django.core import serializers
from django.core.management import call_command
from django.utils import translation

from commitments import models
from commitments.models.base import Record
from tests import factories

NOUNS = [model for model in vars(models).values() if isinstance(model, type) and issubclass(model, Record)]


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
