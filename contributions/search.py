"""A resource as a document of the search index."""

from contributions.models import Resource
from resourcecenter.core import search

KIND = "resource"


def to_document(resource: Resource) -> search.Document:
    """Return what can be found of a resource; tags, phases and network should be prefetched."""
    tags = list(resource.tags.all())
    phases = list(resource.phases.all())
    return search.Document(
        kind=KIND,
        key=resource.pk,
        title=resource.title,
        tags=" ".join([tag.name for tag in tags] + [tag.synonyms for tag in tags] + [phase.name for phase in phases]),
        summary=resource.summary,
        body=" ".join(
            [resource.body, resource.authors, resource.publisher, resource.network.name if resource.network else ""]
        ),
        facets={
            "phase": [phase.slug for phase in phases],
            "kind": [resource.kind],
            "topic": [tag.slug for tag in tags],
            "language": [resource.language],
            "country": [country.code for country in resource.countries],
        },
        date=resource.date_from,
        added_at=resource.added_at,
    )


def for_index():
    """All resources with what their documents need."""
    return Resource.objects.select_related("network").prefetch_related("tags", "phases")


def index(*resources: Resource) -> None:
    """Bring the index up to date with these resources, in the caller's transaction."""
    fresh = for_index().filter(pk__in=[resource.pk for resource in resources])
    search.index(to_document(resource) for resource in fresh)
