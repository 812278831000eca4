"""The acts of review at the desk: buttons on the record's page, actions on its list, the confirmation pages."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, NamedTuple

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _, gettext_lazy

from commitments.admin import permissions, wording
from commitments.admin.base import Context, Pages, RecordAdmin, column
from commitments.admin.review.acts import ACTS, Act, ReasonForm, SelectionForm, perform, prospect
from commitments.admin.review.proposals import form_seen, proposal_page
from commitments.admin.unsaved import unsaved_form
from commitments.admin.unsaved.attempts import attempt
from commitments.choices import ReviewState
from commitments.models import Countersigned, Record, Reviewed
from commitments.rules.judging import coding, evidence
from commitments.rules.people import Account, name_of
from commitments.rules.review import publication, thread


class Button(NamedTuple):
    """A button of the record's page: its name in the form and its words."""

    name: str
    label: Any
    css: str = ""


class AnswerForm(forms.Form):
    """The reply of somebody whose proposal was sent back, to whoever sent it."""

    answer = forms.CharField(
        label=gettext_lazy("Votre réponse à la relecture"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
        help_text=gettext_lazy("Facultative ; lue au bureau seulement, avec la proposition."),
    )


def _form_of_act(typed: unsaved_form.UnsavedForm, by: Account) -> forms.Form:
    """Return the form of the confirmation page, for what was typed in it before signing in."""
    match = unsaved_form.destination(typed.path)
    name = match.kwargs.get("name") if match else None
    return ReasonForm(ACTS[name]) if name in ACTS else forms.Form()


def _asking(name: str, description: Any) -> Callable[..., HttpResponse]:
    """Return the action of lists that asks before the act `name` is done to the selection."""

    @admin.action(permissions=[ACTS[name].permission], description=description)
    def ask(model_admin: "ReviewedAdmin", request: HttpRequest, queryset: models.QuerySet) -> HttpResponse:
        return model_admin.ask("review", queryset.values_list("pk", flat=True), name)

    return ask


class ReviewedAdmin(RecordAdmin):
    """The page of a record that is drafted, proposed, published and perhaps withdrawn."""

    forms_beside = [AnswerForm]
    actions = [
        *("propose_selected", "publish_selected", "send_back_selected", "decline_selected"),
        *("withdraw_selected", "delete_selected"),
    ]
    pages: Pages = [
        ("review/<slug:name>/", "review_view", "review"),
        ("<path:object_id>/relecture/", "proposal_view", "proposal"),
    ]

    # What lists and pages show

    review_state = column(gettext_lazy("publication"), wording.state_mark, ordering="state")

    def get_view_on_site_url(self, obj: Reviewed | None = None) -> str | None:
        """Return the address of the public page; drafts have none."""
        if obj is None or not obj.is_published or not hasattr(obj, "get_absolute_url"):
            return None
        return obj.get_absolute_url()

    # Permissions

    def has_publish_permission(self, request: HttpRequest) -> bool:
        """Whether this user may publish, send back and decline."""
        return request.user.has_perm(f"{self.opts.app_label}.publish_{self.opts.model_name}")

    def has_withdraw_permission(self, request: HttpRequest) -> bool:
        """Whether this user may withdraw."""
        return request.user.has_perm(f"{self.opts.app_label}.withdraw_{self.opts.model_name}")

    def may(self, request: HttpRequest, act: Act) -> bool:
        """Whether this user may do `act` on records of this kind."""
        return bool(getattr(self, f"has_{act.permission}_permission")(request))

    # The record's page

    def buttons(self, request: HttpRequest, record: Reviewed | None) -> list[Button]:
        """Return the buttons of the acts that this user may do on `record` in its state; None: not saved yet.

        Each saves first, so that nothing typed is lost on the way to the confirmation page.
        """
        found = []
        state = record.state if record is not None else ReviewState.DRAFT
        if state == ReviewState.DRAFT and self.has_change_permission(request, record):
            found.append(Button("_propose", _("Enregistrer et proposer")))
        may_publish = record is not None and self.has_publish_permission(request)
        if may_publish and state == ReviewState.DRAFT and not issubclass(self.model, Countersigned):
            found.append(Button("_publish", _("Publier…")))
        if may_publish and state == ReviewState.IN_REVIEW:
            found.append(Button("_review", _("Relire et décider…")))
        if state == ReviewState.PUBLISHED and self.has_withdraw_permission(request):
            found.append(Button("_withdraw", _("Retirer…"), "desk-grave"))
        return found

    def render_change_form(self, request: HttpRequest, context: Context, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the form, with the review state and the acts that may follow."""
        record = kwargs.get("obj")
        if not context.get("is_popup"):
            context["review_buttons"] = self.buttons(request, record)
            if record is None or record.state == ReviewState.DRAFT:
                context["save_label"] = _("Enregistrer le brouillon")
        if record is not None:
            closed = permissions.is_closed(request.user, record)
            remarks = thread.thread(record)
            context |= {
                "state_mark": wording.state_mark(record),
                "trail": wording.trail(record, remarks),
                "is_closed": closed,
                "is_declined": record.state == ReviewState.DECLINED,
                "would_sign": self._would_sign(request, record),
            }
            if record.is_sent_back and not context.get("is_popup"):
                context |= {"thread": remarks, "sent_back": thread.last(remarks, thread.SENT_BACK)}
                if self.has_change_permission(request, record):
                    context["answer_form"] = AnswerForm(request.POST if request.method == "POST" else None)
            rows = context.get("inline_admin_formsets", ())
            if closed:
                context |= {"show_save_and_add_another": False, "save_label": _("Enregistrer les lignes ajoutées")}
            if closed and not any(part.has_add_permission or part.has_change_permission for part in rows):
                context |= {"show_save": False, "show_save_and_continue": False, "show_save_and_add_another": False}
        return super().render_change_form(request, context, *args, **kwargs)

    def _would_sign(self, request: HttpRequest, record: Reviewed) -> bool:
        """Whether a user who may publish `record` would lose that right by editing it (two-person rule)."""
        in_review = isinstance(record, Countersigned) and record.state == ReviewState.IN_REVIEW
        return (
            in_review
            and not settings.TRACKER_SINGLE_PERSON_DESK
            and self.has_publish_permission(request)
            and not publication.is_own(record, request.user)
        )

    def save_model(self, request: HttpRequest, obj: Record, form: Any, change: bool) -> None:
        """Save, remembering the objections to a public record before, so that an edit is refused for new ones only."""
        form.stood_before = set()
        if change and form.instance.is_published:
            form.stood_before = {objection[:2] for objection in evidence.objections(self.model.objects.get(pk=obj.pk))}
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Save the inlines; whoever changed in review what two people sign, or its evidence, becomes its proposer."""
        held = form.instance
        signed = held if isinstance(held, Countersigned) else getattr(held, "assessment", None)
        in_review = signed is not None and signed.state == ReviewState.IN_REVIEW
        super().save_related(request, form, formsets, change)
        if in_review and any(part.has_changed() for part in (form, *formsets)):
            publication.amend(signed, by=permissions.account_of(request))

    def delete_model(self, request: HttpRequest, obj: Record) -> None:
        """Delete a draft; whoever removes evidence from an assessment in review becomes its proposer."""
        judged = getattr(obj, "assessment", None)
        super().delete_model(request, obj)
        publication.amend(judged, by=permissions.account_of(request))

    def after_save(self, request: HttpRequest, form: Any, *, change: bool) -> None:
        """Check a public record against its rules after an edit; propose it if that was asked."""
        super().after_save(request, form, change=change)
        record = form.instance
        if record.is_published:
            now = evidence.objections(self.model.objects.get(pk=record.pk))
            publication.refuse(objection for objection in now if objection[:2] not in form.stood_before)
        remark = self._answer(request)
        if "_propose" in request.POST:
            publication.propose(record, by=permissions.account_of(request), remark=remark)
        elif remark and record.is_sent_back:
            publication.answer(record, by=permissions.account_of(request), remark=remark)

    def _answer(self, request: HttpRequest) -> str:
        """Return the reply typed to whoever sent the record back. Raises ValidationError if it cannot be kept."""
        form = AnswerForm(request.POST)
        if not form.is_valid():
            raise ValidationError(form.errors["answer"].as_data())
        return form.cleaned_data["answer"]

    def response_add(self, request: HttpRequest, obj: Record, post_url_continue: str | None = None) -> HttpResponse:
        """Redirect to where the pressed button leads."""
        return self._after_button(request, obj) or super().response_add(request, obj, post_url_continue)

    def response_change(self, request: HttpRequest, obj: Record) -> HttpResponse:
        """Redirect to where the pressed button leads."""
        return self._after_button(request, obj) or super().response_change(request, obj)

    def _after_button(self, request: HttpRequest, obj: Record) -> HttpResponse | None:
        if "_propose" in request.POST:
            self._say_proposed(request, obj)
            return HttpResponseRedirect(reverse(f"admin:{self._info}_change", args=[obj.pk]))
        if "_review" in request.POST and self.has_publish_permission(request):
            return HttpResponseRedirect(reverse(f"admin:{self._info}_proposal", args=[obj.pk]))
        for act in ACTS.values():
            if f"_{act.name}" in request.POST and self.may(request, act):
                return self.ask("review", [obj.pk], act.name)
        return None

    # Actions on the list

    @admin.action(permissions=["change"], description=gettext_lazy("Proposer à la relecture"))
    def propose_selected(self, request: HttpRequest, queryset: models.QuerySet) -> None:
        """Propose each record of the selection; say why any is refused."""
        for record in queryset:
            try:
                attempt(partial(publication.propose, record, by=permissions.account_of(request)))
            except ValidationError as refused:
                for message in refused.messages:
                    self.message_user(request, f"{record} : {message}", messages.ERROR)
            else:
                self._say_proposed(request, record)

    def _say_proposed(self, request: HttpRequest, record: Record) -> None:
        """Say that `record` was proposed, and what the codebook would have looked at again before it is published."""
        self.message_user(request, _("Proposé, en attente de relecture : %s.") % record, messages.SUCCESS)
        for remark in coding.remarks(record):
            self.message_user(request, _("À revoir peut-être : %s") % remark.message, messages.WARNING)

    publish_selected = _asking("publish", gettext_lazy("Publier…"))
    send_back_selected = _asking("send_back", gettext_lazy("Renvoyer en brouillon…"))
    decline_selected = _asking("decline", gettext_lazy("Écarter…"))
    withdraw_selected = _asking("withdraw", gettext_lazy("Retirer…"))

    # The confirmation pages

    def ask(self, page: str, keys: Iterable[int], *args: str) -> HttpResponse:
        """Redirect to the noun's `page` that asks before something is done to the records with `keys`."""
        return HttpResponseRedirect(reverse(f"admin:{self._info}_{page}", args=args, query={"pk": list(keys)}))

    def selection(self, request: HttpRequest, rows: models.QuerySet) -> SelectionForm | None:
        """Return the form of the records selected among `rows`; None, having said why, if it is invalid."""
        form = SelectionForm(rows, request.POST if request.method == "POST" else request.GET)
        if form.is_valid():
            return form
        self.refuse(request, form.errors["pk"])
        return None

    @unsaved_form.shows_again(form_seen)
    def proposal_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show one proposal beside what it would replace, and do what is decided of it."""
        return proposal_page(self, request, object_id)

    @unsaved_form.shows_again(_form_of_act)
    def review_view(self, request: HttpRequest, name: str) -> HttpResponse:
        """Show what an act would do to the records named in the URL; on POST do it, or show the refusal."""
        if name not in ACTS:
            raise Http404
        act, by = ACTS[name], permissions.account_of(request)
        if not self.may(request, act):
            raise PermissionDenied
        selection = self.selection(request, self.get_queryset(request))
        if selection is None:
            return HttpResponseRedirect(self._back([]))
        records = selection.cleaned_data["pk"]
        form = ReasonForm(act, request.POST if request.method == "POST" else None)
        refused: list[str] = []
        if request.method == "POST" and not unsaved_form.asks_again(request) and form.is_valid():
            reason = form.cleaned_data.get("reason", "")
            refusal = perform(act, records, by=by, reason=reason, seen=selection.seen())
            if refusal is None:
                return self._done(request, act, records)
            refused = refusal.messages
            records = list(self.get_queryset(request).filter(pk__in=[record.pk for record in records]))
        context = {
            "act": act,
            "form": form,
            "refused": refused,
            "prospects": [prospect(record, act, by=by, reason=request.POST.get("reason", "")) for record in records],
            "back": self._back(records),
            "media": self.media,
        }
        return self.render(request, "admin/commitments/review.html", act.title, **context)

    def _done(self, request: HttpRequest, act: Act, records: list[Reviewed]) -> HttpResponse:
        for record in self.get_queryset(request).filter(pk__in=[record.pk for record in records]):
            self.say_done(request, act, record)
        return HttpResponseRedirect(self._back(records))

    def say_done(self, request: HttpRequest, act: Act, record: Reviewed) -> None:
        """Add a message saying what `act` did to `record`, with a link to its public page if it has one."""
        said, address = act.done % record, self.get_view_on_site_url(record)
        if address:
            said = format_html('{} <a href="{}">{}</a>', said, address, _("Lire la page publique"))
        self.message_user(request, said, messages.SUCCESS)

    def _back(self, records: Sequence[Reviewed]) -> str:
        if len(records) == 1:
            return reverse(f"admin:{self._info}_change", args=[records[0].pk])
        return reverse(f"admin:{self._info}_changelist")


class CountersignedAdmin(ReviewedAdmin):
    """The page of a record that two people sign; its list says who they are."""

    proposer = column(gettext_lazy("proposée par"), lambda row: name_of(row.proposed_by), ordering="proposed_by")
    publisher = column(gettext_lazy("publiée par"), lambda row: name_of(row.published_by), ordering="published_by")
