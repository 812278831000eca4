"""The work queue at the desk: the first page, a section in full, and the address of the form that settles a line."""

from typing import Any, NamedTuple, cast

from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from commitments.admin.permissions import account_of
from commitments.rules.work_queue.sections import Line, SectionPreview, Target
from commitments.rules.work_queue.worklist import whole_section, worklist

PER_PAGE = 50

JUDGES = {"assess": "commitment", "replace": "supersedes"}
"""The acts that lead to the form of a new assessment, each with the parameter of its URL."""


class Entry(NamedTuple):
    """A line with its address."""

    line: Line
    url: str


class Shown(NamedTuple):
    """A section as the first page shows it; `url` leads to the whole of it, "" if the whole is shown."""

    section: SectionPreview
    entries: list[Entry]
    url: str


def address(target: Target) -> str:
    """Return the address of the form that settles a line."""
    if target.act in JUDGES:
        return reverse("admin:commitments_assessment_add", query={JUDGES[target.act]: target.pk})
    page = {"quote": "quote", "review": "proposal"}.get(target.act, "change")
    return reverse(f"admin:commitments_{target.model}_{page}", args=[target.pk])


def whole(key: str) -> str:
    """Return the address of all the lines of a section; what waits for review has a page of its own."""
    return reverse("admin:review_queue") if key == "review" else reverse("admin:queue_section", args=[key])


def entries(lines: list[Line]) -> list[Entry]:
    """Return `lines`, each with its address."""
    return [Entry(line, address(line.target)) for line in lines]


def first_page(user: User) -> dict[str, object]:
    """Return what the first page shows `user`: their queue, and what they can start."""
    shown = [
        Shown(
            section,
            entries(section.lines),
            whole(section.key) if section.total > len(section.lines) else "",
        )
        for section in worklist(user)
    ]
    return {"queue": shown, "shortcuts": _shortcuts(user)}


def _shortcuts(user: Any) -> list[dict[str, str]]:
    found = []
    if user.has_perm("commitments.add_source"):
        found.append({"label": _("Verser un article"), "url": reverse("admin:commitments_source_add")})
    if user.has_perm("commitments.add_assessment"):
        found.append({"label": _("Proposer une évaluation"), "url": reverse("admin:commitments_assessment_add")})
    return found


@require_safe
def section_page(request: HttpRequest, key: str, context: dict[str, object]) -> HttpResponse:
    """Show all the lines of a section, page by page. Raises Http404 if this user has no such section."""
    lines = whole_section(account_of(request), key)
    if lines is None:
        raise Http404
    if key == "review":
        return HttpResponseRedirect(whole(key))
    pages: Paginator = Paginator(cast("Any", lines), PER_PAGE)
    page = pages.get_page(request.GET.get("page"))
    context |= {"title": lines.heading, "page": page, "entries": entries(list(page.object_list))}
    return TemplateResponse(request, "admin/queue_section.html", context)
