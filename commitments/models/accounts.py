"""What the desk stores about its people beside their accounts."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class DeskPreference(models.Model):
    """How a person wants to hear from the desk: in which language, and whether at all. The defaults need no row."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        primary_key=True,
        related_name="desk_preference",
        verbose_name=_("compte"),
    )
    language = models.CharField(
        _("langue des courriels"), max_length=2, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE
    )
    wants_reminders = models.BooleanField(_("reçoit sa file de travail par courriel"), default=True)
    reminded_on = models.DateField(_("dernier courriel le"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("préférences de bureau")
        verbose_name_plural = _("préférences de bureau")

    def __str__(self) -> str:
        return str(self.user)
