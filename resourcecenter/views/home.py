"""The home page."""

from django.db.models import Count, F
from django.shortcuts import render
from django.views.decorators.http import require_safe

from catalogue.models import Network
from contributions.models import Resource
from phases.models import Phase
from resourcecenter.core.listing import in_order
from resourcecenter.core.pagecache import public, remembered

SHOWN = 3
"""How many of each it shows; the rest is a link away."""


@public
@require_safe
def home(request):
    """Explain in ten seconds, and lead on: phases, resources, catalogue, contribute."""
    cards = Resource.objects.for_cards()
    latest = remembered("latest-networks", _latest_networks, generation=request.generation)
    context = {
        "phases": Phase.objects.all(),
        # With __in, because SQLite uses no index for a bare boolean.
        "featured": cards.filter(featured__in=[True]).order_by("-added_at", "-pk")[:SHOWN],
        "newest": cards.filter(featured__in=[False]).order_by("-added_at", "-pk")[:SHOWN],
        "networks": in_order(Network.objects.for_cards(), latest),
        "counts": remembered("counts", _counts, generation=request.generation),
    }
    return render(request, "site/home.html", context)


def _latest_networks():
    """The keys of those that started last."""
    latest = Network.objects.order_by(F("starts_by").desc(nulls_last=True), "name")
    return list(latest.values_list("pk", flat=True)[:SHOWN])


def _counts():
    kinds = dict(Resource.objects.order_by().values_list("kind").annotate(Count("pk")))
    return {
        "resources": sum(kinds.values()),
        "tools": kinds.get(Resource.Kind.TOOL, 0),
        "guidance": kinds.get(Resource.Kind.GUIDANCE, 0),
        "stories": kinds.get(Resource.Kind.STORY, 0),
        "networks": Network.objects.count(),
    }
