"""The home page."""

from django.db.models import F
from django.shortcuts import render
from django.views.decorators.http import require_safe

from catalogue.models import Network
from contributions.models import Resource
from phases.models import Phase
from resourcecenter.core.pagecache import public, remembered

SHOWN = 6


@public
@require_safe
def home(request):
    """Explain in ten seconds, and lead on: phases, resources, catalogue, contribute."""
    cards = Resource.objects.for_cards()
    counts = remembered(
        "counts",
        lambda: {"resources": Resource.objects.count(), "networks": Network.objects.count()},
        generation=request.generation,
    )
    context = {
        "phases": Phase.objects.all(),
        "featured": cards.filter(featured=True).order_by("-added_at", "-pk")[:3],
        "newest": cards.filter(featured=False).order_by("-added_at", "-pk")[:SHOWN],
        "networks": Network.objects.for_cards().order_by(F("starts_by").desc(nulls_last=True), "name")[:SHOWN],
        "counts": counts,
    }
    return render(request, "site/home.html", context)
