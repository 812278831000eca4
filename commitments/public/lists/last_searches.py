"""The last search that found nothing, beside the status "no evidence available" wherever a list shows it."""

from collections.abc import Collection

from commitments.choices import Status
from commitments.models import Commitment, Search
from commitments.reading import Reading
from commitments.rules.time.rewind import rewind


def show_searches(commitments: Collection[Commitment], reading: Reading) -> None:
    """Set `last_search` of each commitment whose status says that no evidence is available; of the others, to None.

    It is the last search made for all parties, as known on the day read; one query, or none if no status says so.
    """
    sought = [item.pk for item in commitments if item.status == Status.NO_EVIDENCE]
    searches = Search.objects.about_all(reading).filter(commitment__in=sought)
    last: dict[int, Search] = {}
    for search in searches.select_related("milestone") if sought else ():
        last.setdefault(search.commitment_id, search)
    rewind(reading, last.values(), [search.milestone for search in last.values() if search.milestone])
    for item in commitments:
        item.last_search = last.get(item.pk)
