"""Resources near a record: they share its topics, network or phases, or are about the same."""

from catalogue import search as network_search
from catalogue.models import Network
from catalogue.related import CANDIDATES, Neighbour, alike, nearest, neighbours, newest_with, together
from contributions import search
from contributions.models import Resource, TaggedResource
from resourcecenter.core.pagecache import remembered


def resources_like(record: Resource | Network, *, generation: int, limit: int = 3) -> list[Neighbour]:
    """Resources near a resource or a network, with the reasons; for a network, those that are not its own."""
    find = _near_network if isinstance(record, Network) else _near_resource
    name = f"resources-like:{record._meta.model_name}:{record.pk}"
    near = remembered(name, lambda: find(record, limit), generation=generation)
    return neighbours(near, Resource.objects.for_cards())


def of_the_same_network(resource: Resource, *, besides: list[Neighbour], limit: int = 3) -> list[Resource]:
    """The newest resources of the network of a resource, without those that are shown already."""
    if resource.network_id is None:
        return []
    shown = [resource.pk, *(neighbour.record.pk for neighbour in besides)]
    return list(Resource.objects.for_cards().filter(network=resource.network_id).exclude(pk__in=shown)[:limit])


def _near_resource(resource, limit):
    topics = newest_with(
        TaggedResource.objects, "tag", {topic.pk: topic.name for topic in resource.tags.all()}, owner="content_object"
    )
    words = [key for key in alike(search.KIND, resource.pk, among=search.KIND) if key != resource.pk]
    network = {}
    if resource.network:
        same = Resource.objects.filter(network=resource.network).order_by("-pk").values_list("pk", flat=True)
        name = resource.network.acronym or resource.network.name
        network = {key: [name] for key in same[:CANDIDATES]}
    found = {*topics, *words, *network}
    phases = _phases_shared({phase.pk: phase.name for phase in resource.phases.all()}, found)
    shared = together(besides=resource.pk, network=network, topics=topics, phases=phases)
    return nearest(shared, words, limit=limit)


def _phases_shared(names, keys):
    filed = Resource.phases.through.objects.filter(resource__in=keys, phase__in=names).order_by("phase__number")
    found = {}
    for key, phase in filed.values_list("resource", "phase"):
        found.setdefault(key, []).append(names[phase])
    return found


def _near_network(network, limit):
    topics = newest_with(
        TaggedResource.objects, "tag", dict(network.tags.values_list("pk", "name")), owner="content_object"
    )
    words = alike(network_search.KIND, network.pk, among=search.KIND)
    own = set(Resource.objects.filter(network=network, pk__in={*topics, *words}).values_list("pk", flat=True))
    shared = {key: common for key, common in together(topics=topics).items() if key not in own}
    return nearest(shared, [key for key in words if key not in own], limit=limit)
