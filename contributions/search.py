"""A resource as a document of the search index."""

from catalogue.models import Network, Topic
from catalogue.search import country_words, decade, tags_of, topic_words, with_acronym
from contributions.licences import LICENCES, STATEMENTS
from contributions.models import Resource
from phases.models import Phase
from resourcecenter.core import markdown, search
from resourcecenter.core.documents import Kind

KIND = "resource"

OTHER_TERMS, NOT_STATED = "other", "not-stated"


def resource_document(resource: Resource) -> search.Document:
    """Return what can be found of a resource; its relations should be prefetched (see Resource.objects.for_index)."""
    tags = tags_of(resource)
    phases = list(resource.phases.all())
    network = resource.network
    codes = [country.code for country in resource.countries]
    texts = [markdown.words(resource.body), resource.authors, resource.publisher, country_words(codes)]
    return search.Document(
        kind=KIND,
        key=resource.pk,
        title=resource.title,
        tags=" ".join([topic_words(tags), *(phase.name for phase in phases)]),
        summary=resource.summary,
        files=_file_texts(resource),
        body=" ".join([*texts, with_acronym(network.name, network.acronym) if network else ""]),
        facets={
            "phase": [phase.slug for phase in phases],
            "kind": [resource.kind],
            "topic": [tag.slug for tag in tags],
            "language": [resource.language],
            "country": codes,
            "licence": [licence_value(resource.licence)],
            "format": [resource.format],
            "decade": decade(resource.date_from),
            "network": [network.slug] if network else [],
        },
        date=resource.date_from,
        added_at=resource.added_at,
    )


def _file_texts(resource):
    """What was read in the attachments; one that no worker has come to yet has no text."""
    return " ".join(attachment.text.text for attachment in resource.attachments.all() if hasattr(attachment, "text"))


def licence_value(licence: str) -> str:
    """How a licence reads in a URL: a known one by itself, all other terms together."""
    if licence in LICENCES:
        return licence
    if licence in STATEMENTS:
        return licence.lower().replace(" ", "-")
    return OTHER_TERMS if licence else NOT_STATED


RESOURCE = Kind(
    name=KIND,
    model=Resource,
    for_index=lambda: Resource.objects.for_index(),
    to_document=resource_document,
    for_cards=lambda: Resource.objects.for_cards(),
    names={Network: "network", Phase: "phases", Topic: "tagged__tag"},
)
