"""The revision of the public data: its current value, the lock by which changes take their turn, what it counts.

`act` takes the lock before any other and raises the revision, in the transaction of the change itself.
"""

import secrets
from typing import NamedTuple

from django.db import connection
from django.db.models import F

from commitments.choices import ReviewState
from commitments.models import Claim, Reviewed, Revision, Undertaking

SEEN = {ReviewState.PUBLISHED, ReviewState.WITHDRAWN}
"""The states of what the public can read, or read about: past days show what was withdrawn since."""

ONLY_ROW = 1
SELECT = f"SELECT number, token FROM {Revision._meta.db_table} WHERE id = %s"  # noqa: S608 - the name is ours


class Current(NamedTuple):
    """The revision now: its number, 0 before any change, and its token."""

    number: int
    token: str


def current() -> Current:
    """Return the current revision, in one query of raw SQL, since every page runs it first."""
    with connection.cursor() as cursor:
        cursor.execute(SELECT, [ONLY_ROW])
        row = cursor.fetchone()
    return Current(*row) if row else Current(0, "")


def advance() -> None:
    """Raise the revision. Its row stays locked until the transaction ends: changes of the public data take turns."""
    hold(rises=True)


def hold(*, rises: bool = False) -> None:
    """Take the revision's lock and keep it until the transaction ends, so that later moments follow commit order.

    A follower of the stream could miss a change that was dated before it waited for the lock. `rises` says whether the
    revision rises in the same statement; otherwise nothing is written. SQLite needs no row lock: its transactions are
    immediate, one writer at a time from their start.
    """
    row = Revision.objects.filter(pk=ONLY_ROW)

    def is_held() -> bool:
        if rises:
            return bool(row.update(number=F("number") + 1, token=secrets.token_hex(8)))
        return bool(row.select_for_update().values_list("pk"))

    if not is_held():
        Revision.objects.get_or_create(pk=ONLY_ROW, defaults={"number": 0, "token": ""})
        is_held()


def is_seen(record: object) -> bool:
    """Whether the public can see `record`, or a page that names it."""
    match record:
        case Claim():
            return is_seen(record.discrepancy)
        case Undertaking():
            return is_seen(record.commitment)
        case Reviewed():
            return record.state in SEEN
        case _:
            return True  # sectors and parties are named by whatever refers to them
