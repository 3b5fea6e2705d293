"""What a request must look like before anything reads its body."""

from http import HTTPStatus

from django.http import HttpResponse, HttpResponseBadRequest
from django.template.loader import render_to_string

from .context import site_as_last_seen

MAX_BODY_BYTES = 50 * 1024 * 1024


class NullOrigin:
    """Lets a page that tells nobody its address (pagecache.unlinked) send its forms.

    Browsers name the origin of such a form "null" and send no referrer, so that Django would refuse it. It is taken for
    one of ours; the token, which Django then asks for, still decides. A stranger's page cannot have that, nor the
    cookie that it must fit, which browsers do not send across sites.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, view_args, view_kwargs):
        if getattr(view, "is_unlinked", False) and request.META.get("HTTP_ORIGIN") == "null":
            request.META["HTTP_ORIGIN"] = f"{request.scheme}://{request.get_host()}"


def refuse_large_bodies(get_response):
    """Answer 413 to a body that is larger than any form here may be, before anything reads it."""

    def middleware(request):
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdigit() and int(length) > MAX_BODY_BYTES:
            context = {**site_as_last_seen(request), "megabytes": MAX_BODY_BYTES // 1024**2}
            return HttpResponse(render_to_string("413.html", context), status=413)
        return get_response(request)

    return middleware


def explain_wrong_methods(get_response):
    """Give a page to the empty answer 405, for people who went to the address of a button, or reloaded one."""

    def middleware(request):
        response = get_response(request)
        is_read_by_people = request.method in {"GET", "POST"} and request.accepts("text/html")
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and is_read_by_people and not response.content:
            response.content = render_to_string("405.html", site_as_last_seen(request))
        return response

    return middleware


def refuse_odd_charsets(get_response):
    """Answer 400 to a request body in a charset other than UTF-8.

    Django raises BadRequest for such a form each time request.POST is read, and its own 400 page reads it again:
    any visitor could fill the error log with 500s.
    """

    def middleware(request):
        charset = request.content_params.get("charset", "utf-8")
        if charset.lower().replace("_", "-") not in {"utf-8", "utf8"}:
            return HttpResponseBadRequest(render_to_string("400.html", site_as_last_seen(request)))
        return get_response(request)

    return middleware
