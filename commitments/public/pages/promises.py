"""What was promised on an occasion, line by line, and what is known of it since."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from django.db.models import Count
from pyroaring import BitMap

from commitments.choices import Basis, CitationRole, Status
from commitments.models import Citation, Commitment, Milestone, Search, Sector
from commitments.public.lists.catalogue import Catalogue
from commitments.public.lists.listing import rows_of
from commitments.public.pages.occasions import Occasion
from commitments.querysets import CommitmentQuerySet

FOREMOST = 5
"""How many promises are shown at once."""

FOLDED = 40
"""How many others may be folded under them; the list of commitments has them all."""

ESTABLISHED = 6
"""How many that something is established of are named, and how many steps taken."""


class Promises(NamedTuple):
    """The promises of an occasion: the foremost, the others by sector, and how many more there are.

    Then what is known since: those that an action is established of, and how many more; steps taken; how many were
    judged not started or abandoned; how many were searched for in vain, and when last; how many nobody looked at.
    """

    foremost: list[Commitment]
    others: list[tuple[Sector, list[Commitment]]]
    others_total: int
    more: int
    established: list[Commitment]
    more_established: int
    steps: list[Milestone]
    adverse: int
    sought: int
    last_sought: date | None
    unseen: int


def promises(held: Catalogue, occasion: Occasion) -> Promises:
    """Return the promises of `occasion`, which are shown in the order of `ranked`. Its steps are not rewound."""
    by_status = {Status(status): keys & occasion.keys for status, keys in held.sets["status"].items()}
    order = ranked(held, occasion)
    foremost, others = order[:FOREMOST], order[FOREMOST : FOREMOST + FOLDED]
    moved = [key for status in reversed(Status.needing_action()) for key in by_status.get(status, ())]
    shown = list(dict.fromkeys([*foremost, *others, *moved[:ESTABLISHED]]))
    rows = {row.pk: row for row in rows_of(shown, held, with_searches=False)}

    def listed(keys: Iterable[int]) -> list[Commitment]:
        return [rows[key] for key in keys if key in rows]

    sought = by_status.get(Status.NO_EVIDENCE, BitMap())
    return Promises(
        foremost=listed(foremost),
        others=by_sector(listed(others)),
        others_total=len(order) - len(foremost),
        more=len(order) - len(foremost) - len(others),
        established=listed(moved[:ESTABLISHED]),
        more_established=max(0, len(moved) - ESTABLISHED),
        steps=steps_taken(held, occasion),
        adverse=sum(len(by_status.get(status, ())) for status in (Status.NOT_STARTED, Status.ABANDONED)),
        sought=len(sought),
        last_sought=last_sought(held, occasion) if sought else None,
        unseen=len(by_status.get(Status.NOT_ASSESSED, ())),
    )


def ranked(held: Catalogue, occasion: Occasion) -> list[int]:
    """Return the keys of the commitments of `occasion`, the foremost first: the rule by which five of them are shown.

    The firmest come first (agreed, announced by one side, intention); among these, what most sources report; then the
    order of the references.
    """
    reported = (
        Citation.objects.published_on_public_target(held.reading)
        .filter(commitment__instrument__in=occasion.instruments, role=CitationRole.SUPPORTS)
        .order_by()
        .values_list("commitment")
        .annotate(n=Count("source", distinct=True))
    )
    sources = dict(reported)
    keys = held.page(occasion.keys, "title", 0, len(occasion.keys))
    rank = {
        key: place
        for place, basis in enumerate(Basis)
        for key in held.sets["basis"].get(basis, BitMap()) & occasion.keys
    }
    return sorted(keys, key=lambda key: (rank[key], -sources.get(key, 0)))


def by_sector(rows: list[Commitment]) -> list[tuple[Sector, list[Commitment]]]:
    """Return `rows` by sector, in the order of the sectors; within one, in the order given."""
    sectors = {row.sector.pk: row.sector for row in rows}
    placed = sorted(sectors.values(), key=lambda sector: (sector.position, sector.slug))
    return [(sector, [row for row in rows if row.sector.pk == sector.pk]) for sector in placed]


def carried(held: Catalogue, occasion: Occasion) -> CommitmentQuerySet:
    """Return the commitments of `occasion` that were made by the day read, as a query."""
    made = Commitment.objects.published(held.reading).held(held.reading)
    return made.undertaken().filter(instrument__in=occasion.instruments)


def steps_taken(held: Catalogue, occasion: Occasion) -> list[Milestone]:
    """Return the steps of the commitments of `occasion` that were taken last, for the caller to rewind."""
    met = Milestone.objects.published(held.reading).met(held.reading)
    mine = met.filter(commitment__in=carried(held, occasion).values("pk")).named()
    return list(mine.order_by("-met_on", "pk")[:ESTABLISHED])


def last_sought(held: Catalogue, occasion: Occasion) -> date | None:
    """Return the day of the last search for a commitment of `occasion` that no judgement stands on."""
    about = Search.objects.about_all(held.reading).filter(commitment__in=carried(held, occasion).values("pk"))
    unjudged = (day for key, day in about.values_list("commitment", "searched_on") if held.judged_on(key) is None)
    return max(unjudged, default=None)
