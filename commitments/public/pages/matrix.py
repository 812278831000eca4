"""The matrix of commitments and parties, for what was judged or searched for about one party only."""

from typing import NamedTuple

from commitments.choices import Status
from commitments.models import Assessment, Commitment, Party, Search
from commitments.public.lists.table_rows import restore_rows
from commitments.public.views import PagedView
from commitments.querysets.follow_up import in_force, of_parts, status_of
from commitments.reading import Reading
from commitments.rules.time.rewind import rewind


class Own(NamedTuple):
    """Where one party's part stands: its status, the assessment in force or None, the last search or None."""

    status: Status
    judgement: Assessment | None
    search: Search | None


class Line(NamedTuple):
    """A commitment, and for each party of the matrix where its part stands, or None."""

    commitment: Commitment
    cells: list[tuple[Party, Own | None]]


def parts(commitments: list[Commitment], reading: Reading) -> dict[tuple[int, int | None], Own]:
    """Return where the part of each party looked at apart stands, by the keys of commitment and party."""
    mine = {"commitment__in": [commitment.pk for commitment in commitments], "party__isnull": False}
    judgements = list(Assessment.objects.standing(reading).filter(**mine).select_related("commitment"))
    searches = list(
        Search.objects.published(reading).held(reading).filter(**mine).select_related("milestone").latest_first()
    )
    rewind(reading, judgements, searches, [search.milestone for search in searches if search.milestone])
    current = in_force(judgements)
    last: dict[tuple[int, int | None], Search] = {
        (search.commitment_id, search.party_id): search for search in reversed(searches)
    }
    found = {}
    for key in current.keys() | last.keys():
        judgement, search = current.get(key), last.get(key)
        found[key] = Own(status_of(judgement, [search] if search else []), judgement, search)
    return found


class MatrixView(PagedView):
    """The commitments looked at for one party only, a page at a time; a column for each such party."""

    template_name = "public/matrix.html"

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        reading = self.reading
        rows = Commitment.objects.for_table(reading).undertaken()
        context = self.page_of(rows.filter(of_parts(reading, "commitment")).order_by("reference"))
        commitments = context.pop("records")
        own = parts(commitments, reading)
        parties = list(Party.objects.filter(pk__in={party for _commitment, party in own}).order_by("code"))
        rewind(reading, parties)
        restore_rows(commitments, reading)
        lines = [
            Line(commitment, [(party, own.get((commitment.pk, party.pk))) for party in parties])
            for commitment in commitments
        ]
        return super().get_context_data(**context, lines=lines, parties=parties, **kwargs)
