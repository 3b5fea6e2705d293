"""The recovery drill: backups of a portal to which people contribute, each made into a site of its own.

Somebody who is in every backup is erased after the last, and must not come back with any.

    python -m tests.drills.recovery --backups 10

With DATABASE_URL on a PostgreSQL server every second backup is portable and restored into SQLite.
"""

import argparse
import subprocess
import tempfile
import time
from pathlib import Path

from tests.drills.portal import Site, is_postgresql, throw_away_database, throw_away_portal
from tests.drills.senders import Senders

NEVER = ("lost", "came_back", "not_in_step", "without_file", "damaged", "left_over")
BETWEEN_BACKUPS_S = 1


def recovery_drill(folder: Path, *, backups: int) -> list[dict]:
    """Make so many backups under load and restore each; say what was lost, and how long both took."""
    with throw_away_portal(folder / "portal") as portal:
        senders = Senders(portal)
        made = [
            _back_up(portal, senders, folder / f"backup-{number}", portable=number % 2) for number in range(backups)
        ]
        senders.finish()
        _backup, first, *_rest = made[0]
        erased = next(one.marker for one in senders.accepted if one.marker in first and one.has_file)
        portal.manage("erase_person", f"{erased}@example.org")
    lost_site = folder / "portal" / "var" / "erasures"
    return [_restore(folder / f"restored-{number}", lost_site, erased, *one) for number, one in enumerate(made)]


def _back_up(portal, senders, folder, *, portable):
    while not any(one.has_file for one in senders.accepted):
        time.sleep(0.1)
    time.sleep(BETWEEN_BACKUPS_S)
    accepted, start = {one.marker for one in senders.accepted}, time.monotonic()
    portal.manage("backup", folder, *(["--portable"] if portable else []))
    return folder, accepted, bool(portable), time.monotonic() - start


def _restore(folder, erasures, erased, backup, accepted, portable, backup_s):
    with throw_away_database(folder, on_postgresql=is_postgresql() and not portable) as url:
        site, start = Site(folder, url), time.monotonic()
        site.manage("restore", backup, "--erasures", erasures)
        restore_s = time.monotonic() - start
        found = site.inventory()
        came_back = sum(erased.lower().encode() in content.lower() for content in _places(folder, url))
    titles = {contribution["title"] for contribution in found["contributions"]}
    return {
        "portable": portable,
        "contributions": len(titles),
        "files": found["files"],
        "lost": len(accepted - titles - {erased}),
        "came_back": came_back,
        "not_in_step": len(found["not_in_step"]),
        **{what: found[what] for what in ("without_file", "damaged", "left_over")},
        "backup_s": round(backup_s, 1),
        "restore_s": round(restore_s, 1),
    }


def _places(folder, url):
    """What a thief of the site would read: the bytes of each file, and all rows of PostgreSQL."""
    yield from (path.read_bytes() for path in folder.rglob("*") if path.is_file())
    if url.startswith("postgres"):
        yield subprocess.run(["pg_dump", url], check=True, stdout=subprocess.PIPE).stdout


def main() -> None:
    """Run the drill and print a line for each backup; fail if anything was lost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--backups", type=int, default=10)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = recovery_drill(Path(folder), backups=options.backups)
    print("\n".join(map(str, found)))
    raise SystemExit(any(one[what] for one in found for what in NEVER))


if __name__ == "__main__":
    main()
