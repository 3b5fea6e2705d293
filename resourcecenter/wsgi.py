"""The WSGI application that gunicorn serves."""

import codecs
import logging
import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.utils.http import parse_header_parameters

from resourcecenter.core.accesslog import named_and_logged
from resourcecenter.core.logs import FORMATTERS, Mask

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "resourcecenter.settings")

portal = get_wsgi_application()

# gunicorn's loggers have the handlers that its operator asked for. LOGGING could only replace them.
for name in ("gunicorn.access", "gunicorn.error"):
    logging.getLogger(name).addFilter(Mask(settings.PRIVATE_PATHS))
for handler in logging.getLogger("gunicorn.error").handlers:
    handler.setFormatter(FORMATTERS[settings.LOG_FORMAT]())


@named_and_logged
def application(environ, start_response):
    """The portal, kept from a Content-Type that Django 5.2 fails on before any middleware could refuse it.

    A parameter such as charset*=nonsense''x raises ValueError while the request is made, which would be a 500.
    """
    try:
        _media_type, parameters = parse_header_parameters(environ.get("CONTENT_TYPE", ""))
        codecs.lookup(parameters.get("charset", "utf-8"))
    except LookupError:
        pass  # an unknown charset is the middleware's to refuse
    except ValueError:
        environ["CONTENT_TYPE"] = ""
    return portal(environ, start_response)
