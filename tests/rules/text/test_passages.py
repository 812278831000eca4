"""The text in sentences and marks: nothing lost, every cited character marked, what nothing cites is found."""

import time
from types import SimpleNamespace

import pytest
from hypothesis import given, strategies as st

from commitments.rules.text import quotes
from commitments.rules.text.passages import FAR, NEAR, chunks, pieces, sentences, spans, surroundings, trimmed

TEXTS = st.text(alphabet="aB .!«»\n\r\u00a0é1😀", max_size=120)
EDGES = st.lists(st.tuples(st.integers(0, 120), st.integers(0, 120)), max_size=6)


def cite(start, end):
    return SimpleNamespace(start=start, end=end)


def split(text):
    return [text[start:end] for start, end in sentences(text)]


@given(text=TEXTS, edges=EDGES)
def test_chunks_rebuild_the_text_and_mark_every_cited_character(text, edges):
    cited = spans([cite(*sorted(pair)) for pair in edges], len(text))

    found = chunks(text, cited)

    shown = [(char, piece.marked) for chunk in found for piece in chunk.pieces for char in piece.text]
    assert "".join(char for char, _marked in shown) == text
    wanted = {index for span in cited for index in range(span.start, span.end)}
    assert {index for index, (_char, marked) in enumerate(shown) if marked} == wanted
    for chunk in found:
        assert text[chunk.start : chunk.end] == "".join(piece.text for piece in chunk.pieces)
        assert chunk.is_cited == bool(wanted & set(range(chunk.start, chunk.end)))
    assert sorted(number for chunk in found for piece in chunk.pieces for number in piece.ends) == [
        span.number for span in cited
    ]


@given(text=TEXTS)
def test_sentences_stand_in_order_and_leave_no_word_out(text):
    found = sentences(text)

    position = 0
    for start, end in found:
        assert not any(map(str.isalnum, text[position:start]))
        assert text[start:end] == text[start:end].strip()
        position = end
    assert not any(map(str.isalnum, text[position:]))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Un point. Puis un autre.", ["Un point.", "Puis un autre."]),
        ("Est-ce vrai\u00a0? Oui\u00a0! Voilà…", ["Est-ce vrai\u00a0?", "Oui\u00a0!", "Voilà…"]),
        ("M. Lavrov et MM. Diop et Sangaré. Fin.", ["M. Lavrov et MM. Diop et Sangaré.", "Fin."]),
        ("Selon S. Lavrov, l’art. 3. Fin.", ["Selon S. Lavrov, l’art. 3.", "Fin."]),
        ("Il vaut 3.5 milliards. Le 2.4 aussi.", ["Il vaut 3.5 milliards.", "Le 2.4 aussi."]),
        ("« Nous avançons. » Il a signé.", ["« Nous avançons. »", "Il a signé."]),
        (
            "Il a dit\u00a0: «\u00a0Non\u00a0!\u00a0» puis partit. Fin.",
            ["Il a dit\u00a0: «\u00a0Non\u00a0!\u00a0» puis partit.", "Fin."],
        ),
        ("« Quand ? » demande-t-il. « Demain. »", ["« Quand ? » demande-t-il.", "« Demain. »"]),
        ("des chars, etc. mais rien. Fin.", ["des chars, etc. mais rien.", "Fin."]),
        ("Un titre sans point\n\nle corps.", ["Un titre sans point", "le corps."]),
        ("Un titre\nLe corps\nqui continue.", ["Un titre", "Le corps\nqui continue."]),
        ("Vu M.\nLavrov à Moscou.\r\n\r\nFin.", ["Vu M.\nLavrov à Moscou.", "Fin."]),
        ("Un.\rDeux.", ["Un.", "Deux."]),
        ("1. Le premier point. 2. Le second.", ["1. Le premier point.", "2. Le second."]),
        ("* * *\n\nSeul.", ["Seul."]),
        ("En 2025. Elle suit.", ["En 2025.", "Elle suit."]),
        ("", []),
        (" \n ", []),
    ],
)
def test_french_sentences(text, wanted):
    assert split(text) == wanted


