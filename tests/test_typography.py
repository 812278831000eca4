"""Days and quotations as this site prints them."""

from datetime import UTC, date, datetime

import pytest
from django.utils import translation

from commitments import typography


@pytest.mark.parametrize(
    ("language", "day", "words"),
    [
        ("fr", date(2026, 4, 1), "1er avril 2026"),
        ("fr", date(2026, 4, 11), "11 avril 2026"),
        ("fr", date(2026, 4, 21), "21 avril 2026"),
        ("fr", datetime(2026, 4, 1, 9, 5, tzinfo=UTC), "1er avril 2026 à 09:05"),
        ("en", date(2026, 4, 1), "1 April 2026"),
    ],
)
def test_day_in_full(language, day, words):
    with translation.override(language):
        assert typography.in_full(day) == words


@pytest.mark.parametrize(
    ("words", "printed"),
    [
        ("Dix véhicules", "«\u00a0Dix véhicules\u00a0»"),
        ("«\u00a0L’œuvre\u00a0» commune", "«\u00a0“L’œuvre” commune\u00a0»"),
        ("« L’œuvre… »", "«\u00a0“L’œuvre…”\u00a0»"),
        ("«\u202fL’œuvre…", "«\u00a0“L’œuvre…\u00a0»"),
    ],
)
def test_quotation_inside_a_quotation(words, printed):
    assert typography.quoted(words) == printed
