"""The content generation: one integer in the database that every change of public content raises.

What is derived from public content (an ETag, a remembered count) is keyed by the generation that was read before it
was derived, so it can never be older than that generation says, in any process and on any machine.
"""

import hashlib
import time
from collections.abc import Callable
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import TypeVar
from weakref import WeakSet

from django.apps import apps
from django.conf import settings
from django.core.cache import cache as store
from django.db import connections, models, router, transaction
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils import timezone

Value = TypeVar("Value")

RECENT = "recent-generation"
READ = "SELECT number FROM core_contentgeneration"

_sessions = WeakSet()
"""Those of PostgreSQL in which it is prepared."""


class ContentGeneration(models.Model):
    """The one row that holds the content generation."""

    number = models.PositiveBigIntegerField(default=0)

    def __str__(self):
        return str(self.number)


def current_generation() -> int:
    """Return the content generation; 0 before any public content was written."""
    # In SQL, because it is asked for at every page, and the ORM takes longer than all else that a kept page needs.
    with connections[router.db_for_read(ContentGeneration)].cursor() as cursor:
        cursor.execute(READ)
        row = cursor.fetchone()
    return row[0] if row else 0


def current_generation_at_once() -> int:
    """Return the same without the layers that Django puts around a query, for pages that need nothing else.

    Raises django.db.Error, also where a pooler gives each query another connection of PostgreSQL.
    """
    database = connections[router.db_for_read(ContentGeneration)]
    database.ensure_connection()
    with database.wrap_database_errors, closing(database.connection.cursor()) as cursor:
        cursor.execute(_prepared(database.connection, cursor) if database.vendor == "postgresql" else READ)
        row = cursor.fetchone()
    return row[0] if row else 0


def _prepared(session, cursor):
    """PostgreSQL takes longer to plan the query than to answer it: once for each session is enough."""
    if session not in _sessions:
        cursor.execute(f"PREPARE content_generation AS {READ}")
        _sessions.add(session)
    return "EXECUTE content_generation"


def recent_generation() -> int:
    """Return a content generation that is at most a minute old, mostly without asking the database.

    For what is the same on all pages, where a page is not itself kept by its generation.
    """
    return store.get_or_set(RECENT, current_generation, timeout=60)


def raise_generation() -> None:
    """Count one more change of public content, in the caller's transaction.

    On PostgreSQL the row stays locked until that transaction ends, so writers of public content follow one another.
    """
    transaction.on_commit(lambda: store.delete(RECENT))
    if not ContentGeneration.objects.update(number=F("number") + 1):
        ContentGeneration.objects.get_or_create(pk=1, defaults={"number": 1})


def renew_generation() -> None:
    """Raise the generation beyond all that were counted before: for content that came back from an earlier time."""
    raise_generation()
    ContentGeneration.objects.update(number=Greatest("number", models.Value(int(time.time()))))


@cache
def release() -> str:
    """Return a short mark of the code, templates and settings that pages are made of.

    It is part of every key, so that no page of an older release, with addresses of its static files, outlives it.
    """
    roots = [Path(app.path) for app in apps.get_app_configs() if Path(app.path).is_relative_to(settings.BASE_DIR)]
    files = [path for root in roots for path in root.rglob("*.py")]
    files += [*settings.BASE_DIR.joinpath("templates").rglob("*.html"), settings.STATIC_ROOT / "staticfiles.json"]
    names = [settings.SITE_NAME, settings.SITE_URL, settings.CONTACT_EMAIL, settings.LANGUAGE_CODE]
    names += [str(settings.SECURE_HSTS_INCLUDE_SUBDOMAINS), str(settings.SECURE_HSTS_PRELOAD)]
    contents = [path.read_bytes() for path in sorted(set(files)) if path.is_file()]
    return hashlib.sha256(b"\0".join([*(name.encode() for name in names), *contents])).hexdigest()[:12]


def etag(generation: int) -> str:
    """Return the ETag of all public pages at this generation, today.

    The day is in it, because what is planned, active or ended depends on today.
    """
    return f'W/"{release()}-{generation}-{timezone.localdate():%Y%m%d}"'


def remembered(name: str, compute: Callable[[], Value], *, generation: int) -> Value:
    """Return ``compute()``, remembered under ``name`` for as long as public content stays as it is.

    ``generation`` must have been read before the call, outside a transaction that writes: what a rolled back
    transaction saw must not be kept.
    """
    return store.get_or_set(f"{release()}:{name}:{generation}", compute, timeout=24 * 60 * 60)
