"""Whether a text, French or English, names a day. Pure."""

import re

from commitments.rules.text.french_dates import DATE, MONTHS

_FRENCH = "|".join(map(re.escape, MONTHS))
_ENGLISH = (
    "January|Jan|February|Feb|March|Mar|April|Apr|May|June|Jun|July|Jul|August|Aug|September|Sept|Sep|October|Oct|"
    "November|Nov|December|Dec"
)

NAMED = re.compile(
    rf"""(?<!\w) (?:
      \d{{1,2}} (?: \s? er )? \s+ (?: {_FRENCH} ) (?!\w)
    | \d{{1,2}} (?: st | nd | rd | th )? \s+ (?: of \s+ )? (?-i: {_ENGLISH} ) (?!\w)
    | (?-i: {_ENGLISH} ) \.? \s+ \d{{1,2}} (?: st | nd | rd | th )? (?!\w)
    ) | {DATE.pattern}""",
    re.IGNORECASE | re.VERBOSE,
)
"""A day of a month, its year written or not. English months have their capital: “they may 10” is none."""


def names_a_day(text: str) -> bool:
    """Whether `text` names a day of a month, with or without its year."""
    return NAMED.search(text) is not None
