"""The kill drill: what was answered is stored, however often processes are killed in the middle.

    python -m tests.drills.kill --rounds 20 --least 500

People contribute and moderators approve. In turn all processes end at once, gunicorn's first alone, and one of its
workers. With DATABASE_URL on a PostgreSQL server the portal runs on a new database there. ``--restart COMMAND`` lets
gunicorn live and restarts the database instead, such as by "pg_ctl -D ... -m immediate restart".
"""

import argparse
import itertools
import random
import shlex
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from tests.drills.moderators import Moderators
from tests.drills.portal import Portal, throw_away_portal
from tests.drills.senders import Senders

RECOVERS_WITHIN_S = 5
BETWEEN_RESTARTS_S = 3


def _end_all(portal):
    portal.kill()
    portal.start()


def _end_master(portal):
    portal.kill_master()
    portal.start()


def kills():
    """Return what strikes at each call in another way."""
    ways = itertools.cycle([_end_all, _end_master, Portal.kill_a_worker])

    def strike(portal):
        time.sleep(random.uniform(0.2, 2))
        next(ways)(portal)

    return strike


def restarts(command: str):
    """Return what restarts the database by ``command``."""

    def strike(_portal):
        time.sleep(BETWEEN_RESTARTS_S)
        subprocess.run(shlex.split(command), check=True, stdout=subprocess.DEVNULL)

    return strike


def drill(folder: Path, strike: Callable[[Portal], None], *, rounds: int, least: int = 0) -> dict:
    """Strike ``rounds`` times under load, go on until ``least`` contributions are accepted; say what is so."""
    late = 0
    with throw_away_portal(folder) as portal:
        senders, moderators = Senders(portal), Moderators(portal)
        for _ in range(rounds):
            strike(portal)
            late += not portal.answers_within(RECOVERS_WITHIN_S)
        while len(senders.accepted) < least or not moderators.approved:
            time.sleep(0.1)
        senders.finish()
        moderators.finish()
        return {"strikes": rounds, "late": late, **findings(portal, senders, moderators)}


def findings(portal, senders: Senders, moderators: Moderators) -> dict:
    """Compare what people were told with what the portal holds; all but INFORMATION should be 0."""
    held = portal.inventory()
    stored = {one["title"]: one for one in held["contributions"]}
    times = Counter(one["title"] for one in held["contributions"])
    accepted = senders.accepted
    here = [(one, stored[one.marker]) for one in accepted if one.marker in stored]
    return {
        "accepted": len(accepted),
        "answers": dict(senders.answers),
        "sent again": sum(len(one.answers) > 1 for one in accepted),
        "approved": len(moderators.approved),
        "answers to moderators": dict(moderators.answers),
        "approved without an answer": sum(map(_is_approved, stored.values())) - len(moderators.approved),
        "files": held["files"],
        "files of forms sent again": held["held"],
        "removed by the sweep": held["swept"],
        "lost": len(accepted) - len(here),
        "doubled": sum(times[marker] > 1 for marker in times),
        "under another key": sum(row["form_key"] != one.form_key for one, row in here),
        "private pages that do not open": sum(not _opens(portal, one) for one in accepted),
        "approvals lost": len(moderators.approved - {row["key"] for row in stored.values() if _is_approved(row)}),
        "public but not approved, or not once": sum(row["public"] != _is_approved(row) for row in stored.values()),
        "without an event for each step": sum(row["events"] != 1 + _is_approved(row) for _one, row in here),
        "without a mail for each step": sum(row["mails"] != 1 + _is_approved(row) for _one, row in here),
        "without their one file": sum(row["files"] != one.has_file for one, row in here),
        "public without their file": sum(
            row["attachments"] != (one.has_file and _is_approved(row)) for one, row in here
        ),
        "rows without file": held["without_file"],
        "damaged files": held["damaged"],
        "files without row": held["left_over"],
        "answers without the text": sum(one.lost_text for one in senders.sent),
    }


INFORMATION = {"strikes", "accepted", "answers", "sent again", "files", "files of forms sent again", "approved"}
INFORMATION |= {"removed by the sweep", "answers to moderators", "approved without an answer"}


def wrong(found: dict) -> dict:
    """Return what should be 0 and is not."""
    return {name: number for name, number in found.items() if number and name not in INFORMATION}


def _is_approved(row):
    return row["state"] == "approved"


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
    strike = restarts(options.restart) if options.restart else kills()
    with tempfile.TemporaryDirectory() as folder:
        found = drill(Path(folder), strike, rounds=options.rounds, least=options.least)
    for name, number in found.items():
        print(f"{name}: {number}")
    if wrong(found):
        raise SystemExit(f"Not as it should be: {wrong(found)}")


if __name__ == "__main__":
    main()
