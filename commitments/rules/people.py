"""The people of the desk: their names, there and in public, and which of them work there now."""

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser, User
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from simple_history.models import HistoricalRecords

from commitments.models import Record

Account = User | AnonymousUser
"""Whoever makes a request."""

NOBODY = "–"
"""Shown if nobody is known."""


def name_of(user: User | None) -> str:
    """Return the name of `user` at the desk: the full name, or the account's; NOBODY for None."""
    return (user.get_full_name() or user.get_username()) if user else NOBODY


def signature(user: User | None) -> str:
    """Return the name that `user` signs with in public: the full name, or else the desk's, never the account's."""
    return (user and user.get_full_name()) or _("le bureau")


def author_of(record: Record) -> User | None:
    """Return the account that the next version of `record` will name as its author, None where nobody is known.

    It is found as django-simple-history finds it: what an act signed, or else whoever makes the request under way.
    """
    if hasattr(record, "_history_user"):
        return record._history_user
    user = getattr(getattr(HistoricalRecords.context, "request", None), "user", None)
    return user if user is not None and user.is_authenticated else None


def active_staff() -> QuerySet:
    """Return the accounts that may sign in at the desk, by name."""
    staff = get_user_model()._default_manager.filter(is_active=True, is_staff=True)
    return staff.order_by("last_name", "first_name", "username")
