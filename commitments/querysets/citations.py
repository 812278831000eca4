"""Queries on citations."""

from __future__ import annotations

from typing import Self

from django.db.models import Q

from commitments.choices import Visibility
from commitments.querysets.base import ReviewedQuerySet, live
from commitments.reading import NOW, Reading


class CitationQuerySet(ReviewedQuerySet):
    """Citations: public only when their source and their one target are public."""

    targets: dict[str, tuple[str, ...]] = {
        "commitment": ("commitment__",),
        "assessment": ("assessment__", "assessment__commitment__"),
        "milestone": ("milestone__", "milestone__commitment__"),
        "note": ("note__", "note__commitment__"),
        "claim": ("claim__discrepancy__",),
        "meeting": ("meeting__",),
        "instrument": ("instrument__",),
    }
    """The foreign keys of which exactly one is set, with the prefixes of what is reviewed there and above it."""

    def live_condition(self, reading: Reading) -> Q:
        """Return the condition that a citation, its source and its target were public for `reading`."""
        return live(reading) & self._attached(reading)

    def withdrawn(self, reading: Reading = NOW) -> Self:
        """Return the citations withdrawn for `reading` whose source and target are public."""
        return super().withdrawn(reading).filter(self._attached(reading))

    def _attached(self, reading: Reading) -> Q:
        """Return the condition that the source and the target of a citation were public for `reading`."""
        target = Q()
        for name, paths in self.targets.items():
            condition = Q(**{f"{name}__isnull": False})
            for path in paths:
                condition &= live(reading, path)
            if name == "note":
                condition &= Q(note__visibility=Visibility.PUBLIC)
            target |= condition
        return live(reading, "source__") & target

    def held(self, reading: Reading = NOW) -> Self:
        """Return the citations of records that had taken place on the day read, as their own pages show them."""
        days = ("commitment__made_on", "assessment__as_of", "note__dated")
        above = [f"{name}__commitment__made_on" for name in ("assessment", "milestone", "note")]
        found = self
        for path in (*days, *above):
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
            "note__commitment",
            "claim__discrepancy",
            "meeting",
            "instrument__meeting",
        )
