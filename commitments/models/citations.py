"""Citations: the passages that tie every record to a source."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from commitments.choices import CitationRole, EvidenceKind, Verification
from commitments.models.assessments import Assessment
from commitments.models.attached import Attached, exactly_one, target_key
from commitments.models.base import History, Identified, Reviewed
from commitments.models.commitments import Commitment
from commitments.models.discrepancies import Claim
from commitments.models.meetings import Instrument, Meeting
from commitments.models.milestones import Milestone
from commitments.models.notes import FollowUpNote
from commitments.models.sources import Source
from commitments.querysets import CitationQuerySet
from commitments.typography import quoted

TARGETS = tuple(CitationQuerySet.targets)
"""The foreign keys of which a citation has exactly one."""


class Citation(Attached, Identified, Reviewed):
    """A verbatim passage of a source attached to one record, and what it does for that record.

    The selector is the W3C Web Annotation model's TextQuoteSelector: the exact words, with those just before and after
    if the words alone would not say which place is meant.
    """

    targets = TARGETS
    attached_by = ("source", *TARGETS)
    public_fields = ("role", "evidence_kind", "exact", "prefix", "suffix", "verification")
    unannounced_fields = ("start", "end", "verified_at", *Reviewed.unannounced_fields)

    source = models.ForeignKey(Source, models.PROTECT, related_name="citations", verbose_name=_("source"))
    commitment = target_key(Commitment, _("engagement"), "citations")
    assessment = target_key(Assessment, _("évaluation"), "citations")
    milestone = target_key(Milestone, _("jalon"), "citations")
    note = target_key(FollowUpNote, _("note"), "citations")
    claim = target_key(Claim, _("version"), "citations")
    meeting = target_key(Meeting, _("rencontre"), "citations")
    instrument = target_key(Instrument, _("instrument"), "citations")
    role = models.CharField(_("portée"), max_length=11, choices=CitationRole.choices, default=CitationRole.SUPPORTS)
    evidence_kind = models.CharField(
        _("nature de la preuve"),
        max_length=15,
        choices=EvidenceKind.choices,
        blank=True,
        help_text=_("Pour une évaluation : une annonce, ou une action concrète."),
    )
    exact = models.TextField(_("passage"), max_length=4000, help_text=_("Mot pour mot, tel que dans la source."))
    prefix = models.CharField(
        _("juste avant"), max_length=300, blank=True, help_text=_("Si le passage figure à plusieurs endroits.")
    )
    suffix = models.CharField(
        _("juste après"), max_length=300, blank=True, help_text=_("Si le passage figure à plusieurs endroits.")
    )
    verification = models.CharField(
        _("vérification"),
        max_length=10,
        choices=Verification.choices,
        default=Verification.NOT_FOUND,
        editable=False,
    )
    start = models.PositiveIntegerField(_("début dans le texte"), null=True, blank=True, editable=False)
    end = models.PositiveIntegerField(_("fin dans le texte"), null=True, blank=True, editable=False)
    verified_at = models.DateTimeField(_("vérifiée le"), null=True, blank=True, editable=False)

    objects = CitationQuerySet.as_manager()
    history = History()

    class Meta(Reviewed.Meta):
        verbose_name = _("citation")
        verbose_name_plural = _("citations")
        ordering = ["source__reference", F("start").asc(nulls_last=True), "pk"]
        constraints = [
            *Reviewed.Meta.constraints,
            models.CheckConstraint(
                name="citation_one_target",
                condition=exactly_one(TARGETS),
                violation_error_message=_("Une citation se rattache à un enregistrement, et à un seul."),
            ),
            models.CheckConstraint(
                name="citation_verified_has_place",
                condition=(
                    Q(verification=Verification.VERIFIED, start__isnull=False, end__gt=F("start"))
                    | (~Q(verification=Verification.VERIFIED) & Q(start__isnull=True, end__isnull=True))
                ),
                violation_error_message=_("Une citation vérifiée, et elle seule, a sa place dans le texte."),
            ),
            models.CheckConstraint(
                name="citation_not_empty",
                condition=~Q(exact=""),
                violation_error_message=_("Le passage cité est vide."),
            ),
            models.CheckConstraint(
                name="citation_words_known",
                condition=Q(role__in=CitationRole.values)
                & Q(evidence_kind__in=["", *EvidenceKind.values])
                & Q(verification__in=Verification.values),
                violation_error_message=_("La portée, la nature ou la vérification n’existe pas."),
            ),
        ]

    def __str__(self) -> str:
        words = self.exact if len(self.exact) <= 60 else f"{self.exact[:57]}…"
        return f"{self.source.reference} {quoted(words)}"

    def get_absolute_url(self) -> str:
        return f"{reverse('source', args=[self.source.reference])}#c-{self.uid.hex[:8]}"

    @property
    def is_verified(self) -> bool:
        """Whether the passage was found, in one place, in the source's archived text."""
        return self.verification == Verification.VERIFIED

    @property
    def may_be_published(self) -> bool:
        """Whether the passage is verified, or marked as having no archived text to verify it in."""
        return self.verification in (Verification.VERIFIED, Verification.NO_ARCHIVE)
