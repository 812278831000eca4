"""Commitments, and the parties' roles in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from commitments.choices import Basis, UndertakingRole
from commitments.deadlines import Deadline
from commitments.models.base import History, Record, Reviewed, one_of, unique_code
from commitments.models.meetings import Instrument
from commitments.models.parties import Party
from commitments.models.sectors import Sector
from commitments.models.wording import both
from commitments.querysets import CommitmentQuerySet, NaturalKeyManager

if TYPE_CHECKING:
    from datetime import date

    from commitments.models.searches import Search


class Commitment(Reviewed):
    """A discrete, specific, publicly expressed, collectively agreed statement of intent; one target, one commitment.

    Definition: G7 and G20 Research Groups, Compliance Coding Manual. Status and timeliness are not stored here:
    they are read from the assessments and the milestones (`CommitmentQuerySet.with_status`, `with_timeliness`).
    """

    # What its queries add: `with_status`, `with_timeliness`, `for_table`, `for_detail`.
    status: str
    status_as_of: date | None
    searched_on: date | None
    last_search: Search | None
    timeliness: str
    next_due: date | None
    next_due_from: date | None
    next_due_precision: str | None
    next_due_is_reading: bool | None
    leading_parties: list[Undertaking]
    public_undertakings: list[Undertaking]

    public_fields = (
        *("basis", "sector", "instrument", "made_on", *both("title", "statement", "criterion")),
        *("recurrence", "recurrence_start", *both("recurrence_reading")),
    )
    kept_inside: ClassVar[dict[str, str]] = Reviewed.kept_inside | {
        "assigned_to": "who does what is the desk’s own",
        "search_text": "computed from the texts",
    }

    reference = unique_code(
        _("référence"),
        r"^[A-Z]{2,}(-[A-Z]{2,})*-[0-9]{4}-[0-9]{2,4}\Z",
        _("Une référence s’écrit comme AES-RU-2025-01 : parties, année, numéro."),
        longest=40,
        help_text=_("Ne change plus une fois attribuée : elle est dans l’adresse de la page."),
    )
    basis = models.CharField(_("fondement"), max_length=10, choices=Basis.choices)
    sector = models.ForeignKey(Sector, models.PROTECT, related_name="commitments", verbose_name=_("secteur"))
    instrument = models.ForeignKey(Instrument, models.PROTECT, related_name="commitments", verbose_name=_("instrument"))
    made_on = models.DateField(_("exprimé le"), help_text=_("Le jour où cela a été dit ou écrit."))
    title_fr = models.CharField(_("titre"), max_length=160)
    title_en = models.CharField(_("titre en anglais"), max_length=160, blank=True)
    statement_fr = models.TextField(
        _("énoncé"),
        max_length=2000,
        help_text=_("Ce qui est promis, par qui, en termes neutres et attribués."),
    )
    statement_en = models.TextField(_("énoncé en anglais"), max_length=2000, blank=True)
    criterion_fr = models.TextField(
        _("ce qui vaudrait réalisation"),
        max_length=1000,
        blank=True,
        help_text=_("Le fait observable qui ferait dire « réalisé », si le texte en donne le fondement."),
    )
    criterion_en = models.TextField(_("ce qui vaudrait réalisation, en anglais"), max_length=1000, blank=True)
    recurrence = models.CharField(
        _("récurrence"),
        max_length=200,
        blank=True,
        help_text=_(
            "Une règle RRULE (RFC 5545), par exemple FREQ=YEARLY ; elle produit les jalons à venir, précis au jour si "
            "elle nomme un jour ou une semaine, ou si la première période finit au cours d’un mois, sinon au mois ou à "
            "l’année."
        ),
    )
    recurrence_start = models.DateField(
        _("fin de la première période"),
        null=True,
        blank=True,
        help_text=_("Le dernier jour de la première période de la récurrence."),
    )
    recurrence_reading_fr = models.TextField(
        _("pourquoi la récurrence est lue ainsi"),
        max_length=1000,
        blank=True,
        help_text=_("Si aucune source ne la donne ainsi : pourquoi elle est lue ainsi. Les jalons produits le disent."),
    )
    recurrence_reading_en = models.TextField(
        _("pourquoi la récurrence est lue ainsi, en anglais"), max_length=1000, blank=True
    )
    parties: models.ManyToManyField = models.ManyToManyField(
        Party,
        through="Undertaking",
        through_fields=("commitment", "party"),
        related_name="commitments",
        verbose_name=_("parties"),
    )
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="assigned_commitments",
        verbose_name=_("suivi par"),
        help_text=_("L’analyste qui le suit au bureau ; le public ne le lit pas."),
    )
    search_text = models.TextField(editable=False, blank=True)

    objects = CommitmentQuerySet.as_manager()
    history = History(excluded_fields=["search_text"])

    class Meta(Reviewed.Meta):
        verbose_name = _("engagement")
        verbose_name_plural = _("engagements")
        ordering = ["reference"]
        constraints = [
            *Reviewed.Meta.constraints,
            one_of("commitment_basis_known", "basis", Basis.values, _("Ce fondement n’existe pas.")),
            models.CheckConstraint(
                name="commitment_recurrence_has_start",
                condition=Q(recurrence="", recurrence_start__isnull=True)
                | (~Q(recurrence="") & Q(recurrence_start__isnull=False)),
                violation_error_message=_("Une récurrence et la fin de sa première période vont ensemble."),
            ),
            models.CheckConstraint(
                name="commitment_reading_has_recurrence",
                condition=Q(recurrence_reading_fr="", recurrence_reading_en="")
                | (~Q(recurrence_reading_fr="") & ~Q(recurrence="")),
                violation_error_message=_(
                    "Dire pourquoi la récurrence est lue ainsi demande une récurrence, et le dire en français."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} – {self.wording('title')}"

    def get_absolute_url(self) -> str:
        return reverse("commitment", args=[self.reference])

    @cached_property
    def next_deadline(self) -> Deadline | None:
        """The earliest deadline among the milestones not met, of a row `with_timeliness`; None if there is none."""
        if self.next_due is None:
            return None
        precision, is_reading = self.next_due_precision or "", bool(self.next_due_is_reading)
        return Deadline(self.next_due_from, self.next_due, precision, is_reading)

    @property
    def is_undertaken(self) -> bool:
        """Whether this is a commitment proper; what was expected or envisaged is recorded too, and counted apart."""
        return Basis(self.basis).is_undertaken


class Undertaking(Record):
    """A party's role in a commitment: it undertakes something, or it benefits; or what is no commitment concerns it."""

    natural_key_fields = ("commitment__reference", "party__code", "role")
    attached_by = ("commitment",)
    public_fields = ("party", "role", "according_to")

    commitment = models.ForeignKey(
        Commitment, models.CASCADE, related_name="undertakings", verbose_name=_("engagement")
    )
    party = models.ForeignKey(Party, models.PROTECT, related_name="undertakings", verbose_name=_("partie"))
    role = models.CharField(_("rôle"), max_length=10, choices=UndertakingRole.choices)
    according_to = models.ForeignKey(
        Party,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("selon"),
        help_text=_("La partie qui le dit, si ce n’est pas celle dont c’est le rôle."),
    )

    objects = NaturalKeyManager()
    history = History()

    class Meta:
        verbose_name = _("participation")
        verbose_name_plural = _("participations")
        ordering = ["-role", "party__code"]
        constraints = [
            models.UniqueConstraint(
                fields=["commitment", "party", "role"],
                name="undertaking_once",
                violation_error_message=_("Cette partie a déjà ce rôle dans cet engagement."),
            ),
            one_of("undertaking_role_known", "role", UndertakingRole.values, _("Ce rôle n’existe pas.")),
            models.CheckConstraint(
                name="undertaking_according_to_another",
                condition=Q(according_to__isnull=True) | ~Q(according_to=F("party")),
                violation_error_message=_("« Selon » nomme une autre partie que celle dont c’est le rôle."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.party} – {self.get_role_display()}"

    def natural_key(self) -> tuple[str, ...]:
        return super().natural_key()

    natural_key.dependencies = ["commitments.commitment", "commitments.party"]  # type: ignore[attr-defined]
