"""Milestones: the dated steps of a commitment."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from commitments.choices import DuePrecision
from commitments.deadlines import Deadline
from commitments.models.base import History, Identified, Reviewed
from commitments.models.commitments import Commitment
from commitments.models.wording import both
from commitments.querysets import MilestoneQuerySet


class Milestone(Identified, Reviewed):
    """A dated step of a commitment; a recurring commitment has a series of them, one for each period.

    It keeps three dates apart: the window in which the step is due, the day it was taken, the moment it was recorded.
    The window says how precise it is, and whether a source gives it or it is a reading made here.
    """

    attached_by = ("commitment",)
    public_fields = (*both("title"), "due_from", "due_on", "due_precision", *both("reading", "place"), "met_on")
    unannounced_fields = ("met_recorded_at", "from_recurrence", *Reviewed.unannounced_fields)

    commitment = models.ForeignKey(Commitment, models.CASCADE, related_name="milestones", verbose_name=_("engagement"))
    title_fr = models.CharField(_("intitulé"), max_length=160)
    title_en = models.CharField(_("intitulé en anglais"), max_length=160, blank=True)
    due_from = models.DateField(_("à partir du"), null=True, blank=True, help_text=_("Premier jour de la période."))
    due_on = models.DateField(
        _("au plus tard le"), null=True, blank=True, help_text=_("Vide si aucune source ne donne d’échéance.")
    )
    due_precision = models.CharField(
        _("précision de l’échéance"),
        max_length=5,
        choices=DuePrecision.choices,
        default=DuePrecision.DAY,
        blank=True,
        help_text=_("Ce que dit la source : « chaque année » donne une année, pas le 31 décembre. Vide sans échéance."),
    )
    reading_fr = models.TextField(
        _("pourquoi l’échéance est lue ainsi"),
        max_length=1000,
        blank=True,
        help_text=_("Si aucune source ne donne l’échéance ainsi : pourquoi elle est lue ainsi. Vide si une la donne."),
    )
    reading_en = models.TextField(_("pourquoi l’échéance est lue ainsi, en anglais"), max_length=1000, blank=True)
    place_fr = models.CharField(
        _("lieu"), max_length=160, blank=True, help_text=_("Si une source dit où cela doit avoir lieu.")
    )
    place_en = models.CharField(_("lieu en anglais"), max_length=160, blank=True)
    met_on = models.DateField(_("réalisé le"), null=True, blank=True)
    met_recorded_at = models.DateTimeField(_("réalisation enregistrée le"), null=True, blank=True, editable=False)
    from_recurrence = models.BooleanField(_("issu de la récurrence"), default=False, editable=False)

    objects = MilestoneQuerySet.as_manager()
    history = History()

    class Meta(Reviewed.Meta):
        verbose_name = _("jalon")
        verbose_name_plural = _("jalons")
        ordering = ["commitment__reference", F("due_on").asc(nulls_last=True), "pk"]
        constraints = [
            *Reviewed.Meta.constraints,
            models.CheckConstraint(
                name="milestone_due_after_start",
                condition=Q(due_from__isnull=True) | (Q(due_on__isnull=False) & Q(due_on__gte=F("due_from"))),
                violation_error_message=_("La période du jalon finit avant de commencer, ou n’a pas de dernier jour."),
            ),
            models.CheckConstraint(
                name="milestone_due_precision_known",
                condition=Q(due_precision__in=DuePrecision.values) | Q(due_on__isnull=True, due_precision=""),
                violation_error_message=_("Une échéance dit si elle est précise au jour, au mois ou à l’année."),
            ),
            models.CheckConstraint(
                name="milestone_reading_has_deadline",
                condition=Q(reading_fr="", reading_en="") | (~Q(reading_fr="") & Q(due_on__isnull=False)),
                violation_error_message=_(
                    "Dire pourquoi l’échéance est lue ainsi demande une échéance, et le dire en français."
                ),
            ),
            models.CheckConstraint(
                name="milestone_met_recorded",
                condition=Q(met_on__isnull=True, met_recorded_at__isnull=True)
                | Q(met_on__isnull=False, met_recorded_at__isnull=False),
                violation_error_message=_("La réalisation d’un jalon porte le moment de son enregistrement."),
            ),
            models.UniqueConstraint(
                fields=["commitment", "due_on"],
                condition=Q(from_recurrence=True),
                name="milestone_once_per_period",
                violation_error_message=_("Cette période a déjà son jalon."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.commitment.reference} – {self.wording('title')}"

    def get_absolute_url(self) -> str:
        return f"{reverse('commitment', args=[self.commitment.reference])}#j-{self.uid.hex[:8]}"

    @property
    def deadline(self) -> Deadline | None:
        """When the step is due, how precisely, and whose reading that is; None without a deadline."""
        if self.due_on is None:
            return None
        return Deadline(self.due_from, self.due_on, self.due_precision, bool(self.reading_fr or self.reading_en))
