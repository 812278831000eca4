"""The tables of the public data: one for each noun, and one for each relation between two of them."""

from functools import partial
from types import SimpleNamespace
from typing import Any

from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext_lazy as _

from commitments.choices import DiscrepancyOutcome, DuePrecision, Status, Timeliness
from commitments.data.tables.context import CONTEXT
from commitments.data.tables.declared import noun, refers, relation, signed
from commitments.data.tables.fields import Column, Row, Table, by_name
from commitments.data.tables.withdrawals import withdrawals
from commitments.models import (
    NOTED,
    TARGETS,
    Assessment,
    Citation,
    Claim,
    Commitment,
    Discrepancy,
    FollowUpNote,
    Milestone,
    Search,
    Undertaking,
)
from commitments.models.wording import both
from commitments.querysets.follow_up import outcome
from commitments.querysets.past import claims_known, undertakings
from commitments.reading import Reading
from commitments.rules.time.corrections import known, shown


def _commitments(reading: Reading) -> Any:
    made = Search.objects.about_all(reading).filter(commitment=OuterRef("pk"))
    where = {name: Subquery(made.values(name)[:1]) for name in both("searched_where")}
    return shown(Commitment, reading).with_status(reading).with_timeliness(reading).annotate(**where)


def _undertakings(reading: Reading) -> Any:
    return undertakings(reading).filter(commitment__in=shown(Commitment, reading))


def _claims(reading: Reading) -> Any:
    return Claim.objects.published(reading).filter(claims_known(reading))


def score(name: str, row: Row) -> int | None:
    """Return the score of the status of `row` in another method; None if that gives none."""
    return getattr(Status(row["status"]), name)


CROSSWALK = tuple(
    Column(name, derived=partial(score, name), kind="integer", is_blank=True, label=label, about=about)
    for name, label, about in (
        ("g20_score", _("score du G20"), _("+1, 0 ou −1 ; vide où la méthode du G20 Research Group n’en donne pas.")),
        ("pam_level", _("niveau de la Peace Accords Matrix"), _("De 0 à 3 ; vide où cette méthode n’en donne pas.")),
    )
)
"""The scores of a status in two other methods."""

NEXT_DUE = (
    Column(
        "next_due",
        kind="date",
        is_blank=True,
        label=_("prochaine échéance"),
        about=_(
            "Calculée : le dernier jour, même passé, du premier jalon à échoir parmi ceux qui ne sont pas réalisés."
        ),
    ),
    Column(
        "next_due_from",
        kind="date",
        is_blank=True,
        label=_("premier jour de sa période"),
        about=_("Calculé : vide si rien ne dit quand elle commence."),
    ),
    Column(
        "next_due_precision",
        words=DuePrecision,
        kind="string",
        is_blank=True,
        label=_("précision de cette échéance"),
        about=_(
            "Si l’échéance est précise au mois ou à l’année, son dernier jour n’est donné par aucune source : c’est la "
            "fin de la période."
        ),
    ),
    Column(
        "next_due_is_reading",
        kind="boolean",
        is_blank=True,
        label=_("cette échéance est une lecture faite ici"),
        about=_("Vrai si aucune source ne la donne telle quelle : le jalon dit alors pourquoi elle est lue ainsi."),
    ),
)
"""The earliest deadline of a commitment, and how it is known."""

