"""Score the site by the rules of the MDN HTTP Observatory, by its own program: ``make observatory``.

Runs against a portal of its own with a certificate of its own, over http and https. Prints each test and the grade, and
ends with 1 unless that is A+. Needs Node.js, openssl, and the npm package @mdn/mdn-http-observatory in ``NPM``.
"""

import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.drills.portal import PORTS, ROOT, START_S, Site, throw_away_database
from tests.proof import NPM

HOST = "localhost"
SCANNER = NPM / "@mdn" / "mdn-http-observatory"
OPENSSL = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={HOST}"]


def scored(folder: Path) -> dict:
    """Return the grade, the score and what each test found."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    files = ["-keyout", key, "-out", certificate, "-addext", f"subjectAltName=DNS:{HOST}"]
    subprocess.run([*OPENSSL, *files], check=True, capture_output=True)
    http, https = random.sample(PORTS, 2)
    with ExitStack() as stack:
        site = Site(folder, stack.enter_context(throw_away_database(folder, on_postgresql=False)))
        site.env["SITE_URL"] = f"https://{HOST}:{https}"
        for command in (["migrate", "-v0"], ["load_content"], ["collectstatic", "--noinput", "-v0"]):
            site.manage(*command)
        stack.enter_context(_served(site, http))
        stack.enter_context(_served(site, https, "--keyfile", str(key), "--certfile", str(certificate)))
        return _scan(http, https, certificate)


@contextmanager
def _served(site, port, *options):
    gunicorn = [sys.executable, "-m", "gunicorn", "resourcecenter.wsgi", "--no-control-socket", "--log-level", "error"]
    process = subprocess.Popen([*gunicorn, "--bind", f"127.0.0.1:{port}", *options], cwd=ROOT, env=site.env)
    try:
        _wait_for(port)
        yield
    finally:
        process.terminate()
        process.wait()


def _wait_for(port):
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError("gunicorn did not start.")


def _scan(http, https, certificate):
    command = ["node", str(ROOT / "tests/proof/observatory.mjs"), str(SCANNER), HOST, str(http), str(https)]
    env = {**os.environ, "NODE_EXTRA_CA_CERTS": str(certificate)}
    done = subprocess.run(command, env=env, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout)


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        found = scored(Path(folder))
    for test in found["tests"]:
        print(f"{test['points']:+4}  {test['name']}: {test['result']}")
    print(f"{found['score']:4}  {found['grade']}")
    return int(found["grade"] != "A+")


if __name__ == "__main__":
    sys.exit(main())
