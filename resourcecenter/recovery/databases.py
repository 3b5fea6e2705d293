"""The database in a backup: as its engine writes it, or as JSON lines that every engine reads."""

import os
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from django.apps import apps
from django.core.management import call_command
from django.core.serializers import jsonl
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.db.backends.postgresql.client import DatabaseClient
from post_office.fields import CommaSeparatedEmailField

from resourcecenter.core.search.index import IndexedDocument
from resourcecenter.core.search.values import IndexedValue
from resourcecenter.core.search.vocabulary import IndexedWord

# The search index follows from the rest, and each engine has its own.
DERIVED = {IndexedDocument, IndexedValue, IndexedWord}


class Format(NamedTuple):
    """A way to keep the database in a file: ``write`` and ``read`` take its path. A native one creates the tables."""

    file: str
    write: Callable[[Path], None]
    read: Callable[[Path], None]
    is_native: bool = True


@contextmanager
def unchanging() -> Iterator[None]:
    """Within it, all that is read is of one moment, while others write on."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")
    else:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield


# --- SQLite -------------------------------------------------------------------------------------


def _write_sqlite(path):
    with closing(sqlite3.connect(path)) as copy:
        connection.connection.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
        if (found := copy.execute("PRAGMA integrity_check").fetchone()) != ("ok",):
            raise sqlite3.DatabaseError(f"The copy of the database is not whole: {found[0]}")


def _read_sqlite(path):
    connection.ensure_connection()
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as copy:
        copy.backup(connection.connection)
    connection.close()


# --- PostgreSQL ---------------------------------------------------------------------------------


def _write_postgresql(path):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_export_snapshot()")
        [snapshot] = cursor.fetchone()
    _run("pg_dump", "--format=custom", f"--snapshot={snapshot}", f"--file={path}")


def _read_postgresql(path):
    connection.close()
    _run("pg_restore", "--single-transaction", "--no-owner", "--no-acl", str(path))


def _run(program, *options):
    """Run a program of PostgreSQL on this database; the password goes by its environment."""
    [_psql, *login, name], environment = DatabaseClient.settings_to_cmd_args_env(connection.settings_dict, [])
    command = [program, *login, f"--dbname={name}", *options]
    subprocess.run(command, env=os.environ | (environment or {}), check=True)  # noqa: S603 - from our settings only


# --- JSON lines ---------------------------------------------------------------------------------


class _Exact(DjangoJSONEncoder):
    """Django's own cuts moments to milliseconds."""

    def default(self, value):
        return value.isoformat() if hasattr(value, "isoformat") else super().default(value)


class _Rows(jsonl.Serializer):
    """Each table by itself: Django's own writes those between two models with the first, and signals would see that."""

    def handle_m2m_field(self, obj, field):
        pass

    def _value_from_field(self, obj, field):
        """Addresses of a mail are a list in Python: of that, Django's own writes how Python shows it."""
        if isinstance(field, CommaSeparatedEmailField):
            return field.get_prep_value(field.value_from_object(obj))
        return super()._value_from_field(obj, field)


def _write_lines(path):
    models = [model for model in apps.get_models(include_auto_created=True) if model not in DERIVED]
    rows = (row for model in models for row in model._base_manager.order_by("pk").iterator(chunk_size=1000))
    with path.open("w", encoding="utf-8") as stream:
        _Rows().serialize(rows, stream=stream, cls=_Exact, ensure_ascii=False)


def _read_lines(path):
    # What migrations and signals put into new tables is among the lines, under other keys.
    call_command("flush", interactive=False, inhibit_post_migrate=True, verbosity=0)
    call_command("loaddata", str(path), verbosity=0)


NATIVE = {
    "sqlite": Format("database.sqlite3", _write_sqlite, _read_sqlite),
    "postgresql": Format("database.dump", _write_postgresql, _read_postgresql),
}
LINES = Format("database.jsonl", _write_lines, _read_lines, is_native=False)
