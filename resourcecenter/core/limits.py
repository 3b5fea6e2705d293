"""How often somebody may do what costs or changes something."""

import ipaddress
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import NamedTuple

from django.conf import settings
from django.core.cache import cache
from django.db import models, transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.crypto import salted_hmac

from .addresses import address_of
from .context import site_as_last_seen


class Tries(models.Model):
    """How often something was tried in a window that ends at ``ends_at``; by whom, only as a keyed hash."""

    key = models.CharField(max_length=64, unique=True, editable=False)
    times = models.PositiveIntegerField(default=0, editable=False)
    ends_at = models.DateTimeField(db_index=True, editable=False)

    def __str__(self):
        return str(self.times)


# --- Who is told apart --------------------------------------------------------------------------


def network_of(request: HttpRequest) -> str:
    """Return the address that a request comes from; of IPv6 the /64, because a household has a whole one."""
    try:
        parsed = ipaddress.ip_address(address_of(request.META))
    except ValueError:
        return "unknown"
    parsed = getattr(parsed, "ipv4_mapped", None) or parsed
    return str(ipaddress.ip_network((parsed, 64), strict=False)) if parsed.version == 6 else str(parsed)


def browser_of(request: HttpRequest) -> str:
    """Return what tells browsers behind one address apart: the cookie without which none can send a form."""
    return f"{network_of(request)} {request.COOKIES.get(settings.CSRF_COOKIE_NAME, '')}"


def everybody(request: HttpRequest) -> str:
    return "everybody"


# --- Limits -------------------------------------------------------------------------------------


class Limit(NamedTuple):
    """At most ``times`` in each window of ``window_s`` seconds, for each of those whom ``by`` tells apart.

    Tries are counted in the cache: together with Redis, by each process for itself without. Where that would let too
    much through, and a try writes to the database anyway, it counts them (``is_exact``).
    """

    name: str
    times: int
    window_s: int
    by: Callable[[HttpRequest], str] = network_of
    is_exact: bool = False


BROWSER = Limit("contribute, browser", times=10, window_s=60 * 60, by=browser_of, is_exact=True)
NETWORK = Limit("contribute", times=settings.CONTRIBUTIONS_PER_ADDRESS, window_s=15 * 60, is_exact=True)
"""Lets a training room of thirty people behind one address contribute within a quarter of an hour."""
EVERYBODY = Limit(
    "contribute, all", times=settings.CONTRIBUTIONS_PER_HOUR, window_s=60 * 60, by=everybody, is_exact=True
)

CONTRIBUTE = (BROWSER, NETWORK, EVERYBODY)
"""In this order, so that one who is refused takes nothing from those who share the next."""

LOST_LINK = Limit("lost link", times=40, window_s=15 * 60, is_exact=True)

UPLOAD = Limit("upload", times=120, window_s=15 * 60)

PREVIEW = Limit("preview", times=120, window_s=60)

SEARCH = Limit("search", times=5 * settings.SEARCHES_PER_MINUTE, window_s=5 * 60)
"""Counted over five minutes, because a whole room may begin to search at once."""

SUGGEST = Limit("suggest", times=4 * SEARCH.times, window_s=5 * 60)
"""Asked for several times while somebody types."""


def wait_s(request: HttpRequest, *limits: Limit) -> int:
    """Count one more try, and return 0, or the seconds to wait if it is one too many for one of ``limits``.

    A try that one of them refuses is not counted by those behind it.
    """
    now = int(time.time())
    for limit in limits:
        left_s = limit.window_s - now % limit.window_s
        key = f"limit:{limit.name}:{limit.by(request)}:{now // limit.window_s}"
        tries = _stored(key, now, left_s) if limit.is_exact else _remembered(key, limit.window_s)
        if tries > limit.times:
            return left_s
    return 0


def _remembered(key, window_s) -> int:
    key = salted_hmac("core.limits", key, algorithm="sha256").hexdigest()
    cache.add(key, 0, timeout=window_s)
    try:
        return cache.incr(key)
    except ValueError:  # the window ended between the two calls
        return 0


@transaction.atomic
def _stored(key, now, left_s) -> int:
    key = salted_hmac("core.limits", key, algorithm="sha256").hexdigest()
    ends_at = datetime.fromtimestamp(now + left_s, UTC)
    _, is_new = Tries.objects.get_or_create(key=key, defaults={"ends_at": ends_at})
    if is_new:
        Tries.objects.filter(ends_at__lte=datetime.fromtimestamp(now, UTC)).delete()
    Tries.objects.filter(key=key).update(times=F("times") + 1)
    return Tries.objects.values_list("times", flat=True).get(key=key)


# --- What is answered ---------------------------------------------------------------------------


def too_many_requests(request: HttpRequest, *, wait_s: int) -> HttpResponse:
    """429, with the seconds to wait in ``Retry-After``."""
    response = HttpResponse(render_to_string("429.html", {**site_as_last_seen(request), "wait_s": wait_s}), status=429)
    response["Retry-After"] = wait_s
    return response


def limited_when_asked(limit: Limit):
    """Decorate a view that costs where its address asks something: words, filters, an order, a later page.

    Stands below ``public``, so that pages which are kept, or unchanged, are not counted.
    """

    def decorate(view):
        @wraps(view)
        def wrapper(request, *args, **kwargs):
            if request.GET and (seconds := wait_s(request, limit)):
                return too_many_requests(request, wait_s=seconds)
            return view(request, *args, **kwargs)

        return wrapper

    return decorate
