"""Which engine is at work, and how its SQL is run."""

from collections.abc import Sequence

from django.apps import apps
from django.db import connections, router

from . import postgresql, sqlite

ENGINES = {"sqlite": sqlite, "postgresql": postgresql}  # by the vendor of the database


def connection():
    return connections[router.db_for_write(apps.get_model("core", "IndexedDocument"))]


def engine():
    return ENGINES[connection().vendor]


def cursor():
    return connection().cursor()


def fetch(sql: str, parameters: Sequence = ()) -> list[tuple]:
    with cursor() as opened:
        opened.execute(sql, parameters)
        return opened.fetchall()


def execute(sql: str, parameters: Sequence = ()) -> None:
    with cursor() as opened:
        opened.execute(sql, parameters)


def marks(values: Sequence) -> str:
    """Return a placeholder for each of the values; for none, the list that holds nothing."""
    return ", ".join(["%s"] * len(values)) or "NULL"
