"""How the facets of resources read."""

from django.utils.translation import gettext as _

from catalogue.facets import choices, country_labels, topic_labels
from contributions.forms.resource import LANGUAGES
from contributions.models import Resource
from phases.models import Phase
from resourcecenter.core.listing import Labels


def resource_labels() -> dict[str, Labels]:
    """The facets of resources, in the order of the page."""
    return {
        "phase": Labels(_("Phase"), dict(Phase.objects.values_list("slug", "name"))),
        "kind": Labels(_("Kind"), choices(Resource.Kind)),
        "topic": Labels(_("Topic"), topic_labels()),
        "language": Labels(_("Language"), dict(LANGUAGES)),
        "country": Labels(_("Country"), country_labels()),
    }
