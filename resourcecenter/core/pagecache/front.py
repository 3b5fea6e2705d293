"""The page cache in front of Django: a page that is kept is answered before a request object is made."""

import gzip
import re
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from functools import lru_cache
from types import SimpleNamespace

from django.conf import settings
from django.core.cache import cache as store
from django.core.handlers.wsgi import get_path_info
from django.db import Error
from django.urls import Resolver404, resolve
from django.utils import translation
from django.utils.http import parse_etags

from .declarations import GENERATION, LEFT_OUT
from .generation import current_generation_at_once, etag
from .pages import MAX_PAGE_BYTES, Key, Page, Pages, compressed

Answer = Iterable[bytes]

MAX_ADDRESS_CHARS = 2000
WAIT_S = 1
"""How long a page waits for another process that renders it, before it is rendered twice."""

TURN_S = 10
"""After which a process that renders is taken for dead."""

POLL_S = 0.02

KEPT_HEADERS = {"HTTP_HOST", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_FOR", "HTTP_X_REQUEST_ID"}
"""Of the headers of a request, what Django still sees when it renders a page to keep: what is in the key, who to limit,
and what the logs call it. What is not there cannot show in a page."""

OF_THE_BODY = {"Content-Type", "Content-Disposition", "Content-Language"}
VARIES_BY = {"", "accept-encoding", "accept-language"}
NO_GZIP = re.compile(r"\bgzip\s*;\s*q=0(\.0*)?\s*(,|$)")


class PageCache:
    """A WSGI application that answers public pages from memory, and hands everything else to the portal.

    The generation is read first, and everything that a page may depend on is in its key, so that a page that is found
    is the one that would be rendered now. Only what @public declares is rendered to be kept, from the key alone; what
    then still looks as if it were somebody's is not kept (see ``_may_be_kept``).
    """

    def __init__(self, portal: Callable):
        self.portal = portal
        self.pages = Pages()

    def __call__(self, environ: dict, start_response: Callable) -> Answer:
        if not _is_for_everybody(environ):
            return self.portal(environ, start_response)
        try:
            generation = current_generation_at_once()
        except Error:  # the portal connects again, or has a page that says so
            return self.portal(environ, start_response)
        key = _key(environ, generation)
        if page := self.pages.find(key):
            return _send(page, key, environ, start_response)
        known = environ | {GENERATION: generation}
        if environ["REQUEST_METHOD"] == "HEAD" or _has_it(environ, key):
            return self.portal(known, start_response)
        return self._in_turn(key, known, start_response)

    def _in_turn(self, key, environ, start_response):
        """Render the page, or wait a moment for who does so already."""
        turn = f"turn:{key.name}"
        if not store.add(turn, True, timeout=TURN_S):
            page = self._awaited(key, turn)
            return _send(page, key, environ, start_response) if page else self._rendered(key, environ, start_response)
        try:
            return self._rendered(key, environ, start_response)
        finally:
            store.delete(turn)

    def _awaited(self, key, turn):
        until = time.monotonic() + WAIT_S
        while time.monotonic() < until:
            time.sleep(POLL_S)
            is_over = not store.get(turn)
            if (page := self.pages.find(key)) or is_over:
                return page
        return None

    def _rendered(self, key, environ, start_response):
        plain, started = _plain(environ, key), []
        answer = self.portal(plain, lambda status, headers, exc_info=None: started.extend([status, headers]))
        status, headers = started
        if not _may_be_kept(key, plain, status, dict(headers)):
            start_response(status, headers)
            return answer
        page = _page(headers, answer)
        self.pages.keep(key, page)
        return _send(page, key, environ, start_response)


# --- What is asked ------------------------------------------------------------------------------


def _is_for_everybody(environ):
    """Whether the answer may be a kept page: nobody is logged in, and the address is that of a public page."""
    address_chars = len(environ.get("PATH_INFO", "")) + len(environ.get("QUERY_STRING", ""))
    return (
        environ["REQUEST_METHOD"] in {"GET", "HEAD"}
        and not settings.DEBUG  # who develops sees each change of a template
        and settings.SESSION_COOKIE_NAME not in environ.get("HTTP_COOKIE", "")
        and "HTTP_AUTHORIZATION" not in environ
        and "HTTP_HOST" in environ
        and "HTTP_TRANSFER_ENCODING" not in environ
        and environ.get("CONTENT_LENGTH", "") in {"", "0"}
        and address_chars <= MAX_ADDRESS_CHARS
        and _is_public(get_path_info(environ))
    )


@lru_cache(maxsize=2000)
def _is_public(path):
    try:
        return getattr(resolve(path).func, "is_public", False)
    except Resolver404:
        return False


def _key(environ, generation):
    return Key(
        etag=etag(generation),
        language=_language(environ),
        is_secure=_is_secure(environ),
        host=environ["HTTP_HOST"],
        root=environ.get("SCRIPT_NAME", ""),
        path=environ["PATH_INFO"],
        query=environ.get("QUERY_STRING", ""),
    )


def _language(environ):
    """The language that the page will be in; nobody chooses one by a cookie."""
    if len(settings.LANGUAGES) == 1:
        return settings.LANGUAGE_CODE
    return translation.get_language_from_request(SimpleNamespace(META=environ, COOKIES={}))


def _is_secure(environ):
    """As HttpRequest.scheme has it."""
    if settings.SECURE_PROXY_SSL_HEADER:
        name, secure = settings.SECURE_PROXY_SSL_HEADER
        if (said := environ.get(name)) is not None:
            return said.split(",")[0].strip() == secure
    return environ["wsgi.url_scheme"] == "https"


def _has_it(environ, key):
    return key.etag in parse_etags(environ.get("HTTP_IF_NONE_MATCH", ""))


def _takes_gzip(environ):
    accepted = environ.get("HTTP_ACCEPT_ENCODING", "")
    return "gzip" in accepted and not NO_GZIP.search(accepted)


# --- What is rendered ---------------------------------------------------------------------------


def _plain(environ, key):
    """The same request as anybody could have sent it: with nothing that is not in its key, but for the logs."""
    plain = {name: value for name, value in environ.items() if name[:5] != "HTTP_" or name in KEPT_HEADERS}
    plain["HTTP_ACCEPT_LANGUAGE"] = key.language
    plain["HTTP_ACCEPT_ENCODING"] = "gzip" if _takes_gzip(environ) else "identity"
    return plain


def _may_be_kept(key, environ, status, headers):
    """Whether an answer proves to be for everybody; what @public declares and _plain takes care of is not relied on."""
    caching = headers.get("Cache-Control", "")
    return (
        status == "200 OK"
        and headers.get("ETag") == key.etag  # only @public sets it, and only at the generation of the key
        and "public" in caching
        and "private" not in caching
        and "no-store" not in caching
        and "Set-Cookie" not in headers  # a session, a form's token, a message
        and not environ.get("CSRF_COOKIE_NEEDS_UPDATE")  # Django's mark that a token was drawn
        and not environ.get(LEFT_OUT)
        and {name.strip().lower() for name in headers.get("Vary", "").split(",")} <= VARIES_BY
        and "'nonce-" not in headers.get("Content-Security-Policy", "")
        and headers.get("Content-Language", key.language) == key.language
        and 0 < int(headers.get("Content-Length", 0)) <= MAX_PAGE_BYTES  # none stands at what is streamed
    )


def _page(headers, answer):
    with closing(answer):
        body = b"".join(answer)
    said = dict(headers)
    if said.pop("Content-Encoding", "") != "gzip":
        body = compressed(body)
    del said["Content-Length"]
    if "Accept-Encoding" not in said.get("Vary", ""):
        said["Vary"] = ", ".join(filter(None, [said.get("Vary"), "Accept-Encoding"]))
    return Page(tuple(said.items()), body)


# --- What is sent -------------------------------------------------------------------------------


def _send(page, key, environ, start_response):
    if _has_it(environ, key):
        start_response("304 Not Modified", [each for each in page.headers if each[0] not in OF_THE_BODY])
        return []
    body, headers = page.body, list(page.headers)
    if _takes_gzip(environ):
        headers.append(("Content-Encoding", "gzip"))
    else:
        body = gzip.decompress(body)
    headers.append(("Content-Length", str(len(body))))
    start_response("200 OK", headers)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]
