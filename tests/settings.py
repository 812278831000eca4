"""The site's own settings, as tests need them: no variable to set, and passwords hashed quickly."""

import os

os.environ.setdefault("DJANGO_DEBUG", "1")

from tracker.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# Static files come from their sources: no collected directory is needed, nor warned about.
WHITENOISE_AUTOREFRESH = True

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":  # noqa: F405
    # A file, as in life: SQLite in memory locks differently, and two connections to it are not two people. Nobody needs
    # it after the run, so that it need not reach the disk.
    DATABASES["default"]["OPTIONS"]["init_command"] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"  # noqa: F405
