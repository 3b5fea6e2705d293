"""Where data lie: folders, their owners, room on the disk, and the copies elsewhere."""

import os
import pwd
import shutil
import stat
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import connection
from django.utils import timezone

from resourcecenter.core import files
from resourcecenter.recovery.backup import last_backup

from . import Finding

ROOM_BYTES = 1_000_000_000
ROOM_FILES = 10_000
BACKUP_AGE = timedelta(hours=26)
"""A nightly backup is no older, however long it took."""


def folder_belongs_to_the_site() -> Iterator[Finding]:
    """That VAR_DIR is this account's, and nobody else's to read."""
    folder = Path(settings.VAR_DIR)
    found = folder.stat()
    if found.st_uid != os.geteuid():
        owner = _name_of(found.st_uid)
        yield Finding(
            f"{folder} belongs to {owner}, and this command runs as {_name_of(os.geteuid())}.",
            f"Run every command of the site as the account that serves it, such as by sudo -u {owner}. If that is this "
            f"one: chown -R {_name_of(os.geteuid())} {folder}",
        )
    if found.st_mode & stat.S_IRWXO:
        yield Finding(f"Every account of this machine can look into {folder}.", f"chmod o-rwx {folder}")


def storages_work() -> Iterator[Finding]:
    """That a file can be stored, read again and removed, among the public and the private ones."""
    for what, storage in (("public", files.public_storage()), ("private", files.private_storage())):
        content = os.urandom(1000)
        try:
            name = storage.save(files.stored_name(), ContentFile(content))
            try:
                with storage.open(name) as stored:
                    is_same = stored.read() == content
            finally:
                storage.delete(name)
        except Exception as error:  # every storage has errors of its own
            yield Finding(f"A file cannot be stored among the {what} ones: {error}", "See STORAGE_URL and VAR_DIR.")
            continue
        if not is_same:
            yield Finding(f"A file comes back changed from among the {what} ones.", "See STORAGE_URL and the disk.")


def erasures_can_be_listed() -> Iterator[Finding]:
    """That the list can be continued without which nobody is erased."""
    path = settings.ERASURES_FILE
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        yield Finding(f"No erasure can be added to {path}, so nobody's data can be erased.", "See ERASURES_FILE.")


def disk_has_room() -> Iterator[Finding]:
    """That what people send has room for a while; beside VAR_DIR where a database of SQLite lies."""
    folders = {Path(settings.VAR_DIR)}
    if connection.vendor == "sqlite" and Path(connection.settings_dict["NAME"]).is_file():
        folders.add(Path(connection.settings_dict["NAME"]).parent)
    for folder in sorted(folders):
        free = shutil.disk_usage(folder).free
        if free < ROOM_BYTES:
            what = f"Only {free // 1_000_000} MB are free on the disk of {folder}."
            yield Finding(what, "Free some room or take a larger disk; contributions are refused when it is full.")
        found = os.statvfs(folder)
        if found.f_files and found.f_favail < ROOM_FILES:
            what = f"The disk of {folder} has room for {found.f_favail} more files only."
            yield Finding(what, "Remove files, or make a file system with more inodes.")


def backup_is_recent() -> Iterator[Finding]:
    """That `manage.py backup` ran to its end in the last day. Other ways to back up are not known here."""
    run = last_backup()
    if run is None:
        remedy = "Let cron run manage.py backup each night. If you back up by other means, this needs nothing."
        yield Finding("No backup was ever made by manage.py backup.", remedy, urgent=False)
    elif run.error:
        yield Finding(f"The last backup failed: {run.error}", "Mend this and run manage.py backup.")
    elif timezone.now() - run.finished_at > BACKUP_AGE:
        when = f"{run.finished_at:%Y-%m-%d %H:%M} UTC"
        yield Finding(f"The last backup was made at {when}: {run.result}", "See why cron made none since.")


def _name_of(user_id):
    try:
        return pwd.getpwuid(user_id).pw_name
    except KeyError:
        return str(user_id)
