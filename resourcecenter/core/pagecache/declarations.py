"""What a view says of its pages: the same for everybody, one person's, or at a secret address."""

from functools import wraps

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.cache import patch_cache_control
from django.utils.http import parse_etags

from .generation import current_generation, etag

GENERATION = "resourcecenter.generation"
"""Where in the WSGI environment a generation stands that was read for this request already."""

LEFT_OUT = "resourcecenter.left_out"

FOR_EVERYBODY = {"public": True, "max_age": 0, "s_maxage": 5, "stale_while_revalidate": 55}
"""Browsers ask each time, and mostly get 304; a cache that many share asks every 5 seconds, while it serves the page
that it has. So nothing is served anywhere a minute after it was withdrawn."""


def public(view):
    """Mark a page as the same for everybody: kept by the page cache, revalidated by ETag, 304 when nothing changed.

    It may depend on the address and on public content, and on nothing else that a request brings. The generation is
    handed on as ``request.generation``.
    """

    @wraps(view)
    def wrapper(request: HttpRequest, *args, **kwargs):
        known = request.META.get(GENERATION)
        request.generation = current_generation() if known is None else known
        tag = etag(request.generation)
        if request.method in {"GET", "HEAD"} and tag in parse_etags(request.headers.get("If-None-Match", "")):
            response = HttpResponseNotModified()
        else:
            response = view(request, *args, **kwargs)
        if response.status_code in {200, 304}:
            response["ETag"] = tag
            if not response.has_header("Cache-Control"):
                _tell_caches(request, response)
        return response

    wrapper.is_public = True
    return wrapper


def _tell_caches(request: HttpRequest, response: HttpResponse) -> None:
    """Who is logged in sees each change at once, even through a cache on the way."""
    if settings.SESSION_COOKIE_NAME in request.COOKIES:
        patch_cache_control(response, private=True, no_cache=True)
    else:
        patch_cache_control(response, **FOR_EVERYBODY)


def leave_out(request: HttpRequest) -> None:
    """Keep the page that answers this request out of the page cache, because to draw it does more than to show it."""
    request.META[LEFT_OUT] = True


def personal(view):
    """Mark a page as one person's: never stored, never indexed, its address never sent on."""

    @wraps(view)
    def wrapper(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        patch_cache_control(response, private=True, no_store=True)
        response["X-Robots-Tag"] = "noindex"
        response["Referrer-Policy"] = "same-origin"
        return response

    return wrapper


def unlinked(view):
    """Mark a page whose address is a secret: nothing that it links to is told where the visitor came from.

    Its forms are then sent with "Origin: null"; see middleware.NullOrigin.
    """

    @wraps(view)
    def wrapper(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        response["Referrer-Policy"] = "no-referrer"
        return response

    wrapper.is_unlinked = True
    return wrapper


def no_store_unless_public(get_response):
    """Middleware: what no view declared public is not stored anywhere."""

    def middleware(request):
        response = get_response(request)
        if not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True, no_store=True)
        return response

    return middleware
