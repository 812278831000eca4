"""Pages already made, compressed, in this process: bounded, and found by the key of what they depend on."""

import gzip
from collections import OrderedDict
from threading import Lock
from typing import NamedTuple

LEVEL = 6
"""The gzip level: 9 takes twice the time to save one byte in a hundred."""

OVERHEAD = 1024
"""The bytes counted for a page besides its body: its key, its headers, the objects that hold them."""


class Page(NamedTuple):
    """A page as it is sent: its headers, and its body, compressed with gzip unless already compressed by its format."""

    headers: tuple[tuple[str, str], ...]
    body: bytes
    is_packed: bool = True

    @classmethod
    def made_of(cls, headers: tuple[tuple[str, str], ...], body: bytes) -> "Page":
        """Return the page with `body` compressed; the same body is always compressed to the same bytes."""
        if dict(headers).get("Content-Type", "").startswith("image/png"):
            return cls(headers, body, is_packed=False)
        return cls(headers, gzip.compress(body, LEVEL, mtime=0))

    def plain(self) -> bytes:
        """Return the body, uncompressed."""
        return gzip.decompress(self.body) if self.is_packed else self.body


class Store:
    """The pages last requested, up to `most_bytes` in all; safe to share between threads."""

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self.bytes = 0
        self._pages: OrderedDict[tuple[str, ...], Page] = OrderedDict()
        self._lock = Lock()

    def get(self, key: tuple[str, ...]) -> Page | None:
        """Return the page kept under `key`, or None."""
        with self._lock:
            page = self._pages.get(key)
            if page is not None:
                self._pages.move_to_end(key)
            return page

    def put(self, key: tuple[str, ...], page: Page) -> None:
        """Store `page` under `key`, evicting the least recently used to make room. A page too large is not stored."""
        size = len(page.body) + OVERHEAD
        if size > self.most_bytes:
            return
        with self._lock:
            before = self._pages.pop(key, None)
            if before is not None:
                self.bytes -= len(before.body) + OVERHEAD
            self._pages[key] = page
            self.bytes += size
            while self.bytes > self.most_bytes:
                _key, gone = self._pages.popitem(last=False)
                self.bytes -= len(gone.body) + OVERHEAD
