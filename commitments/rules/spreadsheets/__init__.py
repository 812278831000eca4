"""Spreadsheets as people have them: files in and out, and what their cells say. Pure: no database, no HTTP."""
