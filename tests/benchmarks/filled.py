"""Databases with the initial content and many made-up records, for programs of their own to read; kept if asked to."""

import os
import pwd
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2
from psycopg2 import sql

from tests.benchmarks.serving import PORTS, ROOT
from tests.drills.portal import execute

NETWORKS = 1 / 10
"""As many networks as this for each resource."""


def filled(folder: Path, name: str, url: str, *, resources: int) -> dict[str, str]:
    """Return the environment of a portal with so many made-up resources; made if ``folder`` has none of that name.

    ``url`` is that of the database, which must be new or the one that was filled under this name.
    """
    place = folder / name
    env = {
        **os.environ,
        "DATABASE_URL": url,
        "VAR_DIR": str(place),
        "STATIC_ROOT": str(folder / "static"),
        "SECRET_KEY": "benchmark",
        "LOG_LEVEL": "ERROR",
        "TRUSTED_PROXY_COUNT": "1",  # so that requests can come from many addresses
        "PYTHONPATH": str(ROOT),
    }
    place.mkdir(parents=True, exist_ok=True)
    _run("manage.py", "migrate", "-v0", env=env)
    _run("manage.py", "collectstatic", "--noinput", "-v0", env=env)
    if not (place / "filled").exists():
        _run("manage.py", "load_content", env=env)
        _run("-m", "tests.benchmarks.generate", str(resources), str(int(resources * NETWORKS)), env=env)
        (place / "filled").touch()
    return env


@contextmanager
def postgresql(folder: Path) -> Iterator[str]:
    """The address of a PostgreSQL server: that in DATABASE_URL, or one of its own with its data in the folder."""
    given = os.environ.get("DATABASE_URL", "")
    if given.startswith(("postgres://", "postgresql://")):
        yield given
        return
    data, port = folder / "postgresql", random.choice(PORTS)
    if not data.exists():
        data.mkdir(parents=True)
        shutil.chown(data, _owner())
        _control("initdb", "-D", data, "-U", "postgres", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8")
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories="
    _control("pg_ctl", "-D", data, "-l", data / "log", "-w", "-o", options, "start")
    try:
        yield f"postgres://postgres@127.0.0.1:{port}/postgres"
    finally:
        _control("pg_ctl", "-D", data, "-m", "fast", "-w", "stop")


def database_on(server: str, name: str) -> str:
    """Return the address of the database of this name on a PostgreSQL server; made if there is none."""
    if not _fetch(server, "SELECT 1 FROM pg_database WHERE datname = %s", [name]):
        execute(server, sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return urlunsplit(urlsplit(server)._replace(path=f"/{name}"))


def drop_database(server: str, name: str) -> None:
    execute(server, sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def vacuum(url: str) -> None:
    """Do at once what the server does by itself within minutes."""
    execute(url, sql.SQL("VACUUM ANALYZE"))


def _run(*arguments, env):
    subprocess.run([sys.executable, *arguments], cwd=ROOT, env=env, check=True, stdout=subprocess.DEVNULL)


def _control(program, *arguments):
    """Run a program of the server, which does not run as root."""
    found = shutil.which(program) or str(max(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"), default=program))
    command = [found, *map(str, arguments)]
    if os.geteuid() == 0:
        command = ["runuser", "-u", _owner(), "--", *command]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def _owner():
    return "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name


def _fetch(url, statement, parameters):
    connection = psycopg2.connect(url)
    try:
        cursor = connection.cursor()
        cursor.execute(statement, parameters)
        return cursor.fetchall()
    finally:
        connection.close()
