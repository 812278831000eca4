"""The kinds of records that the search finds."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class RecordKind(TextChoices):
    """What the public search finds: kinds of records with a page, or a place on one, in the order of the results."""

    COMMITMENT = "commitment", _("Engagements")
    MEETING = "meeting", _("Rencontres")
    INSTRUMENT = "instrument", _("Instruments")
    PARTY = "party", _("Parties")
    SECTOR = "sector", _("Secteurs")
    SOURCE = "source", _("Sources et passages cités")
    DISCREPANCY = "discrepancy", _("Divergences")
    NOTE = "note", _("Notes")
    SEARCH = "search", _("Recherches sans résultat")
