"""Serves the bundle: made once for each state, and kept in a file that all processes share."""

import hashlib
import os
import stat
from contextlib import suppress
from datetime import date
from fcntl import LOCK_EX, LOCK_NB, flock
from functools import cache
from http import HTTPStatus
from pathlib import Path
from tempfile import NamedTemporaryFile, gettempdir, mkdtemp
from typing import IO

from django.conf import settings
from django.db import connection
from django.http import FileResponse, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import View

from commitments.data import narrowing
from commitments.data.bundle import export
from commitments.data.problems import Missing, ProblemMixin, instance, problem
from commitments.public.serving import build, revision_of

KEPT = 3
"""How many bundles are kept: those last requested."""

AGAIN = 30
"""After how many seconds a reader may ask again, while another bundle is being made."""

OTHERS = 0o077
"""What a folder's mode may not allow: anything to anybody else."""


def folder() -> Path:
    """Return the folder of this site's bundles: private to this user, or else to this process."""
    database = connection.settings_dict
    mark = hashlib.sha256(f"{settings.BASE_DIR} {database['NAME']} {database['HOST']}".encode()).hexdigest()[:12]
    found = Path(gettempdir()) / f"commitments-tracker-{os.getuid()}-{mark}"
    with suppress(FileExistsError):
        found.mkdir(mode=0o700)
    told = found.lstat()
    is_ours = stat.S_ISDIR(told.st_mode) and told.st_uid == os.getuid() and not told.st_mode & OTHERS
    return found if is_ours else own_folder()


@cache
def own_folder() -> Path:
    """Return a folder of this process's own, if the shared one was made by somebody else."""
    return Path(mkdtemp(prefix="commitments-tracker-"))


class Busy(Exception):
    """A bundle is being made. No other is at the same time, so that such requests cannot hold every worker."""


def bundle(day: date, token: str) -> IO[bytes]:
    """Return, open, the file of the bundle of `day` at the revision `token`, made now if there is none yet.

    Raises Busy if it has to be made while another is being made, by any process. An existing one is returned at once.
    """
    held = folder()
    state = f"{build()}-{token}-{timezone.localdate().isoformat()}-{day.isoformat()}"
    path = held / f"{hashlib.sha256(state.encode()).hexdigest()[:24]}.zip"
    with suppress(FileNotFoundError):
        os.utime(path)  # mark it as last requested
        return path.open("rb")
    with (held / "lock").open("w") as lock:
        try:
            flock(lock, LOCK_EX | LOCK_NB)
        except BlockingIOError as error:
            if path.exists():  # made since we looked, by whoever held the lock
                return path.open("rb")
            raise Busy from error
        if not path.exists():
            _make(path, day)
        return path.open("rb")


def _make(path: Path, day: date) -> None:
    """Make the bundle; remove what an interrupted process left, and all but the KEPT last requested."""
    for left in path.parent.glob("*.part"):
        left.unlink()
    with NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as file:
        export.write(file, day)
    os.replace(file.name, path)
    others = sorted(path.parent.glob("*.zip"), key=lambda other: other.stat().st_mtime, reverse=True)
    for other in others[KEPT:]:
        other.unlink()


class BundleView(ProblemMixin, View):
    """The bundle of a day: today's state, or what the site knew at the end of a past day."""

    def get(self, request: HttpRequest, day: str) -> HttpResponse | FileResponse:
        """Answer with the file. Raises Missing for an invalid or future day, Refusal for a parameter."""
        narrowing.refuse_unknown(request.GET, [])
        try:
            asked = date.fromisoformat(day)
        except ValueError as error:
            raise Missing(f"{day} is no day: write it as YYYY-MM-DD.") from error
        if asked > timezone.localdate() or asked.isoformat() != day:
            raise Missing(f"There is no bundle of {day} yet: the latest is {export.name(timezone.localdate())}.")
        try:
            file = bundle(asked, revision_of(request).token)
        except Busy:
            return self.busy(request)
        return FileResponse(file, as_attachment=True, filename=export.name(asked), content_type="application/zip")

    def busy(self, request: HttpRequest) -> HttpResponse:
        """Answer 503: another bundle is being made, with when to ask again."""
        detail = _("Un autre lot est en préparation : redemandez celui-ci dans %(seconds)d secondes.")
        answer = problem(HTTPStatus.SERVICE_UNAVAILABLE, "", detail % {"seconds": AGAIN}, instance=instance(request))
        answer["Retry-After"] = str(AGAIN)
        return answer
