"""Who settled a discrepancy: whoever last changed the adopted claim, or that all are compatible, why, or the day.

A settlement that another one replaced stays readable: it is read back from the edit history.
"""

from datetime import datetime
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from commitments.choices import ReviewState
from commitments.models import Claim, Discrepancy
from commitments.reading import Reading
from commitments.rules import act
from commitments.rules.people import author_of

DECISION = ("settled_on", "is_compatible", "reason_fr", "reason_en")
"""What a settlement says, beside the claim that it adopts."""

VALUE = ("value_fr", "value_en")


class Former(NamedTuple):
    """A settlement that no longer holds: the discrepancy and the adopted claim as they read then, and until when.

    `adopted` is None where the claims were compatible, or the public does not see that claim today. A settlement that
    keeps the day of the one before it, `on_same_day`, was made later than that day: it is dated by its signature too.
    """

    discrepancy: Discrepancy
    adopted: Claim | None
    until: datetime
    on_same_day: bool


def sign(discrepancy: Discrepancy, stored: Discrepancy | None, *, is_fixture: bool = False) -> None:
    """Sign and date the settlement of a discrepancy that is about to be saved, if it differs from the `stored` one.

    Whoever saves it signs; where nobody is known to (a shell, a command), the caller names another signer than before,
    and a fixture is taken at its word. Raises ValidationError if the settlement changes and nobody signs.
    """
    if discrepancy.settled_on is None:
        discrepancy.settled_by = discrepancy.settled_at = None
        return
    differs = stored is None or any(getattr(discrepancy, name) != getattr(stored, name) for name in DECISION)
    if differs and not is_fixture:
        author = author_of(discrepancy)
        if author is not None:
            discrepancy.settled_by = author
        elif stored is not None and discrepancy.settled_by_id == stored.settled_by_id:
            raise ValidationError({"settled_on": _("Dites qui tranche : la décision change, et elle est signée.")})
        if author is not None or stored is not None:
            discrepancy.settled_at = None
        act.is_first(("settlement", discrepancy.pk))
    discrepancy.settled_at = discrepancy.settled_at or timezone.now()


def sign_for_claim(claim: Claim, stored: Claim | None) -> None:
    """Sign anew the settlement of which a claim that is about to be saved changes the adopted value.

    Before the claim is saved, so that its former version belongs to the former settlement. Raises ValidationError if
    another value is adopted and nobody is known to do it.
    """
    was_adopted = stored is not None and stored.is_adopted
    if not was_adopted and not claim.is_adopted:
        return
    if was_adopted and claim.is_adopted and all(getattr(claim, name) == getattr(stored, name) for name in VALUE):
        return
    author = author_of(claim)
    if author is None and not (was_adopted and not claim.is_adopted):
        return  # the claim that a settlement made by a fixture or a command adopts
    discrepancy = Discrepancy.objects.select_for_update(of=("self",)).get(pk=claim.discrepancy_id)
    if discrepancy.settled_on is None or not act.is_first(("settlement", discrepancy.pk)):
        return
    if author is None:
        raise ValidationError({"is_adopted": _("Dites qui retient une autre valeur : la décision est signée.")})
    if not was_adopted and discrepancy.settled_by_id == author.pk:
        return  # what the same person settled a moment ago
    discrepancy.settled_by, discrepancy.settled_at = author, timezone.now()
    discrepancy._history_user = author
    discrepancy.save()


def former(discrepancy: Discrepancy, reading: Reading) -> list[Former]:
    """Return the public settlements of `discrepancy` that others replaced, as known for `reading`, the latest first.

    `discrepancy` is one of `for_detail`: of claims that are not in its `public_claims`, nothing is told.
    """
    rows = Discrepancy.history.filter(id=discrepancy.pk, state=ReviewState.PUBLISHED)
    if reading.known_before is not None:
        rows = rows.filter(history_date__lt=reading.known_before)
    found: list[Former] = []
    last = None
    for row in rows.select_related("settled_by").order_by("history_date", "history_id"):
        if last is not None and last.settled_at is not None and row.settled_at != last.settled_at:
            adopted = None if last.is_compatible else _adopted(discrepancy, row.history_date)
            found.append(Former(last.instance, adopted, row.history_date, on_same_day(last, found)))
        last = row
    return found[::-1]


def on_same_day(settlement: Discrepancy, before: list[Former]) -> bool:
    """Whether a settlement keeps the day of the one before it, the last of `before`."""
    return bool(before) and before[-1].discrepancy.settled_on == settlement.settled_on


def _adopted(discrepancy: Discrepancy, until: datetime) -> Claim | None:
    """Return the claim that was adopted just before `until`, as it read then; None if no public passage made it yet."""
    public = {
        claim.pk
        for claim in discrepancy.public_claims  # type: ignore[attr-defined]
        if any(citation.published_at < until for citation in claim.public_citations)
    }
    rows = Claim.history.filter(discrepancy_id=discrepancy.pk, history_date__lt=until)
    latest = {row.id: row for row in rows.order_by("history_date", "history_id")}
    return next((row.instance for row in latest.values() if row.is_adopted and row.id in public), None)
