"""Which version of a proposal somebody has seen: the record, what is attached to it, what it would replace."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from typing import TypeVar

from django.db.models import Max

from commitments.models import Assessment, Commitment, Discrepancy, Record, Reviewed, Search, Undertaking
from commitments.rules.judging import judgement_in_force
from commitments.rules.review import publication

Proposal = TypeVar("Proposal", bound=Reviewed)


def version(record: Reviewed) -> str:
    """Return a token that changes with anything that publishing `record` would make public.

    That is the record, its parts and passages, all that is published with it, and for an assessment or a search what
    the status follows from: the assessment in force, the public searches.
    """
    held: dict[type[Record], set[int]] = defaultdict(set)
    for item in [record, *publication.bundle(record), *_parts(record)]:
        held[type(item)].add(item.pk)
    latest: list[tuple[str, int, int | None]] = []
    for model, keys in held.items():
        rows = model.history.filter(id__in=keys).order_by()
        known = dict(rows.values_list("id").annotate(Max("history_id")))
        latest += [(model.__name__, key, known.get(key)) for key in keys]
    if isinstance(record, Assessment | Search):
        current = judgement_in_force.in_force(record.commitment, record.party)
        latest.append(("in force", current.pk if current else 0, None))
        made = Search.objects.published().filter(commitment=record.commitment, party=record.party).order_by()
        latest += [("public search", key, None) for key in made.values_list("pk", flat=True)]
    return hashlib.sha256(repr(sorted(latest, key=lambda entry: entry[:2])).encode()).hexdigest()


def locked(records: Sequence[Proposal]) -> list[Proposal]:
    """Return the stored rows of `records`, of one noun, in order, locked with what would be published with them.

    They stay locked until the transaction ends, and are always locked in one order: the records by primary key, then
    what goes with them, by noun and primary key. Concurrent callers queue instead of deadlocking. A deleted record is
    left out.
    """
    if not records:
        return []
    rows = type(records[0])._default_manager.select_for_update(of=("self",)).order_by("pk")
    stored = {row.pk: row for row in rows.filter(pk__in=[record.pk for record in records])}
    with_them: dict[type[Reviewed], set[int]] = defaultdict(set)
    for row in stored.values():
        for item in publication.bundle(row):
            with_them[type(item)].add(item.pk)
    for model in sorted(with_them, key=lambda model: model.__name__):
        list(model._base_manager.select_for_update(of=("self",)).order_by("pk").filter(pk__in=with_them[model]))
    return [stored[record.pk] for record in records if record.pk in stored]


def _parts(record: Reviewed) -> list[Record]:
    """Return the rows that are parts of `record`: its passages, parties or claims."""
    parts: list[Record] = list(record.claims.all()) if isinstance(record, Discrepancy) else []
    if isinstance(record, Commitment):
        parts += Undertaking.objects.filter(commitment=record)
    return parts + publication.citations_of(record)
