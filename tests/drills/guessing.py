"""The guessing drill: whether the time that the log-in takes tells a name that is known from one that is not.

    python -m tests.drills.guessing --tries 200

Both are tried in turn, each time from an address of its own, so that none is locked out.
"""

import argparse
import itertools
import re
import statistics
import tempfile
import time
from pathlib import Path
from urllib.parse import urlencode

from tests.drills.portal import throw_away_portal

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def guessing_drill(folder: Path, *, tries: int) -> dict[str, float]:
    """Return the median seconds of a failure for each name."""
    with throw_away_portal(folder) as portal:
        portal.manage("make_moderator", "known")
        _status, headers, page = portal.ask("GET", "/admin/login/")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
        cookie = {"Cookie": headers["Set-Cookie"].partition(";")[0]}
        addresses = (f"2001:db8:{number:x}::1" for number in itertools.count(1))
        taken = {"known": [], "nobody": []}
        for name in list(taken) * tries:
            body = urlencode({"csrfmiddlewaretoken": token, "username": name, "password": "wrong"})
            start = time.perf_counter()
            status, *_rest = portal.ask(
                "POST", "/admin/login/", body, {**FORM, **cookie, "X-Forwarded-For": next(addresses)}
            )
            taken[name].append(time.perf_counter() - start)
            assert status == 200, status
    return {name: statistics.median(times) for name, times in taken.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--tries", type=int, default=200)
    with tempfile.TemporaryDirectory() as folder:
        found = guessing_drill(Path(folder) / "portal", tries=parser.parse_args().tries)
    for name, seconds in found.items():
        print(f"{name:8} {seconds * 1000:.1f} ms")
    print(f"ratio    {found['known'] / found['nobody']:.3f}")


if __name__ == "__main__":
    main()
