"""The list: its facets count what they would leave, its orders hold at every depth, its search says why it found."""

import re
from datetime import date

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext
from hypothesis import given, strategies as st
from pyroaring import BitMap

from commitments.models import Commitment, Undertaking
from commitments.public.lists import catalogue
from commitments.public.lists.catalogue import Order
from commitments.reading import Reading
from commitments.rules import revision
from commitments.rules.review import publication
from tests import factories
from tests.public.conftest import on, text_of

pytestmark = pytest.mark.slow

LIST = "/engagements/"


def offered(page, name):
    """Return what the facet `name` of a page offers: the values, each with its count."""
    facet = next(facet for facet in page.context["listing"].facets() if facet.name == name)
    return {option.value: option.n for option in facet.options}


def listed(page):
    """Return the references on a page, in their order."""
    return re.findall(r'<span class="small">([A-Z0-9-]+)', page.content.decode().partition("<tbody>")[2])


@pytest.fixture
def many(analyst, editor):
    """Six commitments that differ in all that the list is narrowed by, and things that could leak into a count."""
    defence, health = factories.make_sector("defence", position=1), factories.make_sector("health", position=2)
    parties = [factories.make_party(code) for code in ("AAA", "BBB")]
    first, second = (factories.make_instrument(published_by=editor) for _ in range(2))
    plan = [
        ("01", "agreed", defence, first, date(2025, 4, 3), None),
        ("02", "agreed", defence, second, date(2025, 4, 4), date(2026, 11, 1)),
        ("03", "announced", health, first, date(2025, 4, 5), date(2026, 12, 1)),
        ("04", "intention", health, second, date(2025, 4, 6), date(2028, 1, 1)),
        ("05", "agreed", health, first, date(2025, 4, 7), None),
        ("06", "expected", health, first, date(2025, 4, 8), None),
    ]
    for number, basis, sector, instrument, made_on, due_on in plan:
        commitment = factories.make_commitment(
            reference=f"AAA-BBB-2025-{number}",
            basis=basis,
            sector=sector,
            instrument=instrument,
            made_on=made_on,
            published_by=editor,
        )
        party = parties[int(number) % 2]
        role = "undertakes" if commitment.is_undertaken else "concerned"
        Undertaking.objects.get_or_create(commitment=commitment, party=party, role=role)
        if due_on:
            factories.make_milestone(commitment=commitment, due_on=due_on, published_by=editor)
        if number == "02":
            factories.make_assessment(commitment=commitment, proposed_by=analyst, published_by=editor)
        if number == "03":
            factories.make_assessment(commitment=commitment, proposed_by=analyst)  # not public
    hidden = factories.make_commitment(reference="AAA-BBB-2025-07", sector=factories.make_sector("hidden"))
    Undertaking.objects.get_or_create(commitment=hidden, party=factories.make_party("HID"), role="undertakes")
    gone = factories.make_commitment(reference="AAA-BBB-2025-08", sector=health, published_by=editor)
    publication.withdraw(gone, by=editor, reason="Essai.")


def test_each_value_of_a_facet_says_how_many_it_leaves(client, many):
    page = client.get(LIST)

    assert offered(page, "sector") == {"defence": 2, "health": 3}
    assert offered(page, "basis") == {"agreed": 3, "announced": 1, "intention": 1, "expected": 1}
    assert offered(page, "timeliness") == {"no_deadline": 2, "upcoming": 1, "due_soon": 1, "overdue": 1}
    assert sum(offered(page, "status").values()) == 5
    assert "HID" not in offered(page, "party")
    assert "(3)" in text_of(page)


def test_a_count_is_what_the_list_then_has(client, many):
    for chosen in ({}, {"sector": "health"}, {"basis": "agreed", "timeliness": "overdue"}, {"q": "renforcer"}):
        page = client.get(LIST, chosen)
        for facet in page.context["listing"].facets():
            for option in facet.options:
                narrowed = client.get(LIST, {**chosen, facet.name: option.value})
                assert narrowed.context["page"].paginator.count == option.n == len(listed(narrowed))


def test_facets_combine_and_stay_in_the_address_of_the_page(client, many):
    page = client.get(LIST, {"sector": "health", "basis": "agreed"})

    assert listed(page) == ["AAA-BBB-2025-05"]
    assert offered(page, "sector") == {"defence": 2, "health": 1}


def test_a_list_with_nothing_says_what_to_take_off(client, many):
    page = client.get(LIST, {"sector": "defence", "timeliness": "upcoming"})

    assert listed(page) == []
    relaxed = [(item.name, item.n) for item in page.context["listing"].relaxed()]
    assert relaxed == [("timeliness", 2), ("sector", 1)]
    assert "?sector=defence" in page.content.decode()
    assert "En retirant un filtre" in text_of(page)


def test_words_that_are_nowhere_are_named(client, many):
    page = client.get(LIST, {"q": "girafe <b>"})

    assert "girafe" in text_of(page)
    assert "<b>" not in page.content.decode()


@pytest.mark.parametrize(
    ("sort", "numbers"),
    [
        ("", "01 02 03 04 05"),
        ("-title", "05 04 03 02 01"),
        ("made_on", "01 02 03 04 05"),
        ("-made_on", "05 04 03 02 01"),
        ("sector", "01 02 03 04 05"),
        ("-sector", "05 04 03 02 01"),
        ("due", "02 03 04 01 05"),
        ("-due", "04 03 02 01 05"),
        ("-status", "02 05 04 03 01"),
    ],
)
def test_the_list_is_sorted_as_asked(client, many, sort, numbers):
    page = client.get(LIST, {"sort": sort})

    assert [reference[-2:] for reference in listed(page)] == numbers.split()


