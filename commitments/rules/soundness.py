"""Does all that is on file still hold? Looks every quotation up again and every published record over."""

from collections.abc import Iterator
from typing import NamedTuple

from commitments.choices import GONE, Verification
from commitments.models import Assessment, Citation, Commitment, Discrepancy, Milestone
from commitments.rules import citations, evidence, quotes


class Fault(NamedTuple):
    """Something that no longer holds: which record, and why in words."""

    record: str
    reason: str


def citation_faults() -> Iterator[Fault]:
    """Yield a fault for each citation, but the withdrawn, that is not verified where there is a text to verify it in.

    The looking up is done anew; what is stored is not trusted, and not changed.
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
    for model in (Commitment, Assessment, Milestone, Discrepancy):
        for record in model.objects.published().order_by("pk").iterator(chunk_size=500):
            for objection in evidence.objections(record):
                yield Fault(str(record), objection.message)


def _named(citation: Citation) -> str:
    return f"{citation} → {citation.target}"
