"""What tests of the public pages share: a way to act on a past day, a page as text, one record of each kind."""

import copy
import re
from html import unescape
from types import SimpleNamespace

import pytest
import time_machine
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone, translation

from commitments.management.commands.prepare_demo import SEEDS
from commitments.models import FollowUpNote
from tests import factories, specimens


@pytest.fixture(autouse=True)
def _french():
    """Begin and end in French: a page asked for in English leaves its language to the thread."""
    with translation.override("fr"):
        yield


def content_of(response):
    """Return the bytes of an answer, read to their end: a file that it is sent from is closed then."""
    return b"".join(response.streaming_content) if response.streaming else response.content


def text_of(response):
    """Return the words of a page, tags and runs of white space taken out."""
    html = re.sub(r"</?(?:a|em|mark|span|strong|time)\b[^>]*>", "", response.content.decode())
    html = re.sub(r"<[^>]+>", " ", html)
    return re.sub(r"\s+", " ", unescape(html))


def on(day):
    """Return a context in which today is `day`, written AAAA-MM-JJ."""
    return time_machine.travel(f"{day}T12:00:00Z", tick=False)


def make_internal(note):
    """Make a published note internal, in its history too: no rule allows it, a row may be so all the same."""
    QuerySet.update(FollowUpNote.objects.filter(pk=note.pk), visibility="internal")
    note.history.update(visibility="internal")
    note.refresh_from_db()


@pytest.fixture
def record(analyst, editor):
    """One published record of each kind, tied together, with what a page of it can show."""
    for account, name in ((analyst, "Awa"), (editor, "Boubacar")):
        account.first_name = name
        account.save()
    meeting = factories.make_meeting(reference="moscou", published_by=editor)
    instrument = factories.make_instrument(reference="communique", meeting=meeting, published_by=editor)
    commitment = factories.make_commitment(
        reference="AES-RU-2025-01",
        instrument=instrument,
        criterion_fr="La force est déclarée opérationnelle.",
        published_by=editor,
    )
    source = commitment.citations.get().source
    assessment = factories.make_assessment(commitment=commitment, proposed_by=analyst, published_by=editor)
    milestone = factories.make_milestone(commitment=commitment, published_by=editor)
    note = factories.make_note(commitment=commitment, published_by=editor)
    discrepancy = factories.make_discrepancy(
        reference="AES-RU-D01", meeting=meeting, settled_by=editor, published_by=editor
    )
    discrepancy.commitments.add(commitment)
    return SimpleNamespace(**{name: value for name, value in locals().items() if name not in ("analyst", "editor")})


_held: dict[str, list] = {}
"""The rows of the seed articles and the specimens, once they were loaded: by day and database, as they stood then."""


def load_full_site():
    """Load the seed articles, with the specimens beside them: what `tests.public.addresses` has the addresses of.

    The first time by the commands that a person would use; then as the rows that these made, at a tenth of the work.
    """
    _load_or_restore()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # its planner knows nothing of rows that no other transaction has seen


def _load_or_restore():
    account = get_user_model()
    ours = apps.get_app_config("commitments").get_models(include_auto_created=True)
    kinds = [account, account.groups.through, *ours]
    if any(kind._base_manager.exists() for kind in kinds):
        _load_by_commands()
        return
    key = timezone.now().isoformat()
    if key not in _held:
        _load_by_commands()
        _held[key] = [list(kind._base_manager.order_by("pk")) for kind in kinds]
        return
    with transaction.atomic(), connection.cursor() as cursor:
        for kind, rows in zip(kinds, _held[key], strict=True):
            QuerySet(kind).bulk_create(copy.deepcopy(rows), batch_size=500)
        for statement in connection.ops.sequence_reset_sql(no_style(), kinds):
            cursor.execute(statement)


def _load_by_commands():
    call_command("loaddata", *SEEDS, verbosity=0)
    specimens.make()


@pytest.fixture
def full_site(db):
    load_full_site()


def addresses(record):
    """Return the address of each public page that `record` (the fixture) has."""
    return [
        "/",
        "/engagements/",
        "/engagements/?basis=expected",
        record.commitment.get_absolute_url(),
        f"{record.commitment.get_absolute_url()}corrections/",
        "/sources/",
        record.source.get_absolute_url(),
        record.meeting.get_absolute_url(),
        record.instrument.get_absolute_url(),
        f"{record.instrument.get_absolute_url()}?whole=1",
        "/divergences/",
        record.discrepancy.get_absolute_url(),
        "/secteurs/",
        f"/secteurs/{record.commitment.sector.slug}/",
        "/parties/",
        "/parties/RU/",
        "/parties/AES/",
        "/matrice/",
        "/chronologie/",
        "/comparer/",
        "/comparer/?kind=published",
        "/corrections/",
        "/methode/",
        "/a-propos/",
        "/donnees/",
        "/api/",
    ]


def frames(record):
    """Return the address of each page that other sites may show in a frame."""
    return [f"{record.commitment.get_absolute_url()}integrer/", "/integrer/engagements/"]


def pictures(record):
    """Return the address of each picture that the site draws."""
    return ["/carte.png", f"{record.commitment.get_absolute_url()}carte.png"]
