"""A network as a document of the search index."""

from catalogue.models import Network
from resourcecenter.core import search

KIND = "network"


def to_document(network: Network) -> search.Document:
    """Return what can be found of a network; its relations should be prefetched (see for_index)."""
    tags = list(network.tags.all())
    memberships = list(network.memberships.all())
    names = [membership.organization.name for membership in memberships]
    acronyms = [membership.organization.acronym for membership in memberships]
    questions = [question.text for question in network.learning_questions.all()]
    deliverables = [deliverable.title for deliverable in network.deliverables.all()]
    return search.Document(
        kind=KIND,
        key=network.pk,
        title=f"{network.name} ({network.acronym})" if network.acronym else network.name,
        tags=" ".join([tag.name for tag in tags] + [tag.synonyms for tag in tags]),
        summary=network.summary,
        body=" ".join([network.description, *names, *acronyms, *questions, *deliverables]),
        facets={
            "kind": [network.kind],
            "topic": [tag.slug for tag in tags if tag.group == tag.Group.TOPIC],
            "sector": [tag.slug for tag in tags if tag.group == tag.Group.SECTOR],
            "country": [country.code for country in network.countries],
            "funder": sorted({m.organization.slug for m in memberships if m.role == m.Role.FUNDER}),
            "level": network.levels,
        },
        date=network.starts_by,
        added_at=network.added_at,
    )


def for_index():
    """All networks with what their documents need."""
    return Network.objects.prefetch_related("tags", "memberships__organization", "learning_questions", "deliverables")


def index(*networks: Network) -> None:
    """Bring the index up to date with these networks, in the caller's transaction."""
    fresh = for_index().filter(pk__in=[network.pk for network in networks])
    search.index(to_document(network) for network in fresh)
