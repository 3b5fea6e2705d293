"""What is around a record: the nearest first, each with its reason."""

import pytest

from catalogue.models import Membership
from catalogue.related import nearest, networks_like
from contributions.related import resources_like
from resourcecenter.core.pagecache import current_generation
from tests import factories
from tests.factories import make_organization, make_phase, make_topic

pytestmark = pytest.mark.django_db


def make_resource(title, **fields):
    """A resource that has no word in common with others but those of its title and of what it is filed under."""
    return factories.make_resource(title, summary=title, **fields)


def make_network(name, **fields):
    return factories.make_network(name, summary=name, **fields)


def near(record, find=resources_like, **options):
    found = find(record, generation=current_generation(), **options)
    return {str(neighbour.record): " · ".join(neighbour.why) for neighbour in found}


def test_each_related_resource_says_what_it_shares():
    facilitation, funding = make_topic("Facilitation"), make_topic("Funding")
    groove, phase = make_network("GROOVE"), make_phase()
    looked_at = make_resource("Grants handbook", tags=[facilitation, funding], network=groove, phases=[phase])
    make_resource("alpha", tags=[funding])
    make_resource("bravo", tags=[facilitation, funding], phases=[phase])
    make_resource("charlie", network=groove)
    make_resource("delta")
    make_resource("Another handbook for grants")
    assert near(looked_at, limit=9) == {
        "bravo": "Same topics: Facilitation, Funding",
        "charlie": "Same network: GROOVE",
        "Another handbook for grants": "Similar words",
        "alpha": "Same topic: Funding",
    }


def test_the_nearest_come_first():
    topics = [make_topic(name) for name in ("Water", "Funding", "Facilitation")]
    looked_at = make_resource("looked at", tags=topics)
    for number in (1, 3, 2):
        make_resource(f"shares {number}", tags=topics[:number])
    assert list(near(looked_at)) == ["shares 3", "shares 2", "shares 1"]


def test_of_equals_the_newer_comes_first_and_phases_decide():
    shared = {1: {"topics": ["a"]}, 2: {"topics": ["a"], "phases": ["b"]}, 3: {"topics": ["a"]}}
    assert [one.key for one in nearest(shared, [], limit=9)] == [2, 3, 1]


def test_a_record_that_shares_nothing_has_no_neighbours(client):
    make_resource("alpha", tags=[make_topic("Water")])
    alone = make_resource("omega", tags=[make_topic("Funding")])
    assert near(alone) == {}
    assert "Related resources" not in client.get(alone.get_absolute_url()).content.decode()


def test_a_retired_neighbour_is_gone_at_once():
    topic = make_topic()
    looked_at, other = make_resource("looked at", tags=[topic]), make_resource("other", tags=[topic])
    assert list(near(looked_at)) == ["other"]
    other.delete()
    assert near(looked_at) == {}


def test_a_resource_page_shows_more_of_its_network_each_once(client):
    groove, topic = make_network("GROOVE"), make_topic()
    looked_at = make_resource("looked at", network=groove, tags=[topic])
    names = ["alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel"]
    for name in names:
        make_resource(name, network=groove)
    page = client.get(looked_at.get_absolute_url())
    related = [str(neighbour.record) for neighbour in page.context["related"]]
    more = [str(resource) for resource in page.context["same_network"]]
    assert (len(related), len(more)) == (3, 3)
    assert len({*related, *more}) == 6
    assert {*related, *more} < set(names)
    assert "Same network: GROOVE" in page.content.decode()


def test_networks_are_near_by_topics_organizations_and_words():
    topic, care = make_topic("Water"), make_organization("CARE")
    looked_at = make_network("Irrigation alliance", tags=[topic])
    shares_both = make_network("alpha", tags=[topic])
    for network in (looked_at, shares_both):
        Membership.objects.create(network=network, organization=care)
    make_network("bravo", tags=[topic])
    make_network("Another alliance about irrigation")
    make_network("delta", kind="other")
    assert near(looked_at, networks_like, limit=9) == {
        "alpha": "Same topic: Water · Same organization: CARE",
        "Another alliance about irrigation": "Similar words",
        "bravo": "Same topic: Water",
    }


def test_resources_near_a_network_are_not_its_own():
    topic = make_topic("Water")
    network = make_network("GROOVE", tags=[topic])
    make_resource("its own", tags=[topic], network=network)
    make_resource("another", tags=[topic])
    assert near(network) == {"another": "Same topic: Water"}


def test_an_organization_with_two_roles_counts_once():
    care = make_organization("CARE")
    one, other = make_network("one"), make_network("other")
    for role in ("funder", "member"):
        for network in (one, other):
            Membership.objects.create(network=network, organization=care, role=role)
    assert near(one, networks_like) == {"other": "Same organization: CARE"}


def test_points_add_up():
    shared = {1: {"topics": ["a"]}, 2: {"topics": ["a"], "phases": ["b"]}, 3: {"network": ["c"]}}
    assert [one.key for one in nearest(shared, [4, 1], limit=9)] == [1, 4, 3, 2]
