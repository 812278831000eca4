"""The tables of what commitments refer to: sources, meetings, instruments, parties, sectors."""

from functools import partial

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from commitments.data.tables.fields import Column, Table
from commitments.data.tables.shared import PUBLISHED, RECORDED, beside, refers, told
from commitments.models import Instrument, Meeting, Membership, Party, Sector, Source
from commitments.reading import Reading
from commitments.rules.time.corrections import shown


def _memberships(reading: Reading) -> QuerySet:
    named = Party.objects.named(reading).values("pk")
    return Membership.objects.filter(organisation__in=named, member__in=named)


CONTEXT = [
    Table(
        "sources",
        _("Sources"),
        _("Les articles et documents au dossier ; l’empreinte est celle du texte archivé, en UTF-8."),
        (*told(Source, sha256=(Column("sha256", is_blank=True),)), *RECORDED, *PUBLISHED),
        key=("reference",),
        model=Source,
        rows=partial(shown, Source),
        narrowed_by=("kind",),
    ),
    Table(
        "meetings",
        _("Rencontres"),
        _("Les sessions où des engagements sont pris ou examinés."),
        (*told(Meeting), *RECORDED, *PUBLISHED),
        key=("reference",),
        model=Meeting,
        rows=partial(shown, Meeting),
    ),
    Table(
        "meeting-participants",
        _("Participants des rencontres"),
        _("Les parties présentes à une rencontre."),
        (refers("meeting", Meeting), refers("party", Party)),
        key=("meeting", "party"),
        order=("meeting__reference", "party__code"),
        model=Meeting.participants.through,
        rows=partial(beside, Meeting.participants.through, "meeting"),
    ),
    Table(
        "instruments",
        _("Instruments"),
        _("Les textes et déclarations qui portent des engagements."),
        (*told(Instrument), *RECORDED, *PUBLISHED),
        key=("reference",),
        model=Instrument,
        rows=partial(shown, Instrument),
        narrowed_by=("kind",),
    ),
    Table(
        "instrument-issuers",
        _("Auteurs des instruments"),
        _("Les parties dont un instrument émane."),
        (refers("instrument", Instrument), refers("party", Party)),
        key=("instrument", "party"),
        order=("instrument__reference", "party__code"),
        model=Instrument.issuers.through,
        rows=partial(beside, Instrument.issuers.through, "instrument"),
    ),
    Table(
        "parties",
        _("Parties"),
        _("Les États et organisations d’États que nomme un enregistrement public."),
        told(Party),
        key=("code",),
        model=Party,
        rows=lambda reading: Party.objects.named(reading),
        narrowed_by=("kind",),
    ),
    Table(
        "memberships",
        _("Appartenances"),
        _("Quel État est membre de quelle organisation."),
        told(Membership),
        key=("organisation", "member"),
        order=("organisation__code", "member__code"),
        model=Membership,
        rows=_memberships,
    ),
    Table(
        "sectors",
        _("Secteurs"),
        _("Les domaines de coopération sous lesquels les engagements sont classés."),
        told(Sector),
        key=("slug",),
        model=Sector,
        rows=lambda reading: Sector.objects.published(reading),
    ),
]
"""Each with what its rows are."""
