"""Meetings, and the instruments that come out of them."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from commitments.choices import InstrumentKind
from commitments.models.base import History, Reviewed, one_of
from commitments.models.parties import Party
from commitments.models.wording import both
from commitments.querysets import InstrumentQuerySet, MeetingQuerySet


class Meeting(Reviewed):
    """A session where commitments are made or reviewed."""

    public_fields = (*both("title", "place"), "starts_on", "ends_on", *both("summary"))
    unannounced_fields = ("participants", *Reviewed.unannounced_fields)

    reference = models.SlugField(_("référence"), max_length=60, unique=True)
    title_fr = models.CharField(_("titre"), max_length=160)
    title_en = models.CharField(_("titre en anglais"), max_length=160, blank=True)
    place_fr = models.CharField(_("lieu"), max_length=120, blank=True)
    place_en = models.CharField(_("lieu en anglais"), max_length=120, blank=True)
    starts_on = models.DateField(_("premier jour"))
    ends_on = models.DateField(_("dernier jour"), null=True, blank=True)
    summary_fr = models.TextField(_("résumé"), max_length=2000, blank=True)
    summary_en = models.TextField(_("résumé en anglais"), max_length=2000, blank=True)
    participants = models.ManyToManyField(Party, blank=True, related_name="meetings", verbose_name=_("participants"))

    objects = MeetingQuerySet.as_manager()
    history = History(m2m_fields=[participants])

    class Meta(Reviewed.Meta):
        verbose_name = _("rencontre")
        verbose_name_plural = _("rencontres")
        ordering = ["-starts_on", "reference"]
        constraints = [
            *Reviewed.Meta.constraints,
            models.CheckConstraint(
                name="meeting_ends_after_start",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("Le dernier jour de la rencontre précède le premier."),
            ),
        ]

    def __str__(self) -> str:
        return self.wording("title").text

    def get_absolute_url(self) -> str:
        return reverse("meeting", args=[self.reference])


class Instrument(Reviewed):
    """The text or statement that carries commitments: a joint communiqué, a declaration, a roadmap."""

    public_fields = ("kind", *both("title"), "meeting", "issued_on", *both("summary"))
    unannounced_fields = ("issuers", *Reviewed.unannounced_fields)

    reference = models.SlugField(_("référence"), max_length=60, unique=True)
    kind = models.CharField(_("nature"), max_length=20, choices=InstrumentKind.choices)
    title_fr = models.CharField(_("titre"), max_length=160)
    title_en = models.CharField(_("titre en anglais"), max_length=160, blank=True)
    meeting = models.ForeignKey(
        Meeting, models.PROTECT, null=True, blank=True, related_name="instruments", verbose_name=_("rencontre")
    )
    issued_on = models.DateField(_("daté du"), null=True, blank=True)
    issuers = models.ManyToManyField(Party, blank=True, related_name="instruments", verbose_name=_("auteurs"))
    summary_fr = models.TextField(_("résumé"), max_length=2000, blank=True)
    summary_en = models.TextField(_("résumé en anglais"), max_length=2000, blank=True)

    objects = InstrumentQuerySet.as_manager()
    history = History(m2m_fields=[issuers])

    class Meta(Reviewed.Meta):
        verbose_name = _("instrument")
        verbose_name_plural = _("instruments")
        ordering = [F("issued_on").asc(nulls_last=True), "reference"]
        constraints = [
            *Reviewed.Meta.constraints,
            one_of(
                "instrument_kind_known", "kind", InstrumentKind.values, _("Cette nature d’instrument n’existe pas.")
            ),
        ]

    def __str__(self) -> str:
        return self.wording("title").text

    def get_absolute_url(self) -> str:
        return reverse("instrument", args=[self.reference])
