"""Chromium as the machine has it, for programs that are no tests."""

import shutil
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

BROWSER_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def path_of_chromium() -> str:
    """Return where Chromium is, "" where it is not installed."""
    return shutil.which("chromium") or ""


@contextmanager
def chromium():
    """A running Chromium."""
    with sync_playwright() as playwright:
        browser: Browser = playwright.chromium.launch(executable_path=path_of_chromium(), args=BROWSER_ARGS)
        yield browser
        browser.close()
