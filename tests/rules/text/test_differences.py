"""How two texts differ, word by word: nothing is lost, nothing is invented, and what is alike is not marked."""

import time
from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from commitments.rules.text.differences import DELETED, INSERTED, MOST_COMPARED, SAME, Piece, compare, is_version

TEXTS = st.one_of(
    st.text(max_size=60),
    st.lists(st.sampled_from(["un", "deux", " ", "\n", "’", ".", "é", "e\u0301", "\u00a0"]), max_size=40).map("".join),
)


def old_of(pieces):
    return "".join(piece.text for piece in pieces if piece.kind != INSERTED)


def new_of(pieces):
    return "".join(piece.text for piece in pieces if piece.kind != DELETED)


@pytest.mark.slow
@given(TEXTS, TEXTS)
def test_pieces_rebuild_both_texts(old, new):
    pieces = compare(old, new)

    assert old_of(pieces) == old
    assert new_of(pieces) == new


@pytest.mark.slow
@given(TEXTS, TEXTS)
def test_pieces_are_neither_empty_nor_torn(old, new):
    kinds = [piece.kind for piece in compare(old, new)]

    assert all(piece.text for piece in compare(old, new))
    assert all(one != other for one, other in pairwise(kinds))


@given(TEXTS)
def test_a_text_is_the_same_as_itself(text):
    assert compare(text, text) == ([Piece(SAME, text)] if text else [])


def test_only_the_changed_word_is_marked():
    pieces = compare("Dix véhicules ont été livrés.", "Douze véhicules ont été livrés.")

    assert pieces == [Piece(DELETED, "Dix"), Piece(INSERTED, "Douze"), Piece(SAME, " véhicules ont été livrés.")]


def test_words_changed_side_by_side_are_one_change():
    pieces = compare("le 3 avril à Moscou", "le 10 mai à Moscou")

    assert pieces == [
        Piece(SAME, "le "),
        Piece(DELETED, "3 avril"),
        Piece(INSERTED, "10 mai"),
        Piece(SAME, " à Moscou"),
    ]


def test_what_is_appended_is_inserted_only():
    pieces = compare("Une phrase.", "Une phrase. Une autre.")

    assert pieces == [Piece(SAME, "Une phrase."), Piece(INSERTED, " Une autre.")]


@pytest.mark.parametrize("separator", [" ", "\n"])
def test_long_texts_are_compared_in_reasonable_time(separator):
    words = [f"mot{number}" for number in range(3 * MOST_COMPARED)]
    other = [word if number % 7 else f"autre{number}" for number, word in enumerate(words)]
    started = time.monotonic()

    pieces = compare(separator.join(words), separator.join(other))

    assert time.monotonic() - started < 20
    assert old_of(pieces) == separator.join(words)
    assert new_of(pieces) == separator.join(other)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("Dix véhicules livrés à Bamako.", "Douze véhicules livrés à Bamako.", True),
        ("Aucune livraison n’est connue.", "Le convoi franchit Gao hier soir", False),
        ("", "", False),
    ],
)
def test_two_texts_with_nothing_in_common_are_not_versions(old, new, expected):
    assert is_version(compare(old, new)) is expected
