"""Rows on their way into the database: signed as each state asks, computed as for a fixture, many at a time."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from random import Random
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib.auth import get_user_model
from django.core.management.color import no_style
from django.db import connection, models

from commitments.choices import ReviewState, Verification
from commitments.models import Citation, Record, Source
from commitments.rules import guards

DRAFT, IN_REVIEW, PUBLISHED, WITHDRAWN, DECLINED = ReviewState
YEARS = 8
"""How long ago the oldest commitment was made."""


class Passage(NamedTuple):
    """A sentence of an archived text, and its place there."""

    source: Source
    exact: str
    start: int
    end: int


class Inserter:
    """Inserts rows into empty tables, numbering them itself.

    It bypasses the managers, which refuse bulk writes: no history is written, no rules but those of the database and of
    `guards.before_save` apply, and the revision is not raised. `making.fill` is responsible for what it makes.
    """

    def __init__(self) -> None:
        self.keys: dict[type[models.Model], Iterator[int]] = defaultdict(lambda: count(1))

    def insert(self, rows: Iterable[Record]) -> None:
        """Insert rows, of any models, in the order in which the models first come; each gets its primary key."""
        kinds: dict[type[Record], list[Record]] = {}
        for row in rows:
            if not isinstance(row, Citation):  # its place is known: `Passage`
                guards.before_save(type(row), row, raw=True)
            row.pk = next(self.keys[type(row)])
            kinds.setdefault(type(row), []).append(row)
        with connection.cursor() as cursor:
            for kind, found in kinds.items():
                fields = kind._meta.concrete_fields
                columns = ", ".join(connection.ops.quote_name(field.column) for field in fields)
                statement = (
                    f"INSERT INTO {connection.ops.quote_name(kind._meta.db_table)} ({columns}) "  # noqa: S608
                    f"VALUES ({', '.join(['%s'] * len(fields))})"
                )
                ready = [(field.attname, _as_stored(field)) for field in fields]
                cursor.executemany(statement, [[to(getattr(row, name)) for name, to in ready] for row in found])

    def finish(self) -> None:
        """Reset the primary key sequences to continue after what was inserted."""
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), list(self.keys)):
                cursor.execute(statement)


def _as_stored(field: models.Field) -> Callable[[Any], Any]:
    """Return the function that converts a value of `field` for the database."""
    if isinstance(field, (models.CharField, models.TextField)):
        return str  # members of a vocabulary are not plain strings
    if isinstance(field, (models.DateField, models.TimeField, models.UUIDField)):
        return lambda value: value if value is None else field.get_db_prep_save(value, connection)
    return lambda value: value


class Desk:
    """Who signs, when, and the random choices that everything depends on."""

    def __init__(self, rng: Random, today: date) -> None:
        self.rng = rng
        self.today = today
        self.insert = (inserter := Inserter()).insert
        self.finish = inserter.finish
        self.now = datetime.combine(today, time.min, tzinfo=UTC)
        accounts = get_user_model()._default_manager
        self.analysts, self.editors = (
            [
                accounts.get_or_create(
                    username=f"fictif-{work}-{number}",
                    defaults={"first_name": work.capitalize(), "last_name": f"fictif {number}", "is_active": False},
                )[0]
                for number in (1, 2)
            ]
            for work in ("analyste", "editeur")
        )

    def chance(self, share: float) -> bool:
        """Return True in this share of cases."""
        return self.rng.random() < share

    def between(self, first: date, last: date) -> date:
        """Return a day from `first` to `last`, or `first` if `last` is before it."""
        return first + timedelta(days=self.rng.randint(0, max(0, (last - first).days)))

    def past_day(self) -> date:
        """Return a day of the last years."""
        return self.between(self.today - timedelta(days=365 * YEARS), self.today)

    def uid(self) -> UUID:
        """Return the identifier of a record."""
        return UUID(int=self.rng.getrandbits(128), version=4)

    def signed(self, state: ReviewState, since: date) -> dict[str, Any]:
        """Return the fields that a record in `state` carries: who and when, for what happened on the day `since`."""
        recorded = min(self.now, datetime.combine(since, time(9), tzinfo=UTC) + timedelta(days=self.rng.randint(0, 20)))
        fields: dict[str, Any] = {"state": state, "recorded_at": recorded}
        if state == DRAFT:
            return fields
        fields |= {"proposed_by": self.rng.choice(self.analysts), "proposed_at": recorded}
        if state == IN_REVIEW:
            return fields
        published = min(self.now, recorded + timedelta(days=self.rng.randint(0, 10), minutes=self.rng.randint(0, 480)))
        fields |= {"published_by": self.rng.choice(self.editors), "published_at": published}
        if state == WITHDRAWN:
            fields |= {
                "withdrawn_by": self.rng.choice(self.editors),
                "withdrawn_at": min(self.now, published + timedelta(days=self.rng.randint(1, 90))),
                "withdrawal_reason": "La source citée a été corrigée par son éditeur.",
            }
        return fields

    def citation(self, passage: Passage, state: ReviewState, since: date, **fields: object) -> Citation:
        """Return a citation of `passage`; `fields` name its one target."""
        signed = self.signed(state, since)
        return Citation(
            uid=self.uid(),
            source=passage.source,
            exact=passage.exact,
            verification=Verification.VERIFIED,
            start=passage.start,
            end=passage.end,
            verified_at=signed["recorded_at"],
            **signed,
            **fields,
        )
