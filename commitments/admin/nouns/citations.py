"""Citations at the desk: quoted word for word, or refused with the reason next to the words."""

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext as _, gettext_lazy

from commitments.admin import wording
from commitments.admin.base import column, fieldset
from commitments.admin.nouns.inlines import ListedInline
from commitments.admin.review.reviewed import ReviewedAdmin
from commitments.admin.unsaved.concurrency import DeskForm
from commitments.choices import EvidenceKind
from commitments.models import NOTED, TARGETS, Citation, Record
from commitments.rules.sourcing import citations
from commitments.typography import inner


class CitationForm(DeskForm):
    """A citation, looked up in its source before it is saved."""

    refused_with_parent: ValidationError | None = None

    class Meta:
        widgets = {
            "exact": forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField desk-quotation"}),
            "prefix": forms.TextInput(attrs={"class": "vLargeTextField"}),
            "suffix": forms.TextInput(attrs={"class": "vLargeTextField"}),
        }

    def clean(self) -> dict[str, object]:
        """Refuse words that do not occur in the source, or occur there more than once."""
        cleaned = super().clean() or self.cleaned_data
        source, exact = cleaned.get("source"), cleaned.get("exact")
        if source and exact:
            found = citations.objections(source, exact, cleaned.get("prefix", ""), cleaned.get("suffix", ""))
            for field, error in found.items():
                self.add_error(field if field in self.fields else None, error)
        return cleaned

    def full_clean(self) -> None:
        """Validate; then note beside an announcement that it cannot carry the assessment refused above."""
        super().full_clean()
        refusal = self.refused_with_parent
        if not self.is_bound or refusal is None or not self.has_changed():
            return
        codes = {error.code for errors in getattr(refusal, "error_dict", {}).values() for error in errors}
        if "no_action" in codes and self.cleaned_data.get("evidence_kind") != EvidenceKind.CONCRETE_ACTION:
            self.add_error(
                "evidence_kind",
                _("Cet état demande une action concrète : une annonce seule n’y suffit jamais."),
            )


class CitationsInline(ListedInline):
    """The passages attached to a record."""

    model = Citation
    form = CitationForm
    related = ["source"]
    unlisted_fields = ["source__text"]
    fields = ["source", "exact", ("prefix", "suffix"), "role"]
    autocomplete_fields = ["source"]
    columns = [
        (gettext_lazy("passage"), lambda row: format_html("<q>{}</q>", row.exact)),
        (gettext_lazy("source"), lambda row: row.source),
        (gettext_lazy("portée"), lambda row: row.get_role_display()),
        (gettext_lazy("vérification"), wording.verification_mark),
        (gettext_lazy("publication"), wording.state_mark),
    ]

    def get_extra(self, request: HttpRequest, obj: Record | None = None, **kwargs: object) -> int:
        """Return one open row on a new record, none on one that has its citations."""
        return 1 if obj is None else 0


class SourceCitationsInline(CitationsInline):
    """The passages quoted from a source; each is added on the page of the record that it serves, not here."""

    related = [
        "source",
        "commitment",
        *(f"{name}__commitment" for name in ("assessment", "milestone")),
        *(f"note__{name}" for name in NOTED),
        "assessment__party",
        "claim__discrepancy",
        "meeting",
        "instrument",
    ]
    columns = [
        CitationsInline.columns[0],
        (gettext_lazy("rattachée à"), lambda row: row.target),
        *CitationsInline.columns[2:],
    ]

    def has_add_permission(self, request: HttpRequest, obj: Record | None = None) -> bool:
        """Whether a citation may be added here: never."""
        return False


@admin.register(Citation)
class CitationAdmin(ReviewedAdmin):
    """One citation, whatever it is attached to."""

    form = CitationForm
    list_display = ["passage", "source_reference", "attached_to", "role", "evidence_kind", "verified", "review_state"]
    passage = column(
        gettext_lazy("passage"),
        lambda row: format_html("<q>{}</q>", inner(Truncator(row.exact).chars(90))),
        ordering="exact",
    )
    source_reference = column(gettext_lazy("source"), lambda row: row.source.reference, ordering="source__reference")
    attached_to = column(gettext_lazy("rattachée à"), lambda row: str(row.target))
    verified = column(gettext_lazy("vérification"), wording.verification_mark, ordering="verification")
    list_filter = ["verification", "role", "evidence_kind", "state", ("source", admin.RelatedOnlyFieldListFilter)]
    search_fields = ["exact", "source__reference", "source__title"]
    search_help_text = gettext_lazy("Mots du passage, référence ou titre de la source.")
    autocomplete_fields = ["source", *TARGETS]
    readonly_fields = ["verified"]
    locked_once_saved = TARGETS  # a passage for another record is another citation
    date_hierarchy = "recorded_at"
    fieldsets = [
        fieldset(None, ["source", "exact", ("prefix", "suffix"), "verified"]),
        fieldset(None, [("role", "evidence_kind")]),
        fieldset(gettext_lazy("Rattachée à"), [*TARGETS], about=gettext_lazy("Un enregistrement, et un seul.")),
    ]

    def for_listing(self, queryset: models.QuerySet) -> models.QuerySet:
        """Return the citations with their source and what they are attached to."""
        return queryset.with_source().with_targets().select_related("assessment__party")  # type: ignore[attr-defined]
