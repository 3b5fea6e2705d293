"""How the facets of resources read."""

from django.utils.translation import gettext as _

from catalogue.facets import choices, country_labels, decade_labels, topic_labels
from catalogue.models import Network
from contributions.forms.resource import LANGUAGES
from contributions.licences import LICENCES
from contributions.models import Resource
from contributions.search import NOT_STATED, OTHER_TERMS
from phases.models import Phase
from resourcecenter.core.listing import Labels


def licence_labels() -> dict[str, str]:
    """The known licences, then what people say instead of one, then the rest."""
    known = {identifier: licence.label for identifier, licence in LICENCES.items()}
    stated = {"public-domain": _("Public domain"), "all-rights-reserved": _("All rights reserved")}
    return {**known, **stated, OTHER_TERMS: _("Other terms"), NOT_STATED: _("Not stated")}


def resource_labels() -> dict[str, Labels]:
    """The facets of resources, in the order of the page."""
    told_of = Network.objects.filter(pk__in=Resource.objects.exclude(network=None).values("network")).order_by("name")
    return {
        "phase": Labels(_("Phase"), dict(Phase.objects.values_list("slug", "name"))),
        "kind": Labels(_("Kind"), choices(Resource.Kind)),
        "topic": Labels(_("Topic"), topic_labels()),
        "language": Labels(_("Language"), dict(LANGUAGES)),
        "country": Labels(_("Country"), country_labels()),
        "licence": Labels(_("Licence"), licence_labels()),
        "format": Labels(_("Format"), choices(Resource.Format)),
        "decade": Labels(_("Published in"), decade_labels(Resource.objects, "date_from")),
        "network": Labels(_("Network"), dict(told_of.values_list("slug", "name"))),
    }
