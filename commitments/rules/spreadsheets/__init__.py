"""Spreadsheets as people have them: files in and out, and what their cells say. Pure: no database, no HTTP.

The library of workbooks is loaded where one is read or written: 20 MB that a process serving pages does without.
"""
