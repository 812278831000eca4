"""Whether all records on file still meet the rules: looks up every quotation again, rechecks every published record."""

from collections.abc import Iterator
from typing import NamedTuple

from commitments.choices import GONE, Verification
from commitments.models import Assessment, Citation, Commitment, Discrepancy, Milestone, Search
from commitments.rules.judging import evidence
from commitments.rules.sourcing import citations
from commitments.rules.text import quotes


class Fault(NamedTuple):
    """A record that no longer meets the rules: which one, and why, in words."""

    record: str
    reason: str


def citation_faults() -> Iterator[Fault]:
    """Yield a fault for each citation in force that its archived text does not verify, or whose outcome is out of date.

    Each is looked up again; the stored outcome is neither trusted nor changed.
    """
    on_file = Citation.objects.exclude(state__in=GONE).select_related("source").with_targets()
    for citation in on_file.order_by("source__reference", "pk").iterator(chunk_size=500):
        place = quotes.locate(citation.source.text, citation.exact, citation.prefix, citation.suffix)
        if place.outcome in (Verification.VERIFIED, Verification.NO_ARCHIVE):
            if (place.outcome, place.start, place.end) != (citation.verification, citation.start, citation.end):
                yield Fault(_named(citation), str(citation.get_verification_display()))
            continue
        against = citations.objections(citation.source, citation.exact, citation.prefix, citation.suffix)
        yield Fault(_named(citation), " ".join(message for error in against.values() for message in error.messages))


def publication_faults() -> Iterator[Fault]:
    """Yield a fault for each published record that the rules of evidence would refuse today."""
    for model in (Commitment, Assessment, Search, Milestone, Discrepancy):
        for record in model.objects.published().order_by("pk").iterator(chunk_size=500):
            for objection in evidence.objections(record):
                yield Fault(str(record), objection.message)


def _named(citation: Citation) -> str:
    return f"{citation} → {citation.target}"
