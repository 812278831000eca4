"""Registers every noun at the desk; imported once the site exists (`DeskConfig.ready`)."""

from commitments.admin import (  # noqa: F401 - importing a noun registers it
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
