"""Spreadsheets in and out of the desk: columns, resources, the check, the import, the export."""
