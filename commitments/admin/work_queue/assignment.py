"""Who follows a commitment: shown on its page, chosen on a confirmation page, and a filter of the list."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy

from commitments.admin.base import Context, Pages, column
from commitments.admin.permissions import account_of
from commitments.admin.review.reviewed import ReviewedAdmin
from commitments.admin.unsaved import unsaved_form
from commitments.admin.unsaved.attempts import attempt
from commitments.models import Commitment
from commitments.rules import revision
from commitments.rules.people import Account, active_staff, name_of
from commitments.rules.work_queue import assignment


class PersonField(forms.ModelChoiceField):
    """Chooses a person by name."""

    def label_from_instance(self, obj: User) -> str:
        """Return the name."""
        return name_of(obj)


class AssignForm(forms.Form):
    """Asks who follows: anyone at the desk, or only oneself for those who may choose nobody else."""

    def __init__(self, by: Account, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = active_staff() if assignment.may_choose(by) else active_staff().filter(pk=by.pk)
        self.fields["to"] = PersonField(people, label=_("Suivi par"), required=False, empty_label=_("Personne"))


class FollowerFilter(admin.SimpleListFilter):
    """Filters by who follows: oneself, nobody, or somebody by name."""

    title = gettext_lazy("personne qui suit")
    parameter_name = "follower"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        """Return oneself, nobody, and whoever else follows a commitment."""
        people = get_user_model()._default_manager.filter(assigned_commitments__isnull=False).distinct()
        others = [(str(person.pk), name_of(person)) for person in people if person != request.user]
        return [("me", _("Moi")), ("nobody", _("Personne")), *sorted(others, key=lambda other: other[1])]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet) -> models.QuerySet:
        """Return the rows that the person chosen follows; none for somebody who follows nothing."""
        match self.value():
            case None:
                return queryset
            case "me":
                return queryset.filter(assigned_to=request.user)
            case "nobody":
                return queryset.filter(assigned_to=None)
            case value if value in dict(self.lookup_choices):
                return queryset.filter(assigned_to=value)
        return queryset.none()


class AssignedAdmin(ReviewedAdmin):
    """The page of a record that somebody follows."""

    actions = [*ReviewedAdmin.actions, "assign_selected"]
    pages: Pages = [("assign/", "assign_view", "assign")]
    follower = column(gettext_lazy("suivi par"), lambda row: name_of(row.assigned_to), ordering="assigned_to")

    def render_change_form(self, request: HttpRequest, context: Context, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the form with who follows the record, and what this user may do about it."""
        record = kwargs.get("obj")
        if record is not None and not context.get("is_popup"):
            follows = record.assigned_to_id == request.user.pk
            context["follower"] = {
                "name": name_of(record.assigned_to) if record.assigned_to else "",
                "url": reverse("admin:commitments_commitment_assign"),
                "form": None,
                "taking": None,
            }
            if assignment.may_choose(request.user):
                context["follower"]["form"] = AssignForm(account_of(request), initial={"to": record.assigned_to_id})
            elif assignment.may_take_or_give_back(record, by=account_of(request)):
                context["follower"]["taking"] = {
                    "to": "" if follows else request.user.pk,
                    "label": _("Ne plus le suivre") if follows else _("Je m’en charge"),
                }
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.action(permissions=["change"], description=gettext_lazy("Attribuer à…"))
    def assign_selected(self, request: HttpRequest, queryset: models.QuerySet) -> HttpResponse:
        """Ask who should follow the selection."""
        return self.ask("assign", queryset.values_list("pk", flat=True))

    @unsaved_form.shows_again(lambda typed, by: AssignForm(by))
    def assign_view(self, request: HttpRequest) -> HttpResponse:
        """Ask who should follow the commitments named in the URL; on POST assign all or none, or show the refusal."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        selection = self.selection(request, self.get_queryset(request).select_related("assigned_to"))
        records: Any = selection.cleaned_data["pk"] if selection is not None else []
        back = self._back(records)
        if selection is None:
            return HttpResponseRedirect(back)
        followers = {record.assigned_to_id for record in records}
        now = followers.pop() if len(followers) == 1 else None
        form = AssignForm(account_of(request), request.POST if request.method == "POST" else None, initial={"to": now})
        refused: list[str] = []
        if request.method == "POST" and not unsaved_form.asks_again(request) and form.is_valid():
            refused = self._assign(request, records, form.cleaned_data["to"])
            if not refused:
                return HttpResponseRedirect(back)
        context = {
            "records": [(record, self.follower(record)) for record in records],
            "form": form,
            "refused": refused,
            "back": back,
        }
        return self.render(request, "admin/queue_assign.html", _("Attribuer"), **context)

    def _assign(self, request: HttpRequest, records: list[Commitment], to: User | None) -> list[str]:
        """Make `to` the follower of all the records or of none; return the refusal, if any."""
        at = records[:1]

        def assign() -> None:
            for record in records:
                at[0] = record
                assignment.assign(record, to=to, by=account_of(request))

        try:
            attempt(assign, public=any(map(revision.is_seen, records)))
        except ValidationError as error:
            return [f"{at[0]} : {message}" for message in error.messages]
        for record in records:
            if to is None:
                self.message_user(request, _("Plus personne ne suit : %s.") % record, messages.SUCCESS)
            else:
                words = _("Suivi par %(who)s : %(what)s.") % {"who": name_of(to), "what": record}
                self.message_user(request, words, messages.SUCCESS)
        return []
