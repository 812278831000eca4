"""Tests, in the rooms of what they test."""

TODAY = "2026-11-21"
"""The day on which every test runs but those in a real browser, which keeps real time."""
