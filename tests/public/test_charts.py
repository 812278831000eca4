"""Figures, and the bars drawn of them: whole, in order, readable without colour and without the drawing."""

import itertools
import re

import pytest
from django.template.loader import render_to_string

from commitments.choices import Status, Timeliness
from commitments.public.lists.catalogue import catalogue
from commitments.public.lists.charts import THINNEST, bars, figures
from commitments.reading import NOW
from commitments.rules import revision
from tests import factories
from tests.public.conftest import text_of

pytestmark = pytest.mark.one_database


def percent(text):
    return float(text.removesuffix("%"))


@pytest.mark.parametrize(
    "counts", [{"limited": 1}, {"not_assessed": 31, "limited": 2}, {"not_assessed": 99_999, "abandoned": 1}]
)
def test_the_segments_fill_the_bar_one_after_the_other(counts):
    shown = [bar for bar in bars(counts, Status) if bar.n]

    assert sum(percent(bar.width) for bar in shown) == pytest.approx(100, abs=0.5)
    for before, after in itertools.pairwise(shown):
        assert percent(after.start) == pytest.approx(percent(before.start) + percent(before.width), abs=0.2)
    assert all(percent(bar.width) >= THINNEST - 0.1 for bar in shown)


def test_nothing_counted_has_a_bar_of_nothing():
    assert {(bar.n, bar.width) for bar in bars({}, Timeliness)} == {(0, "0.0%")}


def drawn(axis, value):
    vocabulary = {"status": Status, "timeliness": Timeliness}[axis]
    context = {"bars": bars({value: 1}, vocabulary), "axis": axis, "caption": "C"}
    html = render_to_string("public/_bar.html", context)
    return re.sub(r"<title>.*?</title>| class=\"(?:status|timeliness)-\w+\"", "", html)


@pytest.mark.parametrize(("axis", "vocabulary"), [("status", Status), ("timeliness", Timeliness)])
def test_each_word_is_drawn_in_a_way_of_its_own_whatever_its_colour(axis, vocabulary):
    assert len({drawn(axis, value) for value in vocabulary.values}) == len(vocabulary)


def test_a_bar_without_a_table_has_its_figures_in_words_that_no_style_sheet_is_needed_for():
    context = {"bars": bars({"limited": 2}, Status), "axis": "status", "caption": "États", "is_small": True}

    html = render_to_string("public/_bar.html", context)

    assert re.sub(r"<svg.*</svg>", "", html).strip() == '<span class="unseen">États, Progrès limité 2</span>'


def test_the_drawing_has_its_figures_in_words_and_in_a_table(client, record, editor):
    factories.make_commitment(published_by=editor)

    page = client.get("/")

    html, words = page.content.decode(), text_of(page)
    assert 'role="img"><title>Engagements par état d’avancement, Non évalué 1, Progrès limité 1</title>' in html
    assert "Engagements selon leur échéance, Sans échéance 1, Échéance dépassée 1" in words
    table = re.search(r'<table class="counts">.*?</table>', html, re.S).group()
    assert table.count("<tr") == 1 + len(Status)
    assert '<a href="/engagements/?status=limited">' in table


@pytest.mark.slow
def test_the_figures_of_the_sectors_add_up_to_the_figures_of_all(record, analyst, editor):
    for slug, status in (("energie", "complete"), ("energie", "abandoned"), ("sante", "complete")):
        commitment = factories.make_commitment(sector=factories.make_sector(slug), published_by=editor)
        factories.make_assessment(commitment=commitment, status=status, proposed_by=analyst, published_by=editor)
    held = catalogue(NOW, revision.current())

    whole = figures(held, held.all)
    parts = {sector.slug: figures(held, held.of("sector", pk)) for pk, sector in held.sectors.items()}

    assert {slug: part.total for slug, part in parts.items()} == {"securite": 1, "energie": 2, "sante": 1}
    assert sum(part.overdue_total for part in parts.values()) == whole.overdue_total == 1
    for index, bar in enumerate(whole.status_bars):
        assert sum(part.status_bars[index].n for part in parts.values()) == bar.n
