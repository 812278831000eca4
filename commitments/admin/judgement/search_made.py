"""Records for several commitments at once that somebody searched and found nothing."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminDateWidget
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy, ngettext

from commitments.admin.base import Pages
from commitments.admin.permissions import account_of
from commitments.admin.unsaved import unsaved_form
from commitments.admin.unsaved.attempts import attempt
from commitments.choices import Status
from commitments.models import Commitment, Search
from commitments.models.wording import both
from commitments.rules.review import searches

DAYS = ["searched_on", "period_from", "period_to"]
FRENCH, ENGLISH = zip(*map(both, ("searched_where", "sought", "searched_by")), strict=True)


class SearchForm(forms.ModelForm):
    """A search, but for the commitments that it is about."""

    class Meta:
        model = Search
        fields: ClassVar[list[str]] = ["searched_on", *FRENCH, "period_from", "period_to", *ENGLISH]
        widgets: ClassVar[dict[str, forms.Widget]] = {
            **{name: AdminDateWidget() for name in DAYS},
            **{name: forms.TextInput(attrs={"class": "vLargeTextField"}) for name in (*FRENCH, *ENGLISH)},
        }


class SearchMadeMixin:
    """The list's action, and the page that it leads to; for the page of commitments."""

    pages: Pages = [("search-made/", "search_made_view", "search_made")]

    def has_search_permission(self, request: HttpRequest) -> bool:
        """Whether this user may propose searches."""
        return request.user.has_perm("commitments.add_search")

    @admin.action(permissions=["search"], description=gettext_lazy("Recherche faite, aucune preuve trouvée…"))
    def search_made(self: Any, request: HttpRequest, queryset: models.QuerySet) -> HttpResponse:
        """Ask when and where the search was made."""
        return self.ask("search_made", queryset.values_list("pk", flat=True))

    @unsaved_form.shows_again(lambda typed, by: SearchForm())
    def search_made_view(self: Any, request: HttpRequest) -> HttpResponse:
        """Show the commitments chosen and ask; on POST propose one search each, all or none."""
        back = HttpResponseRedirect(reverse("admin:commitments_commitment_changelist"))
        if not self.has_search_permission(request) or not self.has_view_permission(request):
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
                made = attempt(lambda: searches.record(form.cleaned_data, commitments, by=account_of(request)))
            except ValidationError as refusal:
                refused = refusal.messages
            else:
                text = ngettext("%d recherche proposée.", "%d recherches proposées.", len(made)) % len(made)
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
