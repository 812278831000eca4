"""Past days in the edit history: which version of a row was current then."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from commitments.querysets.base import model
from commitments.reading import Reading


def versions_then(of: Any, reading: Reading) -> QuerySet:
    """Return, for each row of the model `of`, its last history row before the reading's limit, or else its first."""
    history = of.history.model.objects
    mine = history.filter(id=OuterRef("id")).order_by("-history_date", "-history_id").values("history_id")
    before = mine.filter(history_date__lt=reading.known_before)
    return history.filter(history_id=Coalesce(Subquery(before[:1]), Subquery(mine.reverse()[:1])))


def begun(of: Any, name: str, reading: Reading) -> Exists:
    """Return the condition that the history of the row of `of` whose key is in `name` had begun by that limit."""
    history = of.history.model.objects.order_by()
    return Exists(history.filter(id=OuterRef(name), history_date__lt=reading.known_before))


def was(of: Any, reading: Reading, *conditions: Q, otherwise: Q) -> Q:
    """Return the condition that a row's version on `known_on` meets `conditions`.

    A row without a history is taken as it is today, and must meet `otherwise`.
    """
    then = versions_then(of, reading).filter(*conditions, id=OuterRef("pk")).order_by()
    untold = ~Exists(of.history.model.objects.order_by().filter(id=OuterRef("pk")))
    return Q(Exists(then)) | Q(untold) & otherwise


def undertakings(reading: Reading) -> QuerySet:
    """Return the roles that parties have in commitments or, as history rows, had on `known_on`.

    For a commitment whose history begins later, its first ones.
    """
    if reading.known_before is None:
        return model("Undertaking").objects.order_by()
    known = Q(history_date__lt=reading.known_before) | Q(~begun(model("Commitment"), "commitment_id", reading))
    return versions_then(model("Undertaking"), reading).filter(known).exclude(history_type="-").order_by()


def claims_known(reading: Reading) -> Q:
    """Return the condition that a claim was on file by `known_on`, under the discrepancy it belongs to today.

    If that discrepancy was not on file yet either, its first claims count.
    """
    if reading.known_before is None:
        return Q()
    claim = model("Claim")
    same = was(claim, reading, Q(discrepancy_id=OuterRef("discrepancy_id")), otherwise=Q())
    return same & (Q(begun(claim, "pk", reading)) | Q(~begun(model("Discrepancy"), "discrepancy_id", reading)))
