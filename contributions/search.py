"""A resource as a document of the search index."""

from catalogue.models import Network, Topic
from catalogue.search import decades, topic_facets, with_acronym, words_of
from contributions.licences import LICENCES, STATEMENTS
from contributions.models import Resource
from phases.models import Phase
from resourcecenter.core import markdown, search
from resourcecenter.core.search.kinds import Kind

RESOURCE = "resource"
OTHER_LICENCE, NO_LICENCE = "other", "not-stated"
FORMATS = {"application/pdf": Resource.Format.PDF, "video/mp4": Resource.Format.VIDEO}


def _resource(resource: Resource) -> search.Document:
    tags, phases = list(resource.tags.all()), list(resource.phases.all())
    return search.Document(
        kind=RESOURCE,
        key=resource.pk,
        title=resource.title,
        tags=" ".join([words_of(tags), *(phase.name for phase in phases)]),
        summary=resource.summary,
        body=" ".join(
            [
                markdown.words(resource.body),
                resource.authors,
                resource.publisher,
                with_acronym(resource.network) if resource.network else "",
            ]
        ),
        files=" ".join(file.text.text for file in resource.attachments.all() if hasattr(file, "text")),
        facets={
            "phase": [phase.slug for phase in phases],
            "kind": [resource.kind],
            **topic_facets(tags),
            "language": [resource.language],
            "country": [country.code for country in resource.countries],
            "format": sorted(_formats(resource)),
            "licence": [_licence(resource)],
            "decade": decades(resource.date_from),
        },
        date=resource.date_from,
        added_at=resource.added_at,
    )


def _formats(resource):
    """What one gets: as somebody wrote down, else as the files and the link tell."""
    if resource.format:
        return {resource.format}
    files = {FORMATS.get(file.media_type, Resource.Format.DOCUMENT) for file in resource.attachments.all()}
    return files or ({Resource.Format.WEB} if resource.url else set())


def _licence(resource):
    """A value that stands for many wordings: there are as many plain statements as publishers."""
    if resource.licence in {*LICENCES, *STATEMENTS}:
        return resource.licence
    return OTHER_LICENCE if resource.licence else NO_LICENCE


KINDS = [
    Kind(
        RESOURCE,
        Resource,
        lambda: Resource.objects.select_related("network").prefetch_related("tags", "phases", "attachments__text"),
        _resource,
        {Network: "network", Topic: "tagged__tag", Phase: "phases"},
    ),
]
