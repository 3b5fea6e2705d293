"""What every template may use."""

from django.conf import settings

from . import identity


def site(request):
    return _context(identity.current(generation=getattr(request, "generation", None)))


def site_as_last_seen(request):
    """The same without database and cache, for pages that say what went wrong."""
    return _context(identity.last_seen())


def _context(own):
    return {
        "identity": own,
        "site_name": own.name,
        "site_url": settings.SITE_URL,
        "contact_email": own.contact_email,
    }
