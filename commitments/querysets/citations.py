"""Queries on citations."""

from __future__ import annotations

from itertools import chain
from typing import Self

from django.db.models import Q

from commitments.querysets.base import ReviewedQuerySet, live
from commitments.querysets.follow_up import FollowUpNoteQuerySet
from commitments.reading import NOW, Reading


class CitationQuerySet(ReviewedQuerySet):
    """Citations: public only when their source and their one target are public."""

    parents = ("source__",)
    targets = {
        "commitment": ("commitment__",),
        "assessment": ("assessment__", "assessment__commitment__"),
        "milestone": ("milestone__", "milestone__commitment__"),
        "note": ("note__",),
        "claim": ("claim__discrepancy__",),
        "meeting": ("meeting__",),
        "instrument": ("instrument__",),
    }
    reviewed = (*chain(*targets.values()), *(f"note__{name}__" for name in FollowUpNoteQuerySet.targets))
    """The prefixes of all that a citation may be attached to, and of what is above that."""

    @classmethod
    def attached(cls, reading: Reading, path: str = "") -> Q:
        """Return the condition that the source and the target of the citation at `path` were public for `reading`."""
        note = Q(**{f"{path}note__isnull": True}) | FollowUpNoteQuerySet.attached(reading, f"{path}note__")
        return super().attached(reading, path) & note

    def held(self, reading: Reading = NOW) -> Self:
        """Return the citations of records that had taken place on the day read, as their own pages show them."""
        days = ("commitment__made_on", "assessment__as_of", "note__dated")
        above = [f"{name}__commitment__made_on" for name in ("assessment", "milestone", "note")]
        # Today's reading has future meetings too.
        meetings = ["meeting__starts_on", "note__meeting__starts_on"] if reading.is_past else []
        found = self
        for path in (*days, *above, *meetings):
            found = found.exclude(**{f"{path}__gt": reading.day})
        return found

    def published_on_public_target(self, reading: Reading = NOW) -> Self:
        """Return the citations public for `reading`, for a caller whose targets are known to be public."""
        return self.filter(live(reading) & live(reading, "source__"))

    def named(self) -> Self:
        """Return the citations with their source, of which their names are made, without its archived text."""
        return self.with_source()

    def with_source(self) -> Self:
        """Return the citations with their source, without its archived text."""
        return self.select_related("source").defer("source__text")

    def with_targets(self) -> Self:
        """Return the citations with every record that a citation may be attached to."""
        return self.select_related(
            "commitment",
            "assessment__commitment",
            "milestone__commitment",
            *(f"note__{name}" for name in FollowUpNoteQuerySet.targets),
            "claim__discrepancy",
            "meeting",
            "instrument__meeting",
        )
