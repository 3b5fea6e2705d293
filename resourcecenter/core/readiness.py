"""Whether this process can do its work, as load balancers and monitors ask."""

import os
import shutil
from datetime import timedelta
from functools import cache

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from . import mail

ROOM_BYTES = 200 * 1024 * 1024
"""Less on the disk of VAR_DIR, and a few large forms at once would fill it."""

MAIL_WAITS = timedelta(minutes=10)


def failing() -> list[str]:
    """Return the names of what is not as it must be; none if all is well.

    "outbox": a mail has been due for ten minutes, because the worker or the mail server is away.
    """
    checks = {"disk": _disk_has_room, "database": _database_answers}
    failed = [name for name, is_well in checks.items() if not is_well()]
    if "database" not in failed:
        rest = {"migrations": _migrations_are_applied, "outbox": _outbox_empties}
        failed += [name for name, is_well in rest.items() if not is_well()]
    return failed


def _disk_has_room():
    try:
        return os.access(settings.VAR_DIR, os.W_OK) and shutil.disk_usage(settings.VAR_DIR).free >= ROOM_BYTES
    except OSError:
        return False


def _database_answers():
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _migrations_are_applied():
    return _newest_migrations() <= MigrationRecorder(connection).applied_migrations().keys()


@cache
def _newest_migrations():
    return frozenset(MigrationLoader(None).graph.leaf_nodes())


def _outbox_empties():
    try:
        _n, longest = mail.waiting()
    except DatabaseError:  # before the first migration there is none
        return False
    return longest < MAIL_WAITS
