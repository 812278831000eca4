"""The index behind the public search: which stems each commitment is found by, and where."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from commitments.models.commitments import Commitment


class CommitmentWords(models.Model):
    """The stems that a public commitment is found by, from all that its page shows; written by `word_index`."""

    commitment = models.OneToOneField(Commitment, models.CASCADE, primary_key=True, related_name="words")
    title = models.TextField(_("du titre"), blank=True)
    statement = models.TextField(_("de l’énoncé"), blank=True)
    beside = models.TextField(_("de ce qui s’y rattache"), blank=True)
    texts = models.JSONField(
        _("textes qui s’y rattachent"),
        default=list,
        help_text=_("Chacun avec sa langue ; les résultats les citent."),
    )

    class Meta:
        verbose_name = _("mots d’un engagement")
        verbose_name_plural = _("mots des engagements")
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.commitment_id)


class Posting(models.Model):
    """One stem, and the commitments found by it: three sets of their primary keys, as Roaring bitmaps.

    Format: RoaringFormatSpec (roaringbitmap.org), as `pyroaring` writes it.
    """

    stem = models.CharField(_("radical"), max_length=40, primary_key=True)
    title = models.BinaryField(_("dans le titre"))
    statement = models.BinaryField(_("dans l’énoncé"))
    beside = models.BinaryField(_("dans ce qui s’y rattache"))

    class Meta:
        verbose_name = _("mot de l’index")
        verbose_name_plural = _("mots de l’index")
        default_permissions = ()

    def __str__(self) -> str:
        return self.stem
