"""Public pages of resources, and what contributors are told before they write."""

from http import HTTPStatus

from django.conf import settings
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from catalogue.search import vocabulary
from contributions import coverage, related, report, search
from contributions.chart import chart
from contributions.facets import resource_labels
from contributions.models import Attachment, Resource
from phases.models import Page, Phase
from resourcecenter.core import files
from resourcecenter.core.limits import SEARCH, limited_when_asked
from resourcecenter.core.listing import Collection, listing
from resourcecenter.core.pagecache import public
from resourcecenter.core.public import Tombstone

RESOURCES = Collection(
    "resources",
    page="contributions:resources",
    kinds=[search.KIND],
    labels=resource_labels,
    vocabulary=vocabulary,
)


@public
@require_safe
@limited_when_asked(SEARCH)
def resource_list(request):
    """All resources, searched and filtered."""
    found = listing(request, RESOURCES)
    resources = found.lines_from(Resource.objects.for_cards())
    return render(request, "contributions/resource_list.html", {"listing": found, "resources": resources})


@public
@require_safe
def resource_detail(request, slug):
    """One resource."""
    resource = get_object_or_404(Resource.objects.for_page(), slug=slug)
    near = related.resources_like(resource, generation=request.generation)
    context = {
        "resource": resource,
        "all_phases": Phase.objects.all(),
        "related": near,
        "same_network": related.of_the_same_network(resource, besides=near),
    }
    return render(request, "contributions/resource_detail.html", context)


@require_safe
def file(request, pk, name):
    """Download a file of a public resource; the name in the address is for people, the number finds it."""
    attachment = Attachment.objects.filter(pk=pk).first()
    if not attachment:
        tombstone = get_object_or_404(Tombstone, kind=Resource._meta.label_lower, key=_former_resource(pk))
        return render(request, "410.html", {"tombstone": tombstone}, status=HTTPStatus.GONE)
    whole = files.serve(
        attachment.file, name=attachment.name, media_type=attachment.media_type, sha256=attachment.sha256, public=True
    )
    return files.as_asked(request, whole)


def _former_resource(pk):
    """The key of the resource that once had the attachment ``pk``, or None."""
    return Attachment.history.filter(id=pk).values_list("resource_id", flat=True).first()


@public
@require_safe
def guidelines(request):
    """What we look for, and the way to the form."""
    page = get_object_or_404(Page.objects.prefetch_related("sources"), slug="contribute")
    numbers, phases = coverage.counts(generation=request.generation), list(Phase.objects.all())
    context = {"page": page, "wanted": coverage.most_wanted(numbers, phases)}
    return render(request, "contributions/guidelines.html", context)


@require_safe
@cache_control(public=True, max_age=10 * 60)
def how_we_moderate(request):
    """Who decides and by which rules, how long decisions take and how they come out, for everybody.

    Kept for some minutes whatever happens, because the figures change without any public content: an ETag of the
    content generation would call old ones current for as long as nothing is published.
    """
    summary = report.public_summary()
    context = {
        **summary,
        "chart": chart(summary["months"]),
        "days_rejected": settings.RETENTION_REJECTED_DAYS,
        "days_approved": settings.RETENTION_LINK_DAYS,
    }
    return render(request, "contributions/how_we_moderate.html", context)
