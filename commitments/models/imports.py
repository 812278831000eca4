"""Spreadsheets imported at the desk: the file as sent, what checking it found, and whether it was imported."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class SpreadsheetImport(models.Model):
    """A file that a person sent, for one noun. It has unpublished content: for that person and editors only.

    Its content is removed once it is imported, or when somebody signs in after a month.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    noun = models.CharField(_("objet"), max_length=30)
    file_name = models.CharField(_("fichier"), max_length=200)
    sha256 = models.CharField(_("empreinte SHA-256"), max_length=64)
    content = models.BinaryField(null=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("envoyé par")
    )
    uploaded_at = models.DateTimeField(_("envoyé le"), default=timezone.now)
    language = models.CharField(_("langue du compte rendu"), max_length=5, default="fr")
    checked_at = models.DateTimeField(_("vérifié le"), null=True)
    fault = models.TextField(_("ce qui empêche de lire le fichier"), blank=True)
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("importé par")
    )
    applied_at = models.DateTimeField(_("importé le"), null=True)
    proposed = models.BooleanField(_("proposé à la relecture"), default=False)
    total = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    unproposable = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("import de tableur")
        verbose_name_plural = _("imports de tableurs")
        default_permissions = ()
        ordering = ["-uploaded_at"]

    def __str__(self) -> str:
        return self.file_name


class SpreadsheetRow(models.Model):
    """What a check found of one row: what it would create or change, or why it is refused. Unchanged rows have none."""

    class Outcome(models.TextChoices):
        """What importing the row would do."""

        REFUSED = "1-refused", _("Refusée")
        CREATED = "2-created", _("Créée")
        CHANGED = "3-changed", _("Modifiée")

    upload = models.ForeignKey(SpreadsheetImport, models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField(_("ligne"))
    outcome = models.CharField(_("résultat"), max_length=10, choices=Outcome.choices)
    label = models.CharField(_("enregistrement"), max_length=300, blank=True)
    changes = models.JSONField(default=list)
    said = models.JSONField(default=list)
    unproposable = models.JSONField(default=list)

    class Meta:
        verbose_name = _("ligne de tableur")
        verbose_name_plural = _("lignes de tableur")
        default_permissions = ()
        ordering = ["outcome", "number"]
        constraints = [models.UniqueConstraint(fields=["upload", "number"], name="spreadsheet_row_once")]
        indexes = [models.Index(fields=["upload", "outcome", "number"], name="spreadsheet_report")]

    def __str__(self) -> str:
        return f"{self.upload} – {self.number}"
