"""Registers every noun at the desk; imported once the site exists (`DeskConfig.ready`)."""

from commitments.admin import (
    accounts,
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
    "accounts",
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
