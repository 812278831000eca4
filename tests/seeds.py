"""What most tests of pages look at: the seed articles, alone or with a record in every other state beside them."""

from django.core.management import call_command
from django.db import connection

from commitments.management.commands.prepare_demo import SEEDS
from tests import snapshots, specimens


def load() -> None:
    """Load the five articles and the records made from them, as a person would, or as that left them before."""
    snapshots.put("seeds", _load, is_shared=True)
    _tell_the_planner()


def load_with_specimens() -> None:
    """Load the articles, and the specimens: what `tests.public.addresses` has the addresses of."""
    snapshots.put("full-site", _load_with_specimens, is_shared=True)
    _tell_the_planner()


def _load() -> None:
    call_command("loaddata", *SEEDS, verbosity=0)


def _load_with_specimens() -> None:
    snapshots.put("seeds", _load, is_shared=True)
    specimens.make()


def _tell_the_planner() -> None:
    """Let PostgreSQL see how many rows there are: its planner knows nothing of what no other transaction has seen."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
