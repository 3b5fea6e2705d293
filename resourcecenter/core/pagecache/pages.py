"""Pages as they are kept: compressed, with their headers, and never more bytes of them than was said."""

import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import NamedTuple

from django.conf import settings
from django.core.cache import cache as store

MIB = 1024**2
MAX_PAGE_BYTES = 512 * 1024
"""Of one page, compressed or not; larger ones are tables to download, and are made each time."""

FOR_PLAIN_BYTES = 12 * MIB
FOR_ASKED_BYTES = 4 * MIB
"""In each process. Addresses with a query string have their own place: there is no end of those, and whoever makes
some up must not drive out the pages that people read."""

HEADERS_BYTES = 4096
"""What the headers of a page and its key weigh, at most."""

DAY_S = 24 * 60 * 60


class Page(NamedTuple):
    """The answer 200 for everybody: its headers, without those of the encoding, and its body in gzip."""

    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def weight_bytes(self) -> int:
        return len(self.body) + HEADERS_BYTES


class Shelf:
    """At most ``max_bytes`` of pages; the one that was not asked for longest goes first."""

    def __init__(self, *, max_bytes: int):
        self.max_bytes = max_bytes
        self.bytes = 0
        self._pages: OrderedDict[Hashable, Page] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable) -> Page | None:
        with self._lock:
            page = self._pages.get(key)
            if page is not None:
                self._pages.move_to_end(key)
            return page

    def put(self, key: Hashable, page: Page) -> None:
        with self._lock:
            self._take_out(key)
            self._pages[key] = page
            self.bytes += page.weight_bytes
            while self.bytes > self.max_bytes:
                self._take_out(next(iter(self._pages)))

    def _take_out(self, key):
        page = self._pages.pop(key, None)
        self.bytes -= page.weight_bytes if page else 0


class Key(NamedTuple):
    """All that a page may depend on; ``etag`` holds release, generation and day as they were before it was made."""

    etag: str
    language: str
    is_secure: bool
    host: str
    root: str
    path: str
    query: str

    @property
    def is_plain(self) -> bool:
        """Whether it is one of so many as there are records: not with a query, nor a port, that anybody can make up."""
        return not self.query and settings.SITE_URL.endswith(f"//{self.host}")

    @property
    def name(self) -> str:
        return "page:" + hashlib.sha256(repr(tuple(self)).encode()).hexdigest()


class Pages:
    """The pages that this process has kept, and those that any has, if they share a memory.

    A page is found by its key alone, so that one that another process kept is never older than one of our own.
    """

    def __init__(self):
        self._plain = Shelf(max_bytes=FOR_PLAIN_BYTES)
        self._asked = Shelf(max_bytes=FOR_ASKED_BYTES)

    def find(self, key: Key) -> Page | None:
        """Return the page, or None."""
        page = self._shelf(key).get(key)
        if page is None and _is_shared() and (shared := store.get(key.name)):
            page = Page(*shared)
            self._shelf(key).put(key, page)
        return page

    def keep(self, key: Key, page: Page) -> None:
        self._shelf(key).put(key, page)
        if _is_shared():
            store.set(key.name, tuple(page), timeout=DAY_S)

    def _shelf(self, key):
        return self._plain if key.is_plain else self._asked


def _is_shared() -> bool:
    """Whether the cache is one that other processes see; only ``shared.SharedCache`` is, while it answers."""
    return getattr(store, "is_shared", False)


def compressed(body: bytes) -> bytes:
    return gzip.compress(body, compresslevel=6, mtime=0)
