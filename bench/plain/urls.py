"""Addresses of the two views."""

from django.urls import path

from . import views

urlpatterns = [path("ok/", views.ok), path("table/", views.CommitmentList.as_view())]
