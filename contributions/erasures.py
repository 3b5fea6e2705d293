"""The list of erasures: outside the database, so that what was erased does not return with an older backup.

Each line is a moment and a keyed hash: of an address, or of the form key of a contribution. Without SECRET_KEY neither
can be read from it, nor guessed. A line is written before the erasure is committed: whoever asked for one that then
failed is erased after a restoration all the same.
"""

import hmac
import os
import re
import uuid
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils import timezone

LINE = re.compile(r"(?P<at>\S+) (?P<mark>[0-9a-f]{64})", re.ASCII)


def remember_person(email: str) -> None:
    """Add an address to the list. Raises OSError if the line cannot be kept."""
    _append([(timezone.now(), _marks(_of_person(email))[0])])


def remember_contribution(form_key: uuid.UUID) -> None:
    """Add a contribution to the list. Raises OSError if the line cannot be kept."""
    _append([(timezone.now(), _marks(_of_contribution(form_key))[0])])


def take_over(path: Path) -> None:
    """Add the lines of another list, such as that of a backup, which the list does not have yet."""
    if news := set(_lines(path)) - set(_lines(settings.ERASURES_FILE)):
        _append(sorted(news))


class Erasures:
    """The list as it is now, to ask whether and when somebody or something was erased, last of all."""

    def __init__(self):
        self._at = {mark: at for at, mark in sorted(_lines(settings.ERASURES_FILE))}

    def __bool__(self):
        return bool(self._at)

    def of_person(self, email: str) -> datetime | None:
        return self._newest(_of_person(email))

    def of_contribution(self, form_key: uuid.UUID) -> datetime | None:
        return self._newest(_of_contribution(form_key))

    def _newest(self, what):
        return max((self._at[mark] for mark in _marks(what) if mark in self._at), default=None)


def _of_person(email):
    return f"erased person:{email.lower()}".encode()


def _of_contribution(form_key):
    return b"erased contribution:" + form_key.bytes


def _marks(what):
    """The hash by today's secret, then those by the earlier ones."""
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return [hmac.digest(secret.encode(), what, "sha256").hex() for secret in secrets]


def _lines(path) -> Iterator[tuple[datetime, str]]:
    path = Path(path)
    for line in path.read_text().splitlines() if path.exists() else []:
        if found := LINE.fullmatch(line):  # a line that the disk had no room for is half, and its erasure failed
            yield datetime.fromisoformat(found["at"]), found["mark"]


def _append(lines):
    # Each begins with the line break, lest it continue a half one.
    text = "".join(f"\n{at.isoformat()} {mark}" for at, mark in lines).encode()
    descriptor = os.open(settings.ERASURES_FILE, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
    try:
        if os.write(descriptor, text) < len(text):
            raise OSError("The list of erasures could not be continued.")
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
