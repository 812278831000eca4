"""The machines' side: open data that others build on, read from the same rows as the public pages."""
