"""Addresses of the public pages; the same words in both languages, since addresses are quoted and kept."""

from django.urls import path

from commitments.public import views

urlpatterns = [
    path("", views.HomeView.as_view(), name="home"),
    path("engagements/", views.CommitmentListView.as_view(), name="commitments"),
    path("engagements/<slug:reference>/", views.CommitmentView.as_view(), name="commitment"),
    path("sources/", views.SourceListView.as_view(), name="sources"),
    path("sources/<slug:reference>/", views.SourceView.as_view(), name="source"),
    path("rencontres/<slug:reference>/", views.MeetingView.as_view(), name="meeting"),
    path("divergences/", views.DiscrepancyListView.as_view(), name="discrepancies"),
    path("divergences/<slug:reference>/", views.DiscrepancyView.as_view(), name="discrepancy"),
    path("a-propos/", views.AboutView.as_view(), name="about"),
]
