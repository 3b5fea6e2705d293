"""Load from wrk: how many requests a second are answered, and how soon."""

import json
import subprocess
import tempfile
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

SCRIPT = Path(__file__).with_name("wrk.lua")
MOST_THREADS = 2


class Load(NamedTuple):
    """``errors`` are requests without answer, or with another status than is right."""

    requests: int
    seconds: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    errors: int

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds


def ask_for(port: int, paths: list[str], *, clients: int, seconds: int) -> Load:
    """Ask for these addresses in turn, each client for the next one as soon as it has its answer."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("\n".join(paths))
        file.flush()
        return _wrk(port, [file.name], clients=clients, seconds=seconds)


def send(
    port: int, path: str, fields: dict[str, list[str]], *, cookie: str, status: int, clients: int, seconds: int
) -> Load:
    """Send a form again and again; any other answer than ``status`` is an error."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write(urlencode(fields, doseq=True, safe="%"))
        file.flush()
        return _wrk(port, ["POST", path, file.name, cookie, str(status)], clients=clients, seconds=seconds)


def _wrk(port, arguments, *, clients, seconds):
    command = ["wrk", "--threads", str(min(clients, MOST_THREADS)), "--connections", str(clients)]
    command += ["--duration", f"{seconds}s", "--timeout", "30s", "--script", str(SCRIPT), f"http://127.0.0.1:{port}"]
    printed = subprocess.run([*command, "--", *arguments], check=True, stdout=subprocess.PIPE, text=True).stdout
    return Load(**json.loads(printed.strip().splitlines()[-1]))
