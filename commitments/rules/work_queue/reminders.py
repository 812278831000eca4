"""Who is reminded by e-mail of what waits for them, at most once a day."""

from datetime import date

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet

from commitments.models import DeskPreference
from commitments.rules.people import active_staff
from commitments.rules.work_queue.sections import SectionPreview
from commitments.rules.work_queue.worklist import NEWS


def preference(user: User) -> DeskPreference:
    """Return the preferences of `user`; the defaults if they never set any. Nothing is saved."""
    return DeskPreference.objects.filter(user=user).first() or DeskPreference(user=user)


def recipients() -> QuerySet:
    """Return the people at the desk who have an address and did not decline reminders."""
    return active_staff().exclude(email="").exclude(desk_preference__wants_reminders=False)


def is_due(user: User, sections: list[SectionPreview], *, today: date) -> bool:
    """Return whether `user` is to be reminded `today` of these sections: not twice, and not only of news."""
    to_do = any(section.key not in NEWS for section in sections)
    last = preference(user).reminded_on
    return to_do and (last is None or last < today)


@transaction.atomic
def claim(user: User, *, today: date) -> bool:
    """Mark `user` as reminded `today`, before the e-mail goes; return whether it was not marked so already.

    The row is locked: of two simultaneous runs, only one gets to send. A claim whose e-mail then fails is undone with
    `release`.
    """
    stored = _locked(user)
    if stored.reminded_on is not None and stored.reminded_on >= today:
        return False
    stored.reminded_on = today
    stored.save(update_fields=["reminded_on"])
    return True


@transaction.atomic
def release(user: User, *, before: date | None) -> None:
    """Undo a claim: `user` was last reminded on `before`, None for never."""
    stored = _locked(user)
    stored.reminded_on = before
    stored.save(update_fields=["reminded_on"])


def _locked(user: User) -> DeskPreference:
    DeskPreference.objects.get_or_create(user=user)
    return DeskPreference.objects.select_for_update(of=("self",)).get(user=user)
