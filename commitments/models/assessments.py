"""Assessments: dated judgements of implementation."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from commitments.choices import GONE, ReviewState, Status
from commitments.models.base import Countersigned, History, Identified, one_of
from commitments.models.commitments import Commitment
from commitments.models.parties import Party
from commitments.models.wording import both
from commitments.querysets import AssessmentQuerySet
from commitments.typography import in_full


class Assessment(Identified, Countersigned):
    """A dated judgement of how far a commitment is implemented, with its reasons and its evidence.

    Once published it is never edited: a later one follows it, a better one supersedes it, or it is withdrawn
    with a reason (OGP Independent Reporting Mechanism; Peace Accords Matrix). A former one may say "no evidence
    available", with the search that it rested on; today such a search is a record of its own (`Search`).
    """

    attached_by = ("commitment",)
    public_fields = (
        *("party", "status", "as_of", *both("rationale"), "searched_on", *both("searched_where")),
        *("supersedes", "supersession_reason"),
    )
    markdown_fields = both("rationale")

    commitment = models.ForeignKey(Commitment, models.CASCADE, related_name="assessments", verbose_name=_("engagement"))
    party = models.ForeignKey(
        Party,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="assessments",
        verbose_name=_("partie"),
        help_text=_("Vide : le jugement vaut pour toutes les parties."),
    )
    status = models.CharField(
        _("état d’avancement"),
        max_length=12,
        choices=[(status.value, status.label) for status in Status.assessable()],
    )
    as_of = models.DateField(_("au"), help_text=_("Le jour dont le jugement rend compte."))
    rationale_fr = models.TextField(_("motifs"), max_length=4000, help_text=_("Factuels, attribués ; en Markdown."))
    rationale_en = models.TextField(_("motifs en anglais"), max_length=4000, blank=True)
    searched_on = models.DateField(
        _("recherche faite le"), null=True, blank=True, help_text=_("Pour « aucune preuve disponible ».")
    )
    searched_where_fr = models.CharField(
        _("où la recherche a porté"), max_length=500, blank=True, help_text=_("Pour « aucune preuve disponible ».")
    )
    searched_where_en = models.CharField(_("où la recherche a porté, en anglais"), max_length=500, blank=True)
    supersedes = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="successors",
        verbose_name=_("remplace"),
        help_text=_("L’évaluation publiée que celle-ci corrige ; vide si elle ne fait que suivre la précédente."),
    )
    supersession_reason = models.CharField(
        _("motif du remplacement"), max_length=1000, blank=True, help_text=_("Lu par le public.")
    )

    objects = AssessmentQuerySet.as_manager()
    history = History()

    class Meta(Countersigned.Meta):
        verbose_name = _("évaluation")
        verbose_name_plural = _("évaluations")
        ordering = ["commitment__reference", "-as_of", "-pk"]
        constraints = [
            *Countersigned.Meta.constraints,
            one_of(
                "assessment_status_known",
                "status",
                [status.value for status in Status.assessable()],
                _("Cet état d’avancement n’existe pas, ou n’est pas un jugement."),
            ),
            models.CheckConstraint(
                name="assessment_no_evidence_says_search",
                condition=~Q(status=Status.NO_EVIDENCE)
                | (Q(searched_on__isnull=False) & ~Q(searched_where_fr=""))
                | Q(state=ReviewState.DRAFT),
                violation_error_message=_(
                    "« Aucune preuve disponible » demande le jour de la recherche et où elle a porté."
                ),
            ),
            models.CheckConstraint(
                name="assessment_reasoned",
                condition=~Q(rationale_fr="") | Q(state=ReviewState.DRAFT),
                violation_error_message=_("Un jugement porte ses motifs."),
            ),
            models.UniqueConstraint(
                fields=["supersedes"],
                condition=~Q(state__in=list(GONE)),
                name="assessment_superseded_once",
                violation_error_message=_("Une autre évaluation remplace déjà celle-ci."),
            ),
            models.CheckConstraint(
                name="assessment_supersession_reasoned",
                condition=Q(supersedes__isnull=True) | ~Q(supersession_reason=""),
                violation_error_message=_("Le remplacement d’une évaluation porte son motif."),
            ),
        ]

    def __str__(self) -> str:
        whom = f" ({self.party})" if self.party_id else ""
        return f"{self.commitment.reference} – {self.get_status_display()}{whom}, {in_full(self.as_of)}"

    def get_absolute_url(self) -> str:
        return f"{reverse('commitment', args=[self.commitment.reference])}#e-{self.uid.hex[:8]}"
