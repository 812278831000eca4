"""The revision of what the public reads."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Revision(models.Model):
    """One row: how often what the public can see has changed, and a token that no other state of it ever had.

    `commitments.rules.revision` raises it, in the transaction of the change itself. Pages, counts and their entity tags
    are kept by the token, so that nothing made before a change is served after it.
    """

    number = models.PositiveBigIntegerField(_("numéro"))
    token = models.CharField(_("jeton"), max_length=32)

    class Meta:
        verbose_name = _("révision du public")
        verbose_name_plural = _("révisions du public")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(name="revision_one_row", condition=models.Q(pk=1)),
        ]

    def __str__(self) -> str:
        return str(self.number)
