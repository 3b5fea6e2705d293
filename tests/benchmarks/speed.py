"""Measure the portal under load: ``make bench``, or ``python -m tests.benchmarks.speed --resources 10000 100000``.

Serves bare WSGI, a Django view without middleware, and the portal with generated databases of SQLite and PostgreSQL,
all by gunicorn as resourcecenter/serving.py says, and drives them with wrk. Prints for every kind of page requests
answered in a second, milliseconds until half, 95 % and 99 % of the answers had come, errors, and the rate as a part
of that of the two hellos: for one client, and for many. "kept" pages come from the page cache; "made" pages from the
portal without it, which then still knows the counts and names that are remembered while the content is as it is.

Needs wrk, and PostgreSQL's programs or the address of a server in DATABASE_URL.
"""

import argparse
import http.client
import shutil
import sys
import tempfile
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

from tests.benchmarks.filled import database_on, drop_database, filled, postgresql, vacuum
from tests.benchmarks.load import Load, ask_for, send
from tests.benchmarks.pages import FORM, PAGES, TYPED
from tests.benchmarks.serving import served
from tests.contributions.pages import Page

BARE, HELLO = "bare WSGI hello", "Django hello"
KEPT, MADE = "resourcecenter.wsgi:application", "resourcecenter.wsgi:portal"


def main() -> int:
    arguments = _arguments()
    if not shutil.which("wrk"):
        print("wrk is missing; on Debian: apt install wrk", file=sys.stderr)
        return 1
    folder = nullcontext(arguments.keep.resolve()) if arguments.keep else tempfile.TemporaryDirectory()
    with folder as name:
        Path(name).chmod(0o755)  # the server of PostgreSQL runs as somebody else
        table = Table(arguments)
        table.measure_hellos()
        if "sqlite" in arguments.engines:
            for resources in arguments.resources:
                key = f"sqlite-{resources}"
                url = f"sqlite:///{Path(name).resolve() / key / 'db.sqlite3'}"
                table.measure_portal("SQLite", filled(Path(name), key, url, resources=resources), resources)
        if "postgresql" in arguments.engines:
            with postgresql(Path(name)) as server:
                for resources in arguments.resources:
                    measure_on_server(table, server, Path(name), resources, keep=bool(arguments.keep))
    return 0


def measure_on_server(table, server, folder, resources, *, keep):
    database = f"benchmark_{resources}"
    if not keep:
        drop_database(server, database)
    url = database_on(server, database)
    try:
        env = filled(folder, f"postgresql-{resources}", url, resources=resources)
        vacuum(url)
        table.measure_portal("PostgreSQL", env, resources)
    finally:
        if not keep:
            drop_database(server, database)


def _arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--resources", type=int, nargs="+", default=[10_000, 100_000], metavar="N")
    parser.add_argument("--engines", nargs="+", choices=["sqlite", "postgresql"], default=["sqlite", "postgresql"])
    parser.add_argument("--pages", nargs="+", default=[""], metavar="WORD", help="only kinds whose name has the word")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="where databases stay for the next time")
    parser.add_argument("--seconds", type=int, default=3, help="for each measurement, after one to warm up")
    parser.add_argument("--clients", type=int, default=16, help="how many are many")
    parser.add_argument("--gunicorn", default="", metavar="OPTIONS", help="other options, such as '--threads 1'")
    return parser.parse_args()


class Table:
    """What was measured, printed line by line as it comes."""

    def __init__(self, arguments):
        self.seconds, self.many = arguments.seconds, arguments.clients
        self.options = arguments.gunicorn.split()
        self.words = arguments.pages
        self.hellos: dict[str, list[Load]] = {}

    def measure_hellos(self) -> None:
        groups = ["one client".center(54), f"{self.many} clients".center(54)]
        columns = f"{'req/s':>8}{'p50':>7}{'p95':>7}{'p99':>7}{'errors':>7}{'x bare':>8}{'x hello':>8}  "
        print(f"{'':34}{''.join(groups)}\n{'':34}{columns * 2}".rstrip())
        for name, application in ((BARE, "tests.benchmarks.bare"), (HELLO, "tests.benchmarks.hello")):
            with served(application, {"PATH": "", "PYTHONPATH": "."}, options=self.options, probe="/") as server:
                self.hellos[name] = self._ask(server, ["/"])
                self._print(name, self.hellos[name])
                print(f"  {self._about(server)}")

    def measure_portal(self, engine: str, env: dict[str, str], resources: int) -> None:
        print(f"{engine}, {resources:,} resources")
        for how, application in (("kept", KEPT), ("made", MADE)):
            with served(application, env, options=self.options, probe="/healthz") as server:
                for name, paths in PAGES.items():
                    if any(word in name for word in self.words):
                        check(server, paths)
                        self._print(f"{name}, {how}", self._ask(server, paths))
                if how == "made" and any(word in "form" for word in self.words):
                    self._print("form sent", self._send(server))
                print(f"  {self._about(server)}")

    def _ask(self, server, paths):
        ask_for(server.port, paths, clients=self.many, seconds=1)
        return [ask_for(server.port, paths, clients=clients, seconds=self.seconds) for clients in (1, self.many)]

    def _send(self, server):
        status, answered, text = server.ask("GET", FORM)
        fields = {**Page(SimpleNamespace(status_code=status, content=text.encode())).sent, **TYPED}
        cookie = answered["Set-Cookie"].partition(";")[0]
        return [
            send(
                server.port,
                FORM,
                fields,
                cookie=cookie,
                status=http.client.FOUND,
                clients=clients,
                seconds=self.seconds,
            )
            for clients in (1, self.many)
        ]

    def _print(self, name, loads):
        cells = [self._cells(load, at) for at, load in enumerate(loads)]
        print(f"{name:34}{''.join(cells)}".rstrip(), flush=True)

    def _cells(self, load, at):
        times = f"{load.p50_ms:7.1f}{load.p95_ms:7.1f}{load.p99_ms:7.1f}"
        bases = [self.hellos[name][at].per_second if name in self.hellos else 0 for name in (BARE, HELLO)]
        ratios = "".join(f"{load.per_second / base:8.3f}" if base else f"{'':8}" for base in bases)
        return f"{load.per_second:8.1f}{times}{load.errors:7}{ratios}  "

    def _about(self, server):
        return f"started in {server.started_s:.1f} s; {server.worker_mb():.0f} MB of memory a worker"


def check(server, paths) -> None:
    """Ask for each address once. Raises RuntimeError if one does not answer 200."""
    for path in paths:
        status = server.ask("GET", path)[0]
        if status != http.client.OK:
            raise RuntimeError(f"{path} answered {status}")


if __name__ == "__main__":
    sys.exit(main())
