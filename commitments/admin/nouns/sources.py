"""Sources at the desk: the archived text, and the quotations that rest on it."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy

from commitments.admin.base import column, fieldset
from commitments.admin.nouns.citations import SourceCitationsInline
from commitments.admin.spreadsheets.views import SpreadsheetAdmin
from commitments.admin.texts.intake import IntakeAdmin, IntakeForm
from commitments.admin.texts.quoting import QuotingPage
from commitments.admin.unsaved.concurrency import DeskForm
from commitments.choices import Verification
from commitments.models import Citation, Record, Source
from commitments.rules.text.plain_text import on_lines

SELF_DESCRIPTION = [
    *("title", ("publisher", "author"), "url", ("published_on", "published_time")),
    *("published_on_reading_fr", "published_on_reading_en"),
]
"""What a source says of itself."""

BLANK = gettext_lazy("Ce que ni le texte ni l’éditeur ne disent reste vide.")


def archived_text(label: Any, *, rows: int) -> forms.CharField:
    """Return the field of a source's text, which is kept as typed, white space and all."""
    return forms.CharField(
        label=label,
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": rows, "class": "vLargeTextField desk-archive"}),
        help_text=gettext_lazy("Tel que paru, sans rien y corriger. Les citations y sont recherchées mot pour mot."),
    )


class SourceForm(DeskForm):
    """A source."""

    text = archived_text(gettext_lazy("texte archivé"), rows=24)

    def clean_text(self) -> str:
        """Return the text with the line endings it has on file: a browser changes them, which is no edit."""
        text = on_lines(self.cleaned_data["text"])
        stored = self.instance.text if self.instance.pk else ""
        return stored if text == on_lines(stored) else text

    @property
    def changed_data(self) -> list[str]:
        """The names of the fields that were changed; line endings that a browser rewrote are not a change."""
        names = super().changed_data
        kept = getattr(self, "cleaned_data", {}).get("text")
        return [name for name in names if name != "text" or kept != self.initial.get("text")]


class NewSourceForm(IntakeForm, SourceForm):
    """A source that is being put on file."""

    text = archived_text(gettext_lazy("Texte"), rows=12)


@admin.register(Source)
class SourceAdmin(SpreadsheetAdmin, QuotingPage, IntakeAdmin):
    """An article or document on file."""

    form = SourceForm
    intake_form = NewSourceForm
    list_display = ["reference", "label_shown", "publisher", "kind", "published_on", "citation_count", "review_state"]
    list_display_links = ["reference", "label_shown"]
    label_shown = column(gettext_lazy("titre"), lambda row: row.label, ordering="title")
    citation_count = column(gettext_lazy("citations"), lambda row: row.citation_count, ordering="citation_count")
    ordering = ["reference"]
    list_filter = ["state", "kind", "language", "text_is_public"]
    search_fields = ["reference", "title", "publisher", "author"]
    date_hierarchy = "published_on"
    locked_once_saved = ["reference"]
    readonly_fields = ["sha256"]
    unlisted_fields = ["text"]
    fieldsets = [
        fieldset(None, [("reference", "kind", "language"), *SELF_DESCRIPTION], about=BLANK),
        fieldset(gettext_lazy("Texte archivé"), ["text", "sha256", "file_name", "text_is_public"]),
    ]
    inlines = [SourceCitationsInline]
    intake_fieldsets = [
        fieldset(
            gettext_lazy("Le texte de l’article"),
            ["text", "upload"],
            about=gettext_lazy(
                "Collez-le, ou choisissez un fichier. Ce qu’il dit de lui-même (titre, date, signature) est "
                "proposé dans les cases restées vides ; ce que vous avez tapé n’est jamais remplacé."
            ),
        ),
        fieldset(
            gettext_lazy("Ce qu’il dit de lui-même"),
            [*SELF_DESCRIPTION, ("reference", "kind", "language"), "file_name", "text_is_public"],
            about=BLANK,
        ),
    ]

    def get_fieldsets(self, request: HttpRequest, obj: Record | None = None) -> Any:
        """Return the fieldsets: those of a new source begin with its text."""
        return super().get_fieldsets(request, obj) if obj is not None else self.intake_fieldsets

    def get_readonly_fields(self, request: HttpRequest, obj: Record | None = None) -> list[str]:
        """Return the fields that are only read; a new source has no digest yet."""
        return super().get_readonly_fields(request, obj) if obj is not None else []

    def for_listing(self, queryset: QuerySet) -> QuerySet:
        """Return the sources without their text, each with how often it is quoted."""
        return super().for_listing(queryset).annotate(citation_count=Count("citations"))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save, remembering which quotations were verified before the text was edited."""
        form.verified_before = set()
        if change and "text" in form.changed_data:
            verified = obj.citations.filter(verification=Verification.VERIFIED)
            form.verified_before = set(verified.values_list("pk", flat=True))
        super().save_model(request, obj, form, change)

    def after_save(self, request: HttpRequest, form: Any, *, change: bool) -> None:
        """List, with links, the quotations that an edit of the text has broken."""
        super().after_save(request, form, change=change)
        broken = Citation.objects.filter(pk__in=form.verified_before).exclude(verification=Verification.VERIFIED)
        lost = [
            (
                reverse("admin:commitments_citation_change", args=[citation.pk]),
                f"«\u00a0{citation.exact}\u00a0»",
                citation.get_verification_display(),
                citation.target,
            )
            for citation in broken.with_targets()
        ]
        if lost:
            text = _(
                "Le texte enregistré ne porte plus ces citations, qui étaient vérifiées ; le public le lit aussi :"
            )
            self.warn_of(request, text, '<a href="{}">{}</a> – {} ({})', lost)
