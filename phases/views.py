"""The overview, the phase index, the glossary and the site's own pages."""

from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from phases.models import GlossaryTerm, Page, Phase
from resourcecenter.core.pagecache import public


@public
@require_safe
def overview(request):
    """What a learning network is, and how it differs from other ways to learn together."""
    page = get_object_or_404(Page.objects.prefetch_related("sources"), slug="what-is-a-learning-network")
    return render(request, "phases/overview.html", {"page": page, "phases": Phase.objects.all()})


@public
@require_safe
def phase_list(request):
    """The six phases with their purposes."""
    return render(request, "phases/phase_list.html", {"phases": Phase.objects.all()})


@public
@require_safe
def glossary(request):
    """All terms, in alphabetical order."""
    page = get_object_or_404(Page.objects.prefetch_related("sources"), slug="glossary")
    return render(request, "phases/glossary.html", {"page": page, "terms": GlossaryTerm.objects.all()})


@public
@require_safe
def page(request, slug):
    """One of the site's own texts."""
    found = get_object_or_404(Page.objects.prefetch_related("sources"), slug=slug)
    if slug in Page.OWN_ADDRESSES:
        return redirect(found, permanent=True)
    return render(request, "phases/page.html", {"page": found})
