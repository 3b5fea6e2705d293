"""The lists that can be searched, and the search over everything."""

from django.utils.translation import gettext as _

from catalogue import search as network_search
from catalogue.facets import country_labels, topic_labels
from catalogue.models import Topic
from catalogue.views import NETWORKS
from contributions import search as resource_search
from contributions.facets import LANGUAGES
from contributions.views import RESOURCES
from phases.models import Phase
from resourcecenter.core.listing import Collection, Labels


def kind_labels() -> dict[str, str]:
    """How the kinds of entry read in the plural, in the order of the page."""
    return {
        resource_search.KIND: _("Resources"),
        network_search.KIND: _("Networks"),
    }


def _labels():
    return {
        "type": Labels(_("Type"), kind_labels()),
        "phase": Labels(_("Phase"), dict(Phase.objects.values_list("slug", "name"))),
        "topic": Labels(_("Topic"), topic_labels(group=Topic.Group.TOPIC)),
        "sector": Labels(_("Sector"), topic_labels(group=Topic.Group.SECTOR)),
        "country": Labels(_("Country"), country_labels()),
        "language": Labels(_("Language"), dict(LANGUAGES)),
    }


EVERYTHING = Collection("search", page="search", kinds=[resource_search.KIND, network_search.KIND], labels=_labels)

LISTS = {collection.name: collection for collection in (EVERYTHING, RESOURCES, NETWORKS)}
