"""Discrepancies: the questions on which sources disagree."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from commitments.models.base import History, Identified, Reviewed, signature, unique_code
from commitments.models.commitments import Commitment
from commitments.models.meetings import Meeting
from commitments.models.wording import both
from commitments.querysets import ClaimQuerySet, DiscrepancyQuerySet


class Discrepancy(Reviewed):
    """A question on which sources disagree, each claim quoted; how it was settled, why, by whom, when; or open.

    It is settled by the adoption of one claim, or because the claims are compatible: then none is adopted.
    """

    public_fields = (*both("question"), "meeting", "is_compatible", *both("reason"), "settled_on")
    unannounced_fields = ("commitments", "settled_by", "settled_at", *Reviewed.unannounced_fields)

    reference = unique_code(
        _("référence"),
        r"^[A-Z]{2,}(-[A-Z]{2,})*-D[0-9]{2,4}\Z",
        _("Une référence s’écrit comme AES-RU-D01."),
        longest=40,
    )
    question_fr = models.CharField(_("question"), max_length=300)
    question_en = models.CharField(_("question en anglais"), max_length=300, blank=True)
    meeting = models.ForeignKey(
        Meeting, models.PROTECT, null=True, blank=True, related_name="discrepancies", verbose_name=_("rencontre")
    )
    commitments = models.ManyToManyField(
        Commitment, blank=True, related_name="discrepancies", verbose_name=_("engagements concernés")
    )
    is_compatible = models.BooleanField(
        _("versions compatibles"),
        default=False,
        help_text=_("Toutes les versions peuvent être vraies à la fois : aucune n’est retenue contre les autres."),
    )
    reason_fr = models.TextField(_("motif de la décision"), max_length=2000, blank=True)
    reason_en = models.TextField(_("motif de la décision, en anglais"), max_length=2000, blank=True)
    settled_on = models.DateField(_("tranchée le"), null=True, blank=True)
    settled_by = signature(_("tranchée par"))
    settled_at = models.DateTimeField(_("décision enregistrée le"), null=True, blank=True, editable=False)

    objects = DiscrepancyQuerySet.as_manager()
    history = History(m2m_fields=[commitments])

    class Meta(Reviewed.Meta):
        verbose_name = _("divergence")
        verbose_name_plural = _("divergences")
        ordering = ["reference"]
        constraints = [
            *Reviewed.Meta.constraints,
            models.CheckConstraint(
                name="discrepancy_settled_signed",
                condition=Q(
                    is_compatible=False, settled_on__isnull=True, settled_by__isnull=True, settled_at__isnull=True
                )
                | (Q(settled_on__isnull=False, settled_by__isnull=False, settled_at__isnull=False) & ~Q(reason_fr="")),
                violation_error_message=_("Une divergence tranchée porte le motif, qui l’a tranchée et quand."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} – {self.wording('question')}"

    def get_absolute_url(self) -> str:
        return reverse("discrepancy", args=[self.reference])


class Claim(Identified):
    """One answer that some source gives to the question of a discrepancy."""

    attached_by = ("discrepancy",)
    public_fields = (*both("value"), "is_adopted")
    unannounced_fields = ("position",)

    discrepancy = models.ForeignKey(Discrepancy, models.CASCADE, related_name="claims", verbose_name=_("divergence"))
    position = models.PositiveSmallIntegerField(_("rang"), default=0)
    value_fr = models.CharField(_("valeur"), max_length=300)
    value_en = models.CharField(_("valeur en anglais"), max_length=300, blank=True)
    is_adopted = models.BooleanField(_("valeur retenue"), default=False)

    objects = ClaimQuerySet.as_manager()
    history = History()

    class Meta:
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        ordering = ["discrepancy__reference", "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["discrepancy"],
                condition=Q(is_adopted=True),
                name="claim_one_adopted",
                violation_error_message=_("Une seule valeur peut être retenue."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.discrepancy.reference} – {self.wording('value')}"
