"""The drill of the full disk: what has no room is refused in words, reading goes on, and room makes all well again.

    python -m tests.drills.full_disk

Needs the right to mount a file system of its own, as root has; the portal runs on SQLite there.
"""

import os
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

from tests.drills.portal import CannotMount, Portal, mount_by
from tests.drills.senders import form, send

SIZE_MB = 64
FILE_BYTES = 5_000_000
ROOM_BYTES = 17_000_000
"""For some of the files, not for the last of them."""

FILES, FORMS = 6, 5
PAGES = ("/", "/resources/", "/networks/", "/phases/network-design/", "/search/?q=network", "/contribute/resource/")


@contextmanager
def small_disk(folder: Path):
    """A file system of SIZE_MB in the folder; gone afterwards. Raises CannotMount."""
    mount_by(["mount", "-t", "tmpfs", "-o", f"size={SIZE_MB}m", "tmpfs", str(folder)])
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def full_disk_drill(folder: Path) -> dict:
    """Fill the disk of a portal, send, look, make room, and send again; say what was seen."""
    with small_disk(folder):
        portal = Portal(folder, f"sqlite:///{folder}/db.sqlite3")
        try:
            portal.start()
            return _drill(portal, folder)
        finally:
            if portal.process:
                portal.kill()


def _drill(portal, folder):
    forms = [form(portal, file_bytes=FILE_BYTES) for _ in range(FILES)]
    _fill(folder / "ballast", leave=ROOM_BYTES)
    with_files = [send(portal, one) for one in forms]
    _fill(folder / "more", leave=0)
    forms += [form(portal) for _ in range(FORMS)]
    answers = with_files + [send(portal, one) for one in forms[FILES:]]
    pages = [portal.ask("GET", page)[0] for page in PAGES]
    half_files = len(list(folder.rglob("*.part")))
    for name in ("ballast", "more"):
        (folder / name).unlink()
    refused = [one for one, (status, _text) in zip(forms, answers, strict=True) if status != 302]
    later = [send(portal, one)[0] for one in refused]
    return {"refused": len(refused), **_findings(portal, forms, answers, pages, half_files, later)}


def _findings(portal, forms, answers, pages, half_files, later):
    held = portal.inventory()
    titles = [one["title"] for one in held["contributions"]]
    refusals = [(one, *answer) for one, answer in zip(forms, answers, strict=True) if answer[0] != 302]
    return {
        "answers with a file": [status for status, _text in answers[:FILES]],
        "answers without": [status for status, _text in answers[FILES:]],
        "answers later": later,
        "refused without an explanation": sum(
            status not in {503, 507} or one.marker not in text for one, status, text in refusals
        ),
        "half files": half_files,
        "pages that could not be read": sum(status != 200 for status in pages),
        "refused with room": sum(status != 302 for status in later),
        "lost or doubled": sum(titles.count(one.marker) != 1 for one in forms),
        "rows without file": held["without_file"],
        "damaged files": held["damaged"],
        "files without row": held["swept"] + held["left_over"],
    }


INFORMATION = {"refused", "answers with a file", "answers without", "answers later"}


def wrong(found: dict) -> dict:
    """Return what should be 0 and is not."""
    return {name: number for name, number in found.items() if number and name not in INFORMATION}


def _fill(path, *, leave):
    """Write a file that leaves so many bytes of its disk."""
    with path.open("wb", buffering=0) as ballast:
        room = os.statvfs(path.parent)
        blocks = room.f_bavail - leave // room.f_frsize
        for _ in range(blocks):
            ballast.write(bytes(room.f_frsize))


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        try:
            found = full_disk_drill(Path(folder))
        except CannotMount as error:
            raise SystemExit(f"Not tried: {error}") from None
    for name, number in found.items():
        print(f"{name}: {number}")
    if wrong(found) or not found["refused"]:
        raise SystemExit(f"Not as it should be: {wrong(found)}")


if __name__ == "__main__":
    main()
