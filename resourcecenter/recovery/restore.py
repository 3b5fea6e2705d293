"""Making a site from a backup."""

from pathlib import Path

from django.core.files import File
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from contributions import filekeeping
from resourcecenter.core.pagecache import renew_generation

from . import databases
from .backup import FOLDERS
from .manifest import Manifest, files_in, newest_migrations


class CannotRestoreError(Exception):
    """Nothing was written. Its text says why, and what to do."""


def restore(folder: Path) -> Manifest:
    """Fill an empty site from the backup in ``folder``, and bring its tables and search index up to this release.

    Raises CannotRestoreError before anything is written.
    """
    manifest = _read(folder)
    database = _format_of(manifest)
    _refuse_unless_empty()
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
    renew_generation()
    call_command("reindex", verbosity=0)
    return manifest


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
