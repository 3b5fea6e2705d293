"""How the facets of resources read."""

from django.utils.translation import gettext as _

from catalogue.facets import choices, country_labels, decade_labels, topic_labels
from contributions.forms.resource import LANGUAGES
from contributions.licences import LICENCES, STATEMENTS
from contributions.models import Resource
from contributions.search import NO_LICENCE, OTHER_LICENCE
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
        "format": Labels(_("Format"), choices(Resource.Format)),
        "licence": Labels(_("Licence"), _licence_labels()),
        "decade": Labels(_("Decade"), decade_labels()),
    }


def _licence_labels():
    known = {identifier: licence.label for identifier, licence in LICENCES.items()}
    statements = {statement: str(label) for statement, label in STATEMENTS.items()}
    return known | statements | {OTHER_LICENCE: _("Another statement"), NO_LICENCE: _("Not stated")}
