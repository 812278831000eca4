"""Parties, and the organisations they belong to."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from commitments.choices import PartyKind
from commitments.models.base import History, Record, one_of, unique_code
from commitments.models.sources import Source
from commitments.models.wording import both
from commitments.querysets import NaturalKeyManager, PartyQuerySet


class Party(Record):
    """A state, or an organisation of states, that undertakes something or benefits from it."""

    natural_key_fields = ("code",)
    public_fields = ("kind", *both("name"))

    code = unique_code(
        _("code"), r"^[A-Z][A-Z0-9-]*\Z", _("Des lettres majuscules et des chiffres : ML, RU, AES."), longest=12
    )
    kind = models.CharField(_("nature"), max_length=12, choices=PartyKind.choices)
    name_fr = models.CharField(_("nom"), max_length=120)
    name_en = models.CharField(_("nom en anglais"), max_length=120, blank=True)
    members: models.ManyToManyField = models.ManyToManyField(
        "self",
        through="Membership",
        through_fields=("organisation", "member"),
        symmetrical=False,
        related_name="organisations",
        verbose_name=_("membres"),
    )

    objects = PartyQuerySet.as_manager()
    history = History()

    class Meta:
        verbose_name = _("partie")
        verbose_name_plural = _("parties")
        ordering = ["code"]
        constraints = [
            one_of("party_kind_known", "kind", PartyKind.values, _("Cette nature de partie n’existe pas.")),
        ]

    def __str__(self) -> str:
        return self.wording("name").text


class Membership(Record):
    """A state's belonging to an organisation, for a time, perhaps with a role in it: who says so, and of which day."""

    natural_key_fields = ("organisation__code", "member__code")
    public_fields = ("organisation", "member", *both("role"), "since", "until", "source", "stated_on")

    organisation = models.ForeignKey(Party, models.CASCADE, related_name="memberships", verbose_name=_("organisation"))
    member = models.ForeignKey(Party, models.PROTECT, related_name="+", verbose_name=_("membre"))
    role_fr = models.CharField(_("rôle"), max_length=160, blank=True)
    role_en = models.CharField(_("rôle en anglais"), max_length=160, blank=True)
    since = models.DateField(_("depuis le"), null=True, blank=True)
    until = models.DateField(_("jusqu’au"), null=True, blank=True)
    source = models.ForeignKey(
        Source,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("selon"),
        help_text=_("La source qui dit l’appartenance, et le rôle s’il y en a un."),
    )
    stated_on = models.DateField(
        _("à la date du"),
        null=True,
        blank=True,
        help_text=_("Le jour dont parle la source : elle ne dit rien d’un autre."),
    )

    objects = NaturalKeyManager()
    history = History()

    class Meta:
        verbose_name = _("appartenance")
        verbose_name_plural = _("appartenances")
        ordering = ["organisation__code", "member__code"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "member"],
                name="membership_once",
                violation_error_message=_("Ce membre figure déjà dans cette organisation."),
            ),
            models.CheckConstraint(
                name="membership_of_another",
                condition=~Q(organisation=F("member")),
                violation_error_message=_("Une organisation n’est pas membre d’elle-même."),
            ),
            models.CheckConstraint(
                name="membership_ends_after_start",
                condition=Q(since__isnull=True) | Q(until__isnull=True) | Q(until__gte=F("since")),
                violation_error_message=_("La fin de l’appartenance précède son début."),
            ),
            models.CheckConstraint(
                name="membership_day_has_source",
                condition=Q(stated_on__isnull=True) | Q(source__isnull=False),
                violation_error_message=_("Le jour dont parle une source ne va pas sans elle."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member} – {self.organisation}"

    def natural_key(self) -> tuple[str, ...]:
        return super().natural_key()

    natural_key.dependencies = ["commitments.party", "commitments.source"]  # type: ignore[attr-defined]
