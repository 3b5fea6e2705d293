"""Nothing typed is lost: where a form cannot be stored, its sender gets it back, to be sent again."""

import errno
import logging
from functools import wraps
from http import HTTPStatus

from django.db import InterfaceError, OperationalError
from django.shortcuts import render

logger = logging.getLogger(__name__)

FULL = {errno.ENOSPC, errno.EDQUOT}
UNSEEN = {"csrfmiddlewaretoken", "do"}
UNTYPED = {"base", "you-form_key", "you-opened"}
LONG = 20
"""Of more characters than this a text is shown again, to be copied should sending it fail once more."""


def keeps_what_was_typed(view):
    """Answer a POST with its own text where the database or the disk fails, and mark the view for csrf_failure."""
    wrapper = gives_back(view)
    wrapper.keeps_what_was_typed = True
    return wrapper


def gives_back(view):
    """Answer a POST with its own text where the database or the disk fails."""

    @wraps(view)
    def wrapper(request, *args, **kwargs):
        try:
            return view(request, *args, **kwargs)
        except (OperationalError, InterfaceError) as error:
            if request.method != "POST":
                raise
            logger.exception("The database did not take a form in.")
            is_full = "disk is full" in str(error) or "No space left" in str(error)
        except OSError as error:
            if request.method != "POST" or error.errno not in FULL:
                raise
            logger.exception("The disk is full.")
            is_full = True
        return _kept(request, HTTPStatus.INSUFFICIENT_STORAGE if is_full else HTTPStatus.SERVICE_UNAVAILABLE)

    return wrapper


def _kept(request, status):
    values = [(name, value) for name, some in request.POST.lists() if name not in UNSEEN for value in some]
    context = {
        "values": values,
        "typed": [(name, value) for name, value in values if name not in UNTYPED and len(value) > LONG],
        "has_files": bool(request.FILES),
        "is_full": status == HTTPStatus.INSUFFICIENT_STORAGE,
    }
    response = render(request, "contributions/kept.html", context, status=status)
    response["Retry-After"] = 30
    return response