TABLES = by_name(
    [
        noun(
            Commitment,
            _("Engagements"),
            _(
                "Ce que des parties ont promis et, à part, ce qui était seulement attendu (basis = expected) ou "
                "envisagé par une partie (basis = envisaged), et n’est pas un engagement."
            ),
            more=(
                Column(
                    "status",
                    words=Status,
                    kind="string",
                    label=_("état d’avancement"),
                    about=_(
                        "Calculé : celui du jugement en vigueur pour toutes les parties ; à défaut de jugement, celui "
                        "qui découle d’une recherche sans résultat."
                    ),
                ),
                Column(
                    "status_as_of",
                    kind="date",
                    is_blank=True,
                    label=_("jour du jugement en vigueur"),
                    about=_("Calculé : le jour dont ce jugement rend compte."),
                ),
                Column(
                    "searched_on",
                    kind="date",
                    is_blank=True,
                    label=_("jour de la dernière recherche sans résultat"),
                    about=_("Calculé : celle qui portait sur toutes les parties ; elle ne remplace pas un jugement."),
                ),
                Column("searched_where_fr", is_blank=True, label=_("où cette recherche a porté")),
                Column("searched_where_en", is_blank=True, label=_("où cette recherche a porté, en anglais")),
                *CROSSWALK,
                Column(
                    "timeliness",
                    words=Timeliness,
                    kind="string",
                    label=_("respect des délais"),
                    about=_("Calculé au jour de la lecture, à partir des jalons."),
                ),
                *NEXT_DUE,
            ),
            rows=_commitments,
        ),
        noun(
            Undertaking,
            _("Participations"),
            _(
                "Qui s’engage et qui bénéficie, engagement par engagement ; qui est concerné par ce qui n’est pas un "
                "engagement."
            ),
            rows=_undertakings,
            order=("commitment__reference", "role", "party__code"),
            narrowed_by=("commitment", "party", "role"),
        ),
        noun(
            Assessment,
            _("Évaluations"),
            _(
                "Les jugements datés portés sur la réalisation d’un engagement ; est en vigueur le dernier publié qui "
                "n’a été ni remplacé ni retiré."
            ),
            narrowed_by=("commitment", "party", "status"),
            status=("status", *CROSSWALK),
        ),
        noun(
            Search,
            _("Recherches sans résultat"),
            _(
                "Ce que quelqu’un a cherché, un jour et dans des lieux donnés, sans rien trouver : sur un engagement, "
                "ou seulement sur une partie, un jalon ou une période."
            ),
            narrowed_by=("commitment", "party", "milestone"),
        ),
        noun(
            Milestone,
            _("Jalons"),
            _("Les étapes datées d’un engagement."),
            rows=partial(known, Milestone),
            narrowed_by=("commitment",),
        ),
        noun(
            FollowUpNote,
            _("Notes de suivi"),
            _("Les notes publiques, chacune sur un engagement, un instrument ou une rencontre."),
            rows=partial(known, FollowUpNote),
            narrowed_by=NOTED,
            visibility=(),
        ),
        noun(
            Citation,
            _("Citations"),
            _("Les passages de sources, mot pour mot, chacun rattaché à une fiche, et à une seule."),
            rows=partial(known, Citation),
            narrowed_by=("source", *TARGETS, "role", "evidence_kind", "verification"),
            start=(Column("start", about=_("En points de code du texte archivé.")),),
            end=(Column("end", about=_("En points de code du texte archivé ; le premier qui n’est plus cité.")),),
        ),
        *CONTEXT,
        noun(
            Discrepancy,
            _("Divergences"),
            _("Les questions sur lesquelles des sources se contredisent, tranchées ou ouvertes."),
            more=(
                Column(
                    "outcome",
                    derived=lambda row: outcome(SimpleNamespace(**row)).value,
                    words=DiscrepancyOutcome,
                    kind="string",
                    label=_("décision"),
                    about=_("Calculée : une valeur retenue, des versions compatibles, ou rien encore."),
                ),
            ),
        ),
        relation(
            "discrepancy-commitments",
            _("Engagements concernés par une divergence"),
            _("Quels engagements une divergence touche."),
            Discrepancy.commitments.through,
        ),
        noun(
            Claim,
            _("Versions des divergences"),
            _("Chaque réponse donnée par une source au moins à la question d’une divergence."),
            rows=_claims,
            narrowed_by=("discrepancy",),
            discrepancy=(refers("discrepancy", Discrepancy), "position"),
            position=(),
        ),
        Table(
            "withdrawals",
            _("Retraits"),
            _("Ce qui a été public et ne l’est plus : le jour et le motif du retrait, sans le contenu retiré."),
            (
                Column("table", label=_("table")),
                Column("key", label=_("clé"), about=_("La référence ou l’identifiant de ce qui est retiré.")),
                Column("commitment", label=_("engagement"), refers="commitments", is_blank=True),
                Column("source", label=_("source"), refers="sources", is_blank=True),
                Column(
                    "target",
                    label=_("rattachée à"),
                    about=_("Pour une citation ou une note : la table."),
                    is_blank=True,
                ),
                Column("target_key", label=_("clé de ce à quoi elle se rattache"), is_blank=True),
                Column(
                    "day",
                    kind="date",
                    label=_("en date du"),
                    about=_("Le jour d’une recherche, ou celui dont une évaluation ou une note rendait compte."),
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
"""Every table, the most requested first."""
