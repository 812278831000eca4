"""Records for several commitments at once that a search was made and found no evidence."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminDateWidget
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy, ngettext

from commitments.admin.base import Pages
from commitments.admin.permissions import account_of
from commitments.admin.unsaved import unsaved_form
from commitments.admin.unsaved.attempts import attempt
from commitments.admin.widgets import MarkdownArea
from commitments.choices import Status
from commitments.models import Assessment, Commitment
from commitments.rules.review import searches

REASONS_FR = "La recherche faite n’a trouvé aucune preuve de mise en œuvre. Cela n’établit pas qu’il n’y en a pas eu."
REASONS_EN = "The search made found no evidence of implementation. This does not establish that there was none."
"""Default rationale. It is content, so it is stored in both languages, whatever language the desk is in."""


def _text(name: str, *, required: bool = True) -> forms.CharField:
    """Return a form field that takes what the assessment's field `name` takes."""
    field: Any = Assessment._meta.get_field(name)
    is_long = isinstance(field, models.TextField)
    widget: forms.Widget = (
        MarkdownArea(attrs={"rows": 4}) if is_long else forms.TextInput(attrs={"class": "vLargeTextField"})
    )
    return forms.CharField(label=field.verbose_name, max_length=field.max_length, required=required, widget=widget)


class SearchForm(forms.Form):
    """A search, and the texts of the assessment that results from it."""

    searched_on = forms.DateField(label=gettext_lazy("recherche faite le"), widget=AdminDateWidget)
    searched_where_fr = _text("searched_where_fr")
    searched_where_en = _text("searched_where_en", required=False)
    as_of = forms.DateField(
        label=gettext_lazy("au"),
        widget=AdminDateWidget,
        required=False,
        help_text=gettext_lazy("Le jour dont le jugement rend compte ; vide : celui de la recherche."),
    )
    rationale_fr = _text("rationale_fr")
    rationale_en = _text("rationale_en", required=False)

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data, initial={"rationale_fr": REASONS_FR, "rationale_en": REASONS_EN})
        self.fields["searched_where_fr"].help_text = _("Par exemple : presse des quatre États, sites officiels.")

    def search(self) -> searches.Search:
        """Return the search that was typed."""
        typed = dict(self.cleaned_data)
        typed["as_of"] = typed["as_of"] or typed["searched_on"]
        return searches.Search(**typed)


class SearchMadeMixin:
    """The list's action, and the page that it leads to; for the page of commitments."""

    pages: Pages = [("search-made/", "search_made_view", "search_made")]

    def has_assess_permission(self, request: HttpRequest) -> bool:
        """Whether this user may propose assessments."""
        return request.user.has_perm("commitments.add_assessment")

    @admin.action(permissions=["assess"], description=gettext_lazy("Recherche faite, aucune preuve trouvée…"))
    def search_made(self: Any, request: HttpRequest, queryset: models.QuerySet) -> HttpResponse:
        """Ask when and where the search was made."""
        return self.ask("search_made", queryset.values_list("pk", flat=True))

    @unsaved_form.shows_again(lambda typed, by: SearchForm())
    def search_made_view(self: Any, request: HttpRequest) -> HttpResponse:
        """Show the commitments chosen and ask; on POST propose one assessment each, all or none."""
        back = HttpResponseRedirect(reverse("admin:commitments_commitment_changelist"))
        if not self.has_assess_permission(request) or not self.has_view_permission(request):
            raise PermissionDenied
        sent = request.method == "POST"
        selection = self.selection(request, Commitment.objects.with_status())
        if selection is None:
            return back
        commitments = selection.cleaned_data["pk"]
        form = SearchForm(request.POST if sent else None)
        refused: list[str] = []
        if sent and not unsaved_form.asks_again(request) and form.is_valid():
            try:
                made = attempt(lambda: searches.record(form.search(), commitments, by=account_of(request)))
            except ValidationError as refusal:
                refused = refusal.messages
            else:
                text = ngettext("%d évaluation proposée.", "%d évaluations proposées.", len(made)) % len(made)
                self.message_user(request, text, messages.SUCCESS)
                return back
        context = {
            "form": form,
            "rows": [(commitment, Status(commitment.status)) for commitment in commitments],
            "refused": refused,
            "media": self.media + form.media,
        }
        title = _("Recherche faite, aucune preuve trouvée")
        return self.render(request, "admin/commitments/search_made.html", title, **context)
