"""Making a site from a backup."""

from pathlib import Path

from django.core.files import File
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from contributions import erasures, filekeeping, privacy
from resourcecenter.core.pagecache import renew_generation

from . import databases
from .backup import ERASURES, FOLDERS
from .manifest import Manifest, files_in, newest_migrations


class CannotRestoreError(Exception):
    """Nothing was written. Its text says why, and what to do."""


def restore(folder: Path, *, erasures_file: Path | None = None) -> Manifest:
    """Fill an empty site from the backup in ``folder``, and bring its tables and search index up to this release.

    Who was erased since the backup is erased again, by the lists of the backup, of this site (ERASURES_FILE), and of
    the site that was lost, ``erasures_file``. Raises CannotRestoreError before anything is written.
    """
    manifest = _read(folder)
    database = _format_of(manifest)
    _refuse_unless_empty()
    if erasures_file and not erasures_file.is_file():
        raise CannotRestoreError(f"There is no list of erasures at {erasures_file}.")
    if problems := list(manifest.faults(folder)):
        raise CannotRestoreError("The backup is damaged:\n" + "\n".join(problems))
    for place, storage in FOLDERS.items():
        for path in files_in(folder / place):
            with path.open("rb") as content:
                storage().save(path.relative_to(folder / place).as_posix(), File(content))
    if database.is_native:
        database.read(folder / database.file)
        call_command("migrate", interactive=False, verbosity=0)
    else:
        call_command("migrate", interactive=False, verbosity=0)
        database.read(folder / database.file)
    _erase_again([folder / ERASURES, erasures_file])
    renew_generation()
    if not database.is_native or manifest.migrations != newest_migrations():  # else it came with the rest, in step
        call_command("reindex", verbosity=0)
    return manifest


def _erase_again(lists):
    for path in filter(None, lists):
        erasures.take_over(path)
    # Without VACUUM the file of SQLite would keep what was deleted until its place is needed.
    if privacy.replay_erasures() and connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM")


def _read(folder):
    try:
        return Manifest.read(folder)
    except (OSError, ValueError, TypeError) as error:
        raise CannotRestoreError(f"{folder} is not a backup: {error}") from None


def _format_of(manifest):
    """The format of its database; raises CannotRestoreError where this release or engine cannot read it."""
    graph = MigrationLoader(None).graph
    if any(tuple(migration) not in graph.nodes for migration in manifest.migrations):
        raise CannotRestoreError("The backup is of a newer release. Install that release, then restore.")
    if manifest.database == databases.LINES.file:
        if manifest.migrations != newest_migrations():
            raise CannotRestoreError(
                "The backup is portable and of an older release. Restore it with that, then upgrade."
            )
        return databases.LINES
    native = databases.NATIVE[connection.vendor]
    if manifest.database != native.file:
        raise CannotRestoreError("The backup is of another database engine. Make one with --portable.")
    return native


def _refuse_unless_empty():
    if connection.introspection.table_names():
        raise CannotRestoreError("The database is not empty. Restore into a new one; see DATABASE_URL and VAR_DIR.")
    for place, storage in FOLDERS.items():
        if any(filekeeping.names_in(storage())):
            raise CannotRestoreError(f"There are files in {place} already. Restore into an empty folder; see VAR_DIR.")
