"""A portal on a throw-away database that can be killed and started again; and what is then found in it."""

import http.client
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2

ROOT = Path(__file__).resolve().parent.parent.parent
PORTS = range(20_000, 32_000)
START_S = 60


class Site:
    """A database and a folder of files, with the commands that work on them."""

    python = (sys.executable,)

    def __init__(self, folder: Path, database_url: str):
        self.env = {
            **os.environ,
            "VAR_DIR": str(folder / "var"),
            "SECRET_KEY": "drill",
            "DATABASE_URL": database_url,
            "LOG_LEVEL": "WARNING",
            "CONTRIBUTIONS_PER_HOUR": "1000000",
        }

    def manage(self, *arguments) -> str:
        """Return what a command of manage.py prints. Raises CalledProcessError if it fails."""
        return self._python("manage.py", *map(str, arguments))

    def inventory(self) -> dict:
        """What the database and the storages hold; see inventory.py."""
        return json.loads(self._python("-m", "tests.drills.inventory"))

    def outbox(self) -> dict:
        """How many mails were sent and how many wait; see outbox.py."""
        return json.loads(self._python("-m", "tests.drills.outbox"))

    def let_an_hour_pass(self) -> None:
        """For what workers hold that were killed."""
        self._python("-m", "tests.drills.outbox", "--later")

    def start_worker(self) -> subprocess.Popen:
        """Start a worker that looks for its jobs each second."""
        command = [*self.python, "manage.py", "worker", "--every", "1"]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        return subprocess.Popen(command, cwd=ROOT, env=self.env, **quiet)

    def _python(self, *arguments):
        command = [*self.python, *arguments]
        return subprocess.run(command, cwd=ROOT, env=self.env, check=True, stdout=subprocess.PIPE, text=True).stdout


class Portal(Site):
    """The portal as `make run` serves it. Behind a proxy, so that senders can come from many addresses."""

    def __init__(self, folder: Path, database_url: str):
        super().__init__(folder, database_url)
        self.port = random.choice(PORTS)
        self.log = folder / "gunicorn.log"
        self.process = None
        self.env |= {"SITE_URL": f"http://127.0.0.1:{self.port}", "TRUSTED_PROXY_COUNT": "1"}
        for command in (["migrate", "-v0"], ["load_content"], ["collectstatic", "--noinput", "-v0"]):
            self.manage(*command)

    def start(self) -> None:
        """Start gunicorn and its two workers in a process group of their own, and wait until they answer."""
        gunicorn = [*self.python, "-m", "gunicorn", "resourcecenter.wsgi", "--bind", f"127.0.0.1:{self.port}"]
        options = ["--workers", "2", "--no-control-socket", "--limit-request-line", "0"]
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                [*gunicorn, *options], cwd=ROOT, env=self.env, stdout=log, stderr=log, start_new_session=True
            )
        if not self.answers_within(START_S):
            raise RuntimeError(f"gunicorn did not start:\n{self.log.read_text()[-2000:]}")

    def kill(self) -> None:
        """End all processes at once, as a loss of power would."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def kill_master(self) -> None:
        """End gunicorn's first process, and what is left a second later, as systemd would before it starts anew."""
        self.process.kill()
        self.process.wait()
        time.sleep(1)
        self.kill()

    def kill_a_worker(self) -> None:
        """End one of gunicorn's workers, which it replaces."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        if children:
            with suppress(ProcessLookupError):
                os.kill(int(random.choice(children)), signal.SIGKILL)

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

    def ask(self, method, path, body=None, headers=None) -> tuple[int, http.client.HTTPMessage, str]:
        """Return the status, headers and text of an answer. Raises OSError or HTTPException if none comes."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            return response.status, response.headers, response.read().decode(errors="replace")
        finally:
            connection.close()


class CannotMount(Exception):  # noqa: N818 (named for what happened)
    """This account may not mount, or this system has no such programs: a drill of disks cannot be done here."""


def mount_by(command: Sequence[str]) -> None:
    """Run a command that mounts. Raises CannotMount with its words."""
    try:
        subprocess.run(command, check=True, capture_output=True, text=True)
    except FileNotFoundError as error:
        raise CannotMount(str(error)) from None
    except subprocess.CalledProcessError as error:
        raise CannotMount(error.stderr.strip()) from None


def is_postgresql() -> bool:
    """Whether DATABASE_URL names a PostgreSQL server."""
    return os.environ.get("DATABASE_URL", "").startswith("postgres")


@contextmanager
def throw_away_database(folder: Path, *, on_postgresql: bool):
    """The address of a new database, on the server of DATABASE_URL or in the folder; gone afterwards."""
    folder.mkdir(exist_ok=True)
    if not on_postgresql:
        yield f"sqlite:///{folder}/db.sqlite3"
        return
    server, name = os.environ["DATABASE_URL"], f"drill_{os.getpid()}_{random.randrange(10**6)}"
    execute(server, f'CREATE DATABASE "{name}"')
    try:
        yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    finally:
        execute(server, f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def throw_away_portal(folder: Path):
    """A running portal, on PostgreSQL if DATABASE_URL names one, else on SQLite; gone with its data afterwards."""
    with throw_away_database(folder, on_postgresql=is_postgresql()) as url:
        portal = Portal(folder, url)
        try:
            portal.start()
            yield portal
        finally:
            if portal.process:
                portal.kill()


def execute(url: str, statement) -> None:
    """Run a statement that PostgreSQL takes outside transactions only."""
    connection = psycopg2.connect(url)
    connection.autocommit = True
    try:
        connection.cursor().execute(statement)
    finally:
        connection.close()
