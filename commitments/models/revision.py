"""The revision of what the public reads."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Revision(models.Model):
    """One row: how often the public data has changed, and a token unique to its present state.

    `commitments.rules.revision` raises it, in the transaction of the change itself. Pages, counts and entity tags are
    cached under the token, so that nothing made before a change is served after it.
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
