"""The day a page is read for, on both time axes (DESIGN, rule 4). Imports nothing of ours."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.utils import timezone


@dataclass(frozen=True, slots=True)
class Reading:
    """What held on a day (`as_of`), from what this site knew at the end of a day (`known_on`).

    `as_of` is the day of events: None means today. `known_on` is the day of recording: None means everything known now.
    The two are independent: `as_of=3 April, known_on=1 May` is what the site stated, on 1 May, about 3 April.
    """

    as_of: date | None = None
    known_on: date | None = None

    @property
    def day(self) -> date:
        """The day whose events count: `as_of`; else the day of knowledge; else today."""
        return self.as_of or self.known_on or timezone.localdate()

    @property
    def known_before(self) -> datetime | None:
        """The first moment that is no longer known: midnight after `known_on`; None when all is known."""
        if self.known_on is None:
            return None
        return datetime.combine(self.known_on + timedelta(days=1), time.min, tzinfo=UTC)

    @property
    def is_past(self) -> bool:
        """Whether a day was chosen, so that the page must say it is not today's."""
        return self.as_of is not None or self.known_on is not None


NOW = Reading()
"""Today, with everything known now."""
