"""The home page: what was promised, by whom, where it stands, what is late, what changed, how sure one can be."""

from typing import Any

from django.db.models import Count
from django.views.generic import TemplateView

from commitments.choices import SourceKind, Verification
from commitments.models import Citation, Commitment, Discrepancy, Party, Sector, Source
from commitments.public.changes import recent
from commitments.public.charts import figures
from commitments.public.chronology import short
from commitments.public.deadlines import deadlines
from commitments.public.reading import ReadingMixin
from commitments.querysets import CommitmentQuerySet
from commitments.reading import Reading
from commitments.rules.rewind import rewind

SHOWN = 6
"""How many open questions, sectors and parties are listed; the lists that have them all are one link away."""


class HomeView(ReadingMixin, TemplateView):
    """What this site knows, at a glance."""

    template_name = "public/home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**summary(self.reading), **kwargs)


def summary(reading: Reading) -> dict[str, Any]:
    """Return the context of the home page. Expectations are counted apart, and in no other figure."""
    public = Commitment.objects.published(reading).held(reading)
    proper = public.undertaken()
    questions = Discrepancy.objects.published(reading).open(reading).order_by("reference")
    disputed = list(questions[:SHOWN])
    parties, sectors = list(Party.objects.most_bound(proper)[:SHOWN]), list(Sector.objects.most_used(proper)[:SHOWN])
    rewind(reading, disputed, parties, sectors)
    return {
        **figures(proper, reading)._asdict(),
        **evidence(proper, reading),
        **deadlines(proper, reading),
        **short(reading),
        "expected": public.expected().count(),
        "changes": recent(reading),
        "disputed": disputed,
        "disputed_count": questions.count(),
        "parties": parties,
        "sectors": sectors,
    }


def evidence(commitments: CommitmentQuerySet, reading: Reading) -> dict[str, Any]:
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
