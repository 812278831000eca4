"""The `manage.py check --deploy` checks of the machines' side; registered when the app is ready."""

from typing import Any

from django.conf import settings
from django.core import checks


@checks.register(checks.Tags.security, deploy=True)
def says_whom_to_tell(app_configs: Any, **kwargs: object) -> list[checks.CheckMessage]:
    """Warn, before the site is served, if no contact is named for reporting vulnerabilities."""
    if settings.TRACKER_SECURITY_CONTACT:
        return []
    return [
        checks.Warning(
            "TRACKER_SECURITY_CONTACT is unset: /.well-known/security.txt answers 404.",
            hint="Give it where weaknesses are told of: mailto:security@example.org, or an https:// address.",
            id="commitments.W001",
        )
    ]
