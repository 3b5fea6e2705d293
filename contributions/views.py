"""Public pages of resources, and what contributors are told before they write."""

from django.conf import settings
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import etag, require_safe

from contributions import report, search
from contributions.chart import chart
from contributions.facets import resource_labels
from contributions.models import Attachment, Resource
from phases.models import Page
from resourcecenter.core import files
from resourcecenter.core.listing import in_order, listing
from resourcecenter.core.pagecache import public


@public
@require_safe
def resource_list(request):
    """All resources, searched and filtered."""
    found = listing(request, kinds=[search.KIND], labels=resource_labels)
    resources = in_order(Resource.objects.for_cards(), found.keys)
    return render(request, "contributions/resource_list.html", {"listing": found, "resources": resources})


@public
@require_safe
def resource_detail(request, slug):
    """One resource."""
    resource = get_object_or_404(Resource.objects.for_page(), slug=slug)
    return render(request, "contributions/resource_detail.html", {"resource": resource})


def _file_etag(request, pk, name):
    checksum = Attachment.objects.filter(pk=pk).values_list("sha256", flat=True).first()
    return checksum and f'"{checksum}"'


@require_safe
@etag(_file_etag)
def file(request, pk, name):
    """Download a file of a public resource; the name in the address is for people, the number finds it."""
    attachment = get_object_or_404(Attachment, pk=pk)
    return files.serve(
        attachment.file, name=attachment.name, media_type=attachment.media_type, sha256=attachment.sha256, public=True
    )


@public
@require_safe
def guidelines(request):
    """What we look for, and the way to the form."""
    page = get_object_or_404(Page.objects.prefetch_related("sources"), slug="contribute")
    return render(request, "contributions/guidelines.html", {"page": page, "waits": report.waits()})


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
