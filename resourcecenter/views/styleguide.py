"""The page on which staff and tests see each component in all its states."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from resourcecenter.core.pagecache import personal

from .samples import samples

TOKENS = {
    "paper": ["paper", "sheet", "wash", "note-wash", "warning-wash", "found"],
    "ink": ["ink", "ink-soft", "accent", "warning", "edge", "line"],
    "phases": [f"phase-{number}" for number in range(1, 7)],
}


@personal
@require_safe
def styleguide(request):
    """Each component with complete samples, or by ``?with=little`` with those that lack all that may be lacking."""
    context = samples(is_complete=request.GET.get("with") != "little")
    return render(request, "site/styleguide.html", context | {"tokens": TOKENS.values()})
