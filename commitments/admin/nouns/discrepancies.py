"""Discrepancies at the desk: the question, the claims, the passages behind each, and how it was settled, or not yet."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _, gettext_lazy

from commitments.admin import permissions, wording
from commitments.admin.base import RecordAdmin, column, english, fieldset
from commitments.admin.nouns.citations import CitationsInline
from commitments.admin.nouns.inlines import EditableInline
from commitments.admin.review.reviewed import ReviewedAdmin
from commitments.admin.unsaved.concurrency import DeskForm
from commitments.admin.unsaved.submitted_rows import RowsFormSet
from commitments.models import Claim, Discrepancy, Record
from commitments.querysets.follow_up import outcome
from commitments.rules.judging import evidence
from commitments.rules.people import name_of


class ClaimForm(DeskForm):
    """A claim in its row; the formset checks that at most one is adopted."""

    def _get_validation_exclusions(self) -> set[str]:
        return super()._get_validation_exclusions() | {"is_adopted"}  # type: ignore[misc]


class ClaimFormSet(RowsFormSet):
    """The claims of a discrepancy, of which at most one is adopted."""

    def clean(self) -> None:
        """Refuse two adopted values."""
        super().clean()
        kept = [form for form in self.forms if form not in self.deleted_forms and hasattr(form, "cleaned_data")]
        adopted = [form for form in kept if form.cleaned_data.get("is_adopted")]
        for form in adopted[1:]:
            form.add_error("is_adopted", _("Une seule valeur peut être retenue."))
        if len(adopted) > 1:
            raise ValidationError(_("Une seule valeur peut être retenue."), code="one_adopted")


class ClaimInline(EditableInline):
    """The claims; the passages behind each are on its own page."""

    model = Claim
    form = ClaimForm
    formset = ClaimFormSet
    fields = ["position", "value_fr", "value_en", "is_adopted", "passages"]
    readonly_fields = ["passages"]
    show_change_link = True

    def get_extra(self, request: HttpRequest, obj: Record | None = None, **kwargs: object) -> int:
        """Return two open rows on a new discrepancy: it opposes at least two claims."""
        return 2 if obj is None else 0

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Return the claims with their passages."""
        return super().get_queryset(request).select_related("discrepancy").prefetch_related("citations__source")

    def has_delete_permission(self, request: HttpRequest, obj: Record | None = None) -> bool:
        """Whether a claim may be deleted: not once the discrepancy has been public."""
        return super().has_delete_permission(request, obj) and (obj is None or permissions.may_delete(obj))

    @admin.display(description=gettext_lazy("citations"))
    def passages(self, claim: Claim) -> str:
        """Show the passages, each with its source and its verification."""
        if claim.pk is None:
            return _("Enregistrez, puis citez sur la page de la version.")
        rows = [(row.exact, row.source.reference, wording.verification_mark(row)) for row in claim.citations.all()]
        if not rows:
            return _("Aucune : à citer sur la page de la version.")
        return format_html('<ul class="desk-passages">{}</ul>', format_html_join("", "<li><q>{}</q> {} {}</li>", rows))


class DiscrepancyForm(DeskForm):
    """A discrepancy; one that is settled must give the reason."""

    def clean(self) -> dict[str, object]:
        """Refuse a settlement without its reason, and claims called compatible on no day."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("settled_on") and not cleaned.get("reason_fr") and "reason_fr" in self.fields:
            self.add_error("reason_fr", _("Dites pourquoi : le public le lira."))
        if cleaned.get("is_compatible") and not cleaned.get("settled_on") and "settled_on" not in self.errors:
            self.add_error("settled_on", _("Les versions sont dites compatibles : indiquez le jour, ou décochez."))
        return cleaned


@admin.register(Discrepancy)
class DiscrepancyAdmin(ReviewedAdmin):
    """A question on which sources disagree."""

    form = DiscrepancyForm
    list_display = ["reference", "question_fr", "claim_count", "ending", "settled_on", "settler", "review_state"]
    list_display_links = ["reference", "question_fr"]
    claim_count = column(gettext_lazy("versions"), lambda row: row.claim_count, ordering="claim_count")
    ending = column(gettext_lazy("décision"), lambda row: outcome(row).label)
    settler = column(gettext_lazy("tranchée par"), lambda row: name_of(row.settled_by), ordering="settled_by")
    ordering = ["reference"]
    list_filter = ["state", ("settled_on", admin.EmptyFieldListFilter), "is_compatible"]
    search_fields = ["reference", "question_fr", "question_en", "claims__value_fr"]
    date_hierarchy = "settled_on"
    listing_related = ["settled_by"]
    autocomplete_fields = ["meeting", "commitments"]
    readonly_fields = ["settler"]
    locked_once_saved = ["reference"]
    fieldsets = [
        fieldset(None, ["reference", "question_fr", "meeting", "commitments"]),
        fieldset(
            gettext_lazy("Décision"),
            ["is_compatible", "settled_on", "reason_fr", "settler"],
            about=gettext_lazy(
                "Pour trancher : cochez « valeur retenue » sur une version ou, si toutes peuvent être vraies, "
                "« versions compatibles » ; donnez le motif et le jour. "
                "Sinon, laissez vide : la divergence reste ouverte."
            ),
        ),
        english("question_en", "reason_en"),
    ]
    inlines = [ClaimInline]

    def for_listing(self, queryset: QuerySet) -> QuerySet:
        """Return the discrepancies, each with how many claims it opposes."""
        return super().for_listing(queryset).annotate(claim_count=Count("claims", distinct=True))

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Save the claims, the adopted one last: the one adopted before must have been cleared."""
        if formset.model is not Claim:
            super().save_formset(request, form, formset, change)
            return
        claims = formset.save(commit=False)
        for claim in formset.deleted_objects:
            claim.delete()
        for claim in sorted(claims, key=lambda claim: claim.is_adopted):
            claim.save()
        formset.save_m2m()

    def after_save(self, request: HttpRequest, form: ModelForm, *, change: bool) -> None:
        """Refuse half a settlement, a day without an adopted claim or the reverse; and one that is two at once."""
        adopted = form.instance.claims.filter(is_adopted=True).exists()
        if form.instance.is_compatible and adopted:
            raise ValidationError({"is_compatible": evidence.ADOPTED_COMPATIBLE})
        if form.instance.settled_on and not (adopted or form.instance.is_compatible):
            message = _("Cochez la valeur retenue, ou « versions compatibles », ou effacez ce jour.")
            raise ValidationError({"settled_on": message})
        if adopted and not form.instance.settled_on:
            raise ValidationError({"settled_on": _("Une valeur est retenue : indiquez le jour, ou décochez-la.")})
        super().after_save(request, form, change=change)


@admin.register(Claim)
class ClaimAdmin(RecordAdmin):
    """One claim, with the passages that make it. It is published with its discrepancy."""

    list_display = ["value_fr", "discrepancy", "position", "is_adopted"]
    list_filter = ["is_adopted", "discrepancy__state"]
    search_fields = ["value_fr", "value_en", "discrepancy__reference", "discrepancy__question_fr"]
    listing_related = ["discrepancy"]
    autocomplete_fields = ["discrepancy"]
    readonly_fields = ["is_adopted"]
    locked_once_saved = ["discrepancy"]
    fieldsets = [
        fieldset(
            None,
            ["discrepancy", ("position", "is_adopted"), "value_fr"],
            about=gettext_lazy("La valeur retenue se choisit sur la page de la divergence."),
        ),
        english("value_en"),
    ]
    inlines = [CitationsInline]
