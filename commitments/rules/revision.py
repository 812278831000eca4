"""Raises the revision of the public data with every change that the public can see, in that change's transaction.

The index of words follows it, under the same lock.
"""

import secrets
from typing import Any, NamedTuple

from django.contrib.auth import get_user_model
from django.db import connection, models, transaction
from django.db.models import F
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_save

from commitments import models as nouns
from commitments.choices import ReviewState
from commitments.models import Claim, Discrepancy, Instrument, Meeting, Revision, Source, Undertaking
from commitments.models.base import Record, Reviewed
from commitments.rules import word_index

SEEN = {ReviewState.PUBLISHED, ReviewState.WITHDRAWN}
"""The states of what the public reads, or reads of: past days show what was withdrawn since."""

ONLY_ROW = 1
SELECT = f"SELECT number, token FROM {Revision._meta.db_table} WHERE id = %s"  # noqa: S608 - the name is ours


class Current(NamedTuple):
    """The revision now: its number, 0 before any change, and its token."""

    number: int
    token: str


def current() -> Current:
    """Return the revision as it stands, in one query: written out, since every page asks it first."""
    with connection.cursor() as cursor:
        cursor.execute(SELECT, [ONLY_ROW])
        row = cursor.fetchone()
    return Current(*row) if row else Current(0, "")


def advance() -> None:
    """Raise the revision. Its row stays locked until the transaction ends: changes of the public data come in turn."""
    token = secrets.token_hex(8)
    with transaction.atomic():
        row = Revision.objects.filter(pk=ONLY_ROW)
        if not row.update(number=F("number") + 1, token=token):
            Revision.objects.get_or_create(pk=ONLY_ROW, defaults={"number": 0, "token": ""})
            row.update(number=F("number") + 1, token=token)


def hold() -> None:
    """Wait for this transaction's turn to change the public data, and keep it: what is dated after is in that order.

    A reader who follows the changes by their moments would miss one that was dated before it had to wait.
    """
    Revision.objects.filter(pk=ONLY_ROW).update(number=F("number"))


def is_seen(record: Any) -> bool:
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


def connect() -> None:
    """Connect to every save and deletion of what pages show; called once, when the app is ready."""
    for model in vars(nouns).values():
        if isinstance(model, type) and issubclass(model, Record):
            pre_save.connect(_about_to_change, sender=model, dispatch_uid=f"revision-hold-{model.__name__}")
            post_save.connect(_changed, sender=model, dispatch_uid=f"revision-save-{model.__name__}")
            post_delete.connect(_changed, sender=model, dispatch_uid=f"revision-delete-{model.__name__}")
    for lists in (Meeting.participants, Instrument.issuers, Discrepancy.commitments):
        through = lists.through
        m2m_changed.connect(_list_changed, sender=through, dispatch_uid=f"revision-list-{through.__name__}")
    post_save.connect(_account_changed, sender=get_user_model(), dispatch_uid="revision-account")


def _about_to_change(sender: type[Record], instance: Record, **kwargs: Any) -> None:
    if is_seen(instance):
        hold()  # its version is dated when it is saved


def _changed(sender: type[Record], instance: Record, **kwargs: Any) -> None:
    if is_seen(instance):
        advance()
        word_index.refresh(
            word_index.quoting(instance) if isinstance(instance, Source) else word_index.belongs_to(instance)
        )


def _list_changed(sender: Any, instance: models.Model, action: str, reverse: bool, **kwargs: Any) -> None:
    if action.startswith("post_") and (reverse or is_seen(instance)):
        advance()


def _account_changed(
    sender: Any, instance: models.Model, created: bool, update_fields: Any = None, **kwargs: Any
) -> None:
    """Raise the revision for an account's edit, which may be of its name; not for a new one, nor for signing in."""
    if not created and (update_fields is None or {"first_name", "last_name", "username"} & set(update_fields)):
        advance()
