"""What every template may use."""

from django.conf import settings
from django.db import DatabaseError

from . import identity, logs


def site(request):
    try:
        own = identity.current(generation=getattr(request, "generation", None))
    except DatabaseError:  # the page may be the one that says so, and keeps what was typed
        own = identity.last_seen()
    return _context(own)


def site_as_last_seen(request):
    """The same without database and cache, for pages that say what went wrong; and what the logs call the request."""
    return {**_context(identity.last_seen()), "request_id": logs.request_id()}


def _context(own):
    return {
        "identity": own,
        "site_name": own.name,
        "site_url": settings.SITE_URL,
        "contact_email": own.contact_email,
    }
