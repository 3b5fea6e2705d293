"""What can be found of the catalogue: networks, organizations and learning questions as documents of the index."""

from collections.abc import Iterable
from itertools import chain

from catalogue.models import LearningQuestion, Network, Organization, Topic
from resourcecenter.core import markdown, search
from resourcecenter.core.history import touch
from resourcecenter.core.search.index import IndexedFacet
from resourcecenter.core.search.kinds import Kind

NETWORK, ORGANIZATION, QUESTION = "network", "organization", "question"


def _network(network: Network) -> search.Document:
    tags, memberships = list(network.tags.all()), list(network.memberships.all())
    organizations = [membership.organization for membership in memberships]
    return search.Document(
        kind=NETWORK,
        key=network.pk,
        title=with_acronym(network),
        tags=words_of(tags),
        summary=network.summary,
        body=" ".join(
            [
                markdown.words(network.description),
                *chain.from_iterable((o.name, o.acronym) for o in organizations),
                *(question.text for question in network.learning_questions.all()),
                *(deliverable.title for deliverable in network.deliverables.all()),
            ]
        ),
        facets={
            "kind": [network.kind],
            "status": [network.status],
            **topic_facets(tags),
            "country": [country.code for country in network.countries],
            "funder": sorted({m.organization.slug for m in memberships if m.role == m.Role.FUNDER}),
            "level": network.levels,
            "decade": decades(network.starts_by),
        },
        date=network.starts_by,
        added_at=network.added_at,
    )


def _organization(organization: Organization) -> search.Document:
    return search.Document(
        kind=ORGANIZATION,
        key=organization.pk,
        title=with_acronym(organization),
        summary=organization.former_name,
        facets={"country": [organization.country.code] if organization.country else []},
        date=None,
        added_at=organization.added_at,
    )


def _question(question: LearningQuestion) -> search.Document:
    network = question.network
    tags = list(network.tags.all())
    return search.Document(
        kind=QUESTION,
        key=question.pk,
        title=question.text,
        tags=words_of(tags),
        summary=with_acronym(network),
        facets={
            **topic_facets(tags),
            "country": [country.code for country in network.countries],
            "level": [question.level],
        },
        date=network.starts_by,
        added_at=network.added_at,
    )


def with_acronym(record) -> str:
    return f"{record} ({record.acronym})" if record.acronym else str(record)


def words_of(topics: Iterable[Topic]) -> str:
    return " ".join(chain.from_iterable((topic.name, topic.synonyms) for topic in topics))


def topic_facets(topics: Iterable[Topic]) -> dict[str, list[str]]:
    topics = list(topics)
    return {group: [topic.slug for topic in topics if topic.group == group] for group in Topic.Group}


def decades(day) -> list[str]:
    """The decade of a day as the value of a facet: "2010" for 2010 to 2019; none without a day."""
    return [str(day.year // 10 * 10)] if day else []


KINDS = [
    Kind(
        NETWORK,
        Network,
        lambda: Network.objects.prefetch_related(
            "tags", "memberships__organization", "learning_questions", "deliverables"
        ),
        _network,
        {Organization: "memberships__organization", Topic: "tagged__tag"},
    ),
    Kind(ORGANIZATION, Organization, Organization.objects.all, _organization, {}),
    Kind(
        QUESTION,
        LearningQuestion,
        lambda: LearningQuestion.objects.select_related("network").prefetch_related("network__tags"),
        _question,
        {Network: "network", Topic: "network__tagged__tag"},
    ),
]


def vocabulary() -> search.Vocabulary:
    """Return the words that mean the same: the names of topics and their synonyms, as curators wrote them."""
    rows = Topic.objects.exclude(synonyms="").order_by("pk").values_list("name", "synonyms")
    groups = ((name, *(word.strip() for word in synonyms.split(","))) for name, synonyms in rows)
    return search.Vocabulary(tuple(tuple(filter(None, group)) for group in groups))


def renew_statuses() -> str:
    """Bring the index up to date with the networks whose status has become another because time has passed."""
    statuses = IndexedFacet.objects.filter(kind=NETWORK, value__name="status")
    indexed = dict(statuses.values_list("document__key", "value__value"))
    stale = [network.pk for network in Network.objects.iterator() if indexed.get(network.pk) != network.status]
    if stale:
        touch(Network, stale)
    return str(len(stale))
