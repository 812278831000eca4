"""When the public data last changed."""

from datetime import datetime

from django.db.models import Max

from commitments.reading import Reading
from commitments.rules.time import corrections


def latest_change(reading: Reading) -> datetime | None:
    """Return when what is public for `reading` last changed: by a publication, a correction, a withdrawal.

    None if nothing ever was. One query for each noun and one for the corrections, whatever the number of rows.
    """
    moments = [event[-1] for event in corrections.events(reading)[:1]]
    for model in corrections.WITHDRAWABLE:
        public = model.objects.published(reading)
        if hasattr(public, "held"):
            public = public.held(reading)
        moments.append(public.order_by().aggregate(last=Max("published_at"))["last"])
    return max((moment for moment in moments if moment), default=None)
