"""What every test shares: a migrated database, a frozen day, and people."""

import gc
import os

import pytest
from django.conf import settings
from django.test import TransactionTestCase
from hypothesis import settings as examples

from tests import TODAY

# A slow machine is no fault of the code's: examples have no deadline.
examples.register_profile("tracker", deadline=None)
examples.load_profile("tracker")

SLOW = 2
"""Seconds, after which a test carries the mark `slow`."""

SLOW_MARKS = {"slow", "browser"}

DATABASE_FIXTURES = {"db", "transactional_db", "live_server"}


def pytest_addoption(parser):
    parser.addoption(
        "--second-database",
        action="store_true",
        help="run on what is not the first database: leave out what touches no database, or is marked one_database",
    )


def pytest_collection_modifyitems(config, items):
    """Put a real browser's tests last, the long ones first among them; leave out what a database does not change.

    Chromium's driver leaves an event loop in the process, which other tests need not live with.
    """
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        _leave_out(config, items, [item for item in items if item.get_closest_marker("not_on_sqlite")])
    items.sort(key=_turn)
    if config.getoption("--second-database"):
        _leave_out(config, items, [item for item in items if not _depends_on_the_database(item)])


def _turn(item):
    is_browser = item.get_closest_marker("browser") is not None
    return is_browser, is_browser and item.get_closest_marker("slow") is None


def _leave_out(config, items, left_out):
    config.hook.pytest_deselected(items=left_out)
    gone = set(left_out)
    items[:] = [item for item in items if item not in gone]


def pytest_collection_finish():
    """Look for cycles of objects less often, and not in what stays for the whole run: it took a sixth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def _depends_on_the_database(item):
    if item.get_closest_marker("one_database"):
        return False
    asks = item.get_closest_marker("django_db") or DATABASE_FIXTURES.intersection(item.fixturenames)
    return bool(asks) or (item.cls is not None and issubclass(item.cls, TransactionTestCase))


def pytest_terminal_summary(terminalreporter):
    """Name the tests over two seconds, their fixtures aside, without the mark for it: `.ci/run` repeats the lines."""
    for report in terminalreporter.stats.get("passed", []):
        if report.duration > SLOW and not SLOW_MARKS.intersection(report.keywords):
            terminalreporter.write_line(
                f"Over {SLOW} seconds, not marked slow: {report.nodeid} ({report.duration:.1f} s)"
            )


@pytest.fixture(scope="session")
def django_db_setup(request, django_test_environment, django_db_blocker, tmp_path_factory):
    """Copy a migrated database for this process, instead of migrating one; share what is made once in a run."""
    from tests import databases, snapshots

    folder = tmp_path_factory.getbasetemp()
    run = folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder
    snapshots.folder = run / "shared"
    snapshots.folder.mkdir(exist_ok=True)
    cache = request.config.cache.mkdir("databases") if hasattr(request.config, "cache") else snapshots.folder
    with (
        django_db_blocker.unblock(),
        databases.copied(cache, anew=request.config.getvalue("create_db")),
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr("commitments.data.bundle.serving.gettempdir", lambda: str(snapshots.folder))
        snapshots.note_what_is_migrated()
        yield


@pytest.fixture(scope="session", autouse=True)
def _taken_away_by_its_rows():
    """Have what a test committed taken away row by row: Django's flush makes tables' worth of permissions anew."""
    from tests import snapshots

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _case: snapshots.take_all_away())
        yield


@pytest.fixture(scope="session", autouse=True)
def _past_days_are_read_back():
    """Have a page for a past day fail where it shows a record's words of today."""
    from tests import past

    with past.guarded():
        yield


@pytest.fixture(autouse=True)
def _no_request_is_being_answered():
    """Forget a page for a past day that an earlier test left unread: what is read now belongs to no page."""
    from tests import past

    past.forget()


@pytest.fixture(autouse=True)
def _frozen_day(request):
    """Freeze today at noon, 21 November 2026 (UTC), but for browser tests: a real browser keeps real time."""
    if request.node.get_closest_marker("browser"):
        yield
        return
    import time_machine

    with time_machine.travel(f"{TODAY}T12:00:00Z", tick=False):
        yield


@pytest.fixture
def seed_articles(db):
    """The five articles and the records made from them."""
    from tests import seeds

    seeds.load()


ANALYST, EDITOR = 2_000_001, 1_000_001
"""Their keys, the same in every test, so that rows that name them can be put back; far from those given in turn."""


@pytest.fixture
def analyst(db):
    from tests.factories import make_user

    return make_user("awa", group="Analysts", pk=ANALYST)


@pytest.fixture
def editor(db):
    from tests.factories import make_user

    return make_user("boubacar", group="Editors", pk=EDITOR)
