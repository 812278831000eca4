"""Addresses of the machines' side: formats that name no language are there once, the others in each."""

from django.urls import URLPattern, URLResolver, path

from commitments.data import annotations, catalog, security

once: list[URLPattern | URLResolver] = [
    path("api/v1/citations/<str:uid>/annotation", annotations.AnnotationView.as_view(), name="citation_annotation"),
    path("data/catalog.jsonld", catalog.CatalogView.as_view(), name="catalog"),
    path(".well-known/security.txt", security.SecurityView.as_view(), name="security"),
]
"""The API, the downloads, the catalogue: codes and both languages' texts side by side."""

in_each_language: list[URLPattern | URLResolver] = []
"""The feeds, the calendars, the pages that explain all this."""
