"""The conversation of a review: who proposed, sent back, answered, declined, published, and with what remark."""

from datetime import datetime
from typing import Any, NamedTuple

from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.utils.translation import gettext_lazy as _

from commitments.choices import ReviewState
from commitments.models import Reviewed

PROPOSED, AMENDED, ANSWERED, SENT_BACK = "proposed", "amended", "answered", "sent_back"
DECLINED, PUBLISHED, WITHDRAWN = "declined", "published", "withdrawn"

LABELS = {
    PROPOSED: _("Proposé"),
    AMENDED: _("Modifié en relecture"),
    ANSWERED: _("Réponse"),
    SENT_BACK: _("Renvoyé"),
    DECLINED: _("Écarté"),
    PUBLISHED: _("Publié"),
    WITHDRAWN: _("Retiré"),
}

_REACHED = {
    ReviewState.IN_REVIEW: PROPOSED,
    ReviewState.DRAFT: SENT_BACK,
    ReviewState.DECLINED: DECLINED,
    ReviewState.PUBLISHED: PUBLISHED,
    ReviewState.WITHDRAWN: WITHDRAWN,
}
"""The act by which a record reaches each state."""

_SIGNED = (PROPOSED, PUBLISHED, WITHDRAWN)
"""The acts that the record itself is signed with."""


class Remark(NamedTuple):
    """One act of a review: what was done, by whom (None if nobody signed), when, and the remark made with it.

    `version` is the identifier of the history row that the act wrote.
    """

    act: str
    who: User | None
    when: datetime
    text: str
    version: int

    @property
    def label(self) -> str:
        """The act in words."""
        return str(LABELS[self.act])


def thread(record: Reviewed) -> list[Remark]:
    """Return what happened to `record` in review, the oldest first, from its edit history; two queries."""
    # A source's digest represents its text, which may be long.
    fields = [field.attname for field in record.history.model.tracked_fields if field.attname != "text"]
    rows = record.history.order_by("history_id").values(
        "history_id", "history_date", "history_user_id", "history_change_reason", *fields
    )
    found: list[tuple[str, dict[str, Any]]] = []
    before: dict[str, Any] = {"state": ReviewState.DRAFT, "proposed_at": None}
    for row in rows:
        act = _act(before, row)
        if act:
            found.append((act, row))
        before = row
    people = get_user_model()._default_manager.in_bulk({_who(act, row) for act, row in found} - {None})
    return [
        Remark(
            act,
            people.get(_who(act, row)),
            (row[f"{act}_at"] if act in _SIGNED else None) or row["history_date"],
            row["history_change_reason"] or "",
            row["history_id"],
        )
        for act, row in found
    ]


def last(remarks: list[Remark], act: str) -> Remark | None:
    """Return the latest of `remarks` on `act`; None if it was never done."""
    return next((remark for remark in reversed(remarks) if remark.act == act), None)


def _act(before: dict[str, Any], row: dict[str, Any]) -> str:
    """Return the act of review that a history row records, given the row before; "" if it is an ordinary edit."""
    if row["state"] != before["state"]:
        return _REACHED[ReviewState(row["state"])]
    if row["state"] == ReviewState.IN_REVIEW and row["proposed_at"] != before["proposed_at"]:
        return AMENDED
    said = row["state"] == ReviewState.DRAFT and row["proposed_at"] and row["history_change_reason"]
    return ANSWERED if said and _content(row) == _content(before) else ""


def _content(row: dict[str, Any]) -> dict[str, Any]:
    """Return the content of a history row, to tell a remark (same content) from an edit with a reason."""
    return {name: value for name, value in row.items() if not name.startswith("history_")}


def _who(act: str, row: dict[str, Any]) -> int | None:
    return (row[f"{act}_by_id"] if act in _SIGNED else None) or row["history_user_id"]
