"""Where commitments were made: at a meeting, or in a text that came out of none; when, where, between whom."""

from collections import defaultdict
from datetime import date
from typing import NamedTuple

from pyroaring import BitMap

from commitments.models import Instrument, Meeting, Party
from commitments.public.lists.catalogue import Catalogue
from commitments.public.pages.parties import memberships
from commitments.rules.time.rewind import rewind


class Occasion(NamedTuple):
    """A meeting, or a text that came out of none, with the commitments made there and the texts that carry them."""

    record: Meeting | Instrument
    keys: BitMap
    instruments: list[int]

    @property
    def first(self) -> date | None:
        """The day on which it began, or of which the text is."""
        return self.record.starts_on if isinstance(self.record, Meeting) else self.record.issued_on

    @property
    def last(self) -> date | None:
        """The day on which it ended, if that is another."""
        ends_on = self.record.ends_on if isinstance(self.record, Meeting) else None
        return None if ends_on == self.first else ends_on

    @property
    def meeting(self) -> Meeting | None:
        """The meeting, which has a place; None of a text."""
        return self.record if isinstance(self.record, Meeting) else None


class Side(NamedTuple):
    """One of those who met: a party, and those of its members who were there too."""

    party: Party
    members: list[Party]


def occasions(held: Catalogue) -> list[Occasion]:
    """Return the occasions on which commitments proper were made, the latest first; a text without a day comes last."""
    made = {pk: held.of("instrument", pk) & held.proper for pk in held.instruments}
    carrying = {pk: held.instruments[pk] for pk, keys in made.items() if keys}
    meetings = Meeting.objects.published(held.reading).held(held.reading)
    named = meetings.in_bulk({item.meeting_id for item in carrying.values()} - {None})
    rewind(held.reading, named.values())
    texts: dict[Meeting | Instrument, list[int]] = defaultdict(list)
    for pk, instrument in carrying.items():
        texts[named.get(instrument.meeting_id or 0) or instrument].append(pk)
    found = [Occasion(record, BitMap.union(*(made[pk] for pk in mine)), mine) for record, mine in texts.items()]
    return sorted(found, key=lambda item: (item.first or date.min, item.record.reference), reverse=True)


def sides(held: Catalogue, occasion: Occasion) -> list[Side]:
    """Return between whom it was: those who met, or whose text it is, each with its members among them."""
    record, reading = occasion.record, held.reading
    named = record.participants if isinstance(record, Meeting) else record.issuers
    keys = list(named.order_by("code").values_list("pk", flat=True))
    missing = [key for key in keys if key not in held.parties]  # those that no commitment names
    others = Party.objects.in_bulk(missing) if missing else {}
    rewind(reading, others.values())
    parties = [held.parties.get(key) or others[key] for key in keys]
    within = memberships(reading).filter(organisation__in=keys, member__in=keys)
    pairs = set(within.values_list("organisation_id", "member_id"))
    members = {member for _organisation, member in pairs}
    return [
        Side(party, [other for other in parties if (party.pk, other.pk) in pairs])
        for party in parties
        if party.pk not in members
    ]
