"""The lists that can be searched, and the search over everything."""

from django.utils.translation import gettext as _

from catalogue import search as catalogue
from catalogue.facets import choices, country_labels, topic_labels
from catalogue.lists import NETWORKS
from catalogue.models import Topic
from contributions import search as contributions
from contributions.facets import LANGUAGES
from contributions.views import RESOURCES
from phases import search as phases
from phases.models import Level, Phase
from resourcecenter import finding
from resourcecenter.core.listing import Collection, Labels


def kind_labels() -> dict[str, str]:
    """How the kinds of entry read in the plural, in the order of the page."""
    return {
        contributions.RESOURCE: _("Resources"),
        catalogue.NETWORK: _("Networks"),
        catalogue.QUESTION: _("Learning questions"),
        catalogue.ORGANIZATION: _("Organizations"),
        phases.PHASE: _("Phases"),
        phases.PRACTICE: _("Practices"),
        phases.TERM: _("Glossary"),
        phases.PAGE: _("Pages"),
    }


def _labels():
    return {
        "type": Labels(_("Type"), kind_labels()),
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
    vocabulary=catalogue.vocabulary,
)

LISTS = {collection.name: collection for collection in (EVERYTHING, RESOURCES, NETWORKS)}
