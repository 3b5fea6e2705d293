"""Networks, organizations and learning questions as documents of the search index."""

from datetime import date
from functools import cache

from django.db.models import Q
from django.utils.translation import get_language
from django_countries import countries

from catalogue.models import LearningQuestion, Network, Organization, Topic, named_memberships
from resourcecenter.core import markdown, search
from resourcecenter.core.documents import Kind, facet_of
from resourcecenter.core.history import touch

KIND = "network"


def decade(day: date | None) -> list[str]:
    """The facet of a date: the first year of its decade, if it is known."""
    return [str(day.year // 10 * 10)] if day else []


def country_words(codes) -> str:
    """The names of these countries; django-countries would look each up in a millisecond."""
    names = _country_names(get_language())
    return " ".join(names.get(code, "") for code in codes)


@cache
def _country_names(language):
    return {code: str(name) for code, name in countries}


def with_acronym(name: str, acronym: str) -> str:
    return f"{name} ({acronym})" if acronym else name


def tags_of(record) -> list[Topic]:
    """The topics of a record, read by the rows that tag it: taggit's manager would build a query for each record."""
    return [link.tag for link in record.tagged.all()]


def topic_words(tags) -> str:
    return " ".join([tag.name for tag in tags] + [tag.synonyms for tag in tags])


# --- Networks -----------------------------------------------------------------------------------


def network_document(network: Network) -> search.Document:
    """Return what can be found of a network; its relations should be prefetched (see NETWORK.for_index)."""
    tags = tags_of(network)
    memberships = list(network.memberships.all())
    members = [with_acronym(m.organization.name, m.organization.acronym) for m in memberships]
    questions = [question.text for question in network.learning_questions.all()]
    deliverables = [deliverable.title for deliverable in network.deliverables.all()]
    codes = [country.code for country in network.countries]
    texts = [network.get_kind_display(), markdown.words(network.description), country_words(codes)]
    return search.Document(
        kind=NETWORK.name,
        key=network.pk,
        title=with_acronym(network.name, network.acronym),
        tags=topic_words(tags),
        summary=network.summary,
        body=" ".join([*texts, *dict.fromkeys(members), *questions, *deliverables]),
        facets={
            "kind": [network.kind],
            "status": [network.status],
            "sector": [tag.slug for tag in tags if tag.group == tag.Group.SECTOR],
            "topic": [tag.slug for tag in tags if tag.group == tag.Group.TOPIC],
            "funder": sorted({m.organization.slug for m in memberships if m.role == m.Role.FUNDER}),
            "country": codes,
            "level": network.levels,
            "decade": decade(network.starts_by),
        },
        date=network.starts_by,
        added_at=network.added_at,
    )


def renew_statuses() -> int:
    """Bring the statuses in the index up to date with today, and return how many were not."""
    stored = facet_of(NETWORK.name, "status")
    dates = Network.objects.only(
        "starts", "planned_end", "ends", "ended_undated", "last_active", "starts_by", "ends_by"
    )
    outdated = [network.pk for network in dates if stored.get(network.pk) != network.status]
    if outdated:
        touch(Network, outdated)
    return len(outdated)


# --- Organizations and learning questions -------------------------------------------------------


def organization_document(organization: Organization) -> search.Document:
    """Return what can be found of an organization; its parent should be at hand."""
    parent = organization.parent
    texts = [organization.get_kind_display(), country_words([organization.country.code])]
    return search.Document(
        kind=ORGANIZATION.name,
        key=organization.pk,
        title=with_acronym(organization.name, organization.acronym),
        tags=organization.former_name,
        body=" ".join([*texts, with_acronym(parent.name, parent.acronym) if parent else ""]),
        facets={"kind": [organization.kind], "country": [organization.country.code or ""]},
        date=None,
        added_at=organization.added_at,
    )


def question_document(question: LearningQuestion) -> search.Document:
    """Return what can be found of a learning question; its network and that network's topics should be at hand."""
    network = question.network
    tags = tags_of(network)
    return search.Document(
        kind=QUESTION.name,
        key=question.pk,
        title=question.text,
        tags=topic_words(tags),
        summary=with_acronym(network.name, network.acronym),
        facets={
            "level": [question.level],
            "topic": [tag.slug for tag in tags if tag.group == tag.Group.TOPIC],
            "sector": [tag.slug for tag in tags if tag.group == tag.Group.SECTOR],
            "network": [network.slug],
        },
        date=network.starts_by,
        added_at=network.added_at,
    )


NETWORK = Kind(
    name=KIND,
    model=Network,
    for_index=lambda: Network.objects.prefetch_related(
        named_memberships(), "tagged__tag", "learning_questions", "deliverables"
    ),
    to_document=network_document,
    for_cards=lambda: Network.objects.for_cards(),
    names={Organization: "memberships__organization", Topic: "tagged__tag"},
)
ORGANIZATION = Kind(
    name="organization",
    model=Organization,
    for_index=lambda: Organization.objects.select_related("parent"),
    to_document=organization_document,
    for_cards=lambda: Organization.objects.select_related("parent"),
    names={Organization: "parent"},
)
QUESTION = Kind(
    name="question",
    model=LearningQuestion,
    for_index=lambda: LearningQuestion.objects.select_related("network").prefetch_related("network__tagged__tag"),
    to_document=question_document,
    for_cards=lambda: LearningQuestion.objects.select_related("network"),
    names={Network: "network", Topic: "network__tagged__tag"},
)


# --- Words that mean the same -------------------------------------------------------------------


def vocabulary() -> search.Vocabulary:
    """Return topics with their synonyms, and organizations with their short forms.

    In three queries; callers remember it for as long as public content stays as it is. Of organizations only those
    that fund, convene or facilitate: of the many members the documents themselves name both forms.
    """
    topics = Topic.objects.exclude(synonyms="").order_by("pk").values_list("name", "synonyms")
    groups = [(name, *filter(None, map(str.strip, synonyms.split(",")))) for name, synonyms in topics]
    leading = Q(memberships__role__in=["funder", "convenor", "facilitator"])
    organizations = Organization.objects.filter(leading).exclude(acronym="").distinct().order_by("pk")
    networks = Network.objects.exclude(acronym="").order_by("pk")
    for records in (organizations, networks):
        groups += records.values_list("name", "acronym")
    return search.Vocabulary(tuple(groups))
