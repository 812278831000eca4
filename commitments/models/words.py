"""The index behind the public search: which stems each record is found by, and where."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RecordWords(models.Model):
    """The stems that a public record is found by, from all that its page shows; written by `word_index`.

    Its kind and primary key, not a foreign key for each kind: rows are computed, and made anew whenever in doubt.
    """

    kind = models.CharField(_("nature"), max_length=11)
    record = models.PositiveBigIntegerField(_("fiche"))
    title = models.TextField(_("du titre"), blank=True)
    statement = models.TextField(_("de l’énoncé"), blank=True)
    beside = models.TextField(_("de ce qui s’y rattache"), blank=True)
    texts = models.JSONField(
        _("textes qui s’y rattachent"),
        default=list,
        help_text=_("Chacun avec sa langue et sa place sur la page ; les résultats les citent."),
    )

    class Meta:
        verbose_name = _("mots d’une fiche")
        verbose_name_plural = _("mots des fiches")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["kind", "record"], name="recordwords_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.record}"


class Posting(models.Model):
    """One stem, and the records of one kind found by it: three sets of their primary keys, as Roaring bitmaps.

    Format: RoaringFormatSpec (roaringbitmap.org), as `pyroaring` writes it.
    """

    stem = models.CharField(_("radical"), max_length=40, db_index=True)
    kind = models.CharField(_("nature"), max_length=11)
    title = models.BinaryField(_("dans le titre"))
    statement = models.BinaryField(_("dans l’énoncé"))
    beside = models.BinaryField(_("dans ce qui s’y rattache"))

    class Meta:
        verbose_name = _("mot de l’index")
        verbose_name_plural = _("mots de l’index")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["stem", "kind"], name="posting_once")]

    def __str__(self) -> str:
        return f"{self.stem} ({self.kind})"
