"""Keys of records as text brings them."""

import pytest

from commitments.rules.keys import a_key


@pytest.mark.parametrize(
    ("text", "key"), [("7", 7), ("007", 7), (7, 7), ("9" * 18, int("9" * 18)), ("0", 0)], ids=lambda value: str(value)
)
def test_digits_are_a_key(text, key):
    assert a_key(text) == key


@pytest.mark.parametrize("text", ["", " 7", "7 ", "-7", "+7", "7.0", "x", "7\x00", "9" * 19, "٧", "²", "7_0", None])
def test_anything_else_is_none(text):
    assert a_key(text) is None
