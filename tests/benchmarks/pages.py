"""Time every kind of public page under gunicorn: ``python -m tests.benchmarks.pages [--resources N] [--networks N]``.

Two sync workers, one client at a time, a new connection for each request. Measures the database of DATABASE_URL, or a
new SQLite file, after filling it with the initial content and made-up records; prints for each page the median and the
90th percentile in milliseconds, and the ratio of its median to that of a bare Django view measured in the same run.
"""

import argparse
import http.client
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager

PAGES = {
    "home": "/",
    "overview": "/what-is-a-learning-network/",
    "phase list": "/phases/",
    "phase": "/phases/network-learning/",
    "resource list": "/resources/",
    "resource list, page 400": "/resources/?page=400",
    "resource list, filtered": "/resources/?phase=network-learning&kind=tool&language=en",
    "resource list, text and filter": "/resources/?q=learning+agenda&kind=tool",
    "resource": "/resources/made-up-resource-4711/",
    "network list": "/networks/",
    "network list, filtered": "/networks/?kind=learning_network&country=KE",
    "network list, text": "/networks/?q=market+facilitation",
    "network": "/networks/made-up-network-471/",
    "organization list": "/organizations/",
    "organization": "/organizations/usaid/",
    "topic list": "/topics/",
    "topic": "/topics/facilitation/",
    "search, common words": "/search/?q=learning+network",
    "search, rare words": "/search/?q=mentoring+journal",
    "search, phrase": "/search/?q=%22learning+agenda%22",
    "search, no match": "/search/?q=xylophone",
    "glossary": "/glossary/",
    "contribute form": "/contribute/resource/",
    "network form": "/contribute/network/",
    "correction form": "/contribute/correction/network/made-up-network-471/",
}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--resources", type=int, default=10_000)
    parser.add_argument("--networks", type=int, default=1_000)
    parser.add_argument("--requests", type=int, default=60)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        env = {**os.environ, "VAR_DIR": folder, "SECRET_KEY": "benchmark", "LOG_LEVEL": "WARNING"}
        for command in (["migrate", "--verbosity", "0"], ["load_content"], ["collectstatic", "--noinput", "-v", "0"]):
            subprocess.run([sys.executable, "manage.py", *command], env=env, check=True, stdout=subprocess.DEVNULL)
        numbers = [str(arguments.resources), str(arguments.networks)]
        subprocess.run([sys.executable, "-m", "tests.benchmarks.generate", *numbers], env=env, check=True)
        with served("tests.benchmarks.hello", env) as hello, served("resourcecenter.wsgi", env) as portal:
            report(hello, portal, arguments.requests)


def report(hello, portal, requests):
    """Measure all pages in turn, round by round, so that a slow minute of the machine touches all alike."""
    times = {name: [] for name in ["hello", *PAGES]}
    for round_number in range(requests + 5):
        for name in times:
            port, path = (hello, "/") if name == "hello" else (portal, PAGES[name])
            seconds = fetch(port, path)
            if round_number >= 5:
                times[name].append(seconds * 1000)
    base = statistics.median(times["hello"])
    print(f"{'page':34}{'median ms':>10}{'p90 ms':>10}{'x hello':>10}")
    for name, values in times.items():
        median, p90 = statistics.median(values), statistics.quantiles(values, n=10)[-1]
        print(f"{name:34}{median:10.1f}{p90:10.1f}{median / base:10.1f}")


def fetch(port, path):
    """Return the seconds that one request takes; anything but 200 stops the run."""
    start = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path)
    response = connection.getresponse()
    response.read()
    seconds = time.perf_counter() - start
    connection.close()
    if response.status != 200:
        raise SystemExit(f"{path} answered {response.status}")
    return seconds


@contextmanager
def served(application, env):
    port = random.randrange(20_000, 32_000)
    command = [sys.executable, "-m", "gunicorn", application, "--bind", f"127.0.0.1:{port}", "--workers", "2"]
    process = subprocess.Popen([*command, "--no-control-socket", "--log-level", "warning"], env=env)
    try:
        wait_for(port, process)
        yield port
    finally:
        process.terminate()
        process.wait()


def wait_for(port, process):
    for _ in range(200):
        if process.poll() is not None:
            raise SystemExit("The server did not start.")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit("The server did not answer in 20 seconds.")


if __name__ == "__main__":
    main()
