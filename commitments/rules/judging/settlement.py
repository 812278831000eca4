"""Who settled a discrepancy: whoever last changed the adopted claim, or that all are compatible, why, or the day.

A settlement that another one replaced stays readable: it is read back from the edit history.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from commitments.choices import DiscrepancyOutcome, ReviewState
from commitments.models import Claim, Discrepancy
from commitments.querysets.follow_up import outcome
from commitments.reading import Reading
from commitments.rules import act
from commitments.rules.people import author_of

DECISION = ("settled_on", "is_compatible", "reason_fr", "reason_en")
"""What a settlement says, beside the claim that it adopts."""

VALUE = ("value_fr", "value_en")


class Settlement(NamedTuple):
    """A settlement while it held: the discrepancy and the adopted claim as they read last, since when and until when.

    `adopted` is None where the claims were compatible, or the public does not see that claim today; `until` is None for
    a settlement that still holds. One that keeps the day of the one before it, `on_same_day`, was made later than that
    day: it is dated by its signature too.
    """

    discrepancy: Discrepancy
    adopted: Claim | None
    since: datetime
    until: datetime | None
    on_same_day: bool

    @property
    def outcome(self) -> DiscrepancyOutcome:
        """How the question ended."""
        return outcome(self.discrepancy)


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


def settlements(quoted: Mapping[int, Mapping[int, datetime]], reading: Reading) -> dict[int, list[Settlement]]:
    """Return the public settlements of discrepancies, as known for `reading`, the earliest first, by their keys.

    `quoted` has, for each discrepancy, the claims that the public sees: when a passage that makes each was first
    published. Of other claims, nothing is told. The number of queries is constant.
    """
    known = Q() if reading.known_before is None else Q(history_date__lt=reading.known_before)
    versions = Discrepancy.history.filter(known, id__in=quoted, state=ReviewState.PUBLISHED)
    rows: dict[int, list[Any]] = defaultdict(list)
    for row in versions.select_related("settled_by").order_by("history_date", "history_id"):
        rows[row.id].append(row)
    claims: dict[int, list[Any]] = defaultdict(list)
    for row in Claim.history.filter(known, discrepancy_id__in=rows).order_by("history_date", "history_id"):
        claims[row.discrepancy_id].append(row)
    return {key: _settlements(found, claims[key], quoted[key]) for key, found in rows.items()}


def former(discrepancy: Discrepancy, reading: Reading) -> list[Settlement]:
    """Return the public settlements of `discrepancy`, one of `for_detail`, that others replaced, the latest first."""
    quoted = {
        claim.pk: min(citation.published_at for citation in claim.public_citations)
        for claim in discrepancy.public_claims  # type: ignore[attr-defined]
        if claim.public_citations
    }
    found = settlements({discrepancy.pk: quoted}, reading).get(discrepancy.pk, [])
    return [item for item in found[::-1] if item.until is not None]


def is_on_same_day(discrepancy: Discrepancy, before: list[Settlement]) -> bool:
    """Whether a settlement keeps the day of the one before it, the last of `before`."""
    return bool(before) and before[-1].discrepancy.settled_on == discrepancy.settled_on


def _settlements(rows: list[Any], claims: list[Any], quoted: Mapping[int, datetime]) -> list[Settlement]:
    """Return the settlements that the versions of one discrepancy tell of: each signature is one."""
    found: list[Settlement] = []
    for place, row in enumerate(rows):
        following = rows[place + 1] if place + 1 < len(rows) else None
        if row.settled_at is None or (following is not None and following.settled_at == row.settled_at):
            continue
        since = next(version.history_date for version in rows if version.settled_at == row.settled_at)
        until = following.history_date if following is not None else None
        adopted = None if row.is_compatible else _adopted(claims, quoted, until)
        discrepancy = row.instance
        discrepancy.settled_by = row.settled_by
        found.append(Settlement(discrepancy, adopted, since, until, is_on_same_day(discrepancy, found)))
    return found


def _adopted(claims: list[Any], quoted: Mapping[int, datetime], until: datetime | None) -> Claim | None:
    """Return the claim that was adopted just before `until`, as it read then; None if no public passage made it yet."""
    latest = {row.id: row for row in claims if until is None or row.history_date < until}
    public = {key for key, since in quoted.items() if until is None or since < until}
    return next((row.instance for row in latest.values() if row.is_adopted and row.id in public), None)
