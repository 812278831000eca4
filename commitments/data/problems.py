"""Refusals as machines read them: application/problem+json (RFC 9457), in English, naming each wrong parameter."""

import json
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import translation

from commitments.public.reading import Problem, ReadingMixin, Refusal
from commitments.typography import in_full

CONTENT_TYPE = "application/problem+json"

METHODS = ("GET", "HEAD", "OPTIONS")
"""What may be done with anything here."""


def problem(status: int, detail: str, *, errors: Iterable[Problem] = (), **more: Any) -> HttpResponse:
    """Return an answer with `status` that says what is wrong; `errors` name the parameters that are."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    found = [{"parameter": item.name, "value": item.value, "message": str(item.message)} for item in errors]
    if found:
        body["errors"] = found
    return HttpResponse(json.dumps(body | more, ensure_ascii=False), status=status, content_type=CONTENT_TYPE)


def of_refusal(refusal: Refusal) -> HttpResponse:
    """Return the problem that stands for a page's refusal."""
    gone = refusal.context.get("gone")
    if gone is not None:
        detail = (
            f"{gone.reference} was withdrawn on {in_full(gone.withdrawn_at.date())}. Reason: {gone.withdrawal_reason}"
        )
        return problem(refusal.status, detail)
    if "problems" in refusal.context:
        return problem(refusal.status, "The address cannot be read.", errors=refusal.context["problems"])
    return problem(refusal.status, "There is no such page.")


def is_for(request: HttpRequest) -> bool:
    """Whether `request` is for an address that machines read."""
    return request.path_info.startswith(("/api/v1/", "/data/"))


def server_error(request: HttpRequest) -> HttpResponse:
    """Return the problem for a fault of this site's."""
    return problem(500, "This site failed to answer. It is not your address: please try again later.")


def not_found(request: HttpRequest) -> HttpResponse:
    """Return the problem for an address where nothing is."""
    return problem(404, f"Nothing is at {request.path}. What there is: /api/ and /donnees/.")


def not_allowed() -> HttpResponse:
    """Return the problem for any method but those that read."""
    answer = problem(405, "Everything here is read-only: use GET.")
    answer["Allow"] = ", ".join(METHODS)
    return answer


class ProblemMixin(ReadingMixin):
    """A view for machines: read for a day as a page is, its words in English, its refusals as problems."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer the request, or with a problem."""
        with translation.override("en"):
            try:
                return super().dispatch(request, *args, **kwargs)
            except Http404 as missing:
                return problem(404, str(missing) or f"Nothing is at {request.path}.")

    def refused(self, refusal: Refusal) -> HttpResponse:
        """Answer with the problem that stands for `refusal`."""
        return of_refusal(refusal)

    def http_method_not_allowed(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer what would change something."""
        return not_allowed()

    def options(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Say what may be done."""
        return HttpResponse(status=204, headers={"Allow": ", ".join(METHODS)})
