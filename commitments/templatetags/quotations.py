"""Tags for the passages quoted on public pages: the first ones in the open, the others folded away."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.template.context import Context

from commitments.choices import Verification
from commitments.models import Citation
from commitments.public.records.verifications import outcomes, sources_of
from commitments.reading import NOW

register = template.Library()

OPEN = 2
"""How many passages of a block stand in the open; those after them are folded away."""


@register.inclusion_tag("public/_quotations.html", takes_context=True)
def quotations(
    context: Context, citations: Iterable[Citation], *, shown: int = OPEN, among: int = 0, grouped: bool = False
) -> dict[str, Any]:
    """Show a block of passages, of which `shown` stand in the open, and what came of looking them all up.

    That is told after the block, or with the passage if it is the only one; inside, if all are folded away and all were
    found. With `among`, how many passages a larger block has, it is left to that one. `grouped` is whether what the
    passages do is told above them.
    """
    citations = list(citations)
    rest = citations[shown:]
    is_inside = not shown and all(citation.is_verified for citation in citations)
    return {
        "citations": citations,
        "first": citations[:shown],
        "rest": rest,
        "sources": sources_of(rest),
        "is_alone": (among or len(citations)) == 1,
        "is_told": not among and not is_inside,
        "is_told_inside": is_inside,
        "grouped": grouped,
        "reading": context.get("reading") or NOW,
    }


@register.inclusion_tag("public/_verifications.html")
def verifications(citations: Iterable[Citation]) -> dict[str, Any]:
    """Show in one line what came of looking up `citations`, if there are several."""
    return {"outcomes": outcomes(citations)}


@register.inclusion_tag("public/_verification.html")
def verification_line(citation: Citation, *, is_alone: bool) -> dict[str, Any]:
    """Show whether the words were found in the archived text; since when, and in words, only if a block `is_alone`."""
    return {
        "verification": citation.verification,
        "label": Verification(citation.verification).label,
        "is_brief": citation.is_verified and not is_alone,
        "verified_at": citation.verified_at,
        "has_archive": citation.verification != Verification.NO_ARCHIVE,
    }
