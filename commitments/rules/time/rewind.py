"""Restores records as this site knew them on a past day, from their edit history (DESIGN, rule 4).

The querysets determine which rows were public on that day, and which assessment was in force, from the dates of
publication, withdrawal and recording. The *content* of those rows is restored here, a page at a time.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Model, prefetch_related_objects

from commitments.models import Claim, Commitment, Discrepancy, Undertaking
from commitments.models.base import Record
from commitments.querysets.past import claims_known, undertakings, versions_then
from commitments.reading import Reading


def rewind(reading: Reading, *records: Record | Iterable[Record]) -> None:
    """Give each record, in place, the field values that it had at the end of `reading.known_on`.

    Records, or collections of them, of any models; two queries for each model. A record whose history begins later (a
    fixture loaded since) shows its first known values. Without `known_on` nothing changes. Deferred fields stay
    deferred. A publication or a withdrawal that counts for that day stays as on file: its date may be earlier than the
    version that says so (a fixture again).
    """
    if reading.known_before is None:
        return
    by_model: dict[type[Record], list[Any]] = defaultdict(list)
    for item in records:
        for record in [item] if isinstance(item, Record) else item:
            by_model[type(record)].append(record)
    for model, instances in by_model.items():
        history = versions_then(model, reading).filter(id__in={instance.pk for instance in instances})
        rows = {row["id"]: row for row in history.values(*_loaded(history.model, instances))}
        for instance in instances:
            instance.known_on = reading.known_on
            kept = instance.get_deferred_fields() | _signed(instance, reading)
            for name, value in rows.get(instance.pk, {}).items():
                if name not in kept and getattr(instance, name) != value:
                    setattr(instance, name, value)
        _refetch_relations(instances)


def rewind_attached(reading: Reading, records: Sequence[Any], *others: Record | Iterable[Record]) -> list[Any]:
    """Rewind `records` and `others`; return those of `records` that were attached then as they are today.

    What belonged to another record on `known_on`, or was internal, is not told of today's.
    """
    today = [record.attachment for record in records]
    rewind(reading, records, *others)
    return [record for record, attachment in zip(records, today, strict=True) if record.attachment == attachment]


def _signed(instance: Record, reading: Reading) -> set[str]:
    """Return the fields of the acts of review that `instance` had undergone for `reading`, by their dates on file."""
    fields = {
        "published_at": {"published_at", "published_by_id"},
        "withdrawn_at": {"withdrawn_at", "withdrawn_by_id", "withdrawal_reason", "state"},
    }
    dates = {name: vars(instance).get(name) for name in fields}
    return {field for name, at in dates.items() if at and at < reading.known_before for field in fields[name]}


def versions(model: type[Record], keys: Iterable[int], reading: Reading) -> dict[int, dict[str, Any]]:
    """Return the versions of the records of `model` with `keys` at the end of `reading.known_on`, by primary key."""
    return {row["id"]: row for row in versions_then(model, reading).filter(id__in=keys).values()}


def _loaded(history: type[Model], instances: list[Any]) -> set[str]:
    """Return the fields to read from `history`: those that some instance has loaded."""
    loaded = {field.attname for field in instances[0]._meta.concrete_fields}
    loaded -= set.intersection(*(instance.get_deferred_fields() for instance in instances))
    return {"id"} | (loaded & {field.attname for field in history._meta.concrete_fields})


def _refetch_relations(instances: list[Any]) -> None:
    """Refetch, in one query per relation, the related records whose foreign keys differed on the past day."""
    for field in instances[0]._meta.concrete_fields:
        cached = [item for item in instances if field.is_relation and field.is_cached(item)]
        if cached and len(cached) < len(instances):  # what no instance was loaded with, the page does not show
            prefetch_related_objects(instances, field.name)


def rewind_undertakings(reading: Reading, commitments: Iterable[Commitment]) -> None:
    """Give each commitment, as its `public_undertakings`, those that it had at the end of `reading.known_on`.

    Their parties are rewound too. Without `known_on` nothing changes. An undertaking whose history begins later counts
    as known.
    """
    if reading.known_before is None:
        return
    commitments = list(commitments)
    found: dict[int, list[Undertaking]] = {commitment.pk: [] for commitment in commitments}
    rows = undertakings(reading).filter(commitment_id__in=found).select_related("party", "according_to")
    for row in rows.order_by("-role", "party__code"):
        undertaking = row.instance
        undertaking.party, undertaking.according_to = row.party, row.according_to
        found[row.commitment_id].append(undertaking)
    for commitment in commitments:
        commitment.public_undertakings = found[commitment.pk]
    held = [item for items in found.values() for item in items]
    rewind(reading, [item.party for item in held], [item.according_to for item in held if item.according_to])


def rewind_claims(reading: Reading, discrepancies: Iterable[Discrepancy]) -> None:
    """Give each discrepancy, in its `public_claims`, the claims known at the end of `reading.known_on`, as worded then.

    Without `known_on` nothing changes. A claim whose history begins later is dropped, unless its discrepancy's does
    too.
    """
    if reading.known_before is None:
        return
    discrepancies = list(discrepancies)
    claims = [claim for discrepancy in discrepancies for claim in discrepancy.public_claims]  # type: ignore[attr-defined]
    then = Claim.objects.filter(claims_known(reading), pk__in=[claim.pk for claim in claims])
    known = set(then.values_list("pk", flat=True))
    for discrepancy in discrepancies:
        kept = [claim for claim in discrepancy.public_claims if claim.pk in known]  # type: ignore[attr-defined]
        discrepancy.public_claims = kept  # type: ignore[attr-defined]
    rewind(reading, claims)
