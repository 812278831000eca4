"""Retries a request to the desk once if the database gave up, then reports it, with nothing typed lost."""

from collections.abc import Callable
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.db import OperationalError
from django.http import HttpRequest
from django.utils.translation import gettext as _

from commitments.rules import act

T = TypeVar("T")


def attempt(work: Callable[[], T], *, public: bool = False, request: HttpRequest | None = None) -> T:
    """Do `work` as one act (`act.perform`) and return what it returns; `public` is whether the public may see it.

    Messages that a rolled-back attempt added for the user of `request` are removed too. Raises ValidationError if the
    database gives up twice.
    """
    told: list[object] = request._messages._queued_messages if request is not None else []  # type: ignore[attr-defined]
    before = len(told)

    def again() -> T:
        del told[before:]
        return work()

    try:
        return act.perform(again, public=public)
    except OperationalError as error:
        del told[before:]
        if not act.is_passing(error):
            raise
        message = _("Une autre personne enregistre au même moment : rien n’a été gardé de votre envoi. Réessayez.")
        raise ValidationError(message, code="busy") from error
