"""The site's own settings, as tests need them: no variable to set, and passwords hashed quickly."""

import os

os.environ.setdefault("DJANGO_DEBUG", "1")

from tracker.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# Static files come from their sources: no collected directory is needed, nor warned about.
WHITENOISE_AUTOREFRESH = True
