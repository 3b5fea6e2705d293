"""A network with what it produced."""

from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from catalogue.definition import profile
from catalogue.models import Network
from catalogue.related import networks_like
from contributions.models import Resource
from contributions.related import resources_like
from resourcecenter.core.pagecache import public

SHOWN = 12


@public
@require_safe
def network_detail(request, slug):
    """A network: when, who, what it asked, what it made, and what says so."""
    network = get_object_or_404(Network.objects.for_page(), slug=slug)
    lines = {
        name: list(getattr(network, name).all())
        for name in ("tags", "memberships", "learning_questions", "deliverables", "sources")
    }
    made = list(Resource.objects.filter(deliverable__in=lines["deliverables"]))
    resources = Resource.objects.for_cards().filter(network=network)[:SHOWN]
    context = {
        **profile(network, **lines, resources=made),
        "resources": resources,
        "related_networks": networks_like(network, generation=request.generation),
        "related_resources": resources_like(network, generation=request.generation),
    }
    return render(request, "site/network_detail.html", context)
