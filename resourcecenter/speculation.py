"""What a browser may fetch before a link is followed: only pages that are the same for everybody.

The rules are made from the addresses of the site: a page is in them once its view is marked as public, and never
before. An address with a question (results, filters, pages of a list) is left to be asked for, as there is no end of
those. Source: WICG, Speculation Rules, https://wicg.github.io/nav-speculation/speculation-rules.html.
"""

import re
from collections.abc import Iterator
from functools import cache

from django.urls import URLResolver, get_resolver, reverse

LEFT_OUT = {"search", "suggest"}
"""Public pages that cost more than others."""

PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
QUESTION = "/*\\?(.+)"
NO_PAGE = "[rel~=nofollow], [download], [target]"


def public_pages(patterns=None, route: str = "/") -> Iterator[str]:
    """The addresses of public pages as URL patterns, such as "/networks/:slug/"; files and feeds end in no slash."""
    for pattern in patterns or get_resolver().url_patterns:
        here = route + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from public_pages(pattern.url_patterns, here)
        elif getattr(pattern.callback, "is_public", False) and here.endswith("/") and pattern.name not in LEFT_OUT:
            yield PARAMETER.sub(r":\1", here)


@cache
def rules() -> dict:
    """Rendered in secret once a pointer rests on the link, or a finger touches it."""
    conditions = [
        {"href_matches": sorted(public_pages())},
        {"not": {"href_matches": QUESTION}},
        {"not": {"selector_matches": NO_PAGE}},
    ]
    return {"prerender": [{"where": {"and": conditions}, "eagerness": "moderate"}]}


def announce(get_response):
    """Middleware: public pages name the address of the rules in a header, so that the policy needs no inline script."""

    def middleware(request):
        response = get_response(request)
        if getattr(getattr(request.resolver_match, "func", None), "is_public", False) and "ETag" in response:
            response["Speculation-Rules"] = f'"{reverse("speculation_rules")}"'
        return response

    return middleware