def test_a_sentence_is_cited_where_a_passage_overlaps_it():
    text = "Un premier. Un deuxième. Un troisième."
    cited = spans([cite(8, 15)], len(text))

    found = [(text[chunk.start : chunk.end], chunk.is_cited) for chunk in chunks(text, cited) if chunk.is_sentence]

    assert found == [("Un premier.", True), ("Un deuxième.", True), ("Un troisième.", False)]


def test_a_passage_that_ends_where_a_sentence_begins_does_not_cite_it():
    text = "Un premier. Un deuxième."

    found = [chunk.is_cited for chunk in chunks(text, spans([cite(0, 12)], len(text))) if chunk.is_sentence]

    assert found == [True, False]


def test_pieces_of_a_stretch_rebuild_it():
    text = "abcdefghij"

    found = pieces(text, spans([cite(3, 5), cite(4, 7)], len(text)), 2, 9, cuts=[8])

    assert [(piece.text, piece.marked) for piece in found] == [
        ("c", False), ("d", True), ("e", True), ("fg", True), ("h", False), ("i", False),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("place", "wanted"),
    [
        ((0, 4), (1, 3)),
        ((1, 3), (1, 3)),
        ((0, 1), None),
        ((3, 3), None),
        ((2, 9), None),
        ((-1, 2), None),
        ((3, 1), None),
    ],
)
def test_white_space_at_the_ends_of_a_place_is_left_out(place, wanted):
    assert trimmed(" mo\u00a0\n", *place) == wanted


def test_surroundings_of_a_passage_are_a_few_whole_words():
    text = "mot " * 20 + "Les parties signent un accord. " + "fin " * 20
    start = text.index("Les")

    prefix, suffix = surroundings(text, start, start + len("Les parties"))

    assert prefix.split() == ["mot"] * (NEAR // 4)
    assert suffix == "signent un accord. fin fin fin"
    assert len(suffix) <= NEAR


def test_surroundings_decide_between_two_places():
    same = "a" + " mot" * 30 + " Les parties signent" + " mot" * 30
    text = f"Hier {same} un. Demain {same} deux."
    second = text.rindex("Les parties")

    prefix, suffix = surroundings(text, second, second + 11)

    place = quotes.locate(text, "Les parties", prefix, suffix)
    assert (place.start, place.end) == (second, second + 11)
    assert NEAR < max(len(prefix), len(suffix)) <= FAR
    shorter = quotes.locate(text, "Les parties", prefix.partition(" ")[2], suffix.rpartition(" ")[0])
    assert shorter.outcome == "ambiguous"


def test_surroundings_never_decide_where_the_same_text_goes_on_too_long():
    text = "mot " * 400

    assert surroundings(text, 800, 803) is None


@pytest.mark.parametrize("place", [(0, 2), (5, 9)])
def test_a_place_that_cuts_a_word_has_no_surroundings(place):
    assert surroundings("Aucune partie ne signe.", *place) is None


@given(text=TEXTS, edge=st.tuples(st.integers(0, 120), st.integers(0, 120)))
def test_surroundings_found_lead_back_to_the_very_place(text, edge):
    place = trimmed(text, *sorted(edge))
    kept = surroundings(text, *place) if place else None

    if kept is not None:
        found = quotes.locate(text, text[place[0] : place[1]], *kept)
        assert (found.start, found.end) == place
        assert all(len(words) <= FAR and words == " ".join(words.split()) for words in kept)


@pytest.mark.slow
def test_a_long_text_is_cut_quickly():
    hard = ["." * 200_000, "\n" * 200_000, "1. " * 60_000, "»." * 100_000, "Une phrase. " * 16_000]

    started = time.process_time()
    for text in hard:
        sentences(text)

    assert time.process_time() - started < 10
