"""Which addresses of the site are published, and in which file of the folder each is."""

import re
from datetime import date
from functools import lru_cache, partial
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse

from commitments.choices import Basis
from commitments.public.lists import apart
from commitments.public.lists.catalogue import FACETS
from commitments.public.sharing import crawlers
from commitments.reading import NOW
from commitments.typography import in_each_language

OF_A_RECORD: dict[str, list[str]] = {"engagements": ["commitment_frame"]}
"""The names of addresses that each record has besides its page and that no page leads to, by its word in addresses."""

PAGES = ["commitments_frame"]
"""The same, for pages that belong to no record."""

LIVE = ("/api/v1/",)
"""Path prefixes that only the live site answers, in every language."""

IN_FULL = re.compile(r"/(flux|calendrier)[/.]|/data/catalog\.")
"""What contains whole addresses of the site, and is published only if its address is known."""

INDEX = "index.html"

SCRIPTS = [
    *(f"commitments/published/snowball/{name}-stemmer.js" for name in ("base", "french", "english")),
    "commitments/published/words.js",
]
"""The scripts that search what is published, in the order in which they need each other; then those of a page."""

OF_THE_LIST = ["commitments/published/narrowing.js", "commitments/published/list.js"]
OF_THE_SEARCH = ["commitments/published/near.js", "commitments/published/find.js"]

ASKED = frozenset(["q", "sort", *FACETS])
"""The parameters of the list: the script of the published list reads them from the address, as the server does."""

SEARCHED = frozenset(["q", "kind"])
"""The parameters of the search, read in the same way."""

PARTS = {"whole=1": "tout"} | {f"basis={basis.value}": words.folder for basis, words in apart.WORDS.items()}
"""The names of the parameters in the path of a file."""

NUMBERED = re.compile(r"(page|kind)=([0-9]{1,9}|[a-z]{1,20})")


class Place(NamedTuple):
    """Where an address is published: the address requested from the site, the file, and the query a script reads."""

    address: str
    file: str
    query: str = ""


class Map:
    """Finds the places of addresses, on the day on which the site is read; `is_named` says if its address is known."""

    def __init__(self, today: date, *, is_named: bool) -> None:
        self.today, self.is_named = today.isoformat(), is_named
        self.lists = set(in_each_language(lambda: reverse("commitments")).values())
        self.searches = set(in_each_language(lambda: reverse("search")).values())
        homes = in_each_language(lambda: reverse("home")).values()
        desks = in_each_language(lambda: reverse("admin:index")).values()
        self.live = (*LIVE, *desks, *(f"{home}{prefix[1:]}" for home in homes for prefix in LIVE))
        self.static = urlsplit(settings.STATIC_URL).path
        self.place = lru_cache(maxsize=100_000)(self._place)

    def _place(self, address: str) -> Place | None:
        """Return where `address` is published, None if only the live site answers it: a past day, a framed search."""
        parts = urlsplit(address)
        path = parts.path
        if path.startswith(self.live) or (not self.is_named and IN_FULL.search(path)):
            return None
        if path.startswith(self.static):
            return Place(path, _file(path))
        asked = [
            pair
            for pair in sorted(parse_qsl(parts.query))
            # Today is the default on both axes, so it is dropped (`ReadingForm`).
            if pair[0] not in ("as_of", "known_on") or pair[1] != self.today
        ]
        if asked in ([("page", "1")], []):
            return Place(path, _file(path))
        folders = [_folder(f"{name}={value}") for name, value in asked]
        if path.endswith("/") and all(folders):
            folders.sort(key=lambda folder: folder.startswith("page-"))
            return Place(f"{path}?{urlencode(asked)}", _file(f"{path}{'/'.join(folders)}/"))
        names = {name for name, _value in asked}
        if (path in self.lists and names <= ASKED) or (path in self.searches and names <= SEARCHED):
            return Place(path, _file(path), urlencode(asked))
        return None


def _folder(pair: str) -> str:
    return PARTS.get(pair) or (pair.replace("=", "-") if NUMBERED.fullmatch(pair) else "")


def _file(path: str) -> str:
    name = unquote(path).lstrip("/")
    return f"{name}{INDEX}" if name.endswith("/") or not name else name


def sources() -> list[str]:
    """Return the addresses of the sources: their passages are linked to, on whichever of a source's pages they are."""
    names = list(crawlers.references("sources", NOW))
    found = in_each_language(lambda: [reverse("source", args=[name]) for name in names])
    return [address for addresses in found.values() for address in addresses]


def starts() -> list[str]:
    """Return the addresses to begin with: what the sitemaps have, frames, files, what the list's script needs.

    The addresses of one record in both languages come together, so that their data is looked up once.
    """
    named: list[tuple[str, list[str]]] = [(name, []) for name in (*crawlers.LISTS, *PAGES)]
    for word, (model, _field) in crawlers.RECORDS.items():
        names = [model._meta.model_name, *OF_A_RECORD.get(word, ())]
        named += [(name, [reference]) for reference in crawlers.references(word, NOW) for name in names]
    found = [path for name, args in named for path in in_each_language(partial(reverse, name, args=args)).values()]
    lists = in_each_language(lambda: reverse("commitments")).values()
    beside = [f"{path}?basis={basis.value}" for basis in Basis.not_undertaken() for path in lists]
    return [*found, *beside, *map(static, [*SCRIPTS, *OF_THE_LIST, *OF_THE_SEARCH])]
