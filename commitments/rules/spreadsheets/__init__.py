"""Spreadsheets as people have them: files in and out, and the meaning of their cells. Pure: no database, no HTTP.

openpyxl is imported where it is used: it costs 20 MB that a web process does not need.
"""
