"""Named queries: what the public may see, on which day, with which related data. Written once, used everywhere.

Public code reaches rows only through `published()`. Each method takes a `Reading`; without one it answers for now.
"""

from commitments.querysets.base import NaturalKeyManager, NaturalKeyQuerySet, ReviewedQuerySet, live, was_public
from commitments.querysets.citations import CitationQuerySet
from commitments.querysets.commitments import CommitmentQuerySet
from commitments.querysets.context import (
    InstrumentQuerySet,
    MeetingQuerySet,
    PartyQuerySet,
    SectorQuerySet,
    SourceQuerySet,
)
from commitments.querysets.follow_up import (
    AssessmentQuerySet,
    ClaimQuerySet,
    DiscrepancyQuerySet,
    FollowUpNoteQuerySet,
    MilestoneQuerySet,
    SearchQuerySet,
)
