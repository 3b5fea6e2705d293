"""One search over everything."""

from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from catalogue import search as network_search
from catalogue.facets import country_labels, topic_labels
from catalogue.models import Network
from contributions import search as resource_search
from contributions.models import Resource
from phases.models import Phase
from resourcecenter.core.listing import Labels, in_order, listing
from resourcecenter.core.pagecache import public

KINDS = [resource_search.KIND, network_search.KIND]


@public
@require_safe
def search(request):
    """Resources and networks that match, best first."""
    found = listing(request, kinds=KINDS, labels=_labels)
    return render(request, "site/search.html", {"listing": found, "records": _records([(hit.kind, hit.key) for hit in found.results.hits])})


def _labels():
    return {
        "phase": Labels(_("Phase"), dict(Phase.objects.values_list("slug", "name"))),
        "topic": Labels(_("Topic"), topic_labels()),
        "country": Labels(_("Country"), country_labels()),
    }


def _records(hits):
    """The records in the order of the hits, in as many queries as there are kinds."""
    models = {resource_search.KIND: Resource, network_search.KIND: Network}
    found = {
        kind: {record.pk: record for record in in_order(model.objects.for_cards(), [k for t, k in hits if t == kind])}
        for kind, model in models.items()
    }
    return [{"kind": kind, "record": found[kind][key]} for kind, key in hits if key in found[kind]]
