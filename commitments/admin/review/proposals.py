"""The page of a proposal: an editor reads what would become public, beside what is, and decides in one click."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _, gettext_lazy

from commitments.admin import wording
from commitments.admin.base import RecordAdmin
from commitments.admin.permissions import Account, account_of
from commitments.admin.review import side_by_side
from commitments.admin.review.acts import ACTS, CHANGED, Act, ReasonForm, described, effect_of_publishing, perform
from commitments.admin.review.public_text import public_lines
from commitments.admin.unsaved import unsaved_form
from commitments.choices import ReviewState
from commitments.models import Assessment, Citation, Countersigned, Discrepancy, Reviewed, Search
from commitments.rules.judging import coding
from commitments.rules.keys import a_key
from commitments.rules.review import proposal_version, publication, review_queue, thread

DECISIONS = ("publish", "send_back", "decline")
"""The acts that the page offers, in this order."""


class DecisionForm(ReasonForm):
    """One decision on the proposal as it was shown: that version, and the reason if the act asks for one."""

    seen_version = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    required = gettext_lazy("Dites pourquoi : la personne qui propose le lira.")
    attrs = {"rows": 4}

    def __init__(self, act: Act, data: QueryDict | None = None) -> None:
        super().__init__(act, data, auto_id=f"id_{act.name}_%s")
        self.act = act
        if act.name == "send_back":
            self.fields["reason"].label = gettext_lazy("Commentaire")


def form_seen(typed: unsaved_form.UnsavedForm, by: Account) -> forms.Form:
    """Return the form in which a decision was typed, for one restored after signing in."""
    act = dict(typed.fields).get("act", "")
    return DecisionForm(ACTS[act]) if act in DECISIONS else forms.Form()


class QueueForm(forms.Form):
    """The part of the queue to show; an empty field does not restrict it."""

    kind = forms.ChoiceField(label=gettext_lazy("Nature"), required=False)
    by = forms.TypedChoiceField(label=gettext_lazy("Proposé par"), required=False, coerce=int, empty_value=None)

    def __init__(self, queue: review_queue.Awaiting, people: list[tuple[int, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [(name, capfirst(rows.model._meta.verbose_name)) for name, rows in queue.by_kind.items()]
        self.fields["kind"].choices = [("", _("Toutes")), *names]  # type: ignore[attr-defined]
        self.fields["by"].choices = [("", _("Tout le monde")), *people]  # type: ignore[attr-defined]

    @staticmethod
    def narrowed(queue: review_queue.Awaiting, data: QueryDict) -> review_queue.Awaiting:
        """Filter `queue` by the query string; an invalid filter is ignored."""
        kind, by = data.get("kind", ""), data.get("by", "")
        return queue.only(
            kind=kind if kind in queue.by_kind else "",
            proposed_by=a_key(by),
        )


def proposal_address(kind: str, number: int, query: Mapping[str, Any] | None = None) -> str:
    """Return the address of the page of a proposal; `query` is the part of the queue that is worked through."""
    return reverse(f"admin:commitments_{kind}_proposal", args=[number], query=query)


def proposal_page(model_admin: RecordAdmin, request: HttpRequest, object_id: str) -> HttpResponse:
    """Show the proposal; on POST do what was decided, and go to the next one, or show the refusal."""
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponse(status=405, headers={"Allow": "GET, HEAD, POST"})
    if not model_admin.has_publish_permission(request):
        raise PermissionDenied
    record = model_admin.get_object(request, object_id)
    if record is None:
        return model_admin._get_obj_does_not_exist_redirect(request, model_admin.opts, object_id)
    if request.method == "POST":
        return _decided(model_admin, request, record)
    if record.state != ReviewState.IN_REVIEW:
        model_admin.message_user(request, _no_longer(record), messages.INFO)
        return HttpResponseRedirect(reverse(f"admin:{model_admin._info}_change", args=[record.pk]))
    return _shown(model_admin, request, record, _forms())


def _forms() -> dict[str, DecisionForm]:
    return {name: DecisionForm(ACTS[name]) for name in DECISIONS}


def _no_longer(record: Reviewed) -> str:
    return _("« %(record)s » n’est plus en relecture : %(state)s.") % {
        "record": record,
        "state": record.get_state_display(),
    }


def _decided(model_admin: RecordAdmin, request: HttpRequest, record: Reviewed) -> HttpResponse:
    name = request.POST.get("act", "")
    if name not in DECISIONS:
        model_admin.message_user(request, _("Cette décision n’existe pas."), messages.ERROR)
        return HttpResponseRedirect(request.get_full_path())
    choices = _forms()
    form = choices[name] = DecisionForm(ACTS[name], request.POST)
    seen, place = request.POST.get("seen_version", ""), review_queue.key(record)
    asks_again = unsaved_form.asks_again(request)
    refused: list[str] = []
    if form.is_valid() and not asks_again:
        reason = form.cleaned_data.get("reason", "")
        error = perform(ACTS[name], [record], by=account_of(request), reason=reason, seen={record.pk: seen})
        if error is None:
            record.refresh_from_db()
            model_admin.say_done(request, ACTS[name], record)
            return HttpResponseRedirect(_next(request, place))
        refused = error.messages
    stored = model_admin.get_object(request, str(record.pk))
    if stored is None:
        return model_admin._get_obj_does_not_exist_redirect(request, model_admin.opts, str(record.pk))
    if stored.state != ReviewState.IN_REVIEW:
        refused = [_no_longer(stored)]
    elif asks_again and seen != proposal_version.version(stored):
        refused = [str(CHANGED)]
    return _shown(model_admin, request, stored, choices, refused=refused)


def _next(request: HttpRequest, place: review_queue.Key) -> str:
    """Return the address of the next proposal, or of the queue if none is left to decide."""
    queue = QueueForm.narrowed(review_queue.awaiting(account_of(request), decidable=True), request.GET)
    following = review_queue.following(account_of(request), place, queue)
    if following is None:
        return reverse("admin:review_queue")
    return proposal_address(following.kind, following.id, request.GET)


def _shown(
    model_admin: RecordAdmin,
    request: HttpRequest,
    record: Reviewed,
    choices: dict[str, DecisionForm],
    *,
    refused: list[str] | None = None,
) -> HttpResponse:
    remarks = thread.thread(record)
    sent_back = thread.last(remarks, thread.SENT_BACK)
    changed, parts = side_by_side.since(record, sent_back) if sent_back else ([], [])
    is_open = record.state == ReviewState.IN_REVIEW
    is_own = publication.is_own(record, request.user)
    with_it = publication.bundle(record) if is_open else []
    others = [item for item in with_it if item != record and not isinstance(item, Citation)]
    context = {
        "record": record,
        "is_open": is_open,
        "is_countersigned": isinstance(record, Countersigned),
        "is_own": is_own,
        "kind": capfirst(model_admin.opts.verbose_name),
        "state_mark": wording.state_mark(record),
        "trail": wording.trail(record, remarks),
        "days": review_queue.days_waiting(record),
        "comparison": side_by_side.with_current(record) if isinstance(record, Assessment) else None,
        "effect": effect_of_publishing(record),
        "lines": public_lines(record),
        "takes_passages": not isinstance(record, Search),
        "passages": side_by_side.passages(record),
        "names_targets": isinstance(record, Discrepancy | Citation),
        "sent_back": sent_back,
        "changed": changed,
        "parts": parts,
        "thread": remarks,
        "others": [described(item) for item in others],
        "objections": publication.obstacles(record, by=account_of(request), own=is_own) if is_open else [],
        "coding": coding.remarks(record) if is_open else [],
        "forms": choices,
        "version": proposal_version.version(record),
        "refused": refused or [],
        "next": _next(request, review_queue.key(record)),
        "queue": reverse("admin:review_queue", query=request.GET),
        "change": reverse(f"admin:{model_admin._info}_change", args=[record.pk]),
    }
    return model_admin.render(request, "admin/commitments/proposal.html", _("Relecture : %s") % record, **context)
