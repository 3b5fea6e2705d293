"""How the facets of the catalogue read."""

from django.db.models import Max, Min
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django_countries import countries

from catalogue.models import Network, Organization, Topic
from phases.models import Level
from resourcecenter.core.listing import Labels


def choices(choices_class) -> dict[str, str]:
    return {value: str(capfirst(label)) for value, label in choices_class.choices}


def topic_labels(**which) -> dict[str, str]:
    return dict(Topic.objects.filter(**which).order_by("name").values_list("slug", "name"))


def country_labels() -> dict[str, str]:
    return dict(countries)


def decade_labels(records, field: str) -> dict[str, str]:
    """The decades from the first to the last date in ``field`` of these records, the latest first."""
    first, last = records.aggregate(first=Min(field), last=Max(field)).values()
    if not first:
        return {}
    decades = range(last.year // 10 * 10, first.year // 10 * 10 - 1, -10)
    return {str(decade): _("%(decade)ss") % {"decade": decade} for decade in decades}


def network_labels() -> dict[str, Labels]:
    """The facets of networks, in the order of the page."""
    funders = Organization.objects.filter(memberships__role="funder").distinct().order_by("name")
    return {
        "kind": Labels(_("Kind"), choices(Network.Kind)),
        "status": Labels(_("Status"), choices(Network.Status)),
        "sector": Labels(_("Sector"), topic_labels(group=Topic.Group.SECTOR)),
        "topic": Labels(_("Topic"), topic_labels(group=Topic.Group.TOPIC)),
        "funder": Labels(_("Funder"), dict(funders.values_list("slug", "name"))),
        "country": Labels(_("Country"), country_labels()),
        "level": Labels(_("Level of learning"), choices(Level)),
        "decade": Labels(_("Started in"), decade_labels(Network.objects, "starts_by")),
    }
