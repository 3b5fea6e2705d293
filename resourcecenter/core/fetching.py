"""Asking an address that a stranger gave whether it still answers, without being led into the own network.

The standard library does it: the socket is opened here, to an address that was judged here, and http.client only talks
over it. A client library would have to be kept from resolving the name again, from proxies and from redirects.
"""

import http.client
import io
import ipaddress
import socket
import ssl
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from http import HTTPStatus
from typing import Literal, NamedTuple
from urllib.parse import quote, urljoin, urlsplit

from django.utils.translation import gettext as _

from resourcecenter.core.likeness import ascii_host

MAX_REDIRECTS = 5
MAX_BYTES = 64 * 1024
PORTS = {"http": 80, "https": 443}
REDIRECTS = {301, 302, 303, 307, 308}
NO_SUCH_NAME = {socket.EAI_NONAME, socket.EAI_NODATA}

PUBLIC_IPV6 = ipaddress.ip_network("2000::/3")
NAT64 = ipaddress.ip_network("64:ff9b::/96")

AS_GIVEN = "%/:@!$&'()*+,;=~?"


class Outcome(NamedTuple):
    """What is known of a link, and why, in a sentence for people."""

    state: Literal["alive", "dead", "unknown"]
    reason: str


class Refused(Exception):  # noqa: N818 - nothing went wrong
    """An address that is not asked, with the reason in words."""


class _Target(NamedTuple):
    is_secure: bool
    host: str
    port: int
    path: str


