"""The lists that can be searched, and the search over everything."""

from django.utils.translation import gettext as _

from catalogue.facets import choices, country_labels, topic_labels
from catalogue.lists import NETWORKS
from catalogue.models import Topic
from catalogue.search import vocabulary
from contributions.facets import LANGUAGES
from contributions.views import RESOURCES
from phases.models import Level, Phase
from resourcecenter import finding
from resourcecenter.core.listing import Collection, Labels


def _labels():
    return {
        "type": Labels(_("Type"), finding.LABELS),
        "phase": Labels(_("Phase"), dict(Phase.objects.values_list("slug", "name"))),
        "topic": Labels(_("Topic"), topic_labels(group=Topic.Group.TOPIC)),
        "sector": Labels(_("Sector"), topic_labels(group=Topic.Group.SECTOR)),
        "country": Labels(_("Country"), country_labels()),
        "level": Labels(_("Level of learning"), choices(Level)),
        "language": Labels(_("Language"), dict(LANGUAGES)),
    }


EVERYTHING = Collection(
    "search",
    page="search",
    kinds=list(finding.KINDS),
    labels=_labels,
    vocabulary=vocabulary,
)

LISTS = {collection.name: collection for collection in (EVERYTHING, RESOURCES, NETWORKS)}
