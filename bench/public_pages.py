"""Measures how fast the public pages are, how that grows with the records, and the memory needed (bench/README.md).

    .venv/bin/python bench/public_pages.py                             (SQLite)
    .venv/bin/python bench/public_pages.py postgres://user:password@host:port/name

It makes its own databases: SQLite's in a temporary directory, or in the one that --place names, where it finds them
again; PostgreSQL's beside the one named, whose account may create databases, and drops them afterwards. It prints a
table in Markdown, then what falls short.
"""

import argparse
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import combinations, pairwise, product
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit, urlunsplit

from load import ROOT, Case, Memory, Server, require_tools, serving

LIST = "/engagements/"
TRACKER = "tracker.wsgi:application"
PLAIN = "plain.wsgi:application"
MEASURED = 24
"""How many addresses of a case there are at most, asked for in turn."""

TRIED = 60
"""How many addresses are tried to find those with a full page of rows."""

FILTERS = {
    "basis": ["agreed", "announced", "intention"],
    "status": ["not_assessed", "limited", "substantial", "complete"],
    "timeliness": ["no_deadline", "upcoming", "overdue", "met_on_time", "met_late"],
    "sector": ["securite", "diplomatie", "economie"],
    "party": ["UDR", "CDP", "LDV"],
}
"""What synthetic commitments have most of (bench/synthetic)."""

WORDS = [
    "armee",
    "armée",
    "équipement",
    "l'Union",
    "formation",
    "œuvre",
    "oeuvre",
    "réhabilitation",
    "instructeurs",
    "consulats",
    "cooperation",
    "coopératives",
    "frontières",
    "suivi",
    "évaluation",
    "financement",
    "modernisation",
    "securite",
    "programme",
    "appui",
    "technique",
    "secretariat",
    "joint",
    "training",
    "monitoring",
    "support",
    "shores",
    "equipment",
    "population",
    "commission",
    "casernes",
    "marchés",
]
"""Words of those commitments, some as people type them."""

CASES = {
    "list": ("List, not kept", 5, 1.25),
    "deep": ("A page deep in the list", 5, 1.25),
    "one": ("One filter", 5, 1.25),
    "two": ("Two filters", 5, 1.25),
    "three": ("Three filters", 5, 1.25),
    "detail": ("A commitment", None, 1.25),
    "search": ("Full-text search", {"sqlite": 150, "postgresql": 100}, 2.0),
    "home": ("Home", None, None),
}
"""The pages made anew for each answer: what they are called; how many times the plain page's rate, or which rate, they
are to reach; how many times as long they may take with the greater number of records."""

KEPT = {"sqlite": 0.7, "postgresql": 0.45}
"""What share of the trivial view's rate a page that is kept, and a 304, are to reach."""

MOST_MEMORY = 150
MOST_QUERIES = {"list": 4, "deep": 4, "one": 4, "two": 4, "three": 4, "kept": 1, "unchanged": 1}


class Sizes(NamedTuple):
    """The numbers of commitments that are compared."""

    few: int
    many: int


def environment(database: str, static: str, *, store: int) -> dict[str, str]:
    """Return the variables of a server as in production, on this machine's own address."""
    return {
        "DATABASE_URL": database,
        "DJANGO_SETTINGS_MODULE": "tracker.settings",
        "DJANGO_DEBUG": "0",
        "DJANGO_HTTPS": "0",
        "DJANGO_ALLOWED_HOSTS": "127.0.0.1",
        "DJANGO_SECRET_KEY": "x" * 60,
        "DJANGO_STATIC_ROOT": static,
        "TRACKER_PAGE_STORE": str(store),
    }


def say(progress: str) -> None:
    """Tell whoever waits how far it is."""
    sys.stderr.write(f"{progress}\n")
    sys.stderr.flush()


def manage(variables: dict[str, str], *words: str) -> None:
    """Run a management command; what it says goes to the error stream."""
    command = [sys.executable, str(ROOT / "manage.py"), *words]
    subprocess.run(command, env=os.environ | variables, stdout=sys.stderr, check=True)  # noqa: S603


