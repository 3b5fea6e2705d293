"""How often one address may do what costs or changes something."""

import ipaddress
import time
from typing import NamedTuple

from django.core.cache import cache
from django.http import HttpRequest

from .addresses import address_of


class Limit(NamedTuple):
    """At most ``times`` in each window of ``window_s`` seconds, from one network address."""

    name: str
    times: int
    window_s: int


CONTRIBUTE = Limit("contribute", times=40, window_s=15 * 60)
"""Lets a training room of thirty people behind one address contribute within a quarter of an hour."""

UPLOAD = Limit("upload", times=120, window_s=15 * 60)

PREVIEW = Limit("preview", times=120, window_s=60)


def wait_s(request: HttpRequest, limit: Limit) -> int:
    """Count one more try, and return 0, or the seconds to wait if it is one too many.

    Counts live in the cache: shared by all processes with Redis, each process's own without.
    """
    now = int(time.time())
    key = f"limit:{limit.name}:{network_of(request)}:{now // limit.window_s}"
    cache.add(key, 0, timeout=limit.window_s)
    try:
        tries = cache.incr(key)
    except ValueError:  # the window ended between the two calls
        return 0
    return limit.window_s - now % limit.window_s if tries > limit.times else 0


def network_of(request: HttpRequest) -> str:
    """Return the address that a request comes from; of IPv6 the /64, because a household has a whole one."""
    try:
        parsed = ipaddress.ip_address(address_of(request.META))
    except ValueError:
        return "unknown"
    parsed = getattr(parsed, "ipv4_mapped", None) or parsed
    return str(ipaddress.ip_network((parsed, 64), strict=False)) if parsed.version == 6 else str(parsed)
