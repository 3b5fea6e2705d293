"""The drill of the read-only machine: the portal needs to write to VAR_DIR alone, temporary files included.

    python -m tests.drills.read_only

Every command, gunicorn and the worker see all file systems but the one folder read-only, in a namespace of their own.
Needs the right to make one, as root has; the portal runs on SQLite there.
"""

import sys
import tempfile
from pathlib import Path

from tests.drills.portal import ROOT, CannotMount, Portal, mount_by
from tests.drills.senders import form, send

PAGES = ("/", "/resources/", "/networks/", "/search/?q=network", "/static/css/site.css", "/contribute/resource/")
LARGE_BYTES = 5_000_000
"""Above this size Django keeps an upload in a temporary file: 2.5 MB."""

ONLY_THE_FOLDER = """
mount --make-rprivate / && mount --bind "$0" "$0" || exit 77
mount -o remount,bind,ro / || exit 77
if touch "$1/written" 2> /dev/null; then rm "$1/written"; echo "The machine stays writable." >&2; exit 77; fi
shift
exec "$@"
"""


class ReadOnlyPortal(Portal):
    """A portal that can write to its folder, and nowhere else. Making one raises CannotMount."""

    def __init__(self, folder: Path):
        inside = ["unshare", "--mount", "sh", "-c", ONLY_THE_FOLDER, str(folder), str(ROOT)]
        mount_by([*inside, "true"])
        self.python = (*inside, "env", f"TMPDIR={folder}", sys.executable)
        super().__init__(folder, f"sqlite:///{folder}/db.sqlite3")


def read_only_drill(folder: Path) -> dict:
    """Set a portal up, contribute, let the worker and the doctor run, back up; say what could not be done."""
    portal = ReadOnlyPortal(folder)
    try:
        portal.start()
        forms = [form(portal), form(portal, file_bytes=LARGE_BYTES)]
        contributed = [send(portal, one)[0] for one in forms]
        pages = [portal.ask("GET", page)[0] for page in PAGES]
        portal.manage("worker", "--once")
        portal.manage("backup", folder / "backup")
        held = portal.inventory()
    finally:
        if portal.process:
            portal.kill()
    return {
        "contributions refused": sum(status != 302 for status in contributed),
        "pages that could not be read": sum(status != 200 for status in pages),
        "lost": len(forms) - len(held["contributions"]),
        "files lost": 1 - held["files"],
    }


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        try:
            found = read_only_drill(Path(folder))
        except CannotMount as error:
            raise SystemExit(f"Not tried: {error}") from None
    for name, number in found.items():
        print(f"{name}: {number}")
    raise SystemExit(any(found.values()))


if __name__ == "__main__":
    main()
