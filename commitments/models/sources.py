"""Sources: the articles and documents on file."""

from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from commitments.choices import SourceKind
from commitments.models.base import History, Reviewed, one_of, unique_code
from commitments.models.wording import both
from commitments.querysets import SourceQuerySet
from commitments.typography import in_full


class Source(Reviewed):
    """An article or document on file: what is known of it, its text as archived, and that text's digest.

    What neither the text nor its publisher states stays blank; a day of publication that follows from the text is
    deduced, and says how (`published_on_reading`). The text is the publisher's property: the public sees
    the passages cited, and the whole only if `text_is_public` is set.
    """

    public_fields = (
        *("kind", "title", "publisher", "author", "url", "language", "published_on", "published_time"),
        *(*both("published_on_reading"), "sha256", "text_is_public"),
    )
    kept_inside: ClassVar[dict[str, str]] = Reviewed.kept_inside | {
        "file_name": "how the desk received it",
        "text": "the publisher’s; its digest stands for it, and passages or the whole are shown under their own rules",
        "text_is_partial": "how this database came by the text",
    }

    reference = unique_code(
        _("référence"), r"^[A-Z0-9][A-Z0-9-]*\Z", _("Des lettres majuscules et des chiffres : A004."), longest=20
    )
    kind = models.CharField(_("nature"), max_length=10, choices=SourceKind.choices, default=SourceKind.PRESS)
    title = models.CharField(_("titre"), max_length=300, blank=True)
    publisher = models.CharField(_("éditeur"), max_length=160, blank=True)
    author = models.CharField(_("auteur"), max_length=160, blank=True)
    url = models.URLField(_("adresse"), max_length=500, blank=True)
    language = models.CharField(
        _("langue"),
        max_length=2,
        default="fr",
        validators=[RegexValidator(r"^[a-z]{2}\Z", _("Un code de langue à deux lettres : fr, en, ru."))],
    )
    published_on = models.DateField(_("date de parution"), null=True, blank=True)
    published_time = models.TimeField(_("heure de parution"), null=True, blank=True)
    published_on_reading_fr = models.CharField(
        _("comment le jour se déduit du texte"),
        max_length=500,
        blank=True,
        help_text=_("Vide si le texte ou l’éditeur dit le jour ; sinon, les mots du texte d’où il se déduit."),
    )
    published_on_reading_en = models.CharField(
        _("comment le jour se déduit du texte, en anglais"), max_length=500, blank=True
    )
    file_name = models.CharField(_("fichier d’origine"), max_length=200, blank=True)
    text = models.TextField(_("texte archivé"), blank=True)
    sha256 = models.CharField(_("empreinte SHA-256 du texte"), max_length=64, blank=True, editable=False)
    text_is_public = models.BooleanField(
        _("texte intégral public"),
        default=False,
        help_text=_("À ne cocher qu’avec l’accord de l’éditeur : les articles restent la propriété de leurs éditeurs."),
    )
    text_is_partial = models.BooleanField(
        _("texte gardé en partie"),
        default=False,
        editable=False,
        help_text=_("Repris d’un autre registre : seuls les passages publics y sont, l’empreinte est celle du tout."),
    )

    objects = SourceQuerySet.as_manager()
    history = History()

    class Meta(Reviewed.Meta):
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        ordering = ["reference"]
        constraints = [
            *Reviewed.Meta.constraints,
            one_of("source_kind_known", "kind", SourceKind.values, _("Cette nature de source n’existe pas.")),
            models.CheckConstraint(
                name="source_text_digested",
                condition=Q(text="", sha256="") | (~Q(text="") & ~Q(sha256="")),
                violation_error_message=_("Un texte archivé porte son empreinte SHA-256."),
            ),
            models.CheckConstraint(
                name="source_time_has_day",
                condition=Q(published_time__isnull=True) | Q(published_on__isnull=False),
                violation_error_message=_("Une heure de parution ne va pas sans sa date."),
            ),
            models.CheckConstraint(
                name="source_reading_has_day",
                condition=Q(published_on_reading_fr="", published_on_reading_en="")
                | (~Q(published_on_reading_fr="") & Q(published_on__isnull=False)),
                violation_error_message=_("Dire comment le jour se déduit demande ce jour, et le dire en français."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} – {self.label}"

    def get_absolute_url(self) -> str:
        return reverse("source", args=[self.reference])

    @property
    def label(self) -> str:
        """The title; if the text has none, its publisher or author; else its kind."""
        if self.title:
            return self.title
        by = self.publisher or self.author
        kind = self.get_kind_display()
        return f"{kind}, {by}" if by else str(_("%(kind)s sans titre") % {"kind": kind})

    @property
    def cited_as(self) -> str:
        """The reference, and whose text it is, for a sentence that says no more of the source: "A003 (APAnews)"."""
        return f"{self.reference} ({self.publisher or self.author or self.get_kind_display().lower()})"

    @property
    def day_note(self) -> str:
        """What is to be said of the day of publication wherever it is shown: that it is deduced; "" if it is stated."""
        return str(_("jour déduit du texte")) if self.published_on_reading_fr else ""

    @property
    def published_in_full(self) -> str:
        """The day of publication in words, and that it is deduced if it is; "" if it is not known."""
        if self.published_on is None:
            return ""
        day = in_full(self.published_on)
        return f"{day} ({self.day_note})" if self.day_note else day
