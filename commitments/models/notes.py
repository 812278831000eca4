"""Follow-up notes."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from commitments.choices import Visibility
from commitments.models.attached import Attached, exactly_one, target_key
from commitments.models.base import History, Identified, Reviewed, one_of
from commitments.models.commitments import Commitment
from commitments.models.meetings import Instrument, Meeting
from commitments.models.wording import both
from commitments.querysets import FollowUpNoteQuerySet
from commitments.typography import in_full

NOTED = tuple(FollowUpNoteQuerySet.targets)
"""The foreign keys of which a follow-up note has exactly one."""


class FollowUpNote(Attached, Identified, Reviewed):
    """A dated note, kept inside the desk or for the public: on what became of a commitment, or on a text or a meeting.

    A note on an instrument says what concerns it as a whole: how it is known, which positions it takes.
    """

    targets = NOTED
    attached_by = (*NOTED, "visibility")
    public_fields = ("dated", *both("body"))
    markdown_fields = both("body")

    commitment = target_key(Commitment, _("engagement"), "notes")
    instrument = target_key(Instrument, _("instrument"), "notes")
    meeting = target_key(Meeting, _("rencontre"), "notes")
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
            models.CheckConstraint(
                name="followupnote_one_target",
                condition=exactly_one(NOTED),
                violation_error_message=_(
                    "Une note porte sur un engagement, un instrument ou une rencontre : un seul."
                ),
            ),
            one_of(
                "followupnote_visibility_known", "visibility", Visibility.values, _("Cette visibilité n’existe pas.")
            ),
        ]

    def __str__(self) -> str:
        on = self.target.reference if self.target else "?"  # a form may be shown again with none chosen
        return f"{on} – {in_full(self.dated)} ({self.get_visibility_display()})"

    def get_absolute_url(self) -> str:
        return f"{self.target.get_absolute_url()}#n-{self.uid.hex[:8]}"
