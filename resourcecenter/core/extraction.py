"""The text of a file, read in a process of its own that has little time and memory, no network and no secrets."""

import shutil
import signal
import subprocess
import sys
import tempfile
from typing import BinaryIO, NamedTuple

from . import reading
from .text import one_line

READABLE = frozenset(reading.READERS)
"""The media types of which there is text to read."""


class Limits(NamedTuple):
    """What reading one file may take."""

    max_chars: int = 200_000
    max_cpu_s: int = 30
    max_wall_s: int = 60
    max_memory_bytes: int = 512 * 1024**2


class Extracted(NamedTuple):
    """What could be read, also where it ended early, and why it did; both may be empty."""

    text: str
    problem: str


def extract(content: BinaryIO, media_type: str, *, limits: Limits = Limits()) -> Extracted:  # noqa: B008 (it is frozen)
    """Return the text of a file of one of the types in READABLE, on one line, cut at ``limits.max_chars``."""
    with tempfile.TemporaryFile() as source, tempfile.TemporaryFile() as text, tempfile.TemporaryFile() as errors:
        shutil.copyfileobj(content, source)
        source.seek(0)
        problem = _run(media_type, limits, source, text, errors)
        text.seek(0)
        return Extracted(one_line(text.read().decode(errors="ignore"))[: limits.max_chars], problem)


def _run(media_type, limits, source, text, errors):
    """Read ``source`` into ``text``, and return in words why it ended early."""
    numbers = limits.max_chars, limits.max_cpu_s, limits.max_memory_bytes
    command = [sys.executable, "-I", reading.__file__, media_type, *map(str, numbers)]
    try:
        status = subprocess.run(  # noqa: S603 (our own program; the file is data on its standard input)
            command,
            stdin=source,
            stdout=text,
            stderr=errors,
            env={},
            cwd="/",
            timeout=limits.max_wall_s,
            check=False,
        ).returncode
    except subprocess.TimeoutExpired:
        return "took too long"
    if status < 0:
        return f"ended by {signal.Signals(-status).name}"
    errors.seek(0)
    lines = errors.read().decode(errors="replace").strip().splitlines()
    return one_line(lines[-1] if lines else "failed")[:200] if status else ""