@contextmanager
def databases(url: str, place: Path, static: str, sizes: Sizes) -> Iterator[dict[int, str]]:
    """Make the databases; yield the address of each by its number of commitments."""
    if not url:
        found = {size: f"sqlite:///{place}/synthetic-{size}.sqlite3" for size in sizes}
        for size, address in found.items():
            whole = place / f"synthetic-{size}.made"
            if not whole.exists():
                manage(environment(address, static, store=0), "make_synthetic", str(size), "--migrate")
                whole.touch()
        yield found
        return
    import psycopg

    parts = urlsplit(url)
    found = {size: urlunsplit(parts._replace(path=f"/synthetic_{size}")) for size in sizes}
    with psycopg.connect(url, autocommit=True) as server:
        try:
            for size, address in found.items():
                server.execute(f"CREATE DATABASE synthetic_{size}")  # type: ignore[arg-type]
                manage(environment(address, static, store=0), "make_synthetic", str(size), "--migrate")
                with psycopg.connect(address, autocommit=True) as made:
                    made.execute("VACUUM ANALYZE")  # what the server does by itself, in time
            yield found
        finally:
            for size in sizes:
                server.execute(f"DROP DATABASE IF EXISTS synthetic_{size} WITH (FORCE)")  # type: ignore[arg-type]


def listed(page: str) -> list[str]:
    """Return the addresses of the commitments that a page names, in its order."""
    return list(dict.fromkeys(re.findall(rf'href="({LIST}[A-Z][^"/?#]*/)', page)))


def deep_page(server: Server) -> str:
    """Return the address of a page deep in the list: by number where pages have numbers, else by the page's links."""
    page = server.text(LIST)
    first, rows = listed(page), max(map(int, re.findall(r"<strong>([0-9]+)", page.replace("\u202f", ""))), default=0)
    numbered = f"{LIST}?page={rows * 9 // 10 // max(1, len(first))}"
    answer = server.ask(numbered, gzip=False)
    if rows and answer.status == 200 and listed(answer.body.decode()) not in ([], first):
        return numbered
    address = LIST
    for step in ["last", "prev", "prev"] if 'rel="last"' in page else ["next"] * 30:
        link = re.search(rf'<a\b(?=[^>]*rel="{step}")[^>]*href="([^"]+)"', page)
        if link is None:
            break
        address = LIST + link[1].replace("&amp;", "&").removeprefix(LIST)
        page = server.text(address)
    if listed(page) in ([], first):
        raise SystemExit("No page deep in the list was found: deep_page() knows neither its numbers nor its links.")
    return address


def filtered(count: int) -> list[str]:
    """Return addresses of the list with `count` filters, in an order of chance that is always the same."""
    found = [
        f"{LIST}?{urlencode(dict(zip(names, values, strict=True)))}"
        for names in combinations(FILTERS, count)
        for values in product(*(FILTERS[name] for name in names))
    ]
    random.Random(count).shuffle(found)  # noqa: S311
    return found


def searches() -> list[str]:
    """Return addresses of searches for one word, and for two."""
    return [f"{LIST}?{urlencode({'q': words})}" for words in [*WORDS, *map(" ".join, pairwise(WORDS))]]


def full(server: Server, addresses: list[str]) -> list[str]:
    """Return those of `addresses` whose page has as many rows as the list's first: a short page costs less."""
    rows = len(listed(server.text(LIST)))
    found: list[str] = []
    for address in addresses[:TRIED]:
        if len(listed(server.text(address))) == rows:
            found.append(address)
        if len(found) == MEASURED:
            break
    if not found:
        raise SystemExit(f"No page like {addresses[0]} is full with the smaller number of commitments: give more.")
    return found


def addresses(few: Server, server: Server) -> dict[str, list[str]]:
    """Return the addresses of each case at `server`; the same ones, but for the deep page, as at `few`."""
    return {
        "list": [LIST],
        "deep": [deep_page(server)],
        "one": full(few, filtered(1)),
        "two": full(few, filtered(2)),
        "three": full(few, filtered(3)),
        "detail": [item for page in filtered(1)[:4] for item in listed(few.text(page))][:MEASURED],
        "search": full(few, searches()),
        "home": ["/"],
    }


