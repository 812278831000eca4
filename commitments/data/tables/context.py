"""The tables of what commitments refer to: sources, meetings, instruments, parties, sectors."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from commitments.data.tables.declared import noun, relation
from commitments.data.tables.fields import Column
from commitments.models import Instrument, Meeting, Membership, Party, Sector, Source
from commitments.reading import Reading


def _memberships(reading: Reading) -> QuerySet:
    named = Party.objects.named(reading).values("pk")
    return Membership.objects.filter(organisation__in=named, member__in=named)


SAID_BY = "source__"
"""The source of a membership: what it says of it is public only if it is itself."""

CONTEXT = [
    noun(
        Source,
        _("Sources"),
        _("Les articles et documents au dossier ; l’empreinte est celle du texte archivé, en UTF-8."),
        narrowed_by=("kind",),
        sha256=(Column("sha256", is_blank=True),),
    ),
    noun(Meeting, _("Rencontres"), _("Les sessions où des engagements sont pris ou examinés.")),
    relation(
        "meeting-participants",
        _("Participants aux rencontres"),
        _("Les parties présentes à une rencontre."),
        Meeting.participants.through,
    ),
    noun(
        Instrument,
        _("Instruments"),
        _("Les textes et déclarations qui portent des engagements."),
        narrowed_by=("kind",),
    ),
    relation(
        "instrument-issuers",
        _("Auteurs des instruments"),
        _("Les parties dont un instrument émane."),
        Instrument.issuers.through,
    ),
    noun(
        Party,
        _("Parties"),
        _("Les États et organisations d’États que nomme un enregistrement public."),
        rows=lambda reading: Party.objects.named(reading),
        narrowed_by=("kind",),
    ),
    noun(
        Membership,
        _("Appartenances"),
        _("Quel État est membre de quelle organisation."),
        rows=_memberships,
        order=("organisation__code", "member__code"),
        role_fr=(Column("role_fr", only_if=SAID_BY),),
        role_en=(Column("role_en", only_if=SAID_BY),),
        stated_on=(Column("stated_on", only_if=SAID_BY),),
    ),
    noun(Sector, _("Secteurs"), _("Les domaines de coopération sous lesquels les engagements sont classés.")),
]
"""Each with what its rows are."""
