"""What a request must look like before anything reads its body."""

from django.http import HttpResponseBadRequest
from django.template.loader import render_to_string

from .context import site


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