def count_queries(wanted: dict[str, str]) -> dict[str, int]:
    """Return how many queries each page takes; for the list also when it is kept, and when the reader has it."""
    sys.path.insert(0, str(ROOT))
    import django

    django.setup()
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(SERVER_NAME="127.0.0.1")
    client.get("/a-propos/")
    found = {}
    for name, address in [*wanted.items(), ("kept", LIST)]:
        with CaptureQueriesContext(connection) as queries:
            response = client.get(address)
        found[name] = len(queries)
    with CaptureQueriesContext(connection) as queries:
        response = client.get(LIST, headers={"If-None-Match": response["ETag"]})
    if response.status_code != 304:
        raise SystemExit(f"A reader who has the list is answered {response.status_code}.")
    return found | {"unchanged": len(queries)}


def report(cases: dict[str, Case], queries: dict[str, int], memory: Memory, vendor: str, sizes: Sizes) -> None:
    """Print the table, and what falls short."""
    short: list[str] = []

    def verdict(name: str, value: float, bound: float, *, at_least: bool) -> str:
        """Return a bound as the table says it; note where `value` does not keep it."""
        kept = value >= bound if at_least else value <= bound
        if not kept:
            short.append(f"{name}: {value:.3g}, {'at least' if at_least else 'at most'} {bound:.3g} asked for")
        return f"{'≥' if at_least else '≤'} {bound:.3g}{'' if kept else ' ✗'}"

    def line(*cells: str) -> None:
        sys.stdout.write(f"| {' | '.join(cells)} |\n")

    trivial, plain = cases["trivial"].rate, cases["plain"].rate
    line(
        "page",
        f"requests/s, {sizes.many:,}",
        "asked for",
        f"{sizes.few:,}",
        "times as long",
        "asked for",
        "first, ms",
        "queries",
    )
    line("---", *["---:"] * 7)
    line("“ok” (Django, no middleware)", f"{trivial:,.0f}", "", "", "", "", "", "")
    line("django-tables2 + django-filter, 50 rows", f"{plain:,.0f}", "", "", "", "", f"{cases['plain'].first:.0f}", "")
    for name, title in (("kept", "List, kept"), ("unchanged", "List, 304")):
        rate = cases[name].rate
        asked = verdict(f"{title}, share of “ok”", rate / trivial, KEPT[vendor], at_least=True)
        count = verdict(f"{title}, queries", queries[name], MOST_QUERIES[name], at_least=False)
        line(
            title, f"{rate:,.0f}", f"{asked} × “ok”: {rate / trivial:.2f}", "", "", "", "", f"{queries[name]} ({count})"
        )
    for name, (title, floor, growth) in CASES.items():
        many, few = cases[f"{name} many"], cases[f"{name} few"]
        asked, times, bound = "", few.rate / many.rate if many.rate else float("inf"), ""
        if isinstance(floor, dict):
            asked = verdict(f"{title}, requests/s", many.rate, floor[vendor], at_least=True)
        elif floor:
            asked = verdict(f"{title}, times the plain page", many.rate / plain, floor, at_least=True)
            asked += f" × plain: {many.rate / plain:.1f}"
        if growth:
            bound = verdict(f"{title}, times as long with {sizes.many:,}", times, growth, at_least=False)
        count = f"{queries[name]}"
        if name in MOST_QUERIES:
            count += f" ({verdict(f'{title}, queries', queries[name], MOST_QUERIES[name], at_least=False)})"
        line(title, f"{many.rate:,.1f}", asked, f"{few.rate:,.1f}", f"{times:.2f}", bound, f"{many.first:.0f}", count)
    bound = verdict("Memory of two workers, MB", memory.workers, MOST_MEMORY, at_least=False)
    sys.stdout.write(
        f"\nMemory of two workers after the run: {memory.workers:.0f} MB ({bound}), what they share counted once; "
        f"{memory.resident:.0f} MB as `ps` adds it up; and {memory.parent:.0f} MB for the process that starts them.\n"
    )
    short += [f"{name}: {case.wrong} answers were not as expected" for name, case in cases.items() if case.wrong]
    sys.stdout.write("\n" + ("Falls short:\n\n- " + "\n- ".join(short) if short else "Nothing falls short.") + "\n")


