"""The kill drill: what was answered is stored, however often all processes are killed in the middle.

    python -m tests.drills.kill --rounds 20 --least 500

With DATABASE_URL on a PostgreSQL server the portal runs on a new database there. ``--restart COMMAND`` lets gunicorn
live and restarts the database instead, such as by "pg_ctl -D ... -m immediate restart".
"""

import argparse
import random
import shlex
import subprocess
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.drills.portal import throw_away_portal
from tests.drills.senders import Senders

RECOVERS_WITHIN_S = 5
BETWEEN_RESTARTS_S = 3


def kill_drill(folder: Path, *, rounds: int, least: int = 0) -> dict:
    """Kill the portal ``rounds`` times under load, go on until ``least`` contributions are accepted; say what is so."""
    with throw_away_portal(folder) as portal:
        senders = Senders(portal)
        for _ in range(rounds):
            time.sleep(random.uniform(0.2, 2))
            portal.kill()
            portal.start()
        _wait_for(senders, least)
        senders.finish()
        return {"kills": rounds, **findings(portal, senders)}


def restart_drill(folder: Path, command: str, *, rounds: int, least: int = 0) -> dict:
    """Restart the database ``rounds`` times under load."""
    late = 0
    with throw_away_portal(folder) as portal:
        senders = Senders(portal)
        for _ in range(rounds):
            time.sleep(BETWEEN_RESTARTS_S)
            subprocess.run(shlex.split(command), check=True, stdout=subprocess.DEVNULL)
            late += not portal.answers_within(RECOVERS_WITHIN_S)
        _wait_for(senders, least)
        senders.finish()
        return {"restarts": rounds, "late": late, **findings(portal, senders)}


def findings(portal, senders: Senders) -> dict:
    """Compare what the senders were told with what the portal holds; all but the first lines should be 0."""
    held = portal.inventory()
    stored = {one["title"]: one for one in held["contributions"]}
    times = Counter(one["title"] for one in held["contributions"])
    accepted = senders.accepted
    here = [(one, stored[one.marker]) for one in accepted if one.marker in stored]
    return {
        "accepted": len(accepted),
        "answers": dict(senders.answers),
        "sent again": sum(len(one.answers) > 1 for one in accepted),
        "files": held["files"],
        "files of forms sent again": held["held"],
        "removed by the sweep": held["swept"],
        "lost": len(accepted) - len(here),
        "doubled": sum(times[marker] > 1 for marker in times),
        "under another key": sum(row["form_key"] != one.form_key for one, row in here),
        "private pages that do not open": sum(not _opens(portal, one) for one in accepted),
        "without their one event": sum(row["events"] != 1 for _one, row in here),
        "without their one mail": sum(row["mails"] != 1 for _one, row in here),
        "without their one file": sum(row["files"] != one.has_file for one, row in here),
        "rows without file": held["without_file"],
        "damaged files": held["damaged"],
        "files without row": held["left_over"],
        "answers without the text": sum(one.lost_text for one in senders.sent),
    }


INFORMATION = {"kills", "restarts", "accepted", "answers", "sent again", "files", "files of forms sent again"}
INFORMATION |= {"removed by the sweep"}


def wrong(found: dict) -> dict:
    """Return what should be 0 and is not."""
    return {name: number for name, number in found.items() if number and name not in INFORMATION}


def _wait_for(senders, least):
    while len(senders.accepted) < least:
        time.sleep(0.1)


def _opens(portal, one):
    for location in one.locations:
        status, _headers, text = portal.ask("GET", location)
        if status != 200 or one.marker not in text:
            return False
    return True


def main() -> None:
    parser = argparse.ArgumentParser(description="Kill the portal, or restart its database, while people contribute.")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--least", type=int, default=0, metavar="CONTRIBUTIONS")
    parser.add_argument("--restart", metavar="COMMAND", help="Restart the database by this instead of killing.")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        sizes = {"rounds": options.rounds, "least": options.least}
        if options.restart:
            found = restart_drill(Path(folder), options.restart, **sizes)
        else:
            found = kill_drill(Path(folder), **sizes)
    for name, number in found.items():
        print(f"{name}: {number}")
    if wrong(found):
        raise SystemExit(f"Not as it should be: {wrong(found)}")


if __name__ == "__main__":
    main()
