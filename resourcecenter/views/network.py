"""A network with what it produced."""

from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from catalogue.definition import definition_fit
from catalogue.models import Membership, Network
from contributions.models import Resource
from phases.models import Level
from resourcecenter.core.pagecache import public

SHOWN = 12


@public
@require_safe
def network_detail(request, slug):
    """A network: when, who, what it asked, what it made, and what says so."""
    network = get_object_or_404(Network.objects.for_page(), slug=slug)
    memberships = list(network.memberships.all())
    deliverables = list(network.deliverables.all())
    levels = [*Level.choices, ("", "")]
    context = {
        "network": network,
        "roles": [
            (label, [m.organization for m in memberships if m.role == role]) for role, label in Membership.Role.choices
        ],
        "deliverables": [(label, [d for d in deliverables if d.level == level]) for level, label in levels],
        "criteria": definition_fit(network),
        "resources": Resource.objects.for_cards().filter(network=network)[:SHOWN],
    }
    return render(request, "site/network_detail.html", context)
