"""Assessments at the desk: proposed with their evidence, published by somebody else, then closed."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy as _

from commitments.admin import permissions
from commitments.admin.base import Context, Pages, column, english, fieldset
from commitments.admin.judgement import assessing
from commitments.admin.judgement.list_of_evidence import EvidenceInline, brought, brought_day
from commitments.admin.review.reviewed import Button, CountersignedAdmin
from commitments.admin.spreadsheets.views import SpreadsheetAdmin
from commitments.models import Assessment, Record, Reviewed
from commitments.rules.keys import a_key
from commitments.rules.text import markdown

LONGEST_PREVIEW = 20_000


class PreviewForm(forms.Form):
    """A text in Markdown, to be shown as the public will read it."""

    text = forms.CharField(required=False, max_length=LONGEST_PREVIEW)


@admin.register(Assessment)
class AssessmentAdmin(SpreadsheetAdmin, CountersignedAdmin):
    """One assessment, with the passages that it rests on."""

    form = assessing.AssessmentForm
    change_form_template = "admin/commitments/assess.html"
    list_display = ["commitment", "status", "as_of", "party_shown", "review_state", "proposer", "publisher"]
    party_shown = column(_("partie"), lambda row: row.party or _("toutes"), ordering="party__code")
    list_filter = ["state", "status", "single_handed", ("commitment__sector", admin.RelatedOnlyFieldListFilter)]
    show_facets = admin.ShowFacets.ALWAYS
    search_fields = ["commitment__reference", "commitment__title_fr", "rationale_fr"]
    search_help_text = _("Référence ou titre de l’engagement, mots des motifs.")
    date_hierarchy = "as_of"
    listing_related = ["commitment", "party", "proposed_by", "published_by"]
    autocomplete_fields = ["commitment", "party"]
    fieldsets = [
        fieldset(
            None,
            ["commitment", "party", ("status", "as_of"), "rationale_fr"],
            about=_(
                "Progrès limité, progrès important et réalisé demandent au moins une action concrète, citée mot "
                "pour mot plus bas ; une annonce seule n’y suffit jamais."
            ),
        ),
        fieldset(
            _("Correction d’une évaluation publiée"),
            ["supersedes", "supersession_reason"],
            about=_("Une évaluation publiée ne se modifie pas : une autre la remplace, avec un motif."),
            css=["collapse"],
        ),
        english("rationale_en"),
    ]
    inlines = [EvidenceInline]
    search_fields_of_former = fieldset(
        _("Recherche dont cette évaluation rend compte"),
        ["searched_on", "searched_where_fr", "searched_where_en"],
        about=_("À lire seulement : une recherche sans résultat est aujourd’hui un enregistrement à part."),
    )
    """The fields of the search that a former assessment rested on, shown where they are filled."""
    pages: Pages = [("check/", "check_view", "check"), ("preview/", "preview_view", "preview")]

    class Media:
        js = ["commitments/desk/assess.js"]
        css = {"all": ["commitments/desk/assess.css"]}

    # The form

    def get_form(self, request: HttpRequest, obj: Record | None = None, change: bool = False, **kwargs: object) -> Any:
        """Return the form class, which only checks the submitted data if that was asked."""
        form = super().get_form(request, obj, change=change, **kwargs)
        form.only_checks = request.method == "POST" and "_check" in request.POST
        return form

    def get_fieldsets(self, request: HttpRequest, obj: Record | None = None) -> Any:
        """Return the fieldsets; the one about replacement is open if the assessment replaces another."""
        found = [*super().get_fieldsets(request, obj), *self._former_search(obj)]
        if not (request.GET.get("supersedes") if not isinstance(obj, Assessment) else obj.supersedes_id):
            return found
        return [
            (name, options | {"classes": []}) if "supersedes" in options["fields"] else (name, options)
            for name, options in found
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Record | None = None) -> list[str]:
        """Return the fields to read only; among them those of the search that a former assessment rested on."""
        return [*super().get_readonly_fields(request, obj), *flatten_fieldsets(self._former_search(obj))]

    def _former_search(self, obj: Record | None) -> list[Any]:
        is_former = isinstance(obj, Assessment) and (obj.searched_on or obj.searched_where_fr)
        return [self.search_fields_of_former] if is_former else []

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, object]:
        """Return the initial values: the day of the article that is brought, the subject of the assessment replaced."""
        named = super().get_changeform_initial_data(request)
        return brought_day(request) | assessing.as_replacement(named.get("supersedes")) | named

    def get_formset_kwargs(self, request: HttpRequest, obj: Record, inline: Any, prefix: str) -> dict[str, object]:
        """Return the arguments of the formset; a passage given in the URL fills the first empty row."""
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        passage = brought(request)
        return kwargs | {"initial": [passage]} if passage else kwargs

    def buttons(self, request: HttpRequest, record: Reviewed | None) -> list[Button]:
        """Return the buttons, including the one that checks the rules without saving."""
        found = super().buttons(request, record)
        may_change = self.has_change_permission(request, record) if record else self.has_add_permission(request)
        if may_change and not permissions.is_closed(request.user, record):
            found.append(Button("_check", gettext("Vérifier sans enregistrer"), "assess-check"))
        return found

    def render_change_form(self, request: HttpRequest, context: Context, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the form, with the commitment's status and the objections to proposing."""
        form = context["adminform"].form
        record = kwargs.get("obj")
        commitment = record.commitment if record is not None and "commitment" not in form.fields else form.commitment
        if commitment is not None:
            context["dossier"] = assessing.dossier(commitment, but=form.instance)
            if request.user.has_perm("commitments.add_search"):
                context["search_url"] = assessing.search_url(commitment, form)
        if form.choice is not None and form.is_bound:
            context["errors"].extend(form.choice.errors)
        if "status" in form.fields:
            context["against"] = assessing.against(form, context["inline_admin_formsets"][0].formset)
            context["check_url"] = reverse("admin:commitments_assessment_check")
        return super().render_change_form(request, context, *args, **kwargs)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Save the evidence: the rows, and the passages that were ticked."""
        parts = [*formsets, form.choice] if form.choice is not None else formsets
        super().save_related(request, form, parts, change)

    # Requests that the page makes while its form is filled in

    def check_view(self, request: HttpRequest) -> HttpResponse:
        """Answer with the objections to proposing the submitted form; nothing is written."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        key = request.GET.get("record", "")
        record = self.get_object(request, key) if a_key(key) is not None else None
        may = self.has_change_permission(request, record) if record else self.has_add_permission(request)
        if not may or (key and record is None) or permissions.is_closed(request.user, record):
            raise PermissionDenied
        fields = flatten_fieldsets(self.get_fieldsets(request, record))
        form = self.get_form(request, record, change=record is not None, fields=fields)(request.POST, instance=record)
        rows, _inlines = self._create_formsets(request, form.instance, change=record is not None)
        found = assessing.against(form, rows[0])
        return JsonResponse({"against": [item._asdict() for item in found]})

    def preview_view(self, request: HttpRequest) -> HttpResponse:
        """Answer with the submitted Markdown rendered as on the public pages; nothing is written."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not (self.has_add_permission(request) or self.has_change_permission(request)):
            raise PermissionDenied
        form = PreviewForm(request.POST)
        if not form.is_valid():
            return JsonResponse({"error": " ".join(map(str, form.errors["text"]))}, status=400)
        return JsonResponse({"html": markdown.html(form.cleaned_data["text"])})
