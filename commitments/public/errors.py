"""The error pages: not found, and server error."""

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from commitments.public.time.requested_reading import Refusal, read
from commitments.reading import NOW


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404. The page is the same for what never existed, for a draft, and for what came after the day read."""
    try:
        reading = read(request.GET)
    except (Refusal, SuspiciousOperation):  # parameters that cannot be read, or too many of them
        reading = NOW
    return render(request, "404.html", {"reading": reading}, status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500 with a page that needs neither the database nor a session."""
    return HttpResponse(render_to_string("500.html"), status=500)
