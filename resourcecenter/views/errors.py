"""Error pages, in the site's look; only the one for a missing address asks the database, for retired records."""

from django.http import HttpResponseBadRequest, HttpResponseForbidden, HttpResponseServerError
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import resolve

from resourcecenter.core.context import site_as_last_seen
from resourcecenter.core.public import Tombstone


def bad_request(request, exception=None):
    """400. Built without the request's form data: reading that may be what failed."""
    return HttpResponseBadRequest(render_to_string("400.html", site_as_last_seen(request)))


def permission_denied(request, exception=None):
    """403."""
    return HttpResponseForbidden(render_to_string("403.html", site_as_last_seen(request)))


def csrf_failure(request, reason=""):
    """403 for a form whose protection token is missing or too old: the form itself, filled, where that can be had."""
    view, args, kwargs = resolve(request.path_info)
    if request.method == "POST" and getattr(view, "keeps_what_was_typed", False):
        request.is_stale = True
        return view(request, *args, **kwargs)
    return HttpResponseForbidden(render_to_string("403_csrf.html", site_as_last_seen(request)))


def not_found(request, exception=None):
    """410 with the reason where a record was retired, else 404."""
    tombstone = Tombstone.objects.filter(path=request.path.replace("\0", "")).first()
    if tombstone:
        return render(request, "410.html", {"tombstone": tombstone}, status=410)
    return render(request, "404.html", status=404)


def server_error(request):
    """500."""
    return HttpResponseServerError(render_to_string("500.html", site_as_last_seen(request)))
