"""Making a backup while the site serves."""

import shutil
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone

from contributions import filekeeping
from resourcecenter.core import files
from resourcecenter.core.jobs import JobRun

from . import databases
from .manifest import Manifest

FOLDERS = {"public-files": files.public_storage, "private-files": files.private_storage}

JOB = "backup"
"""As what the last one is remembered, among what the worker did."""

ERASURES = "erasures"
"""The list of erasures, which a later restoration of an older backup needs."""

TRIES = 5
"""How often the database is read because a file that it named was removed before it was copied."""


def back_up(folder: Path, *, portable: bool = False) -> Manifest:
    """Write a backup into ``folder``, which appears only when the backup is whole.

    The database is of one moment, and every file that it names is with it; those that the storage lost are named as
    missing. ``portable`` writes rows that either engine reads. Raises OSError if there is such a folder, or no room.
    """
    if folder.exists():
        raise FileExistsError(f"{folder} exists already.")
    part = folder.with_name(f"{folder.name}.part")
    part.mkdir(mode=0o700, parents=True)
    try:
        manifest = _fill(part, databases.LINES if portable else databases.NATIVE[connection.vendor])
        part.rename(folder)
    except BaseException:
        shutil.rmtree(part)
        raise
    return manifest


def remember(began: datetime, *, result: str = "", error: str = "") -> None:
    """Keep in the database, for `manage.py doctor`, when a backup was begun and how it ended."""
    ended = {"started_at": began, "finished_at": timezone.now(), "result": result, "error": error}
    with suppress(DatabaseError):  # on a full disk nothing can be kept, and what the backup said matters more
        JobRun.objects.update_or_create(name=JOB, defaults=ended)


def last_backup() -> JobRun | None:
    """When the last backup was made and how it ended; None if there was none."""
    return JobRun.objects.filter(name=JOB).first()


def _fill(folder, database):
    for _ in range(TRIES):
        named = _copy_database(folder / database.file, database)
        lost = {file for file in named if not _copy_file(folder, *file)}
        # A file that was removed as it should be is named no more: then this is not the database of these files.
        if lost <= filekeeping.named_files():
            break
    else:
        raise OSError("Files are removed faster than they can be copied. Try again later.")
    _copy_erasures(folder)
    manifest = Manifest.of(folder, database=database.file, missing=[name for _storage, name in lost])
    manifest.write(folder)
    return manifest


def _copy_erasures(folder):
    if settings.ERASURES_FILE.exists():
        shutil.copyfile(settings.ERASURES_FILE, folder / ERASURES)


def _copy_database(path, database):
    """Write the database as it is at this moment, and return the files that it names."""
    path.unlink(missing_ok=True)
    with databases.unchanging():
        named = filekeeping.named_files()
        database.write(path)
    return named


def _copy_file(folder, storage, name):
    """Copy a file unless it was copied before; return whether the storage has it. No file ever changes."""
    [place] = [place for place, storage_of in FOLDERS.items() if storage_of() == storage]
    path = folder / place / name
    if path.exists():
        return True
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with storage.open(name) as content, path.open("wb") as copy:
            shutil.copyfileobj(content, copy)
    except FileNotFoundError:
        path.unlink(missing_ok=True)
        return False
    return True
