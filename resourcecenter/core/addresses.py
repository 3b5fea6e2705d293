"""Network addresses: whose request it is, and how much of that may be written down."""

import ipaddress
from collections.abc import Mapping
from functools import lru_cache

from django.conf import settings

KEPT_BITS = {4: 24, 6: 48}
"""Of an address in a log; what is left stands for a few hundred households or more."""


def address_of(environ: Mapping[str, str]) -> str:
    """Return the address that a request comes from, as its headers have it; empty if nothing is known.

    Of X-Forwarded-For only what our own proxies wrote counts, the last TRUSTED_PROXY_COUNT entries.
    """
    forwarded = [part.strip() for part in environ.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    hops = settings.TRUSTED_PROXY_COUNT
    return forwarded[-hops] if 0 < hops <= len(forwarded) else environ.get("REMOTE_ADDR", "")


@lru_cache(maxsize=1000)
def cut(address: str) -> str:
    """Return the first address of the /24 or /48 that this one lies in: of such an address, it is itself.

    One of this machine, and what is no address, stays as it is.
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    parsed = getattr(parsed, "ipv4_mapped", None) or parsed
    if parsed.is_loopback or parsed.is_unspecified:
        return address
    return str(ipaddress.ip_network((parsed, KEPT_BITS[parsed.version]), strict=False).network_address)
