"""Sectors."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from commitments.models.base import History, Record
from commitments.models.wording import both
from commitments.querysets import SectorQuerySet


class Sector(Record):
    """A field of cooperation under which commitments are classed, such as security or energy."""

    natural_key_fields = ("slug",)
    public_fields = (*both("name"), "position")

    slug = models.SlugField(_("identifiant"), unique=True)
    name_fr = models.CharField(_("nom"), max_length=80)
    name_en = models.CharField(_("nom en anglais"), max_length=80, blank=True)
    position = models.PositiveSmallIntegerField(_("rang"), default=0)

    objects = SectorQuerySet.as_manager()
    history = History()

    class Meta:
        verbose_name = _("secteur")
        verbose_name_plural = _("secteurs")
        ordering = ["position", "slug"]

    def __str__(self) -> str:
        return self.wording("name").text
