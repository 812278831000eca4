"""Rule 1: a quotation is verbatim or it says so."""

import unicodedata

import pytest
from hypothesis import assume, example, given, strategies as st

from commitments.choices import Verification
from commitments.rules.text import quotes

TEXT = (
    "À l’issue de la rencontre, les parties ont convenu d’« un cadre de dialogue ». La Force unifiée sera "
    "soutenue. Plus tard, la Force unifiée sera équipée."
)


def test_locate_gives_offsets_into_the_original():
    place = quotes.locate(TEXT, "les parties ont convenu")

    assert place.outcome == Verification.VERIFIED
    assert TEXT[place.start : place.end] == "les parties ont convenu"


@pytest.mark.parametrize(
    "typed",
    [
        "l'issue de la rencontre",
        "l’issue\u00a0de  la\nrencontre",
        "  l’issue de la rencontre ",
        'ont convenu d\'"un cadre de dialogue"',
        "ont convenu d’«\u00a0un cadre de dialogue\u00a0»",
        "ont convenu d’“un\u202fcadre de dialogue”",
        unicodedata.normalize("NFD", "À l’issue"),
    ],
)
def test_locate_ignores_space_quote_shapes_and_unicode_form(typed):
    assert quotes.locate(TEXT, typed).outcome == Verification.VERIFIED


def test_locate_keeps_the_source_s_own_form_in_a_decomposed_text():
    text = unicodedata.normalize("NFD", "Une force armée conjointe.")

    place = quotes.locate(text, "armée")

    assert text[place.start : place.end] == unicodedata.normalize("NFD", "armée")


@pytest.mark.parametrize(
    "typed",
    [
        "les parties ont convenus",
        "les Parties ont convenu",
        "la Force unifiee",
        "les parties… convenu",
        "lesparties",
        "cadre de dialogues",
        "",
        "   ",
    ],
)
def test_locate_refuses_any_other_difference(typed):
    assert quotes.locate(TEXT, typed).outcome == Verification.NOT_FOUND


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_locate_does_not_cut_a_letter_from_its_accent(form):
    text = unicodedata.normalize(form, "un café noir")

    assert quotes.locate(text, "un cafe").outcome == Verification.NOT_FOUND


@pytest.mark.parametrize(
    "typed",
    [
        "une partie ne s’oppose à l’AES",
        "ucune partie",
        "Aucune parti",
        "oppose à l’AE",
        "n 2025",
        "en 202",
        "rme",
        "arm",
    ],
)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_locate_cuts_no_word(typed, form):
    text = unicodedata.normalize(form, "Aucune partie ne s’oppose à l’AES en 2025, ni n’arme l’armée.")

    assert quotes.locate(text, typed).outcome == Verification.NOT_FOUND
    assert quotes.locate(text, "AES").outcome == Verification.VERIFIED
    assert quotes.locate(text, "oppose à l’AES en 2025").outcome == Verification.VERIFIED


def test_locate_finds_the_whole_word_past_the_places_that_cut_one():
    text = "Aucune partie, une partie"

    place = quotes.locate(text, "une partie")

    assert (place.start, place.occurrences) == (text.index(" une") + 1, 1)


def test_locate_stops_counting_but_not_looking():
    text = "oui, " * 5000 + "dit-elle enfin : oui, merci"

    assert quotes.locate(text, "oui").occurrences == quotes.MOST_COUNTED
    assert quotes.locate(text, "oui", suffix=", merci").start == len(text) - len("oui, merci")


def test_locate_tells_several_places_from_none():
    place = quotes.locate(TEXT, "Force unifiée sera")

    assert place.outcome == Verification.AMBIGUOUS
    assert (place.start, place.end, place.occurrences) == (None, None, 2)


@pytest.mark.parametrize(("prefix", "suffix", "expected"), [("Plus tard, la", "", 1), ("", "soutenue", 0)])
def test_locate_lets_prefix_or_suffix_decide(prefix, suffix, expected):
    first = TEXT.index("Force unifiée")
    second = TEXT.index("Force unifiée", first + 1)

    place = quotes.locate(TEXT, "Force unifiée sera", prefix, suffix)

    assert place.outcome == Verification.VERIFIED
    assert place.start == (first, second)[expected]


