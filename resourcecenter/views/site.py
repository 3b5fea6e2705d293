"""Small answers that concern the whole site."""

from csp.constants import NONE, UNSAFE_INLINE
from csp.decorators import csp_replace
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_POST, require_safe

from resourcecenter import speculation
from resourcecenter.core import identity, limits, markdown
from resourcecenter.core.pagecache import current_generation, personal
from resourcecenter.views.errors import bad_request

PREVIEW_MAX_CHARS = 20_000


@personal
@require_POST
def markdown_preview(request):
    """The HTML of the Markdown in ``content``, as a published page would show it; 400 if there is none or too much."""
    if wait_s := limits.wait_s(request, limits.PREVIEW):
        return limits.too_many_requests(request, wait_s=wait_s)
    text = request.POST.get("content")
    if text is None or len(text) > PREVIEW_MAX_CHARS:
        return bad_request(request)
    return HttpResponse(markdown.render(text, contributed=True))


@require_safe
def favicon(request):
    """Where browsers look for the icon of a page that names none, such as the admin's."""
    return redirect(static("img/favicon.ico"))


@require_safe
def identity_css(request, version):
    """The accent colours that the owner of the site chose; 404 if none."""
    own = identity.current(generation=current_generation())
    if not own.accent_light:
        raise Http404
    return _lasting(HttpResponse(identity.accent_css(own), content_type="text/css"), version, own)


@require_safe
@csp_replace({"script-src": [NONE], "style-src": [UNSAFE_INLINE]})
def logo(request, version):
    """The logo that the owner of the site chose; 404 if none."""
    own = identity.current(generation=current_generation())
    if not own.logo_type:
        raise Http404
    return _lasting(HttpResponse(identity.stored_logo(), content_type=own.logo_type), version, own)


def _lasting(response, version, own):
    """Let it be kept for good under the address of this version; under an older one, be asked for again."""
    if version == own.version:
        patch_cache_control(response, public=True, max_age=365 * 24 * 60 * 60, immutable=True)
    else:
        patch_cache_control(response, public=True, no_cache=True)
    return response


@require_safe
def speculation_rules(request):
    """What browsers may fetch before a link is followed; kept for a day."""
    response = JsonResponse(speculation.rules(), content_type="application/speculationrules+json")
    response["Cache-Control"] = "public, max-age=86400"
    return response


@require_safe
def robots_txt(request):
    """What crawlers should leave alone: result pages, of which there is no end."""
    lines = ["User-agent: *", "Disallow: /search", "Disallow: /*.csv", "Disallow: /*?", "Allow: /*?page=", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain")
