#!/usr/bin/env python
"""Django's command line for the commitments tracker."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")
    try:
        from django.core.management import execute_from_command_line
    except ImportError as error:
        raise SystemExit(
            "Django is not installed in this Python. Run `make install`, then .venv/bin/python manage.py …\n"
            "Without make: python3 -m venv .venv; .venv/bin/python -m pip install --require-hashes -r requirements.lock"
        ) from error
    from django.core.exceptions import ImproperlyConfigured

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        raise SystemExit(f"The site does not start: {error}") from error


if __name__ == "__main__":
    main()
