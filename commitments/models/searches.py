"""Searches: somebody looked, on a day, in named places, and found nothing."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy as _

from commitments.choices import ReviewState
from commitments.models.base import Countersigned, History, Identified
from commitments.models.commitments import Commitment
from commitments.models.milestones import Milestone
from commitments.models.parties import Party
from commitments.models.wording import both
from commitments.querysets import SearchQuerySet
from commitments.typography import in_full, inner


class Search(Identified, Countersigned):
    """A search that found nothing: on a day, in named places, for what a commitment promises.

    It may be about one party's part, or about one step or one period only. It stands beside the status and never
    replaces a judgement: "no evidence available" is the status of a commitment without a judgement in force, on which
    a search is public. Once published it is never edited: a later one stands beside it, or it is withdrawn with a
    reason.
    """

    attached_by = ("commitment",)
    public_fields = (
        *("party", "milestone", "period_from", "period_to"),
        *("searched_on", *both("searched_where", "sought", "searched_by")),
    )

    commitment = models.ForeignKey(Commitment, models.CASCADE, related_name="searches", verbose_name=_("engagement"))
    party = models.ForeignKey(
        Party,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="searches",
        verbose_name=_("partie"),
        help_text=_("Vide : la recherche porte sur toutes les parties."),
    )
    milestone = models.ForeignKey(
        Milestone,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="searches",
        verbose_name=_("jalon"),
        help_text=_("Si la recherche ne porte que sur une étape de l’engagement."),
    )
    period_from = models.DateField(
        _("période, du"), null=True, blank=True, help_text=_("Si la recherche ne porte que sur une période.")
    )
    period_to = models.DateField(_("période, au"), null=True, blank=True)
    searched_on = models.DateField(_("recherche faite le"))
    searched_where_fr = models.CharField(
        _("où la recherche a porté"),
        max_length=500,
        help_text=_("Par exemple : presse des quatre États, sites officiels."),
    )
    searched_where_en = models.CharField(_("où la recherche a porté, en anglais"), max_length=500, blank=True)
    sought_fr = models.CharField(
        _("ce qui était cherché"),
        max_length=500,
        blank=True,
        help_text=_("Vide : un fait qui montre où en est la réalisation."),
    )
    sought_en = models.CharField(_("ce qui était cherché, en anglais"), max_length=500, blank=True)
    searched_by_fr = models.CharField(
        _("qui a cherché"), max_length=160, blank=True, help_text=_("Vide : la personne qui propose la recherche.")
    )
    searched_by_en = models.CharField(_("qui a cherché, en anglais"), max_length=160, blank=True)

    objects = SearchQuerySet.as_manager()
    history = History()

    class Meta(Countersigned.Meta):
        verbose_name = _("recherche")
        verbose_name_plural = _("recherches")
        ordering = ["commitment__reference", "-searched_on", "-pk"]
        constraints = [
            *Countersigned.Meta.constraints,
            models.CheckConstraint(
                name="search_says_where",
                condition=~Q(searched_where_fr="") | Q(state=ReviewState.DRAFT),
                violation_error_message=_("Une recherche dit où elle a porté."),
            ),
            models.CheckConstraint(
                name="search_period_in_order",
                condition=Q(period_from__isnull=True) | Q(period_to__isnull=True) | Q(period_to__gte=F("period_from")),
                violation_error_message=_("La période finit avant de commencer."),
            ),
            models.CheckConstraint(
                name="search_step_or_period",
                condition=Q(milestone__isnull=True) | Q(period_from__isnull=True, period_to__isnull=True),
                violation_error_message=_("Une recherche porte sur un jalon ou sur une période, pas sur les deux."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.commitment.reference} – {self._meta.verbose_name}, {in_full(self.searched_on)}"

    @property
    def found_nothing(self) -> str:
        """That nothing was found, in words, and for which step or period only; to go on a sentence."""
        if self.milestone is not None:
            return gettext("rien trouvé pour le jalon « %(step)s »") % {
                "step": inner(self.milestone.wording("title").text)
            }
        if self.period:
            return gettext("rien trouvé pour la période %(period)s") % {"period": self.period}
        return gettext("rien trouvé")

    @property
    def period(self) -> str:
        """The period that the search is about, in words; "" if it is about no period only."""
        first, last = (day and in_full(day) for day in (self.period_from, self.period_to))
        if first and last:
            return gettext("du %(first)s au %(last)s") % {"first": first, "last": last}
        if first:
            return gettext("depuis le %(day)s") % {"day": first}
        return gettext("jusqu’au %(day)s") % {"day": last} if last else ""

    def get_absolute_url(self) -> str:
        return f"{reverse('commitment', args=[self.commitment.reference])}#r-{self.uid.hex[:8]}"
