"""The evidence of an assessment on its page: edited in place while it is a draft, read once it is public."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext as _, gettext_lazy

from commitments.admin import permissions, wording
from commitments.admin.nouns.citations import CitationForm, CitationsInline
from commitments.admin.unsaved.concurrency import sent_again
from commitments.choices import OPEN, CitationRole, EvidenceKind
from commitments.models import Record, Source
from commitments.rules.sourcing import citable_passages


class BroughtForm(forms.Form):
    """A stretch of a source, as the URL of this page names it, with its role and kind if already chosen."""

    source = forms.IntegerField(min_value=1, max_value=2**31 - 1)
    start = forms.IntegerField(min_value=0, max_value=2**31 - 1)
    end = forms.IntegerField(min_value=1, max_value=2**31 - 1)
    role = forms.ChoiceField(choices=CitationRole.choices, required=False)
    evidence_kind = forms.ChoiceField(choices=EvidenceKind.choices, required=False)


def brought(request: HttpRequest) -> dict[str, Any]:
    """Return the passage given in the URL (`source`, `start`, `end`) as the data of a row; {} if there is none.

    It includes `role` and `evidence_kind` if the URL has them too.
    """
    form = BroughtForm(request.GET)
    if request.method != "GET" or not form.is_valid():
        return {}
    source = Source.objects.filter(pk=form.cleaned_data["source"]).first()
    if source is None:
        return {}
    selector = citable_passages.selector(source, form.cleaned_data["start"], form.cleaned_data["end"])
    said = {name: form.cleaned_data[name] for name in ("role", "evidence_kind") if form.cleaned_data[name]}
    return {} if selector is None else {"source": source.pk, **selector._asdict(), **said}


def brought_day(request: HttpRequest) -> dict[str, object]:
    """Return the day of the source whose passage the URL gives, as the day of an assessment; {} if there is none."""
    passage = brought(request)
    day = Source.objects.values_list("published_on", flat=True).get(pk=passage["source"]) if passage else None
    return {"as_of": day} if day else {}


class EvidenceForm(CitationForm):
    """A passage offered as evidence. Once saved, its words are fixed; its role and kind can still be edited."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None:
            for name in ("source", "exact", "prefix", "suffix"):
                self.fields.pop(name, None)

    @property
    def row_id(self) -> str:
        """The row's id in the page (in a template, `prefix` would resolve to the form field of that name)."""
        return str(self.prefix)

    @property
    def verification_mark(self) -> str:
        """The outcome of looking the passage up, in words."""
        return wording.verification_mark(self.instance)


class EvidenceFormSet(forms.BaseInlineFormSet):
    """The rows of evidence. Reports any row that somebody else changed or removed in the meantime."""

    def clean(self) -> None:
        """Refuse to remove a row whose latest version was not seen, or to keep one that was deleted."""
        super().clean()
        for row in self.initial_forms:
            is_dropped = self.can_delete and row.cleaned_data.get("DELETE", False)
            if row.instance.pk is None and not is_dropped:
                row.data = sent_again(row.data, {row.add_prefix("DELETE"): ["on"]})
                raise ValidationError(
                    _("Une preuve a été retirée entre-temps par quelqu’un d’autre. Enregistrer de nouveau l’oublie."),
                    code="gone",
                )
            if row.instance.pk is not None and is_dropped and row.has_error(NON_FIELD_ERRORS):
                raise ValidationError(row.non_field_errors().as_data(), code="conflict")


class EvidenceInline(CitationsInline):
    """The passages on which an assessment rests; each says what kind of evidence it is."""

    template = "admin/commitments/edit_inline/evidence.html"
    form = EvidenceForm
    formset = EvidenceFormSet
    can_delete = True
    verbose_name = gettext_lazy("preuve")
    verbose_name_plural = gettext_lazy("preuves")
    fields = ["source", "exact", ("prefix", "suffix"), ("role", "evidence_kind")]
    columns = [
        *CitationsInline.columns[:3],
        (gettext_lazy("nature"), lambda row: row.get_evidence_kind_display() or wording.EMPTY),
        *CitationsInline.columns[3:],
    ]
    may_edit = False

    def has_change_permission(self, request: HttpRequest, obj: Record | None = None) -> bool:
        """Whether the rows on file may change here: by those who may edit an assessment that was never public."""
        return admin.StackedInline.has_change_permission(self, request, obj) and self._is_open(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Record | None = None) -> bool:
        """Whether the rows on file may be removed here: as they may change."""
        return admin.StackedInline.has_delete_permission(self, request, obj) and self._is_open(request, obj)

    def _is_open(self, request: HttpRequest, obj: Record | None) -> bool:
        may_judge = request.user.has_perm("commitments.change_assessment")
        return obj is None or (may_judge and not permissions.is_closed(request.user, obj))

    def get_extra(self, request: HttpRequest, obj: Record | None = None, **kwargs: object) -> int:
        """Return one empty row on a new assessment, or if the URL gives a passage."""
        return 1 if obj is None or brought(request) else 0

    def get_formset(self, request: HttpRequest, obj: Record | None = None, **kwargs: object) -> Any:
        """Return the formset: of the rows on file that may change here, and of new ones."""
        self.may_edit = self.has_change_permission(request, obj)
        return super().get_formset(request, obj, **kwargs)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        """Return the rows that may change here."""
        if not self.may_edit:
            return super().get_queryset(request)
        rows = admin.StackedInline.get_queryset(self, request).filter(state__in=OPEN)
        return rows.select_related("source").defer("source__text")

    def listed(self, rows: models.QuerySet) -> models.QuerySet:
        """Return the rows to read: those that may not change here."""
        return rows.exclude(state__in=OPEN) if self.may_edit else rows
