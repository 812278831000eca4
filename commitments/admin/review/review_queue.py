"""The editors' queue: everything in review that the signed-in user may publish, the oldest first."""

from typing import NamedTuple

from django.contrib.admin import AdminSite
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.response import TemplateResponse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from commitments.admin.permissions import account_of
from commitments.admin.review.proposals import QueueForm, proposal_address
from commitments.rules.people import name_of
from commitments.rules.review import review_queue

PER_PAGE = 25


class Line(NamedTuple):
    """A line of the queue: a proposal, the name of its kind, and the address of its page."""

    proposal: review_queue.Proposal
    kind: str
    address: str


@require_safe
def queue_page(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """Show the queue, or the part of it that the URL asks for; refuse those who may publish nothing."""
    whole = review_queue.awaiting(account_of(request))
    if not whole.by_kind:
        raise PermissionDenied
    people = get_user_model()._default_manager.filter(pk__in=whole.proposers())
    names = sorted(((person.pk, name_of(person)) for person in people), key=lambda entry: entry[1].casefold())
    form = QueueForm(whole, names, request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    queue = whole.only(kind=asked.get("kind", ""), proposed_by=asked.get("by"))
    lines = queue.lines()  # None, or a query, which is counted and cut, not read whole
    page: Page = Paginator([] if lines is None else lines, PER_PAGE).get_page(request.GET.get("p"))
    query = request.GET.copy()
    query.pop("p", None)
    kept = query if form.is_valid() else QueryDict()
    context = {
        **site.each_context(request),
        "title": _("Propositions en attente de relecture"),
        "form": form,
        "is_filtered": any(asked.values()),
        "page": page,
        "pages": page.paginator.get_elided_page_range(page.number),
        "ellipsis": page.paginator.ELLIPSIS,
        "query": kept.urlencode(),
        "lines": [
            Line(
                proposal,
                str(capfirst(proposal.record._meta.verbose_name)),
                proposal_address(str(proposal.record._meta.model_name), proposal.record.pk, kept),
            )
            for proposal in review_queue.proposals(page.object_list, by=account_of(request))
        ],
    }
    return TemplateResponse(request, "admin/commitments/review_queue.html", context)
