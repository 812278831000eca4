"""Addresses of the machines' side: formats that name no language are there once, the others in each."""

from django.urls import URLPattern, URLResolver

once: list[URLPattern | URLResolver] = []
"""The API, the downloads, the catalogue: codes and both languages' texts side by side."""

in_each_language: list[URLPattern | URLResolver] = []
"""The feeds, the calendars, the pages that explain all this."""
