"""Follow-up notes."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from commitments.choices import Visibility
from commitments.models.base import History, Identified, Reviewed, one_of
from commitments.models.commitments import Commitment
from commitments.models.wording import both
from commitments.querysets import FollowUpNoteQuerySet
from commitments.typography import in_full


class FollowUpNote(Identified, Reviewed):
    """A dated note on what became of a commitment: kept inside the desk, or for the public."""

    attached_by = ("commitment", "visibility")
    public_fields = ("dated", *both("body"))
    markdown_fields = both("body")

    commitment = models.ForeignKey(Commitment, models.CASCADE, related_name="notes", verbose_name=_("engagement"))
    visibility = models.CharField(
        _("visibilité"), max_length=8, choices=Visibility.choices, default=Visibility.INTERNAL
    )
    dated = models.DateField(_("en date du"))
    body_fr = models.TextField(_("note"), max_length=4000, help_text=_("En Markdown."))
    body_en = models.TextField(_("note en anglais"), max_length=4000, blank=True)

    objects = FollowUpNoteQuerySet.as_manager()
    history = History()

    class Meta(Reviewed.Meta):
        verbose_name = _("note de suivi")
        verbose_name_plural = _("notes de suivi")
        ordering = ["-dated", "-pk"]
        constraints = [
            *Reviewed.Meta.constraints,
            one_of(
                "followupnote_visibility_known", "visibility", Visibility.values, _("Cette visibilité n’existe pas.")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.commitment.reference} – {in_full(self.dated)} ({self.get_visibility_display()})"

    def get_absolute_url(self) -> str:
        return f"{reverse('commitment', args=[self.commitment.reference])}#n-{self.uid.hex[:8]}"
