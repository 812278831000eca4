"""The tables of the public data: one for each noun, and one for each list that ties two of them together."""

from functools import partial
from typing import Any

from django.utils.translation import gettext_lazy as _

from commitments.choices import Status, Timeliness
from commitments.data.tables.fields import Column, Row, Table, by_name, columns
from commitments.data.tables.gone import withdrawals
from commitments.models import (
    Assessment,
    Citation,
    Claim,
    Commitment,
    Discrepancy,
    FollowUpNote,
    Instrument,
    Meeting,
    Membership,
    Milestone,
    Party,
    Sector,
    Source,
    Undertaking,
)
from commitments.models.citations import TARGETS
from commitments.public.differences import shown
from commitments.reading import Reading

IDENTIFIER = Column("uid", is_blank=False)
SIGNER = _("Le nom dont cette personne signe ; vide quand elle signe pour le bureau.")


def signed(name: str, **more: Any) -> Column:
    """Return the column of the name that somebody signs with, never that of an account."""
    return Column(name, about=SIGNER, kind="string", is_blank=True, **more)


RECORDED = columns("recorded_at")
PUBLISHED = columns(signed("published_by"), Column("published_at", is_blank=False))
"""Who made the record public, and when."""


def both(*names: str) -> tuple[Column, ...]:
    """Return the columns of texts in French and in English."""
    return tuple(Column(f"{name}_{language}") for name in names for language in ("fr", "en"))


def beside(model: Any, above: str, reading: Reading, near: str = "") -> Any:
    """Return the rows of a list that ties `above` to something, both being public for `reading`."""
    rows = model.objects.filter(**{f"{above}__in": shown(model._meta.get_field(above).related_model, reading)})
    if near:
        rows = rows.filter(**{f"{near}__in": shown(model._meta.get_field(near).related_model, reading)})
    return rows


def _commitments(reading: Reading) -> Any:
    return shown(Commitment, reading).with_status(reading).with_timeliness(reading)


def _memberships(reading: Reading) -> Any:
    named = Party.objects.named(reading).values("pk")
    return Membership.objects.filter(organisation__in=named, member__in=named)


def _claims(reading: Reading) -> Any:
    passages = Citation.objects.published(reading).filter(claim__isnull=False)
    return Claim.objects.filter(
        discrepancy__in=Discrepancy.objects.published(reading), pk__in=passages.order_by().values("claim")
    )


def score(name: str, row: Row) -> int | None:
    """Return what the status of `row` is worth in another method; None where that gives none."""
    return getattr(Status(row["status"]), name)


CROSSWALK = columns(
    Column(
        "g20_score",
        derived=partial(score, "g20_score"),
        kind="integer",
        is_blank=True,
        label=_("score du G20"),
        about=_("+1, 0 ou −1 ; vide où la méthode du G20 Research Group n’en donne pas."),
    ),
    Column(
        "pam_level",
        derived=partial(score, "pam_level"),
        kind="integer",
        is_blank=True,
        label=_("niveau de la Peace Accords Matrix"),
        about=_("De 0 à 3 ; vide où cette méthode n’en donne pas."),
    ),
)

