"""Who is reminded by e-mail of what waits for them, and that it is at most once a day."""

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from commitments.models import DeskPreference
from commitments.rules.people import active_staff
from commitments.rules.piles import Section
from commitments.rules.worklist import NEWS


def preference(user: Any) -> DeskPreference:
    """Return how `user` wants to hear from the desk; the defaults where that was never said. Nothing is saved."""
    return DeskPreference.objects.filter(user=user).first() or DeskPreference(user=user)


def recipients() -> QuerySet:
    """Return the people at the desk who have an address and did not decline reminders."""
    return active_staff().exclude(email="").exclude(desk_preference__wants_reminders=False)


def is_due(user: Any, sections: list[Section], *, today: date) -> bool:
    """Return whether `user` is to be reminded `today` of these sections: not twice, and not of mere news."""
    to_do = any(section.key not in NEWS for section in sections)
    last = preference(user).reminded_on
    return to_do and (last is None or last < today)


@transaction.atomic
def claim(user: Any, *, today: date) -> bool:
    """Mark `user` as reminded `today`, before the e-mail goes; return whether it was not marked so already.

    The row is locked in the meantime: of two runs at once, one only is told to send. A claim whose e-mail then fails is
    taken back with `release`.
    """
    stored = _locked(user)
    if stored.reminded_on is not None and stored.reminded_on >= today:
        return False
    stored.reminded_on = today
    stored.save(update_fields=["reminded_on"])
    return True


@transaction.atomic
def release(user: Any, *, before: date | None) -> None:
    """Take a claim back: `user` was last reminded on `before`, None for never."""
    stored = _locked(user)
    stored.reminded_on = before
    stored.save(update_fields=["reminded_on"])


def _locked(user: Any) -> DeskPreference:
    DeskPreference.objects.get_or_create(user=user)
    return DeskPreference.objects.select_for_update(of=("self",)).get(user=user)
