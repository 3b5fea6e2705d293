"""A portal on a throw-away database that can be killed and started again; and what is then found in it."""

import http.client
import json
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2

ROOT = Path(__file__).resolve().parent.parent.parent
PORTS = range(20_000, 32_000)
START_S = 60


class Portal:
    """The portal as `make run` serves it. Behind a proxy, so that senders can come from many addresses."""

    def __init__(self, folder: Path, database_url: str):
        self.port = random.choice(PORTS)
        self.log = folder / "gunicorn.log"
        self.process = None
        self.env = {
            **os.environ,
            "VAR_DIR": str(folder / "var"),
            "SECRET_KEY": "drill",
            "SITE_URL": f"http://127.0.0.1:{self.port}",
            "DATABASE_URL": database_url,
            "TRUSTED_PROXY_COUNT": "1",
            "LOG_LEVEL": "WARNING",
        }
        for command in (["migrate", "-v0"], ["load_content"], ["collectstatic", "--noinput", "-v0"]):
            self._python("manage.py", *command)

    def start(self) -> None:
        """Start gunicorn and its two workers in a process group of their own, and wait until they answer."""
        gunicorn = [sys.executable, "-m", "gunicorn", "resourcecenter.wsgi", "--bind", f"127.0.0.1:{self.port}"]
        options = ["--workers", "2", "--no-control-socket", "--limit-request-line", "0"]
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                [*gunicorn, *options], cwd=ROOT, env=self.env, stdout=log, stderr=log, start_new_session=True
            )
        if not self.answers_within(START_S):
            raise RuntimeError(f"gunicorn did not start:\n{self.log.read_text()[-2000:]}")

    def kill(self) -> None:
        """End all processes at once, as a loss of power would."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def answers_within(self, seconds: float) -> bool:
        """Whether a form can be opened before so many seconds have passed."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                if self.ask("GET", "/contribute/resource/")[0] == http.client.OK:
                    return True
            except (OSError, http.client.HTTPException):
                pass
            time.sleep(0.05)
        return False

    def ask(self, method, path, body=None, headers=None) -> tuple[int, dict, str]:
        """Return the status, headers and text of an answer. Raises OSError or HTTPException if none comes."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            return response.status, dict(response.getheaders()), response.read().decode(errors="replace")
        finally:
            connection.close()

    def inventory(self) -> dict:
        """What the database and the storages hold; see inventory.py."""
        return json.loads(self._python("-m", "tests.drills.inventory"))

    def _python(self, *arguments):
        command = [sys.executable, *arguments]
        return subprocess.run(command, cwd=ROOT, env=self.env, check=True, stdout=subprocess.PIPE, text=True).stdout


@contextmanager
def throw_away_portal(folder: Path):
    """A running portal, on PostgreSQL if DATABASE_URL names one, else on SQLite; gone with its data afterwards."""
    server = os.environ.get("DATABASE_URL", "")
    is_postgresql = server.startswith("postgres")
    name = f"drill_{os.getpid()}_{random.randrange(10**6)}"
    if is_postgresql:
        _execute(server, f'CREATE DATABASE "{name}"')
        url = urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    else:
        url = f"sqlite:///{folder}/db.sqlite3"
    portal = Portal(folder, url)
    try:
        portal.start()
        yield portal
    finally:
        if portal.process:
            portal.kill()
        if is_postgresql:
            _execute(server, f'DROP DATABASE "{name}" WITH (FORCE)')


def _execute(url, statement):
    connection = psycopg2.connect(url)
    connection.autocommit = True
    try:
        connection.cursor().execute(statement)
    finally:
        connection.close()
