"""Where to report a vulnerability of the site: `/.well-known/security.txt`, RFC 9116."""

from datetime import date

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.generic import View

from commitments.public.time.requested_reading import ReadingMixin


class SecurityView(ReadingMixin, View):
    """The contact named in the settings; 404 if there is none."""

    def get(self, request: HttpRequest) -> HttpResponse:
        if not settings.TRACKER_SECURITY_CONTACT:
            raise Http404("security.txt")
        lines = [
            f"Contact: {settings.TRACKER_SECURITY_CONTACT}",
            f"Expires: {expires(timezone.localdate()).isoformat()}T00:00:00Z",
            "Preferred-Languages: fr, en",
        ]
        if settings.TRACKER_SITE_URL:
            lines.append(f"Canonical: {settings.TRACKER_SITE_URL}{reverse('security')}")
        return HttpResponse("".join(f"{line}\n" for line in lines), content_type="text/plain; charset=utf-8")


def expires(today: date) -> date:
    """Return when the file expires: the first of this month a year ahead, so that it stays the same for a month."""
    return today.replace(year=today.year + 1, day=1)
