"""Passages in their context: nothing lost, nothing shown twice, nothing beyond the margin."""

import re
from types import SimpleNamespace

import pytest
from hypothesis import given, strategies as st

from commitments.models import Citation, Source
from commitments.public import views
from commitments.public.records.passages import MARGIN, SHARE, windows
from commitments.rules.text.passages import spans
from tests import factories

TEXT = "mot " * 500


def cite(start, end):
    return SimpleNamespace(start=start, end=end)


def shown(window):
    return "".join(piece.text for piece in window.pieces)


def test_a_passage_stands_in_a_context_cut_between_words():
    text = "un deux trois quatre cinq six sept"
    text += " mot" * 100
    cited = spans([cite(8, 13)], len(text))

    [window] = windows(text, cited, margin=6)

    assert shown(window) == "deux trois quatre"[0:10]
    assert [piece.text for piece in window.pieces if piece.marked] == ["trois"]
    assert (window.cut_before, window.cut_after) == (True, True)


def test_contexts_that_overlap_are_one():
    cited = spans([cite(400, 404), cite(460, 464), cite(1500, 1504)], len(TEXT))

    found = windows(TEXT, cited)

    assert [[span.number for span in window.spans] for window in found] == [[1, 2], [3]]


def test_nested_and_crossing_passages_are_each_marked_once():
    text = "abcdefgh ij"
    cited = spans([cite(0, 6), cite(2, 4), cite(3, 8)], len(text))

    [window] = windows(text, cited, whole=True)

    assert [(piece.text, piece.marked, piece.ends) for piece in window.pieces] == [
        ("ab", True, []),
        ("c", True, []),
        ("d", True, [2]),
        ("ef", True, [1]),
        ("gh", True, [3]),
        (" ij", False, []),
    ]
    assert [len(piece.begins) for piece in window.pieces] == [1, 1, 1, 0, 0, 0]


def test_the_same_passage_cited_twice_is_numbered_once():
    [span] = spans([cite(0, 3), cite(0, 3)], 10)

    assert (span.number, len(span.citations)) == (1, 2)


@pytest.mark.parametrize("citation", [cite(None, None), cite(5, 5), cite(8, 12), cite(-1, 3)])
def test_a_citation_without_a_place_is_left_out(citation):
    assert spans([citation], 10) == []


def test_an_empty_text_has_no_window():
    assert windows("", [], whole=True) == []


@given(
    text=st.text(alphabet="ab \n", min_size=1, max_size=400),
    edges=st.lists(st.tuples(st.integers(0, 400), st.integers(0, 400)), max_size=6),
    margin=st.integers(0, 60),
)
def test_windows_show_every_passage_whole_and_nothing_beyond_the_margin(text, edges, margin):
    cited = spans([cite(*sorted(pair)) for pair in edges], len(text))

    found = windows(text, cited, margin=margin)

    position = 0
    covered = set()
    for window in found:
        start = text.index(shown(window), position)
        assert start >= position
        position = start + len(shown(window))
    for span in cited:
        covered |= set(range(max(0, span.start - margin), min(len(text), span.end + margin)))
    assert sum(len(shown(window)) for window in found) <= len(covered)
    unmarked = sum(len(piece.text) for window in found for piece in window.pieces if not piece.marked)
    assert unmarked * 100 <= SHARE * len(text)
    marked = "".join(piece.text for window in found for piece in window.pieces if piece.marked)
    wanted = sorted({index for span in cited for index in range(span.start, span.end)})
    assert marked == "".join(text[index] for index in wanted)
    assert sorted(number for window in found for piece in window.pieces for number in piece.ends) == [
        span.number for span in cited
    ]


def test_what_stands_between_two_contexts_is_not_shown():
    cited = spans([cite(400, 403), cite(500, 503)], len(TEXT))

    found = windows(TEXT, cited)

    assert len(found) == 2
    assert all(len(shown(window)) <= 3 + 2 * MARGIN for window in found)


@pytest.mark.slow
def test_many_passages_are_marked_in_one_pass():
    text = "mot " * 20_000
    cited = spans([cite(4 * index, 4 * index + 3) for index in range(20_000)], len(text))

    [window] = windows(text, cited, whole=True)

    assert sum(piece.marked for piece in window.pieces) == 20_000


def test_of_the_seed_articles_hardly_more_shows_than_what_is_cited(client, seed_articles):
    long_sentences = 0
    for source in Source.objects.all():
        placed = spans(Citation.objects.filter(source=source), len(source.text))
        page = client.get(source.get_absolute_url())
        stretches = [shown(window) for window in page.context["windows"]]
        uncited = sum(
            len(piece.text) for window in page.context["windows"] for piece in window.pieces if not piece.marked
        )

        assert page.context["passage_count"] == len(placed) > 0, source
        assert uncited * 100 <= SHARE * len(source.text), source
        for found in re.finditer(r"[^.\n]{100,}", source.text):
            if all(span.end <= found.start() or found.end() <= span.start for span in placed):
                long_sentences += 1
                assert not any(found.group() in stretch for stretch in stretches), (source, found.group())
    assert long_sentences > 0


@pytest.mark.django_db
def test_the_records_of_many_passages_go_on_over_several_pages(client, editor, monkeypatch):
    monkeypatch.setattr(views, "PASSAGES", 1)
    source = factories.make_source(published_by=editor)
    meeting = factories.make_meeting(published_by=editor)
    for exact in (factories.AGREEMENT, factories.ACTION):
        factories.make_citation(meeting=meeting, source=source, exact=exact, published_by=editor)

    first, second = (client.get(f"{source.get_absolute_url()}?page={number}") for number in (1, 2))

    assert 'id="p-1"' in first.content.decode()
    assert 'id="p-2"' not in first.content.decode()
    assert 'href="?page=2"' in first.content.decode()
    assert 'id="p-2"' in second.content.decode()
    assert 'id="p-1"' not in second.content.decode()
    assert client.get(f"{source.get_absolute_url()}?page=3").status_code == 404


def test_the_margin_is_about_forty_characters():
    [window] = windows(TEXT, spans([cite(1000, 1003)], len(TEXT)))

    assert 2 * MARGIN - 10 <= len(shown(window)) - 3 <= 2 * MARGIN
