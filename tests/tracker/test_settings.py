"""The settings fail loudly, with a hint, and are safe as the README sets them for production."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
OURS = ("DJANGO_", "TRACKER_", "DATABASE_URL")
GOOD = {"DJANGO_SECRET_KEY": "k3Y-" * 20, "DJANGO_ALLOWED_HOSTS": "tracker.example.org"}


def manage(*arguments, **variables):
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    return subprocess.run(  # noqa: S603
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=kept | variables,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({}, "DJANGO_SECRET_KEY"),
        ({"DJANGO_SECRET_KEY": "k3Y-" * 20}, "DJANGO_ALLOWED_HOSTS"),
        ({"DJANGO_DEBUG": "perhaps"}, "DJANGO_DEBUG"),
        (GOOD | {"TRACKER_DUE_SOON_DAYS": "soon"}, "TRACKER_DUE_SOON_DAYS"),
        (GOOD | {"TRACKER_STALE_DAYS": "0"}, "TRACKER_STALE_DAYS"),
        (GOOD | {"TRACKER_SITE_URL": "tracker.example.org"}, "TRACKER_SITE_URL"),
        (GOOD | {"TRACKER_SITE_URL": "https://[x"}, "TRACKER_SITE_URL"),
        (GOOD | {"TRACKER_SECURITY_CONTACT": "securite@example.org"}, "TRACKER_SECURITY_CONTACT"),
        (GOOD | {"TRACKER_SECURITY_CONTACT": "http://example.org/"}, "TRACKER_SECURITY_CONTACT"),
        (GOOD | {"TRACKER_CONTACT": "contact@example.org"}, "TRACKER_CONTACT"),
        (GOOD | {"TRACKER_DATA_LICENCE": "Licence Ouverte"}, "TRACKER_DATA_LICENCE"),
        (GOOD | {"DJANGO_EMAIL_HOST": "mail.example.org"}, "DJANGO_EMAIL_FROM"),
        (GOOD | {"TRACKER_REQUIRE_SECOND_FACTOR": "editors, everybody"}, "TRACKER_REQUIRE_SECOND_FACTOR"),
    ],
)
def test_a_missing_or_wrong_variable_is_named(variables, named):
    result = manage("check", **variables)

    assert result.returncode != 0
    assert named in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.slow
def test_an_empty_database_url_counts_as_unset():
    result = manage("check", DJANGO_DEBUG="1", DATABASE_URL="")

    assert result.returncode == 0, result.stderr


@pytest.mark.slow
def test_accounts_that_need_a_second_factor_are_named_by_words():
    given = {"DJANGO_DEBUG": "1", "TRACKER_REQUIRE_SECOND_FACTOR": "Editors, administrators"}
    result = manage(
        "shell", "-c", "from django.conf import settings as s; print(sorted(s.TRACKER_REQUIRE_SECOND_FACTOR))", **given
    )

    assert "['administrators', 'editors']" in result.stdout, result.stderr


@pytest.mark.slow
def test_debug_alone_is_enough():
    assert manage("check", DJANGO_DEBUG="1").returncode == 0


@pytest.mark.slow
def test_the_production_example_of_the_readme_passes_the_deployment_check():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    example = dict(re.findall(r"^export ((?:DJANGO|TRACKER)_\w+|DATABASE_URL)=['\"]?([^'\"\n]+)", readme, re.MULTILINE))
    assert {"DJANGO_SECRET_KEY", "DJANGO_ALLOWED_HOSTS", "DATABASE_URL"} <= set(example)

    result = manage("check", "--deploy", "--fail-level", "WARNING", **example | {"DJANGO_SECRET_KEY": "k3Y-aB9_" * 10})

    assert result.returncode == 0, result.stderr
    assert "no issues" in result.stdout
