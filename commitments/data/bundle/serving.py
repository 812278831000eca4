"""Serves the bundle: made once for each state, kept in a file beside those that processes share."""

import hashlib
import os
from contextlib import suppress
from datetime import date
from pathlib import Path
from tempfile import NamedTemporaryFile, gettempdir

from django.conf import settings
from django.db import connection
from django.http import FileResponse, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.generic import View

from commitments.data import narrowing
from commitments.data.bundle import making
from commitments.data.problems import Missing, ProblemMixin
from commitments.public.serving import build, revision_of

KEPT = 3
"""How many bundles are kept: today's, and those of past days asked for last."""


def folder() -> Path:
    """Return the folder that this site's bundles are kept in; nobody else reads it."""
    database = connection.settings_dict
    mark = hashlib.sha256(f"{settings.BASE_DIR} {database['NAME']} {database['HOST']}".encode()).hexdigest()[:12]
    found = Path(gettempdir()) / f"commitments-tracker-{os.getuid()}-{mark}"
    found.mkdir(mode=0o700, exist_ok=True)
    return found


def bundle(day: date, token: str) -> Path:
    """Return the file that holds the bundle of `day` at the revision `token`, made now if there is none yet."""
    held = folder()
    state = f"{build()}-{token}-{timezone.localdate().isoformat()}-{day.isoformat()}"
    path = held / f"{hashlib.sha256(state.encode()).hexdigest()[:24]}.zip"
    if not path.exists():
        with NamedTemporaryFile(dir=held, suffix=".part", delete=False) as file:
            try:
                making.write(file, day)
            except BaseException:
                os.unlink(file.name)
                raise
        os.replace(file.name, path)
        others = sorted(held.glob("*.zip"), key=lambda other: other.stat().st_mtime, reverse=True)
        for other in others[KEPT:]:
            with suppress(FileNotFoundError):  # another process may tidy up too
                other.unlink()
    return path


class BundleView(ProblemMixin, View):
    """The bundle of a day: today's state, or what the site knew at the end of a past day."""

    def get(self, request: HttpRequest, day: str) -> HttpResponse | FileResponse:
        """Answer with the file. Raises Missing for a day that is none, or is to come; Refusal for a parameter."""
        narrowing.refuse_unknown(request.GET, [])
        try:
            asked = date.fromisoformat(day)
        except ValueError as error:
            raise Missing(f"{day} is no day: write it as YYYY-MM-DD.") from error
        if asked > timezone.localdate() or asked.isoformat() != day:
            raise Missing(f"There is no bundle of {day} yet: the latest is {making.name(timezone.localdate())}.")
        path = bundle(asked, revision_of(request).token)
        return FileResponse(
            path.open("rb"), as_attachment=True, filename=making.name(asked), content_type="application/zip"
        )
