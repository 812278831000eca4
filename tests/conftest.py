"""What every test shares: a frozen day, and people."""

import pytest
from hypothesis import settings

# A slow machine is no fault of the code's: examples have no deadline.
settings.register_profile("tracker", deadline=None)
settings.load_profile("tracker")


@pytest.fixture(autouse=True)
def _frozen_day(request):
    """Freeze today at noon, 21 November 2026 (UTC), but for browser tests: a real browser keeps real time."""
    if request.node.get_closest_marker("browser"):
        yield
        return
    import time_machine

    with time_machine.travel("2026-11-21T12:00:00Z", tick=False):
        yield


@pytest.fixture
def analyst(db):
    from tests.factories import make_user

    return make_user("awa", group="Analysts")


@pytest.fixture
def editor(db):
    from tests.factories import make_user

    return make_user("boubacar", group="Editors")
