"""How many sources speak independently, as far as is on file."""

import pytest

from commitments.choices import SourceKind
from commitments.models import Citation, Source
from commitments.rules.sourcing.independence import LONG, voices

PASSAGE = " ".join(f"mot{number}" for number in range(LONG))


def citation(number, *, exact="", **fields):
    source = Source(pk=number, reference=f"S{number}", **{"sha256": f"{number}", "kind": "press"} | fields)
    return Citation(source=source, exact=exact or f"passage {number}")


@pytest.mark.parametrize(
    ("citations", "count"),
    [
        ([], 0),
        ([citation(1), citation(1, exact="autre")], 1),
        ([citation(1), citation(2)], 2),
        ([citation(1, sha256="x"), citation(2, sha256="x")], 1),
        ([citation(1, sha256=""), citation(2, sha256="")], 2),
        ([citation(1, publisher="L’Essor"), citation(2, publisher=" l'essor ")], 1),
        ([citation(1, publisher=" "), citation(2, publisher="")], 2),
        ([citation(1, exact=PASSAGE), citation(2, exact=f"«\u00a0{PASSAGE.upper()}.\u00a0»")], 1),
        ([citation(1, exact=PASSAGE[5:]), citation(2, exact=PASSAGE[5:])], 2),
        # The third ties the first two together.
        ([citation(1, publisher="A"), citation(2, sha256="x"), citation(3, publisher="A", sha256="x")], 1),
    ],
)
def test_sources_that_repeat_each_other_count_once(citations, count):
    assert len(voices(citations)) == count


def test_a_voice_speaks_as_the_first_of_its_kinds_and_says_whether_a_publisher_is_known():
    [republished] = voices([citation(1, sha256="x"), citation(2, sha256="x", kind="agency", publisher="APA")])
    [unnamed] = voices([citation(3)])

    assert (republished.kind, republished.is_named) == (SourceKind.AGENCY, True)
    assert (unnamed.kind, unnamed.is_named) == (SourceKind.PRESS, False)
