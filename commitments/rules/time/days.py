"""The days on which records say that something happened: none of them may be in the future."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, cast

from django.utils import timezone
from django.utils.translation import gettext as _

from commitments.models import (
    Commitment,
    Discrepancy,
    FollowUpNote,
    Instrument,
    Membership,
    Milestone,
    Record,
    Search,
    Source,
)

if TYPE_CHECKING:
    from django.db.models import Field

HAPPENED: dict[type[Record], str] = {
    Commitment: "made_on",
    Discrepancy: "settled_on",
    FollowUpNote: "dated",
    Instrument: "issued_on",
    Membership: "stated_on",
    Milestone: "met_on",
    Search: "searched_on",
    Source: "published_on",
}
"""The field of each noun that says when something happened."""

FURTHEST_EAST = timedelta(hours=14)
"""How far ahead of UTC a day can begin: tomorrow comes first in Kiribati."""

DATED_AHEAD = timedelta(days=31)
"""How far ahead a publication may be dated: a daily bears tomorrow's date, a monthly next month's."""


def day_to_come(record: Record, stored: Any = None) -> tuple[str, str] | None:
    """Return the field of `record` with a future day, and the message about it; None if there is none.

    A future day already on file (`stored`) does not block other edits of the record.
    """
    name = HAPPENED.get(type(record))
    if name is None:
        return None
    day: date | None = cast("Field", record._meta.get_field(name)).to_python(getattr(record, name))
    if day is None or (stored is not None and day == getattr(stored, name)):
        return None
    ahead = DATED_AHEAD if isinstance(record, Source) else timedelta()
    if day <= (timezone.now() + FURTHEST_EAST).date() + ahead:
        return None
    return name, _("Ce jour n’est pas encore venu : corrigez la date.")