def measure(urls: dict[int, str], static: str, sizes: Sizes, *, rounds: int, seconds: int, vendor: str) -> None:
    """Serve, ask, and report."""
    few_url, many_url = urls[sizes.few], urls[sizes.many]
    kept = environment(many_url, static, store=16)
    plain_variables = {
        "DATABASE_URL": many_url,
        "PYTHONPATH": str(ROOT / "bench"),
        "DJANGO_SETTINGS_MODULE": "plain.settings",
    }
    with ExitStack() as stack:
        few = stack.enter_context(serving(TRACKER, environment(few_url, static, store=0), "/a-propos/"))
        many = stack.enter_context(serving(TRACKER, environment(many_url, static, store=0), "/a-propos/"))
        keeping = stack.enter_context(serving(TRACKER, kept, "/a-propos/"))
        plain = stack.enter_context(serving(PLAIN, plain_variables, "/ok/"))
        say("looking for pages that are full")
        asked = {"few": addresses(few, few)}
        asked["many"] = asked["few"] | {"deep": [deep_page(many)]}
        cases = {
            "trivial": Case(plain, ["/ok/"]),
            "plain": Case(plain, ["/table/"]),
            "kept": Case(keeping, [LIST]),
            "unchanged": Case(keeping, [LIST], tag=keeping.ask(LIST).headers["ETag"]),
        }
        for name in CASES:
            say(f"first answers: {name}")
            for which, server in (("few", few), ("many", many)):
                cases[f"{name} {which}"] = Case(server, asked[which][name])
        for number in range(1, rounds + 1):
            for name, case in cases.items():
                case.run(seconds)
                say(f"round {number}, {name}: {case.rates[-1]:.1f} requests/s")
    with serving(TRACKER, kept, "/a-propos/", workers=2) as pair:
        for name in ("kept", "list many", "one many", "search many", "detail many", "home many"):
            Case(pair, cases[name].addresses).run(seconds)
        memory = pair.memory()
    wanted = {name: asked["many"][name][0] for name in CASES}
    command = [sys.executable, __file__, "--queries", json.dumps(wanted)]
    queries = subprocess.run(command, env=os.environ | kept, capture_output=True, text=True, check=True).stdout  # noqa: S603
    report(cases, json.loads(queries), memory, vendor, sizes)


def main() -> None:
    """Make the databases and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("database", nargs="?", default="", help="a PostgreSQL server's address (SQLite unless given)")
    parser.add_argument("--sizes", nargs=2, type=int, default=[1_000, 100_000], metavar=("FEW", "MANY"))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=5, help="how long each page is asked for in each round")
    parser.add_argument("--place", type=Path, help="a directory for the SQLite databases, which stay there")
    parser.add_argument("--queries", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.queries:
        sys.stdout.write(json.dumps(count_queries(json.loads(given.queries))))
        return
    require_tools()
    signal.signal(signal.SIGTERM, lambda *_signal: sys.exit("Stopped."))  # so that the servers are stopped too
    sizes = Sizes(*given.sizes)
    with tempfile.TemporaryDirectory() as scratch:
        static = f"{scratch}/static"
        manage(environment(f"sqlite:///{scratch}/none.sqlite3", static, store=0), "collectstatic", "--no-input", "-v0")
        with databases(given.database, (given.place or Path(scratch)).resolve(), static, sizes) as urls:
            vendor = "postgresql" if given.database else "sqlite"
            measure(urls, static, sizes, rounds=given.rounds, seconds=given.seconds, vendor=vendor)


if __name__ == "__main__":
    main()
