"""How the facets of the catalogue read."""

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


def network_labels() -> dict[str, Labels]:
    """The facets of networks, in the order of the page."""
    funders = Organization.objects.filter(memberships__role="funder").distinct().order_by("name")
    return {
        "kind": Labels(_("Kind"), choices(Network.Kind)),
        "sector": Labels(_("Sector"), topic_labels(group=Topic.Group.SECTOR)),
        "topic": Labels(_("Topic"), topic_labels(group=Topic.Group.TOPIC)),
        "country": Labels(_("Country"), country_labels()),
        "funder": Labels(_("Funder"), dict(funders.values_list("slug", "name"))),
        "level": Labels(_("Level of learning"), choices(Level)),
    }
