"""The content generation: one integer in the database that every change of public content raises.

What is derived from public content (an ETag, a remembered count) is keyed by the generation that was read before it
was derived, so it can never be older than that generation says, in any process and on any machine.
"""

import hashlib
import time
from collections.abc import Callable
from functools import cache, wraps
from pathlib import Path
from typing import TypeVar

from django.apps import apps
from django.conf import settings
from django.core.cache import cache as store
from django.db import models, transaction
from django.db.models import F
from django.db.models.functions import Greatest
from django.http import HttpRequest, HttpResponseNotModified
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.http import parse_etags

Value = TypeVar("Value")

RECENT = "recent-generation"


class ContentGeneration(models.Model):
    """The one row that holds the content generation."""

    number = models.PositiveBigIntegerField(default=0)

    def __str__(self):
        return str(self.number)


def current_generation() -> int:
    """Return the content generation; 0 before any public content was written."""
    return ContentGeneration.objects.values_list("number", flat=True).first() or 0


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
    contents = [path.read_bytes() for path in sorted(set(files)) if path.is_file()]
    return hashlib.sha256(b"\0".join([*(name.encode() for name in names), *contents])).hexdigest()[:12]


def remembered(name: str, compute: Callable[[], Value], *, generation: int) -> Value:
    """Return ``compute()``, remembered under ``name`` for as long as public content stays as it is.

    ``generation`` must have been read before the call, outside a transaction that writes: what a rolled back
    transaction saw must not be kept.
    """
    return store.get_or_set(f"{release()}:{name}:{generation}", compute, timeout=24 * 60 * 60)


def public(view):
    """Mark a page as the same for everybody: revalidated by ETag, 304 when nothing changed.

    The ETag holds the release, the generation and the day, because what is planned, active or ended depends on today.
    The generation is handed on as ``request.generation``.
    """

    @wraps(view)
    def wrapper(request: HttpRequest, *args, **kwargs):
        request.generation = current_generation()
        etag = f'W/"{release()}-{request.generation}-{timezone.localdate():%Y%m%d}"'
        if request.method in {"GET", "HEAD"} and etag in parse_etags(request.headers.get("If-None-Match", "")):
            response = HttpResponseNotModified()
        else:
            response = view(request, *args, **kwargs)
        if response.status_code in {200, 304}:
            response["ETag"] = etag
            patch_cache_control(response, public=True, no_cache=True)
        return response

    wrapper.is_public = True
    return wrapper


def personal(view):
    """Mark a page as one person's: never stored, never indexed, its address never sent on."""

    @wraps(view)
    def wrapper(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        patch_cache_control(response, private=True, no_store=True)
        response["X-Robots-Tag"] = "noindex"
        response["Referrer-Policy"] = "same-origin"
        return response

    return wrapper


def unlinked(view):
    """Mark a page whose address is a secret: nothing that it links to is told where the visitor came from.

    Its forms are then sent with "Origin: null"; see middleware.NullOrigin.
    """

    @wraps(view)
    def wrapper(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        response["Referrer-Policy"] = "no-referrer"
        return response

    wrapper.is_unlinked = True
    return wrapper


def no_store_unless_public(get_response):
    """Middleware: what no view declared public is not stored anywhere."""

    def middleware(request):
        response = get_response(request)
        if not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True, no_store=True)
        return response

    return middleware
