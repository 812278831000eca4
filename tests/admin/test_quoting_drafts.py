"""Which drafts the panel of quoting offers: those of the commitment chosen, or the most recent of all."""

import re
import time
from datetime import date

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from commitments.admin.texts import quote_form
from commitments.models import Assessment, Citation, FollowUpNote
from tests import factories
from tests.admin.forms import page
from tests.admin.test_quoting import JSON, make_client, post

pytestmark = pytest.mark.django_db


@pytest.fixture
def source():
    return factories.make_source()


def offered(html, name):
    """Return the keys that the list `name` offers in `html`."""
    inside = re.search(rf'<select name="{name}".*?</select>', html, re.DOTALL).group(0)
    return [int(key) for key in re.findall(r'<option value="(\d+)"', inside)]


def words(html, name):
    """Return what is said under the list `name`."""
    return re.search(rf'id="id_{name}_helptext">(.*?)</div>', html, re.DOTALL).group(1)


def make_drafts(commitment, count):
    """Record so many drafts of each kind at once; no rule allows it."""
    judged = {"status": "limited", "as_of": date(2025, 4, 10), "rationale_fr": "Des motifs."}
    noted = {"visibility": "internal", "dated": date(2025, 4, 10), "body_fr": "Une note."}
    for model, fields in ((Assessment, judged), (FollowUpNote, noted)):
        QuerySet(model).bulk_create(model(commitment=commitment, **fields) for _number in range(count))


def ask(client, source, **query):
    response = client.get(page(source, "quote"), query, **JSON)
    return response.json()["drafts"]


@pytest.mark.slow
def test_the_page_opens_fast_beside_thousands_of_drafts(as_analyst, source):
    commitment, other = factories.make_commitment(), factories.make_commitment()
    make_drafts(commitment, 2500)
    make_drafts(other, 2500)

    for query in ({}, {"commitment": commitment.reference}):
        started = time.process_time()
        html = as_analyst.get(page(source, "quote"), query).content.decode()
        spent = time.process_time() - started

        most = quote_form.MOST if query else quote_form.RECENT
        assert len(offered(html, "assessment")) == len(offered(html, "note")) == most
        assert spent < 1


def test_the_most_recent_are_offered_and_said_to_be_while_no_commitment_is_chosen(as_analyst, source, monkeypatch):
    monkeypatch.setattr(quote_form, "RECENT", 2)
    one, two, three = (factories.make_assessment() for _number in range(3))

    html = as_analyst.get(page(source, "quote")).content.decode()

    assert sorted(offered(html, "assessment")) == [two.pk, three.pk]
    assert words(html, "assessment") == "Les 2 plus récentes\u00a0: choisissez l’engagement pour voir les siennes."
    assert words(html, "note") == "Toutes confondues\u00a0: choisissez un engagement pour ne voir que les siennes."
    assert one.pk not in offered(html, "assessment")


def test_those_of_the_commitment_chosen_are_asked_for(as_analyst, source, monkeypatch):
    monkeypatch.setattr(quote_form, "RECENT", 1)
    monkeypatch.setattr(quote_form, "MOST", 2)
    mine = factories.make_assessment()
    notes = [factories.make_note(commitment=mine.commitment) for _number in range(3)]
    factories.make_assessment()
    bare = factories.make_commitment()

    html = ask(as_analyst, source, commitment=f"{mine.commitment.reference} – Un titre")
    empty = ask(as_analyst, source, commitment=bare.reference)

    assert offered(html, "assessment") == [mine.pk]
    assert words(html, "assessment") == f"De l’engagement {mine.commitment.reference}."
    assert sorted(offered(html, "note")) == [row.pk for row in notes[1:]]
    assert words(html, "note") == f"Les 2 plus récentes de l’engagement {mine.commitment.reference}."
    assert offered(empty, "assessment") == offered(empty, "note") == []
    assert words(empty, "note") == f"L’engagement {bare.reference} n’en a pas."


@pytest.mark.parametrize("typed", ["AES-9", "\x00", "  ", "x" * 20_000])
def test_a_reference_that_names_nothing_offers_the_most_recent(typed, as_analyst, source):
    draft = factories.make_assessment()

    html = ask(as_analyst, source, commitment=typed)

    assert offered(html, "assessment") == [draft.pk]
    assert ("Aucun engagement n’a cette référence." in words(html, "assessment")) == bool(typed.strip())


def test_without_script_a_button_shows_them_and_keeps_what_was_typed(as_analyst, source):
    mine, other = factories.make_assessment(), factories.make_assessment()
    count = Citation.objects.count()
    typed = {
        "purpose": "assessment",
        "commitment": mine.commitment.reference,
        "assessment": other.pk,
        "words": "Un passage, <b>à moitié",
        "suffix": "copié",
        "note_text": "Une note.",
        "role": "context",
        "evidence_kind": "announcement",
    }

    response = as_analyst.post(page(source, "quote"), typed | {"act": "drafts"})

    html = response.content.decode()
    assert offered(html, "assessment") == [mine.pk]
    assert "Afficher les brouillons de l’engagement" in html
    assert "errornote" not in html
    assert "errorlist" not in html
    form = response.context["form"]
    assert {name: form[name].value() for name in typed} == typed | {"assessment": str(other.pk)}
    assert Citation.objects.count() == count


def test_a_draft_that_is_not_offered_may_be_named_and_stays_chosen_when_refused(as_analyst, source, monkeypatch):
    monkeypatch.setattr(quote_form, "RECENT", 1)
    old = factories.make_assessment()
    factories.make_assessment()

    refused = post(as_analyst, source, accept={}, purpose="assessment", assessment=old, words="jamais dit")
    done = post(as_analyst, source, factories.ACTION, purpose="assessment", assessment=old)

    assert f'<option value="{old.pk}" selected>' in refused.content.decode()
    assert "errors" not in done.json()
    assert Citation.objects.latest("pk").assessment == old


@pytest.mark.slow
def test_the_number_of_queries_does_not_grow_with_the_drafts(as_analyst, source, django_assert_num_queries):
    commitment = factories.make_commitment()
    query = {"commitment": commitment.reference}
    make_drafts(commitment, 1)
    as_analyst.get(page(source, "quote"), query)

    with CaptureQueriesContext(connection) as few:
        as_analyst.get(page(source, "quote"), query)
    make_drafts(commitment, 30)

    with django_assert_num_queries(len(few)):
        as_analyst.get(page(source, "quote"), query)


def test_drafts_are_told_to_those_only_who_may_quote_and_read_them(source):
    draft = factories.make_assessment()
    note = factories.make_note(commitment=draft.commitment)
    query = {"commitment": draft.commitment.reference}
    reader, citing = make_client("view_source"), make_client("view_source", "add_citation", "view_followupnote")

    refused = reader.get(page(source, "quote"), query, **JSON)
    html = ask(citing, source, **query)

    assert refused.status_code == 403
    assert offered(html, "assessment") == []
    assert offered(html, "note") == [note.pk]
    assert reader.post(page(source, "quote"), query | {"act": "drafts"}).status_code == 403
