"""Which words name a day."""

import pytest

from commitments.rules.text.named_days import names_a_day


@pytest.mark.parametrize(
    "words",
    [
        *("le 3 avril", "le 1er janvier 2026", "2025-04-03", "03/04/2025"),
        *("on 3 April", "the 31st of December", "by December 31, 2026", "Dec. 31", "April 3rd"),
    ],
)
def test_a_day_is_named(words):
    assert names_a_day(words)


@pytest.mark.parametrize("words", ["en avril 2025", "in April 2025", "March 2026", "chaque année", "they may 10 times"])
def test_no_day_is_named(words):
    assert not names_a_day(words)
