"""The WSGI application that gunicorn serves."""

import codecs
import logging
import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.utils.http import parse_header_parameters

from resourcecenter.core.accesslog import named_and_logged
from resourcecenter.core.logs import FORMATTERS, Mask
from resourcecenter.core.parts import PlainParts

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "resourcecenter.settings")

portal = get_wsgi_application()  # by itself for benchmarks of pages that are not kept

from resourcecenter.core.pagecache.front import PageCache  # noqa: E402 (it has a model, and the apps are ready only now)

front = PageCache(portal)

# gunicorn's loggers have the handlers that its operator asked for. LOGGING could only replace them.
for name in ("gunicorn.access", "gunicorn.error"):
    logging.getLogger(name).addFilter(Mask(settings.PRIVATE_PATHS))
for handler in logging.getLogger("gunicorn.error").handlers:
    handler.setFormatter(FORMATTERS[settings.LOG_FORMAT]())


@named_and_logged
def application(environ, start_response):
    """The portal, kept from a Content-Type that Django 5.2 fails on before any middleware could refuse it.

    A parameter such as charset*=nonsense''x raises ValueError while the request is made, which would be a 500. Of a
    form with files only plain parts are read.
    """
    try:
        _media_type, parameters = parse_header_parameters(environ.get("CONTENT_TYPE", ""))
        codecs.lookup(parameters.get("charset", "utf-8"))
    except LookupError:
        pass  # an unknown charset is the middleware's to refuse
    except ValueError:
        environ["CONTENT_TYPE"] = ""
    else:
        if boundary := parameters.get("boundary"):
            environ["wsgi.input"] = PlainParts(environ["wsgi.input"], boundary.encode("latin-1", "replace"))
    return front(environ, start_response)
