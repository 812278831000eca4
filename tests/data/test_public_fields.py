"""What a noun declares as public is told wherever changes are, and has its column; what is kept inside has neither."""

import re
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from html import unescape
from itertools import count

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.db import models as fields
from django.utils.text import capfirst

from commitments import models
from commitments.data import stream
from commitments.data.tables import TABLES
from commitments.models.base import Reviewed, nouns
from commitments.public.views import PAGE_SIZE
from commitments.rules.time.corrections import CORRECTABLE
from tests import factories
from tests.public.conftest import on

FILLED = {
    models.Commitment: {
        "recurrence": "FREQ=YEARLY",
        "recurrence_start": date(2026, 4, 30),
        "recurrence_reading_fr": "L’année est une lecture.",
    },
    # A day later, its window is one of whole months.
    models.Milestone: {
        "due_from": date(2025, 12, 31),
        "due_on": date(2026, 6, 29),
        "met_on": date(2026, 5, 1),
        "reading_fr": "L’année est une lecture.",
    },
    models.Meeting: {"ends_on": date(2025, 4, 5)},
    models.Source: {
        "published_on": date(2025, 4, 4),
        "published_time": time(8),
        "published_on_reading_fr": "« hier jeudi 3 avril »",
    },
}
"""What a record has before its fields change one by one: some may only be filled together."""

BY_WAY_OF = {
    "sha256": {"text": "Un autre texte."},
    "verification": {"exact": factories.AGREEMENT, "prefix": "", "suffix": ""},
}
"""The public fields that follow from others, with values of those."""

MARK = "zygomar"

OTHERS = count(1)


@pytest.fixture
def public(record):
    """One public record of each noun, by the name of its model."""
    parts = {
        "undertaking": record.commitment.undertakings.get(role="undertakes"),
        "claim": record.discrepancy.claims.first(),
        "citation": record.commitment.citations.get(),
        "followupnote": record.note,
    }
    return parts | vars(record)


@pytest.fixture
def edit(editor):
    """Return a function that saves a record with other values, each time a minute later, and returns the minute."""
    moments = (datetime(2026, 11, 22, tzinfo=UTC) + timedelta(minutes=number) for number in count())

    def save(record, **values):
        for name, value in values.items():
            setattr(record, name, value)
        record._history_user = editor
        moment = next(moments)
        with time_machine.travel(moment, tick=False):
            record.save()
        record.refresh_from_db()
        return moment.isoformat()[:16]

    return save


def another(field, old, editor):
    """Return a value of `field` other than `old`; words that it has contain MARK."""
    if field.is_relation:
        return made(field.related_model, editor)
    if field.choices:
        return next(value for value, _label in field.flatchoices if value not in ("", old))
    match field:
        case fields.BooleanField():
            return not old
        case fields.DateField():
            return old + timedelta(days=1)
        case fields.TimeField():
            return time(9)
        case fields.URLField():
            return "https://example.org/autre"
    return {"language": "en", "recurrence": "FREQ=MONTHLY"}.get(field.name, f"{MARK} {old}")


def made(model, editor):
    """Return another record of `model`, public if it is one that is reviewed."""
    if model is get_user_model():
        return factories.make_user(first_name=MARK)
    make = getattr(factories, f"make_{model._meta.model_name}")
    return make(published_by=editor) if issubclass(model, Reviewed) else make(f"AUTRE{next(OTHERS)}")


@pytest.fixture
def lists(client):
    """Return a function that gives all pages of `/corrections/`, both feeds and `/changes`, as they stand later."""

    def pages(address, is_last):
        found = [client.get(address)]
        while not is_last(found):
            found.append(client.get(f"{address}?page={len(found) + 1}"))
        return found

    def listed():
        with on("2026-11-24"):
            feed = pages("/flux/tout.json", lambda found: "next_url" not in found[-1].json())
            changes = [client.get("/api/v1/changes?limit=100")]
            while changes[-1].json()["next"]:
                changes.append(client.get(changes[-1].json()["next"]))
            return [
                pages("/corrections/", lambda found: len(found) * PAGE_SIZE >= found[0].context["count"]),
                pages("/flux/tout.atom", lambda found: len(found) == len(feed)),
                feed,
                changes,
            ]

    return listed


