"""The network catalogue and its organizations."""

from django.core.paginator import Paginator
from django.db.models import Count
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from catalogue.lists import NETWORKS
from catalogue.models import Membership, Network, Organization
from resourcecenter.core.limits import SEARCH, limited_when_asked
from resourcecenter.core.listing import listing
from resourcecenter.core.pagecache import public, remembered

PER_PAGE = 100
"""Of organizations."""


@public
@require_safe
@limited_when_asked(SEARCH)
def network_list(request):
    """The catalogue, searched and filtered."""
    found = listing(request, NETWORKS)
    networks = found.lines_from(Network.objects.for_cards())
    return render(request, "catalogue/network_list.html", {"listing": found, "networks": networks})


@public
@require_safe
def organization_list(request):
    """All organizations of the catalogue, most connected first."""
    ranked = remembered("organizations", _most_connected_first, generation=request.generation)
    page = Paginator(ranked, PER_PAGE).get_page(request.GET.get("page"))
    found = Organization.objects.in_bulk([key for key, _count in page])
    organizations = [(found[key], count) for key, count in page if key in found]
    return render(request, "catalogue/organization_list.html", {"page": page, "organizations": organizations})


def _most_connected_first():
    """The key of each organization, and in how many networks it is."""
    counted = Organization.objects.annotate(network_count=Count("networks", distinct=True))
    return list(counted.order_by("-network_count", "name").values_list("pk", "network_count"))


@public
@require_safe
def organization_detail(request, slug):
    """An organization and its roles in networks."""
    organization = get_object_or_404(
        Organization.objects.select_related("parent").prefetch_related("offices"), slug=slug
    )
    memberships = Membership.objects.filter(organization=organization).select_related("network")
    roles = [(label, [m.network for m in memberships if m.role == role]) for role, label in Membership.Role.choices]
    return render(
        request,
        "catalogue/organization_detail.html",
        {"organization": organization, "roles": [(label, networks) for label, networks in roles if networks]},
    )
