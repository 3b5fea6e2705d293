"""Weigh every kind of public page as a browser gets it over the wire: ``make weight``.

A Chromium that was never here before opens each page of a portal of its own (gunicorn, initial content) and counts the
bytes of answers, headers included, and the requests; then it opens the page as one does who read another before.
The icon counts too. Prints a table, and ends with 1 if a page is over a limit or asks another host for anything.
"""

import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from tests.drills.portal import throw_away_portal
from tests.proof.browser import chromium
from tests.proof.pages import PAGES

FIRST_MAX_BYTES, FIRST_MAX_REQUESTS = 60_000, 6
LATER_MAX_BYTES = 15_000

ORDINARY = PAGES["page"]
"""Where a later visitor comes from: it leaves in the browser what all pages share."""


@dataclass
class Traffic:
    """What came over the wire for one page."""

    host: str
    sizes: dict[str, int] = field(default_factory=dict)
    addresses: list[str] = field(default_factory=list)
    remembered: set[str] = field(default_factory=set)

    def listen(self, devtools):
        devtools.send("Network.enable")
        devtools.on("Network.requestWillBeSent", lambda event: self.addresses.append(event["request"]["url"]))
        devtools.on("Network.requestServedFromCache", lambda event: self.remembered.add(event["requestId"]))
        devtools.on("Network.responseReceived", self._responded)
        devtools.on("Network.loadingFinished", self._loaded)

    def _responded(self, event):
        if event["response"].get("fromDiskCache"):
            self.remembered.add(event["requestId"])

    def _loaded(self, event):
        self.sizes[event["requestId"]] = event["encodedDataLength"]

    @property
    def fetched(self) -> list[int]:
        return [size for request, size in self.sizes.items() if request not in self.remembered]

    @property
    def foreign(self) -> list[str]:
        return [address for address in self.addresses if not address.startswith((self.host, "data:"))]


def visit(browser, host: str, path: str, *, after: str = "") -> Traffic:
    """Open a page as a new visitor, or as one who came from the page ``after``."""
    context = browser.new_context(base_url=host)
    page, traffic = context.new_page(), Traffic(host)
    if after:
        page.goto(after, wait_until="networkidle")
    traffic.listen(context.new_cdp_session(page))
    page.goto(path, wait_until="networkidle")
    context.close()
    return traffic


def complaints(first: Traffic, later: Traffic) -> list[str]:
    """What is over a limit."""
    found = [f"asks {address}" for address in [*first.foreign, *later.foreign]]
    if sum(first.fetched) > FIRST_MAX_BYTES:
        found.append(f"first visit over {FIRST_MAX_BYTES} bytes")
    if len(first.fetched) > FIRST_MAX_REQUESTS:
        found.append(f"first visit over {FIRST_MAX_REQUESTS} requests")
    if sum(later.fetched) > LATER_MAX_BYTES:
        found.append(f"later visit over {LATER_MAX_BYTES} bytes")
    return found


def main() -> int:
    has_failed = False
    print(f"{'page':24}{'first: bytes':>14}{'requests':>10}{'later: bytes':>14}{'requests':>10}")
    with tempfile.TemporaryDirectory() as folder, throw_away_portal(Path(folder)) as portal, chromium() as browser:
        host = f"http://127.0.0.1:{portal.port}"
        for name, path in PAGES.items():
            first, later = visit(browser, host, path), visit(browser, host, path, after=ORDINARY)
            figures = [f"{sum(one.fetched):14,}{len(one.fetched):10}" for one in (first, later)]
            found = complaints(first, later)
            print(f"{name:24}{''.join(figures)}  {'; '.join(found)}".rstrip(), flush=True)
            has_failed |= bool(found)
    return int(has_failed)


if __name__ == "__main__":
    sys.exit(main())
