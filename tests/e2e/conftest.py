"""A real browser against a live gunicorn with the initial content, on a database of its own."""

import email
import os
import random
import re
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from email import policy
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2
import pytest
from playwright.sync_api import expect

from tests.proof.browser import chromium, path_of_chromium

ROOT = Path(__file__).resolve().parent.parent.parent
IN_CI = os.environ.get("CI") == "true"
START_S = 60
MAILS_END = b"-" * 79 + b"\n"
"""What Django's file backend writes after each mail."""


@dataclass
class Portal:
    url: str
    username: str
    password: str
    env: dict[str, str]
    mails: Path

    def mails_to(self, address):
        """The texts of all mails to an address, oldest first, after the worker has sent what is due."""
        _manage(self.env, "worker", "--once")
        sent = b"".join(file.read_bytes() for file in sorted(self.mails.glob("*.log")))
        messages = [email.message_from_bytes(one.lstrip(), policy=policy.default) for one in sent.split(MAILS_END)]
        return [message.get_body(["plain"]).get_content() for message in messages if message["To"] == address]


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(item.fspath).is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="package")
def browser():
    if not path_of_chromium() and IN_CI:
        pytest.fail("CI needs Chromium.")
    if not path_of_chromium():
        pytest.skip("Chromium is not installed (Debian: apt install chromium).")
    with chromium() as browser:
        expect.set_options(timeout=20_000)  # a machine that does much else besides answers late, and rightly
        yield browser


@pytest.fixture(scope="package")
def portal(tmp_path_factory):
    """The portal as `make run` serves it, until the last test of this folder."""
    port = _free_port()
    database = _make_database(tmp_path_factory.mktemp("database"))
    mails = tmp_path_factory.mktemp("mails")
    env = {
        **os.environ,
        "VAR_DIR": str(tmp_path_factory.mktemp("var")),
        "SECRET_KEY": "end to end",
        "SITE_URL": f"http://127.0.0.1:{port}",
        "DATABASE_URL": database,
        "LOG_LEVEL": "WARNING",
        "EMAIL_URL": f"filemail:///{mails}",
        "CHECK_LINKS": "off",
        "CONTRIBUTIONS_PER_ADDRESS": "1000",  # all visitors are one machine here
        "CONTRIBUTIONS_PER_HOUR": "1000",
        "SEARCHES_PER_MINUTE": "1000",
    }
    for command in (["migrate", "-v0"], ["load_content"], ["collectstatic", "--noinput", "-v0"]):
        _manage(env, *command)
    password = re.search(r"password (\S+)", _manage(env, "make_moderator", "mo")).group(1)
    gunicorn = [sys.executable, "-m", "gunicorn", "resourcecenter.wsgi", "--bind", f"127.0.0.1:{port}"]
    log = (tmp_path_factory.mktemp("log") / "gunicorn.log").open("w+")
    process = subprocess.Popen(
        [*gunicorn, "--workers", "2", "--no-control-socket", "--limit-request-line", "0"], cwd=ROOT, env=env, stderr=log
    )
    try:
        _wait_for(port, process)
        yield Portal(env["SITE_URL"], "mo", password, env, mails)
    finally:
        process.terminate()
        process.wait()
        log.seek(0)
        printed = log.read()
        log.close()
        _drop_database(database)
    assert "Traceback" not in printed, printed


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def with_scripts(request):
    return request.param


@pytest.fixture
def page(browser, portal):
    """A page of a new visitor; the test fails if the page complains or asks another host for anything."""
    yield from _page(browser, portal)


@pytest.fixture
def page_either_way(browser, portal, with_scripts):
    """The same, once with JavaScript and once without."""
    yield from _page(browser, portal, java_script_enabled=with_scripts)


def _page(browser, portal, **options):
    # A view transition that a test interrupts would be an error of the page.
    context = browser.new_context(base_url=portal.url, reduced_motion="reduce", **options)
    page = context.new_page()
    complaints = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda r: None if r.url.startswith((portal.url, "data:")) else complaints.append(r.url))
    yield page
    context.close()
    # A browser logs each answer of 400 and above as an error of the console; those pages are what a test asked for.
    assert [text for text in complaints if "Failed to load resource" not in text] == []


def _manage(env, *command):
    done = subprocess.run(
        [sys.executable, "manage.py", *command], cwd=ROOT, env=env, check=True, capture_output=True, text=True
    )
    return done.stdout


def _make_database(folder):
    """Return the URL of a new, empty database beside the one that the tests use."""
    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith("postgres"):
        return f"sqlite:///{folder}/db.sqlite3"
    name = f"e2e_{os.getpid()}"
    _execute(url, f'CREATE DATABASE "{name}"')
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def _drop_database(url):
    if url.startswith("postgres"):
        name = urlsplit(url).path.strip("/")
        _execute(os.environ["DATABASE_URL"], f'DROP DATABASE "{name}" WITH (FORCE)')


def _execute(url, statement):
    connection = psycopg2.connect(url)
    connection.autocommit = True
    try:
        connection.cursor().execute(statement)
    finally:
        connection.close()


def _free_port():
    """A port that nobody listens on, below those that outgoing connections are given."""
    return next(port for port in random.sample(range(20_000, 32_000), 100) if not _listens(port))


def _listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _wait_for(port, process):
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and process.poll() is None:
        if _listens(port):
            return
        time.sleep(0.1)
    pytest.fail("gunicorn did not start.")
