"""A throw-away database for a measurement, and a process to measure it in."""

import os
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Any

SQLITE = "sqlite://:memory:"  # the file is named by new_database()


@contextmanager
def new_database(url: str, *, kept: Path | None = None) -> Iterator[None]:
    """Set Django up, for the life of this process, with a new database: a file, or one on the server of this address.

    The database and all that is stored beside it are dropped at the end. In the folder ``kept`` they stay, and are used
    if they are there; on a server, the database has the name of that folder.
    """
    with _folder(kept) as folder:
        os.environ.update(DATABASE_URL=url, VAR_DIR=str(folder), SECRET_KEY="benchmark", LOG_LEVEL="WARNING")
        os.environ["DJANGO_SETTINGS_MODULE"] = "resourcecenter.settings"
        import django

        django.setup()
        from django.db import connection

        is_file = connection.vendor == "sqlite"
        name = str(folder / "benchmark.sqlite3") if is_file else f"benchmark_{kept.name if kept else os.getpid()}"
        connection.settings_dict["TEST"]["NAME"] = name
        connection.creation.create_test_db(verbosity=0, serialize=False, keepdb=bool(kept))
        try:
            yield
        finally:
            connection.creation.destroy_test_db(name, verbosity=0, keepdb=bool(kept))


@contextmanager
def _folder(kept):
    if kept:
        kept.mkdir(parents=True, exist_ok=True)
        yield kept.resolve()
    else:
        with tempfile.TemporaryDirectory() as folder:
            yield Path(folder)


def in_new_process(function: Callable, *arguments: Any) -> Any:
    """Call the function where Django is not set up yet, as that can be done for one database only."""
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
        return pool.submit(function, *arguments).result()


def server_url() -> str:
    """Return DATABASE_URL if that is a PostgreSQL server, or ""."""
    url = os.environ.get("DATABASE_URL", "")
    return url if url.startswith(("postgres://", "postgresql://")) else ""
