"""The text of a file, read in a process of its own with little memory and time: files come from strangers."""

import resource
import subprocess
import sys
from pathlib import Path
from typing import BinaryIO

READER = Path(__file__).with_name("reading.py")
MAX_CHARS = 200_000
TIMEOUT_S = 60
CPU_S = 30
MEMORY_BYTES = 768 * 1024 * 1024


class NotRead(Exception):  # noqa: N818 (named for what happened)
    """The text could not be read; str() says why, for the log."""


def text_of(file: BinaryIO, *, media_type: str) -> str:
    """Return the first MAX_CHARS characters of the text of an open file; empty if files of its type have none.

    Raises NotRead if it is broken, or takes more than TIMEOUT_S seconds, CPU_S of them at work, or MEMORY_BYTES.
    """
    try:
        # No shell, no environment, and our own script: only the bytes of the file are the stranger's.
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-I", "-B", str(READER), media_type, str(MAX_CHARS)],
            stdin=file,
            capture_output=True,
            timeout=TIMEOUT_S,
            env={"PYTHONIOENCODING": "utf-8"},
            preexec_fn=_bound,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise NotRead("It took too long.") from error
    if done.returncode:
        last_line = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        raise NotRead(last_line[:200] or f"The reader ended with {done.returncode}.")
    return done.stdout.decode(errors="replace").replace("\0", "")


def _bound():
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
