"""Every public page: it answers, shows what it should, and asks the database as often for many records as for few."""

import pytest
from django.urls import reverse

from tests.factories import (
    make_network,
    make_organization,
    make_page,
    make_phase,
    make_resource,
    make_topic,
    remember_identity,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    """A function that makes so many of everything that every page has as many lines."""

    def make(how_many):
        for slug in ("what-is-a-learning-network", "glossary", "contribute", "about"):
            make_page(slug)
        phases = [make_phase(number) for number in range(1, how_many + 1)]
        topics = [make_topic(f"Topic {number}") for number in range(how_many)]
        network = None
        for number in range(how_many):
            network = make_network(
                members=how_many, questions=how_many, deliverables=how_many, tags=topics, slug=f"net-{number}"
            )
        for number in range(how_many):
            make_resource(
                f"Findable {number}",
                slug=f"res-{number}",
                phases=phases,
                tags=topics,
                network=network,
                featured=number == 0,
            )
        make_organization("Solitary", slug="solitary")

    return make


QUERIES = {  # each begins with the content generation
    "home": (reverse("home"), 11),  # counts 2, phases, featured 2, newest 2, networks 3
    "overview": (reverse("phases:overview"), 4),
    "which form": (reverse("phases:which_form"), 2),
    "which form, answered": (reverse("phases:which_form") + "?formality=people", 3),
    "phases": (reverse("phases:phases"), 2),
    "phase": (reverse("phase", args=["phase-1"]), 15),
    "resources": (reverse("contributions:resources"), 14),
    "resources found": (reverse("contributions:resources") + "?q=findable&kind=tool", 22),
    "resource": (reverse("contributions:resource", args=["res-0"]), 24),  # what is around it: 13, and 1 for each topic
    "networks": (reverse("catalogue:networks"), 14),
    "network": (reverse("network", args=["net-0"]), 43),  # what is around it: 25, and 1 for each topic
    "organizations": (reverse("catalogue:organizations"), 3),
    "organization": (reverse("catalogue:organization", args=["solitary"]), 4),
    "topics": (reverse("topics"), 4),
    "topic": (reverse("topic", args=["topic-0"]), 8),
    "search": (reverse("search") + "?q=findable", 18),
    "glossary": (reverse("phases:glossary"), 4),
    "page": (reverse("phases:page", args=["about"]), 3),
    "guidelines": (reverse("contributions:guidelines"), 8),  # what is most wanted: the phases and the counts
    "coverage": (reverse("coverage"), 6),
    "deliverables": (reverse("deliverables"), 3),
}


@pytest.mark.parametrize("how_many", [1, 3])
@pytest.mark.parametrize(("address", "queries"), QUERIES.values(), ids=QUERIES)
def test_a_page_asks_the_database_as_often_for_three_records_as_for_one(
    client, world, django_assert_max_num_queries, address, queries, how_many
):
    world(how_many)
    remember_identity()
    with django_assert_max_num_queries(queries):
        assert client.get(address).status_code == 200