TABLES = by_name(
    [
        Table(
            "commitments",
            _("Engagements"),
            _("Ce que des parties ont promis, et ce qui était seulement attendu (basis = expected)."),
            columns(
                "reference",
                "basis",
                Column("sector", "sector__slug", refers="sectors"),
                Column("instrument", "instrument__reference", only_if="instrument__", refers="instruments"),
                "made_on",
                *both("title", "statement", "criterion"),
                "recurrence",
                "recurrence_start",
                Column(
                    "status",
                    words=Status,
                    kind="string",
                    label=_("état d’avancement"),
                    about=_("Calculé : celui du jugement en vigueur pour toutes les parties."),
                ),
                Column(
                    "status_as_of",
                    kind="date",
                    is_blank=True,
                    label=_("jour du jugement en vigueur"),
                    about=_("Calculé : le jour dont ce jugement rend compte."),
                ),
                *CROSSWALK,
                Column(
                    "timeliness",
                    words=Timeliness,
                    kind="string",
                    label=_("respect des délais"),
                    about=_("Calculé au jour de la lecture, à partir des jalons."),
                ),
                Column(
                    "next_due",
                    kind="date",
                    is_blank=True,
                    label=_("prochaine échéance"),
                    about=_("Calculée : le plus proche dernier jour d’un jalon non réalisé, même passé."),
                ),
                *RECORDED,
                *PUBLISHED,
            ),
            key=("reference",),
            model=Commitment,
            rows=_commitments,
        ),
        Table(
            "undertakings",
            _("Participations"),
            _("Qui s’engage dans un engagement, et à qui il profite."),
            columns(
                Column("commitment", "commitment__reference", refers="commitments"),
                Column("party", "party__code", refers="parties"),
                "role",
            ),
            key=("commitment", "party", "role"),
            order=("commitment__reference", "role", "party__code"),
            model=Undertaking,
            rows=partial(beside, Undertaking, "commitment"),
            narrowed_by={"commitment": "commitment__reference", "party": "party__code", "role": "role"},
        ),
        Table(
            "assessments",
            _("Évaluations"),
            _("Les jugements datés de la réalisation d’un engagement ; le dernier publié qui n’est pas remplacé vaut."),
            columns(
                IDENTIFIER,
                Column("commitment", "commitment__reference", refers="commitments"),
                Column("party", "party__code", refers="parties"),
                "status",
                *CROSSWALK,
                "as_of",
                *both("rationale"),
                "searched_on",
                *both("searched_where"),
                Column("supersedes", "supersedes__uid", only_if="supersedes__", refers="assessments"),
                "supersession_reason",
                "single_handed",
                *RECORDED,
                signed("proposed_by"),
                "proposed_at",
                *PUBLISHED,
            ),
            key=("uid",),
            model=Assessment,
            rows=partial(shown, Assessment),
            narrowed_by={"commitment": "commitment__reference", "party": "party__code", "status": "status"},
        ),
        Table(
            "milestones",
            _("Jalons"),
            _("Les étapes datées d’un engagement."),
            columns(
                IDENTIFIER,
                Column("commitment", "commitment__reference", refers="commitments"),
                *both("title"),
                "due_from",
                "due_on",
                "met_on",
                "met_recorded_at",
                "from_recurrence",
                *RECORDED,
                *PUBLISHED,
            ),
            key=("uid",),
            model=Milestone,
            rows=partial(shown, Milestone),
            narrowed_by={"commitment": "commitment__reference"},
        ),
        Table(
            "notes",
            _("Notes de suivi"),
            _("Les notes publiques sur ce qu’il est advenu d’un engagement."),
            columns(
                IDENTIFIER,
                Column("commitment", "commitment__reference", refers="commitments"),
                "dated",
                *both("body"),
                *RECORDED,
                *PUBLISHED,
            ),
            key=("uid",),
            model=FollowUpNote,
            rows=partial(shown, FollowUpNote),
            narrowed_by={"commitment": "commitment__reference"},
        ),
        Table(
            "citations",
            _("Citations"),
            _("Les passages de sources, mot pour mot, chacun rattaché à un enregistrement et à un seul."),
            columns(
                IDENTIFIER,
                Column("source", "source__reference", refers="sources"),
                *(
                    Column(name, f"{name}__{key}", refers=table)
                    for name, key, table in (
                        ("commitment", "reference", "commitments"),
                        ("assessment", "uid", "assessments"),
                        ("milestone", "uid", "milestones"),
                        ("note", "uid", "notes"),
                        ("claim", "uid", "claims"),
                        ("meeting", "reference", "meetings"),
                        ("instrument", "reference", "instruments"),
                    )
                ),
                "role",
                "evidence_kind",
                "exact",
                "prefix",
                "suffix",
                "verification",
                Column("start", about=_("En points de code du texte archivé.")),
                Column("end", about=_("En points de code du texte archivé ; le premier qui n’est plus cité.")),
                "verified_at",
                *RECORDED,
                *PUBLISHED,
            ),
            key=("uid",),
            model=Citation,
            rows=partial(shown, Citation),
            narrowed_by={
                "source": "source__reference",
                **{
                    name: f"{name}__reference" if name in ("commitment", "meeting", "instrument") else f"{name}__uid"
                    for name in TARGETS
                },
                "role": "role",
                "evidence_kind": "evidence_kind",
                "verification": "verification",
            },
        ),
        Table(
            "sources",
            _("Sources"),
            _("Les articles et documents au dossier ; l’empreinte est celle du texte archivé, en UTF-8."),
            columns(
                "reference",
                "kind",
                "title",
                "publisher",
                "author",
                "url",
                "language",
                "published_on",
                "published_time",
                Column("sha256", is_blank=True),
                "text_is_public",
                *RECORDED,
                *PUBLISHED,
            ),
            key=("reference",),
            model=Source,
            rows=partial(shown, Source),
            narrowed_by={"kind": "kind"},
        ),
        Table(
            "meetings",
            _("Rencontres"),
            _("Les sessions où des engagements sont pris ou examinés."),
            columns(
                "reference", *both("title", "place"), "starts_on", "ends_on", *both("summary"), *RECORDED, *PUBLISHED
            ),
            key=("reference",),
            model=Meeting,
            rows=partial(shown, Meeting),
        ),
        Table(
            "meeting-participants",
            _("Participants des rencontres"),
            _("Les parties présentes à une rencontre."),
            columns(
                Column("meeting", "meeting__reference", refers="meetings"),
                Column("party", "party__code", refers="parties"),
            ),
            key=("meeting", "party"),
            order=("meeting__reference", "party__code"),
            model=Meeting.participants.through,
            rows=partial(beside, Meeting.participants.through, "meeting"),
        ),
        Table(
            "instruments",
            _("Instruments"),
            _("Les textes et déclarations qui portent des engagements."),
            columns(
                "reference",
                "kind",
                *both("title"),
                Column("meeting", "meeting__reference", only_if="meeting__", refers="meetings"),
                "issued_on",
                *both("summary"),
                *RECORDED,
                *PUBLISHED,
            ),
            key=("reference",),
            model=Instrument,
            rows=partial(shown, Instrument),
            narrowed_by={"kind": "kind"},
        ),
        Table(
            "instrument-issuers",
            _("Auteurs des instruments"),
            _("Les parties dont un instrument émane."),
            columns(
                Column("instrument", "instrument__reference", refers="instruments"),
                Column("party", "party__code", refers="parties"),
            ),
            key=("instrument", "party"),
            order=("instrument__reference", "party__code"),
            model=Instrument.issuers.through,
            rows=partial(beside, Instrument.issuers.through, "instrument"),
        ),
        Table(
            "parties",
            _("Parties"),
            _("Les États et organisations d’États que nomme un enregistrement public."),
            columns("code", "kind", *both("name")),
            key=("code",),
            model=Party,
            rows=lambda reading: Party.objects.named(reading),
            narrowed_by={"kind": "kind"},
        ),
        Table(
            "memberships",
            _("Appartenances"),
            _("Quel État est membre de quelle organisation."),
            columns(
                Column("organisation", "organisation__code", refers="parties"),
                Column("member", "member__code", refers="parties"),
                *both("role"),
                "since",
                "until",
            ),
            key=("organisation", "member"),
            order=("organisation__code", "member__code"),
            model=Membership,
            rows=_memberships,
        ),
        Table(
            "sectors",
            _("Secteurs"),
            _("Les domaines de coopération sous lesquels les engagements sont classés."),
            columns("slug", *both("name"), "position"),
            key=("slug",),
            model=Sector,
            rows=lambda reading: Sector.objects.published(reading),
        ),
        Table(
            "discrepancies",
            _("Divergences"),
            _("Les questions sur lesquelles des sources se contredisent, tranchées ou ouvertes."),
            columns(
                "reference",
                *both("question"),
                Column("meeting", "meeting__reference", only_if="meeting__", refers="meetings"),
                *both("reason"),
                "settled_on",
                signed("settled_by"),
                "settled_at",
                *RECORDED,
                *PUBLISHED,
            ),
            key=("reference",),
            model=Discrepancy,
            rows=partial(shown, Discrepancy),
        ),
        Table(
            "discrepancy-commitments",
            _("Engagements concernés par une divergence"),
            _("Quels engagements une divergence touche."),
            columns(
                Column("discrepancy", "discrepancy__reference", refers="discrepancies"),
                Column("commitment", "commitment__reference", refers="commitments"),
            ),
            key=("discrepancy", "commitment"),
            order=("discrepancy__reference", "commitment__reference"),
            model=Discrepancy.commitments.through,
            rows=partial(beside, Discrepancy.commitments.through, "discrepancy", near="commitment"),
        ),
        Table(
            "claims",
            _("Versions des divergences"),
            _("Chaque réponse qu’une source au moins donne à la question d’une divergence."),
            columns(
                IDENTIFIER,
                Column("discrepancy", "discrepancy__reference", refers="discrepancies"),
                "position",
                *both("value"),
                "is_adopted",
            ),
            key=("uid",),
            model=Claim,
            rows=_claims,
            narrowed_by={"discrepancy": "discrepancy__reference"},
        ),
        Table(
            "withdrawals",
            _("Retraits"),
            _("Ce qui a été public et ne l’est plus : le jour et le motif, et rien de ce que cela disait."),
            columns(
                Column("table", label=_("table")),
                Column("key", label=_("clé"), about=_("La référence ou l’identifiant de ce qui est retiré.")),
                Column("commitment", label=_("engagement"), refers="commitments", is_blank=True),
                Column("source", label=_("source"), refers="sources", is_blank=True),
                Column("target", label=_("rattachée à"), about=_("Pour une citation : la table."), is_blank=True),
                Column("target_key", label=_("clé de ce à quoi elle se rattache"), is_blank=True),
                Column(
                    "day",
                    kind="date",
                    label=_("en date du"),
                    about=_("Pour une évaluation ou une note, le jour dont elle rendait compte."),
                    is_blank=True,
                ),
                Column("withdrawn_at", kind="datetime", label=_("retiré le")),
                signed("withdrawn_by", label=_("retiré par")),
                Column("reason", label=_("motif du retrait")),
            ),
            key=("table", "key"),
            stream=withdrawals,
        ),
    ]
)
"""Every table, the most asked for first."""
