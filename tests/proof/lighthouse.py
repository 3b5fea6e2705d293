"""Score five kinds of pages as Lighthouse sees them on a mobile phone: ``make lighthouse``.

Runs against a portal of its own (gunicorn, initial content). Prints a table and the audits that cost points, and ends
with 1 if a score is below its limit. Needs Node.js, and the npm package lighthouse in ``NPM``.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.drills.portal import throw_away_portal
from tests.proof import NPM
from tests.proof.browser import BROWSER_ARGS, path_of_chromium
from tests.proof.pages import PAGES

KINDS = ["home", "phase", "networks", "resource", "network"]
LIMITS = {"performance": 99, "accessibility": 100, "best-practices": 100, "seo": 100}
TRIES = 3
"""What else a machine does makes a page slower, never faster: the best of so many tries is the page's own score."""

LIGHTHOUSE = ["node", str(NPM / "lighthouse" / "cli" / "index.js")]


def judged(address: str) -> dict:
    """Return the report of Lighthouse on a page, as its JSON; without scores if the browser did not keep up."""
    flags = " ".join(["--headless=new", *BROWSER_ARGS])
    options = ["--quiet", "--output=json", "--no-enable-error-reporting", f"--chrome-flags={flags}"]
    env = {**os.environ, "CHROME_PATH": path_of_chromium()}
    with tempfile.NamedTemporaryFile() as report:  # through a pipe it would end after 64 kB
        subprocess.run([*LIGHTHOUSE, address, *options, f"--output-path={report.name}"], env=env, check=False)
        return json.load(report)


def scores(report: dict) -> dict[str, int]:
    """The scores in percent, by category."""
    return {name: round(100 * (report["categories"][name]["score"] or 0)) for name in LIMITS}


def best(address: str) -> dict:
    """Return the first report that reaches every limit, or else that with the most points."""
    reports = []
    for _ in range(TRIES):
        reports.append(judged(address))
        if is_good(scores(reports[-1])):
            break
    return max(reports, key=lambda report: sum(scores(report).values()))


def is_good(reached: dict[str, int]) -> bool:
    return all(reached[name] >= least for name, least in LIMITS.items())


def losses(report: dict) -> list[str]:
    """The audits that cost points."""
    weighed = {one["id"] for name in LIMITS for one in report["categories"][name]["auditRefs"] if one["weight"]}
    lost = [report["audits"][name] for name in sorted(weighed) if report["audits"][name]["score"] not in {None, 1}]
    return [f"{audit['title']} ({audit['id']}, {audit['score']}) {audit.get('displayValue', '')}" for audit in lost]


def main() -> int:
    has_failed = False
    print(f"{'page':12}", *(f"{name:>15}" for name in LIMITS))
    with tempfile.TemporaryDirectory() as folder, throw_away_portal(Path(folder)) as portal:
        for name in KINDS:
            report = best(f"http://127.0.0.1:{portal.port}{PAGES[name]}")
            reached = scores(report)
            print(f"{name:12}", *(f"{score:15}" for score in reached.values()), flush=True)
            print(*(f"    {loss}" for loss in losses(report)), sep="\n", end="\n" if losses(report) else "")
            has_failed |= not is_good(reached)
    return int(has_failed)


if __name__ == "__main__":
    sys.exit(main())
