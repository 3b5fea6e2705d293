"""What a request must look like before anything reads its body."""

from django.http import HttpResponse, HttpResponseBadRequest
from django.middleware.csrf import CsrfViewMiddleware
from django.template.loader import render_to_string

from .context import site

MAX_BODY_BYTES = 50 * 1024 * 1024


class CsrfMiddleware(CsrfViewMiddleware):
    """Django's, but a page that tells nobody its address (pagecache.unlinked) may send its forms.

    Browsers name the origin of such a form "null" and send no referrer, so that only the token is left to check. A
    stranger's page cannot have it, nor the cookie that it must fit, which browsers do not send across sites.
    """

    def process_view(self, request, callback, callback_args, callback_kwargs):
        is_unlinked = getattr(callback, "is_unlinked", False)
        request.is_from_unlinked_page = is_unlinked and request.headers.get("Origin") == "null"
        return super().process_view(request, callback, callback_args, callback_kwargs)

    def _origin_verified(self, request):
        return request.is_from_unlinked_page or super()._origin_verified(request)


def refuse_large_bodies(get_response):
    """Answer 413 to a body that is larger than any form here may be, before anything reads it."""

    def middleware(request):
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdigit() and int(length) > MAX_BODY_BYTES:
            context = {**site(request), "megabytes": MAX_BODY_BYTES // 1024**2}
            return HttpResponse(render_to_string("413.html", context), status=413)
        return get_response(request)

    return middleware


def refuse_odd_charsets(get_response):
    """Answer 400 to a request body in a charset other than UTF-8.

    Django raises BadRequest for such a form each time request.POST is read, and its own 400 page reads it again:
    any visitor could fill the error log with 500s.
    """

    def middleware(request):
        charset = request.content_params.get("charset", "utf-8")
        if charset.lower().replace("_", "-") not in {"utf-8", "utf8"}:
            return HttpResponseBadRequest(render_to_string("400.html", site(request)))
        return get_response(request)

    return middleware
