"""Which package answers an error: the desk and the machines' side for their addresses, else the public pages."""

from django.http import HttpRequest, HttpResponse
from django.views import defaults

from commitments.admin import errors as desk
from commitments.data import problems as machines
from commitments.public import errors as public


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer a request on which the site itself failed."""
    answer = machines.server_error if machines.is_for(request) else public.server_error
    return answer(request)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that cannot be read."""
    if machines.is_for(request):
        return machines.bad_request(request)
    answer = desk.bad_request if desk.is_at_desk(request) else defaults.bad_request
    return answer(request, exception)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request for something forbidden: only the desk has anything of the kind."""
    return desk.forbidden(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request for an address where nothing is."""
    if machines.is_for(request):
        return machines.not_found(request)
    answer = desk.not_found if desk.is_at_desk(request) else public.not_found
    return answer(request, exception)