def labels_in(pages):
    """Return how often each label of a field is on pages, or in the pages within a feed."""
    return Counter(label for page in pages for label in re.findall("<dt>(.+?)</dt>", unescape(page.content.decode())))


def fields_in(feed, changes):
    """Return the fields that the JSON Feed tells of, and those of `/changes`: both values by minute, noun and name."""
    items = [(item["date_published"], item["_change"]) for page in feed for item in page.json()["items"]]
    rows = [(item["at"], item) for page in changes for item in page.json()["items"]]
    return [
        {
            (moment[:16], change["noun"], field.pop("name")): tuple(field.values())
            for moment, change in found
            for field in change.get("fields", ())
        }
        for found in (items, rows)
    ]


def label_of(field):
    """Return the word that heads what changed in a field; what `is_compatible` decides is told whole."""
    return "Décision" if field.name == "is_compatible" else capfirst(str(field.verbose_name))


def as_data(value):
    """Return the value of a field as data, a record by its key."""
    if value in (None, ""):
        return None
    if isinstance(value, fields.Model):
        return value.natural_key()[0]
    return value.isoformat() if hasattr(value, "isoformat") else value


@pytest.mark.slow
def test_a_change_of_any_public_field_is_told_by_every_list_of_changes(public, edit, lists, editor):
    edits, labels = {}, Counter()
    for model in CORRECTABLE:
        record = public[model._meta.model_name]
        edit(record, **FILLED.get(model, {}))
        for name in model.public_fields:
            field, old = model._meta.get_field(name), getattr(record, name)
            minute = edit(record, **BY_WAY_OF.get(name) or {name: another(field, old, editor)})
            edits[minute, stream.noun_of(model), name] = as_data(old), as_data(getattr(record, name))
            labels["Partie" if model is models.Undertaking else label_of(field)] += 1

    page, atom, feed, changes = lists()

    assert labels - labels_in(page) == labels - labels_in(atom) == Counter()
    assert all(old != new for old, new in edits.values())
    for told in fields_in(feed, changes):
        assert {edited: told.get(edited) for edited in edits} == edits


@pytest.mark.slow
def test_a_change_of_what_is_kept_inside_is_told_by_none(public, edit, lists, editor):
    digests = set()
    for record in public.values():
        for name in type(record).kept_inside.keys() - Reviewed.kept_inside.keys():
            value = another(record._meta.get_field(name), getattr(record, name), editor)
            minute = edit(record, **{name: value})
            if name == "text":
                digests = {(minute, "source", "sha256")}
    edit(public["claim"], position=9)

    page, atom, feed, changes = lists()

    assert [set(told) for told in fields_in(feed, changes)] == [digests, digests]
    assert all(MARK not in answer.content.decode() for found in (page, atom, feed, changes) for answer in found)


@pytest.mark.parametrize(
    "table", [table for table in TABLES.values() if table.model in nouns()], ids=lambda table: table.name
)
def test_a_table_has_every_public_field_and_none_that_is_kept_inside(table):
    model = table.model
    named = {column.source.partition("__")[0] for column in table.columns}
    lists = {field.name: field.remote_field.through for field in model._meta.many_to_many}
    elsewhere = {"visibility", "withdrawn_by", "withdrawn_at", "withdrawal_reason", *lists}

    assert {*model.attached_by, *model.public_fields, *model.unannounced_fields} - elsewhere <= named
    assert not named & model.kept_inside.keys()
    assert set(lists.values()) <= {other.model for other in TABLES.values()}