def test_locate_refuses_a_prefix_that_is_not_there():
    place = quotes.locate(TEXT, "les parties ont convenu", prefix="mardi")

    assert place.outcome == Verification.NOT_FOUND
    assert place.occurrences == 1


@pytest.mark.parametrize("text", ["", " \n"])
def test_locate_without_archive_says_so(text):
    assert quotes.locate(text, "les parties").outcome == Verification.NO_ARCHIVE


def test_divergence_shows_where_the_words_part():
    found, typed, archived = quotes.divergence(TEXT, "les parties ont convenu d’un accord")

    assert found.endswith("les parties ont convenu")
    assert typed.startswith("d’un accord")
    assert archived.startswith("d’« un cadre")


def test_divergence_goes_by_whole_words():
    assert quotes.divergence("Aucune partie ne s’oppose.", "une partie") is None
    assert quotes.divergence(TEXT, "les parties ont conv", shown=15) == ("les parties ont", "conv", "convenu d’« un")


def cuts_a_word(text, index):
    """Whether `index` stands between two letters of `text`, marks counting with their letter."""
    return all(unicodedata.category(char)[0] in "LM" for char in text[max(0, index - 1) : index + 1]) and (
        0 < index < len(text)
    )


LETTERS = st.text(alphabet="aeé̀œçÀL'’«»\"“” \u00a0\u2009\n.,Force가각", min_size=1, max_size=60)


@given(text=LETTERS, data=st.data())
@example(text="d’« un »", data=None)
def test_any_passage_is_found_however_it_is_typeset(text, data):
    start, end = (0, len(text)) if data is None else sorted(data.draw(st.tuples(*[st.integers(0, len(text))] * 2)))
    while cuts_a_word(text, end) or (end < len(text) and unicodedata.combining(text[end])):
        end += 1
    while cuts_a_word(text, start) or (0 < start < len(text) and unicodedata.combining(text[start])):
        start -= 1
    passage = text[start:end]
    assume(passage.strip())
    typed = passage.replace("’", "'").replace("\u00a0", " ").replace("«", '"').replace("»", '"')
    typed = unicodedata.normalize("NFD", typed)

    place = quotes.locate(text, typed)

    assert place.outcome in (Verification.VERIFIED, Verification.AMBIGUOUS)
    if place.outcome == Verification.VERIFIED:
        found = text[place.start : place.end]
        assert quotes.fold(found).text.strip() == quotes.fold(passage).text.strip()


@given(text=LETTERS, typed=LETTERS)
def test_what_is_found_folds_to_the_same_words(text, typed):
    place = quotes.locate(text, typed)

    if place.outcome == Verification.VERIFIED:
        assert 0 <= place.start < place.end <= len(text)
        assert quotes.fold(text[place.start : place.end]).text.strip() == quotes.fold(typed).text.strip()
    elif place.outcome == Verification.NOT_FOUND and typed.strip():
        assert f" {typed.strip()} " not in f" {text} " or any(unicodedata.combining(char) for char in typed + text)


@given(text=LETTERS, data=st.data())
def test_no_passage_that_is_found_cuts_a_word(text, data):
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(text))] * 2)))

    place = quotes.locate(text, text[start:end])

    if place.outcome == Verification.VERIFIED:
        assert not cuts_a_word(text, place.start)
        assert not cuts_a_word(text, place.end)


@given(LETTERS)
def test_folding_is_stable_and_keeps_places(text):
    folded = quotes.fold(text)

    assert quotes.fold(folded.text).text == folded.text
    assert len(folded.text) == len(folded.starts) == len(folded.ends)
    assert all(start < end for start, end in zip(folded.starts, folded.ends, strict=True))
    assert list(folded.starts) == sorted(folded.starts)
