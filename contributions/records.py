"""What the kinds of public record have in common for those who change them: the search entries that name them."""

from catalogue import search as network_search
from catalogue.models import Network, Organization, Topic
from contributions import search as resource_search
from contributions.models import Resource
from phases.models import Phase


def index(record) -> None:
    """Bring the index up to date with a changed record: its own entry, and those of others that name it."""
    network_search.index(*_networks(record))
    resource_search.index(*_resources(record))


def _networks(record):
    match record:
        case Network():
            return [record]
        case Organization():
            return record.networks.all()
        case Topic():
            return Network.objects.filter(tagged__tag=record)
    return []


def _resources(record):
    match record:
        case Resource():
            return [record]
        case Network() | Phase():
            return record.resources.all()
        case Topic():
            return Resource.objects.filter(tagged__tag=record)
    return []
