"""Addresses of the site: French at /, English at /en/, the desk under admin/ in both."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from commitments.data.urls import in_each_language, once
from commitments.public.urls import unprefixed

urlpatterns = [
    *unprefixed,
    *once,
    *i18n_patterns(
        path("admin/", admin.site.urls),
        path("", include("commitments.public.urls")),
        *in_each_language,
        prefix_default_language=False,
    ),
]

handler400 = "tracker.errors.bad_request"
handler403 = "tracker.errors.forbidden"
handler404 = "tracker.errors.not_found"
handler500 = "tracker.errors.server_error"
