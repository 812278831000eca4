"""The home page: the latest promises, how firm and how old, what came of them; then the whole, in figures."""

from collections.abc import Iterable

from django.db.models import Count, Window
from django.views.generic import TemplateView
from pyroaring import BitMap

from commitments.choices import SourceKind, Verification
from commitments.models import Citation, Commitment, Discrepancy, Record, Source
from commitments.public.lists.apart import apart
from commitments.public.lists.catalogue import Catalogue
from commitments.public.lists.charts import figures
from commitments.public.lists.deadlines import deadlines
from commitments.public.lists.firmness import firmness
from commitments.public.pages.occasions import Occasion, occasions, sides
from commitments.public.pages.promises import promises
from commitments.public.time.changes import recent
from commitments.public.time.chronology import sketch
from commitments.public.time.days import elapsed
from commitments.public.time.requested_reading import ReadingMixin
from commitments.querysets import CommitmentQuerySet
from commitments.reading import Reading

SHOWN = 6
"""How many open questions, sectors and parties are listed; the lists that have them all are one link away."""


class HomeView(ReadingMixin, TemplateView):
    """What this site knows, at a glance."""

    template_name = "public/home.html"

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        return super().get_context_data(**summary(self.catalogue), **kwargs)


def summary(held: Catalogue) -> dict[str, object]:
    """Return the context of the home page. What is no commitment is counted apart, and in no other figure."""
    reading = held.reading
    proper = Commitment.objects.published(reading).held(reading).undertaken()
    questions = (
        Discrepancy.objects.published(reading).open(reading).order_by("reference").annotate(n=Window(Count("pk")))
    )
    disputed = list(questions[:SHOWN])
    promised = promises(held, found[0]) if (found := occasions(held)) else None
    return {
        **opening(held, found),
        "promises": promised,
        **figures(held, held.proper)._asdict(),
        **evidence(proper, reading),
        **deadlines(proper, reading, promised.steps if promised else []),
        "drawing": sketch(reading),
        "apart": apart(held),
        "changes": recent(reading, disputed),
        "disputed": disputed,
        "disputed_count": disputed[0].n if disputed else 0,
        "parties": most(held.proper, [(item, held.bound(pk)) for pk, item in held.parties.items()]),
        "sectors": most(held.proper, [(item, held.of("sector", pk)) for pk, item in held.sectors.items()]),
    }


def opening(held: Catalogue, found: list[Occasion]) -> dict[str, object]:
    """Return what the first screen says: the latest of the occasions `found`, others, how old the evidence is."""
    reading = held.reading
    last = Source.objects.published(reading).held(reading).last_dated(reading)
    of_source = {"last_source": last, "age": elapsed(last.published_on, reading.day) if last else ""}
    if not found:
        return {"occasion": None, **of_source}
    [latest, *others] = found
    return {
        "occasion": latest,
        "sides": sides(held, latest),
        "firmness": firmness(held, latest.keys),
        "others": others[:SHOWN],
        "is_whole": not others,
        **of_source,
    }


def most(among: BitMap, counted: Iterable[tuple[Record, BitMap]]) -> list[tuple[Record, int]]:
    """Return the records with most of `among`, each with the number, in decreasing order."""
    sizes = [(record, mine.intersection_cardinality(among)) for record, mine in counted]
    return sorted((pair for pair in sizes if pair[1]), key=lambda pair: -pair[1])[:SHOWN]


def evidence(commitments: CommitmentQuerySet, reading: Reading) -> dict[str, object]:
    """Return what `commitments` rest on: passages quoted and how many were found word for word; sources by kind."""
    passages = Citation.objects.published_on_public_target(reading).filter(commitment__in=commitments.values("pk"))
    found = dict(passages.order_by().values_list("verification").annotate(n=Count("pk")))
    sources = Source.objects.published(reading).held(reading).order_by()
    kinds = dict(sources.values_list("kind").annotate(n=Count("pk")))
    return {
        "passages": sum(found.values()),
        "verified": found.get(Verification.VERIFIED, 0),
        "source_kinds": [(kind.label, kinds.get(kind.value, 0)) for kind in SourceKind],
    }
