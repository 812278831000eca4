"""Addresses of the machines' side: formats that name no language are there once, the others in each."""

from django.urls import URLPattern, URLResolver, path

from commitments.data import annotations, catalog, downloads, security
from commitments.data.api import page, site
from commitments.data.bundle import serving as bundle

once: list[URLPattern | URLResolver] = [
    path("api/v1/citations/<str:uid>/annotation", annotations.AnnotationView.as_view(), name="citation_annotation"),
    path("api/v1/", site.addresses()),
    path("data/catalog.jsonld", catalog.CatalogView.as_view(), name="catalog"),
    path("data/tracker-<str:day>.zip", bundle.BundleView.as_view(), name="bundle"),
    path("data/<slug:table>.<slug:form>", downloads.TableView.as_view(), name="table"),
    path(".well-known/security.txt", security.SecurityView.as_view(), name="security"),
]
"""The API, the downloads, the catalogue: codes and both languages' texts side by side."""

in_each_language: list[URLPattern | URLResolver] = [
    path("api/", page.APIView.as_view(), name="api"),
]
"""The feeds, the calendars, the pages that explain all this."""
