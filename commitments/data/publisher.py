"""Publisher, licence and contact of the data, as configured in the settings; whatever is not set is left out."""

from typing import NamedTuple

from django.conf import settings
from django.utils.translation import gettext as _

from commitments.public.sharing import citing

SPDX = "https://spdx.org/licenses/"
"""Where the licences that have an SPDX identifier are described, each by its own."""


class Licence(NamedTuple):
    """A licence: its SPDX identifier (empty if it was given by address) and its address."""

    name: str
    address: str


def publisher() -> str:
    """Return the name of the publisher: the one set, else that of the site, in the language of the answer."""
    return settings.TRACKER_PUBLISHER or citing.site()


def description() -> str:
    """Return what the data are, in the language of the answer."""
    return _(
        "Les engagements que des gouvernements ont pris ensemble : pour chacun, les passages de sources qui le "
        "rapportent et les jugements portés sur sa réalisation, datés, motivés et signés."
    )


def licence() -> Licence | None:
    """Return the licence of the tracker's own words and assessments; None if the settings state none.

    The passages quoted belong to their publishers, whatever it is.
    """
    stated = settings.TRACKER_DATA_LICENCE
    if not stated:
        return None
    return Licence("", stated) if "://" in stated else Licence(stated, f"{SPDX}{stated}.html")
