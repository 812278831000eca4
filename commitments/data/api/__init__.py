"""The API: the tables as JSON, a page or a record at a time (django-ninja)."""
