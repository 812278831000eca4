"""Addresses of the site: French at /, English at /en/, the desk under admin/ in both."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

urlpatterns = i18n_patterns(
    path("admin/", admin.site.urls),
    path("", include("commitments.public.urls")),
    prefix_default_language=False,
)

handler404 = "commitments.public.errors.not_found"
handler500 = "commitments.public.errors.server_error"
