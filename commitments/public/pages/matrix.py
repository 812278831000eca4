"""The matrix of commitments and parties, for assessments that are about one party only."""

from typing import NamedTuple

from commitments.models import Assessment, Commitment, Party
from commitments.public.lists.table_rows import restore_rows
from commitments.public.views import PagedView
from commitments.querysets import AssessmentQuerySet
from commitments.querysets.follow_up import in_force
from commitments.reading import Reading
from commitments.rules.time.rewind import rewind


class Line(NamedTuple):
    """A commitment, and for each party of the matrix the assessment in force of its part, or None."""

    commitment: Commitment
    cells: list[tuple[Party, Assessment | None]]


def apart(reading: Reading) -> AssessmentQuerySet:
    """Return the assessments public for `reading` that are about one party only and that no other has superseded."""
    return Assessment.objects.standing(reading).filter(party__isnull=False)


def judged_apart(commitments: list[Commitment], reading: Reading) -> dict[tuple[int, int | None], Assessment]:
    """Return the assessment in force for each party assessed apart, by the keys of commitment and party."""
    judgements = apart(reading).filter(commitment__in=[commitment.pk for commitment in commitments])
    found = list(judgements.select_related("commitment"))
    rewind(reading, found)
    return in_force(found)


class MatrixView(PagedView):
    """The commitments with an assessment for one party only, a page at a time; a column for each such party."""

    template_name = "public/matrix.html"

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        reading = self.reading
        rows = Commitment.objects.for_table(reading).undertaken()
        context = self.page_of(rows.filter(pk__in=apart(reading).values("commitment")).order_by("reference"))
        commitments = context.pop("records")
        judged = judged_apart(commitments, reading)
        parties = list(Party.objects.filter(pk__in={party for _commitment, party in judged}).order_by("code"))
        rewind(reading, parties)
        restore_rows(commitments, reading)
        lines = [
            Line(commitment, [(party, judged.get((commitment.pk, party.pk))) for party in parties])
            for commitment in commitments
        ]
        return super().get_context_data(**context, lines=lines, parties=parties, **kwargs)
