"""Addresses of the public pages; the same words in both languages, since addresses are quoted and kept."""

from django.urls import path

from commitments.public import views
from commitments.public.pages import home, instruments, matrix, methodology, parties, sectors
from commitments.public.search import views as search
from commitments.public.sharing import cards, crawlers, embeds
from commitments.public.time import chronology, comparing, corrections

urlpatterns = [
    path("", home.HomeView.as_view(), name="home"),
    path("recherche/", search.SearchView.as_view(), name="search"),
    path("engagements/", views.CommitmentListView.as_view(), name="commitments"),
    path("engagements/<slug:reference>/", views.CommitmentView.as_view(), name="commitment"),
    path("engagements/<slug:reference>/carte.png", cards.CommitmentCardView.as_view(), name="commitment_card"),
    path("engagements/<slug:reference>/integrer/", embeds.CommitmentFrameView.as_view(), name="commitment_frame"),
    path("integrer/engagements/", embeds.CommitmentListFrameView.as_view(), name="commitments_frame"),
    path("instruments/<slug:reference>/", instruments.InstrumentView.as_view(), name="instrument"),
    path("sources/", views.SourceListView.as_view(), name="sources"),
    path("sources/<slug:reference>/", views.SourceView.as_view(), name="source"),
    path("rencontres/<slug:reference>/", views.MeetingView.as_view(), name="meeting"),
    path("divergences/", views.DiscrepancyListView.as_view(), name="discrepancies"),
    path("divergences/<slug:reference>/", views.DiscrepancyView.as_view(), name="discrepancy"),
    path("secteurs/", sectors.SectorListView.as_view(), name="sectors"),
    path("secteurs/<slug:slug>/", sectors.SectorView.as_view(), name="sector"),
    path("parties/", parties.PartyListView.as_view(), name="parties"),
    path("parties/<slug:code>/", parties.PartyView.as_view(), name="party"),
    path("matrice/", matrix.MatrixView.as_view(), name="matrix"),
    path("chronologie/", chronology.ChronologyView.as_view(), name="chronology"),
    path("comparer/", comparing.ComparisonView.as_view(), name="comparison"),
    path("carte.png", cards.SiteCardView.as_view(), name="card"),
    path(
        "engagements/<slug:reference>/corrections/",
        corrections.CommitmentCorrectionsView.as_view(),
        name="commitment-corrections",
    ),
    path("corrections/", corrections.CorrectionListView.as_view(), name="corrections"),
    path("methode/", methodology.MethodView.as_view(), name="method"),
    path("a-propos/", views.AboutView.as_view(), name="about"),
]

unprefixed = [
    path("robots.txt", crawlers.RobotsView.as_view(), name="robots"),
    path("sitemap.xml", crawlers.SitemapIndexView.as_view(), name="sitemap_index"),
    path("plan-du-site/<slug:word>.xml", crawlers.SitemapView.as_view(), name="sitemap"),
]
"""The addresses that exist once, not in each language."""
