"""Registers every noun at the desk; imported once the site exists (`DeskConfig.ready`)."""

from commitments.admin.nouns import (  # noqa: F401 - importing a noun registers it
    assessments,
    citations,
    commitments,
    discrepancies,
    meetings,
    milestones,
    notes,
    parties,
    searches,
    sectors,
    sources,
)
from commitments.admin.people import accounts  # noqa: F401 - importing a noun registers it