def check(
    url: str,
    *,
    user_agent: str,
    timeout_s: float = 10,
    resolve: Callable = socket.getaddrinfo,
    connect: Callable = socket.create_connection,
) -> Outcome:
    """Ask ``url`` and follow at most five redirects; never raises for any text, and takes ``timeout_s`` at most.

    "dead" is only what the other side says plainly: 404, 410, no such name. "unknown" is all that may pass or may be
    meant for programs alone: no answer in time, 403, 429, 5xx, a certificate that does not fit. Only http and https on
    ports 80 and 443 and only public addresses are asked; the body is not read. ``user_agent`` should name the site.
    """
    deadline = time.monotonic() + timeout_s
    try:
        for _step in range(MAX_REDIRECTS + 1):
            target = _target(url)
            status, location = _ask(target, user_agent, deadline, resolve, connect)
            if status not in REDIRECTS or not location:
                return _judged(status)
            url = _joined(url, location)
        return Outcome("unknown", _("It leads on from address to address without end."))
    except (Refused, OSError, http.client.HTTPException, ValueError) as error:
        return _failed(error, timeout_s)


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet; one that wraps an IPv4 address is judged by that.

    Raises ValueError for what is no IP address.
    """
    ip = _unwrapped(ipaddress.ip_address(address))
    return ip.is_global and not ip.is_multicast and (ip.version == 4 or ip in PUBLIC_IPV6)


def _unwrapped(ip):
    if ip.version == 4:
        return ip
    if ip in NAT64:
        return ipaddress.IPv4Address(ip.packed[-4:])
    return ip.ipv4_mapped or ip.sixtofour or ip


def _target(url) -> _Target:
    """Raises Refused for what is no plain address of the web."""
    try:
        parts = urlsplit(url)
        port = PORTS.get(parts.scheme) if parts.port is None else parts.port
    except ValueError:
        raise Refused(_("It is not the address of a web page.")) from None
    host = ascii_host(parts.hostname or "")
    if not host or parts.scheme not in PORTS:
        raise Refused(_("It is not the address of a web page."))
    if "@" in parts.netloc:
        raise Refused(_("It holds a user name, so it was not asked."))
    if port not in PORTS.values():
        raise Refused(_("It names port %(port)d; only ports 80 and 443 are asked.") % {"port": port})
    query = f"?{parts.query}" if parts.query else ""
    path = quote((parts.path or "/") + query, safe=AS_GIVEN, errors="replace")
    return _Target(parts.scheme == "https", host, port, path)


def _joined(url, location):
    try:
        return urljoin(url, location)
    except ValueError:
        raise Refused(_("It leads on to something that is no address.")) from None


def _ask(target, user_agent, deadline, resolve, connect):
    """Return the status and, if it leads on, where to."""
    addresses = _public_addresses(target, deadline, resolve)
    with closing(_connected(addresses, target.port, deadline, connect)) as plain:
        if not target.is_secure:
            return _request(plain, target, user_agent, deadline)
        plain.settimeout(_seconds_left(deadline))
        context = ssl.create_default_context()
        with context.wrap_socket(plain, server_hostname=target.host) as secure:
            return _request(secure, target, user_agent, deadline)


def _public_addresses(target, deadline, resolve):
    """Return every address of the host, all of them public; asked once, so no second answer can differ."""
    executor = ThreadPoolExecutor(max_workers=1)  # because resolving knows no timeout
    answer = executor.submit(resolve, target.host, target.port, type=socket.SOCK_STREAM)
    executor.shutdown(wait=False)
    addresses = [found[4][0] for found in answer.result(timeout=_seconds_left(deadline))]
    if not addresses or not all(is_public(address) for address in addresses):
        raise Refused(_("It leads to an address that is not public, so it was not asked."))
    return list(dict.fromkeys(addresses))


def _connected(addresses, port, deadline, connect):
    """Connect to the first address that answers; each may take its share of the time that is left."""
    *others, last = addresses
    for tried, address in enumerate(others):
        with suppress(OSError):
            return connect((address, port), timeout=_seconds_left(deadline) / (len(addresses) - tried))
    return connect((last, port), timeout=_seconds_left(deadline))


def _request(sock, target, user_agent, deadline):
    usual_port = PORTS["https" if target.is_secure else "http"]
    name = f"[{target.host}]" if ":" in target.host else target.host
    headers = {
        "Host": name if target.port == usual_port else f"{name}:{target.port}",
        "User-Agent": user_agent.encode("ascii", "replace"),
        "Accept": "*/*",
        "Connection": "close",
    }
    connection = http.client.HTTPConnection(target.host, target.port)
    connection.sock = _Wire(sock, deadline)
    with closing(connection):
        connection.request("GET", target.path, headers=headers)
        with connection.getresponse() as response:
            location = response.getheader("Location", "")
    return response.status, location.encode("latin-1", "replace").decode("utf-8", "replace")


class _Wire:
    """As much of a socket as http.client needs, which keeps to the deadline; closing it is left to who opened it."""

    def __init__(self, sock, deadline):
        self.sock = sock
        self.deadline = deadline

    def sendall(self, content):
        self.sock.settimeout(_seconds_left(self.deadline))
        self.sock.sendall(content)

    def makefile(self, mode):
        return io.BufferedReader(_Incoming(self.sock, self.deadline))

    def close(self):
        """Do nothing."""


class _Incoming(io.RawIOBase):
    """What a socket receives, within the deadline and MAX_BYTES, however slow or talkative the other side is."""

    def __init__(self, sock, deadline):
        self.sock = sock
        self.deadline = deadline
        self.bytes_left = MAX_BYTES

    def readable(self):
        return True

    def readinto(self, buffer):
        if not self.bytes_left:
            raise http.client.HTTPException("more headers than anyone needs")
        self.sock.settimeout(_seconds_left(self.deadline))
        count = self.sock.recv_into(buffer, min(len(buffer), self.bytes_left))
        self.bytes_left -= count
        return count


def _seconds_left(deadline):
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _judged(status):
    if 200 <= status < 300:
        return Outcome("alive", _("It answers."))
    if status == HTTPStatus.NOT_FOUND:
        return Outcome("dead", _("The page is not there (404)."))
    if status == HTTPStatus.GONE:
        return Outcome("dead", _("The page was taken away for good (410)."))
    if status >= 500:
        reason = _("The site has a fault of its own (%(status)d).")
    else:
        reason = _("The site answers, but shows the page to no program (%(status)d).")
    return Outcome("unknown", reason % {"status": status})


def _failed(error, timeout_s):
    if isinstance(error, Refused):
        return Outcome("unknown", str(error))
    if isinstance(error, socket.gaierror) and error.errno in NO_SUCH_NAME:
        return Outcome("dead", _("There is no site of this name."))
    if isinstance(error, ssl.SSLCertVerificationError):
        return Outcome("unknown", _("The certificate of the site does not fit or has run out."))
    if isinstance(error, TimeoutError):
        return Outcome("unknown", _("It did not answer within %(seconds)g seconds.") % {"seconds": timeout_s})
    return Outcome("unknown", _("The site could not be reached, or its answer not read."))
