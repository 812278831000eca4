"""Publishes the site: follows every link from the first pages on, and puts all in place once no link is broken."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing, contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.db import connections
from django.urls import reverse
from django.utils import timezone, translation

from commitments.data.publishing import listed, places, records, search
from commitments.data.publishing.folder import Folder
from commitments.data.publishing.ledger import Ledger
from commitments.data.publishing.links import Page, Rewriter
from commitments.data.publishing.places import Map, Place
from commitments.data.publishing.problems import Problem
from commitments.data.publishing.rendering import Site
from commitments.public.lists.catalogue import Catalogue
from commitments.reading import NOW
from commitments.rules import revision

PUBLISHED = {200, 410}
"""The statuses that may be published: a page, or the notice that a record was withdrawn."""

SAID = 500
"""After how many pages progress is reported."""

TOLD = 20
"""How many broken links a message lists."""


NO_PAGE = Page("", frozenset(), frozenset(), frozenset(), (), 0)


class Done(NamedTuple):
    """What was published: how many files, how many of them written and removed, links that lead to the site itself."""

    files: int
    written: int
    removed: int
    live: int


class Made(NamedTuple):
    """A file that was made, or why it was not: its place and digest, whether it changed; the page, if it is one."""

    place: Place
    digest: str
    is_new: bool
    page: Page = NO_PAGE
    refused: str = ""


class Maker:
    """Makes the files of one publication, in this process."""

    def __init__(self, folder: Folder, rewriter: Rewriter) -> None:
        self.folder, self.rewriter = folder, rewriter
        self.site: Site | None = None

    def make(self, place: Place) -> Made:
        """Request `place` from the site, and write its file to the staging folder."""
        self.site = self.site or Site(settings.TRACKER_SITE_URL)
        with self.site.ask(place.address) as answer:
            if answer.status not in PUBLISHED:
                return Made(place, "", is_new=False, refused=f"{place.address} (answered with {answer.status})")
            if not answer.content_type.startswith("text/html"):
                return Made(place, *self.folder.stage(place.file, answer.body))
            page = self.rewriter.page(place, b"".join(answer.body).decode())
        made = self.folder.stage(place.file, [page.html.encode()])
        return Made(place, *made, page=page._replace(html=""))


def publish(path: Path, *, processes: int = 1, say: Callable[[str], None] = lambda line: None) -> Done:
    """Publish the site in the folder `path`. Raises Problem if it cannot, and leaves the folder as it was."""
    Site(settings.TRACKER_SITE_URL).check()
    before, today = revision.current(), timezone.localdate()
    with closing(Ledger()) as ledger, Folder(path) as folder:
        ledger.remember(folder.before())
        run = _Run(folder, ledger, processes, say)
        run.crawl()
        run.index()
        run.check()
        if (revision.current(), timezone.localdate()) != (before, today):
            raise Problem("What is public changed in the meantime. Nothing was published: begin again.")
        folder.check(ledger)
        written, removed = folder.put(ledger)
        return Done(sum(1 for _file in ledger.files()), written, removed, run.live)


class _Run:
    """One publication while it is made."""

    def __init__(self, folder: Folder, ledger: Ledger, processes: int, say: Callable[[str], None]) -> None:
        self.folder, self.ledger, self.processes, self.say = folder, ledger, processes, say
        self.map = Map(timezone.localdate(), is_named=bool(settings.TRACKER_SITE_URL))
        self.wrong: list[str] = []
        self.live = self.n = 0
        self.elsewhere: dict[tuple[str, str], str] = {}

    def crawl(self) -> None:
        """Make the sources' pages first, to learn on which one each passage is; then all others."""
        self.ledger.add(((self._place(address), "") for address in places.sources()), wave=0)
        elsewhere = self.elsewhere
        beyond: dict[Place, str] = {}

        def turned(made: Made) -> Iterator[Place]:
            first = _path(made.place)
            if made.place.address != first:
                file = self._place(first).file
                elsewhere.update(((file, mark), made.place.file) for mark in made.page.ids)
            for place in made.page.links:
                if _path(place) == first:
                    yield place
                else:
                    beyond.setdefault(place, made.place.address)

        last = self._follow(0, {}, turned)
        self.ledger.add(((self._place(address), "") for address in places.starts()), wave=last)
        self.ledger.add(beyond.items(), wave=last)
        self._follow(last, elsewhere, lambda made: made.page.links)

    def index(self) -> None:
        """Make the scripts that narrow the published list and search what is published."""
        held = Catalogue(NOW)
        rewriter = self._rewriter(self.elsewhere)
        self._stage(search.WORDS, search.words(held))
        for code, _name in settings.LANGUAGES:
            self._stage(listed.rows_file(code), listed.rows(held, code))
            with translation.override(code):
                page = self._place(reverse("search"))
            self._stage(
                records.records_file(code),
                records.records(held, code, lambda html, page=page: rewriter.page(page, html).html),  # type: ignore[misc]
            )

    def check(self) -> None:
        """Raises Problem, naming page and link, if a link leads nowhere."""
        broken = [f"{link.page}: {link.target}" for link in self.ledger.broken()]
        if self.wrong or broken:
            found = [*self.wrong, *broken]
            more = f"\n  and {len(found) - TOLD} more" if len(found) > TOLD else ""
            lines = "".join(f"\n  {line}" for line in found[:TOLD])
            raise Problem(
                f"Nothing was published. Broken links ({len(found)}), by the page that has them:{lines}{more}"
            )

    def _place(self, address: str) -> Place:
        place = self.map.place(address)
        if place is None:
            raise Problem(f"{address} is an address that only a server answers: it cannot be published.")
        return place

    def _follow(
        self, wave: int, elsewhere: dict[tuple[str, str], str], leads: Callable[[Made], Iterable[Place]]
    ) -> int:
        """Make the files of `wave`, then of those that they link to, until there are no more; return the next wave."""
        maker = Maker(self.folder, self._rewriter(elsewhere))
        with _at_work(maker, self.processes) as make:
            while todo := dict(self.ledger.wave(wave)):
                for made in make(todo):
                    self._take(made, todo[made.place])
                    self.ledger.add(((place, made.place.address) for place in sorted(leads(made))), wave + 1)
                if self.wrong:
                    self.check()
                wave += 1
        return wave

    def _rewriter(self, elsewhere: dict[tuple[str, str], str]) -> Rewriter:
        base = settings.TRACKER_SITE_URL
        return Rewriter(self.map, base, Site(base).origin, timezone.localdate(), elsewhere)

    def _take(self, made: Made, page: str) -> None:
        self.n += 1
        if self.n % SAID == 0:
            self.say(f"{self.n} pages and files")
        address = made.place.address
        if made.refused:
            self.wrong.append(f"{page or 'the list of pages'}: {made.refused}")
            return
        self.wrong += [f"{address}: {link}" for link in made.page.broken]
        self._make(made.place, made.digest, made.page.ids, is_new=made.is_new)
        self.ledger.want(made.page.marks, address)
        self.live += made.page.live

    def _stage(self, file: str, pieces: Iterator[str]) -> None:
        digest, is_new = self.folder.stage(file, (piece.encode() for piece in pieces))
        self._make(Place("", file), digest, (), is_new=is_new)

    def _make(self, place: Place, digest: str, ids: Iterable[str], *, is_new: bool) -> None:
        other = self.ledger.make(place.file, place.address, digest, sorted(ids), is_new=is_new)
        if other:
            raise Problem(f"{place.address} and {other} would both be the file {place.file}. Nothing was published.")


def _path(place: Place) -> str:
    return place.address.partition("?")[0]


@contextmanager
def _at_work(maker: Maker, processes: int) -> Iterator[Callable[[Iterable[Place]], Iterable[Made]]]:
    """Yield the function that makes the files of places, in this process or in several."""
    if processes == 1:
        yield lambda todo: map(maker.make, todo)
        return
    connections.close_all()  # a connection is never shared with a child process
    with ProcessPoolExecutor(processes, get_context("fork"), _begin, (maker,)) as pool:
        yield lambda todo: pool.map(_make, list(todo), chunksize=16)


_makers: list[Maker] = []


def _begin(maker: Maker) -> None:
    _makers[:] = [maker]


def _make(place: Place) -> Made:
    return _makers[0].make(place)
