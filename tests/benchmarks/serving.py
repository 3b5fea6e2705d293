"""A WSGI application under gunicorn, served as the portal is, for as long as a measurement takes."""

import http.client
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PORTS = range(20_000, 32_000)
START_S = 60
POLL_S = 0.02


class Served:
    """``started_s`` are the seconds until the first answer."""

    def __init__(self, process: subprocess.Popen, port: int, started_s: float):
        self.process, self.port, self.started_s = process, port, started_s

    def worker_mb(self) -> float:
        """The memory of the largest worker, in MB (10^6 bytes) of resident set, what it shares with others included."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return max(_resident_bytes(int(pid)) for pid in children) / 1e6

    def ask(self, method: str, path: str, body=None, headers=None) -> tuple[int, dict, str]:
        return _ask(self.port, method, path, body, headers)


@contextmanager
def served(application: str, env: Mapping[str, str], *, options: list[str], probe: str) -> Iterator[Served]:
    """Serve ``application``; it has started when it answers ``probe`` with 200. Raises RuntimeError if it does not."""
    port = random.choice(PORTS)
    command = [sys.executable, "-m", "gunicorn", application, "--config", "python:resourcecenter.serving"]
    command += ["--bind", f"127.0.0.1:{port}", "--log-level", "warning", *options]
    began = time.monotonic()
    env = {**env, "SITE_URL": f"http://127.0.0.1:{port}"}
    process = subprocess.Popen(command, cwd=ROOT, env=env, start_new_session=True)
    try:
        _wait_for(process, port, probe)
        yield Served(process, port, time.monotonic() - began)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait_for(process, port, probe):
    deadline = time.monotonic() + START_S
    while process.poll() is None and time.monotonic() < deadline:
        try:
            if _ask(port, "GET", probe)[0] == http.client.OK:
                return
        except (OSError, http.client.HTTPException):
            pass
        time.sleep(POLL_S)
    raise RuntimeError(f"The server did not answer {probe} with 200 within {START_S} seconds.")


def _ask(port, method, path, body=None, headers=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request(method, path, body, headers or {})
        response = connection.getresponse()
        return response.status, dict(response.getheaders()), response.read().decode(errors="replace")
    finally:
        connection.close()


def _resident_bytes(pid):
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
