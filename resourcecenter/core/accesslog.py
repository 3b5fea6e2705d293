"""The name that each request has in the logs, and one line about it when it is answered."""

import logging
import re
import secrets
import time
from collections.abc import Callable
from urllib.parse import quote

from django.conf import settings

from .addresses import address_of, cut
from .logs import about

logger = logging.getLogger(__name__)

HEADER = "X-Request-ID"
ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
MAX_PATH_CHARS = 300


def named_and_logged(application: Callable) -> Callable:
    """Wrap a WSGI application: every line that it logs names its request, and so does the header of the answer.

    The line about a request is written when its answer begins, so ``ms`` is without the time of a slow reader.
    """

    def wrapper(environ, start_response):
        began = time.perf_counter()
        name = _name(environ)
        about.set({"request": name})  # stays until the next request of this thread: an answer may be made while sent
        said = {"status": 500, "bytes": None}

        def start(status, headers, *exc_info):
            said["status"] = int(status[:3])
            said["bytes"] = next((int(value) for key, value in headers if key == "Content-Length"), None)
            return start_response(status, [*headers, (HEADER, name)], *exc_info)

        try:
            return application(environ, start)
        finally:
            if logger.isEnabledFor(logging.INFO):
                _log(environ, **said, ms=round((time.perf_counter() - began) * 1000, 1))

    return wrapper


def _name(environ):
    """The name that our own proxy gave, if it is one; else a new one."""
    given = environ.get("HTTP_X_REQUEST_ID", "") if settings.TRUSTED_PROXY_COUNT else ""
    return given if ID.fullmatch(given) else secrets.token_hex(6)


def _log(environ, *, status, bytes, ms):
    path = quote(environ.get("PATH_INFO", "").encode("latin-1"))[:MAX_PATH_CHARS]
    fields = {"method": environ["REQUEST_METHOD"], "path": path, "status": status, "ms": ms, "bytes": bytes}
    fields["network"] = cut(address_of(environ))
    logger.info("answered", extra={"fields": {key: value for key, value in fields.items() if value is not None}})
