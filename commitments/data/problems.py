"""The error responses for machines, in English: problem details (RFC 9457)."""

import json
from collections.abc import Iterable, Sequence
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import translation
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.csrf import csrf_exempt

from commitments.public.time.requested_reading import Problem, ReadingMixin, Refusal

MEDIA_TYPE = "application/problem+json"

METHODS = ("GET", "HEAD", "OPTIONS")
"""The methods allowed everywhere here."""

NO_TYPE = "about:blank"
"""Problem type for errors fully described by their status code."""

PHRASES = {
    HTTPStatus.BAD_REQUEST: gettext_lazy("Demande incorrecte"),
    HTTPStatus.NOT_FOUND: gettext_lazy("Introuvable"),
    HTTPStatus.METHOD_NOT_ALLOWED: gettext_lazy("Méthode non admise"),
    HTTPStatus.GONE: gettext_lazy("Retiré"),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: gettext_lazy("Réponse trop grande"),
    HTTPStatus.INTERNAL_SERVER_ERROR: gettext_lazy("Erreur du serveur"),
    HTTPStatus.SERVICE_UNAVAILABLE: gettext_lazy("Service momentanément indisponible"),
}
"""The names of the statuses; RFC 9457 wants no other title for a problem without a type of its own."""


def problem(status: int, title: str = "", detail: str = "", *, kind: str = NO_TYPE, **extra: object) -> HttpResponse:
    """Return an answer of `status` with its problem details; members that are empty are left out.

    `title` is by default the name of the status, `kind` the address of a problem type, `extra` has `instance` and any
    other members, such as `errors` (`errors_of`).
    """
    known = HTTPStatus(status)
    members = {"type": kind, "title": title or str(PHRASES.get(known, known.phrase)), "status": int(status)}
    members |= {name: value for name, value in {"detail": detail, **extra}.items() if value not in ("", None, [])}
    return HttpResponse(json.dumps(members, ensure_ascii=False), status=status, content_type=MEDIA_TYPE)


def errors_of(problems: Iterable[Problem]) -> list[dict[str, str]]:
    """Return `problems` as the member `errors`: the parameter, its value as it may be shown, what is wrong with it."""
    return [{"parameter": name, "value": value, "message": str(message)} for name, value, message in problems]


def of_refusal(refusal: Refusal, **extra: Any) -> HttpResponse:
    """Return the response that says what the page of `refusal` says."""
    context = refusal.context
    match context:
        case {"problems": problems}:
            detail = _("Des paramètres de l’adresse n’ont pas été compris : « errors » les nomme.")
            return problem(refusal.status, "", detail, errors=errors_of(problems), **extra)
        case {"gone": gone}:
            detail = _("%(reference)s a été public, et a été retiré.") % {"reference": gone.reference}
            told = {"reference": gone.reference, "withdrawn_on": gone.withdrawn_at.date().isoformat()}
            return problem(refusal.status, "", detail, **told, reason=gone.withdrawal_reason, **extra)
        case {"wanted": wanted, "pages": pages}:
            message = _("la dernière page est la %(pages)d") % {"pages": pages}
            detail = _("La liste n’a pas cette page.")
            errors = errors_of([Problem("page", wanted, message)])
            return problem(refusal.status, "", detail, errors=errors, **extra)
        case _:
            return problem(refusal.status, **extra)


class Missing(Http404):
    """Something missing, with a message that is shown; that of any other Http404 is not."""


@method_decorator(csrf_exempt, name="dispatch")
class ProblemMixin(ReadingMixin):
    """A public address for machines: like a page of that reading, but errors are answered as problem details."""

    http_method_names: Sequence[str] = [method.lower() for method in METHODS]

    @classmethod
    def parameters(cls) -> None:
        """Return None: a program means what it asks for, so an unknown parameter is refused instead of dropped."""

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        """Answer the request, or with the problem that prevents it."""
        with translation.override("en"):
            try:
                return super().dispatch(request, *args, **kwargs)
            except Http404 as missing:
                return not_found(request, missing)

    def options(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        """Answer with the allowed methods."""
        return allowed()

    def refused(self, refusal: Refusal) -> HttpResponse:
        """Answer with `refusal` as a problem."""
        return of_refusal(refusal, instance=instance(self.request))  # type: ignore[attr-defined]

    def http_method_not_allowed(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        """Answer that the method is not allowed: nothing is written here."""
        return not_allowed(request)


def not_found(request: HttpRequest, missing: Http404 | None = None) -> HttpResponse:
    """Return the problem for an address where nothing is, or for what is `missing`."""
    with translation.override("en"):
        told = str(missing) if isinstance(missing, Missing) else _("Rien de public ne se trouve à cette adresse.")
        return problem(HTTPStatus.NOT_FOUND, "", told, instance=instance(request))


def bad_request(request: HttpRequest) -> HttpResponse:
    """Return the problem for a request that cannot be read at all."""
    with translation.override("en"):
        detail = _("Cette demande n’a pas été comprise.")
        return problem(HTTPStatus.BAD_REQUEST, "", detail, instance=instance(request))


def allowed() -> HttpResponse:
    """Return the response to OPTIONS: the allowed methods."""
    return HttpResponse(status=HTTPStatus.NO_CONTENT, headers={"Allow": ", ".join(METHODS)})


def not_allowed(request: HttpRequest) -> HttpResponse:
    """Return the problem for any method that is not read-only."""
    with translation.override("en"):
        detail = _("Rien ne s’écrit ici : lisez par GET.")
        answer = problem(HTTPStatus.METHOD_NOT_ALLOWED, "", detail, instance=instance(request))
    answer["Allow"] = ", ".join(METHODS)
    return answer


def server_error(request: HttpRequest) -> HttpResponse:
    """Return the problem for an error of this site."""
    with translation.override("en"):
        return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "", _("Ce site n’a pas pu répondre. Réessayez plus tard."))


def is_for(request: HttpRequest) -> bool:
    """Whether `request` is for an address that machines read."""
    return request.path_info.startswith(("/api/v1/", "/data/"))


def instance(request: HttpRequest) -> str:
    """Return the identifier of one occurrence of a problem: the requested path."""
    return request.get_full_path().partition("?")[0]