def test_pages_follow_one_another_without_a_row_twice(client, many, monkeypatch):
    monkeypatch.setattr("commitments.public.views.PAGE_SIZE", 2)
    monkeypatch.setattr(catalogue, "STRETCH", 2)
    for sort in ("title", "-made_on", "due", "-due", "status"):
        pages = [client.get(LIST, {"sort": sort, "page": number}) for number in (1, 2, 3)]

        assert sorted(row for page in pages for row in listed(page)) == [f"AAA-BBB-2025-0{n}" for n in range(1, 6)]


@given(st.lists(st.integers(1, 500), unique=True, max_size=60), st.sets(st.integers(1, 500)), st.booleans(), st.data())
def test_a_page_of_an_order_is_that_stretch_of_it(keys, among, backwards, data):
    order = object.__new__(Order)
    order.stretches = [(keys[n : n + 7], BitMap(keys[n : n + 7])) for n in range(0, len(keys), 7)]
    start, size = data.draw(st.integers(0, 70)), data.draw(st.integers(1, 20))

    page = order.page(BitMap(among), start, size, backwards=backwards)

    whole = [key for key in (reversed(keys) if backwards else keys) if key in among]
    assert page == whole[start : start + size]


def test_the_best_fit_comes_first_and_its_words_are_marked(client, editor):
    for number, title, statement in (
        ("01", "Autre", "Une armée & des <camions>."),
        ("02", "Créer une armée", "Autre."),
    ):
        factories.make_commitment(
            reference=f"AAA-BBB-2025-{number}", title_fr=title, statement_fr=statement, published_by=editor
        )

    page = client.get(LIST, {"q": "armees"})

    assert listed(page) == ["AAA-BBB-2025-02", "AAA-BBB-2025-01"]
    html = page.content.decode()
    assert "Créer une <mark>armée</mark>" in html
    assert '<span class="excerpt">Une <mark>armée</mark> &amp; des &lt;camions&gt;.</span>' in html


def test_a_passage_that_was_found_is_shown_with_its_words_marked(client, editor):
    commitment = factories.make_commitment(published_by=editor)
    words = "Le ministre a dit que " + "la chose " * 30 + "serait faite par des girafes " + "et ainsi " * 30
    source = factories.make_source(text=words, published_by=editor)
    factories.make_citation(commitment=commitment, source=source, exact=words.strip(), published_by=editor)

    html = client.get(LIST, {"q": "girafe"}).content.decode()

    assert "<mark>girafes</mark>" in html
    assert html.count("la chose") < 15


def test_a_reference_or_its_beginning_is_looked_up(client, many):
    assert listed(client.get(LIST, {"q": "aaa-bbb-2025-03"})) == ["AAA-BBB-2025-03"]
    assert len(listed(client.get(LIST, {"q": "AAA-BBB-2025"}))) == 5


def test_past_days_are_searched_too(client, many, editor):
    with on("2026-11-23"):
        page = client.get(LIST, {"q": "renforcer", "as_of": "2025-04-05"})

    assert listed(page) == ["AAA-BBB-2025-01", "AAA-BBB-2025-02", "AAA-BBB-2025-03"]


def test_the_catalogue_of_a_past_day_is_of_that_day(many):
    then = catalogue.catalogue(Reading(as_of=date(2025, 4, 4)), revision.current())

    assert len(then.all) == 2
    assert set(then.sets["sector"]) == {"defence"}


@pytest.mark.parametrize("query", ["", "?q=renforcer", "?sector=health&basis=agreed", "?sort=-due", "?q=renfor"])
def test_a_list_page_costs_five_queries_at_most(client, many, query, settings):
    settings.TRACKER_PAGE_STORE = 0
    client.get(f"{LIST}?q=armement")  # makes the catalogue of this revision, with what is public of each kind

    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert listed(client.get(LIST + query))

    assert len(queries) <= 5


def test_catalogues_of_other_revisions_are_let_go(client, many):
    for day in ("2025-04-04", "2025-04-05", "2025-04-06", "2025-04-07"):
        client.get(LIST, {"as_of": day})
    assert len(catalogue._held) == catalogue.KEPT

    commitment = Commitment.objects.first()
    commitment.title_fr = "Un autre titre"
    commitment.save()
    client.get(LIST)

    assert len(catalogue._held) == 1


def test_a_row_whose_sector_changed_since_the_catalogue_was_made_shows_the_one_it_is_counted_in(client, many, settings):
    settings.TRACKER_PAGE_STORE = 0
    elsewhere = factories.make_sector("elsewhere")
    client.get(LIST)  # makes the catalogue of this revision
    moved = Commitment.objects.get(reference="AAA-BBB-2025-01")
    counted = moved.sector.name_fr

    # As for a reader who has the catalogue already, and reads the rows once somebody has saved.
    QuerySet.update(Commitment.objects.filter(pk=moved.pk), sector=elsewhere)
    page = client.get(LIST)

    assert page.status_code == 200
    shown = {row.reference: row.sector.name_fr for row in page.context["listing"][0:25]}
    assert shown["AAA-BBB-2025-01"] == counted
