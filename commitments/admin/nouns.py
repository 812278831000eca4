"""Registers every noun at the desk; imported once the site exists (`DeskConfig.ready`)."""

from commitments.admin import (
    assessments,
    citations,
    commitments,
    discrepancies,
    meetings,
    milestones,
    notes,
    parties,
    sectors,
    sources,
)

__all__ = [
    "assessments",
    "citations",
    "commitments",
    "discrepancies",
    "meetings",
    "milestones",
    "notes",
    "parties",
    "sectors",
    "sources",
]
