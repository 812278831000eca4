"""Which room answers for what went wrong: the desk for its own addresses, the public pages for all others."""

from django.http import HttpRequest, HttpResponse
from django.views import defaults

from commitments.admin import errors as desk
from commitments.public import errors as public

server_error = public.server_error


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that cannot be read."""
    answer = desk.bad_request if desk.is_at_desk(request) else defaults.bad_request
    return answer(request, exception)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request for what somebody may not see or do: only the desk has any such thing."""
    return desk.forbidden(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request for an address where nothing is."""
    answer = desk.not_found if desk.is_at_desk(request) else public.not_found
    return answer(request, exception)
