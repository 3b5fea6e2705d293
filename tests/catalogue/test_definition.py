"""How a network fits the definition: met, not met, or nobody said so."""

import pytest

from catalogue.definition import definition_fit
from catalogue.models import Membership, Network
from tests.factories import make_network, make_organization

MEMBERS, AGENDA, PERIOD, LEVELS, CYCLE, FACILITATED, RESOURCED, DELIVERABLES = range(8)
ALL_LEVELS = ["organization", "network", "industry"]
WHOLE_CYCLE = ["generation", "capture", "dissemination", "application"]


def criteria_of(network):
    return definition_fit(
        network,
        memberships=network.memberships.all(),
        learning_questions=network.learning_questions.all(),
        deliverables=network.deliverables.all(),
    )


def fit(network):
    return [criterion.is_met for criterion in criteria_of(Network.objects.for_page().get(pk=network.pk))]


@pytest.mark.django_db
def test_where_nothing_is_recorded_nothing_is_known():
    assert fit(make_network()) == [None] * 8


@pytest.mark.django_db
def test_a_full_entry_meets_all_of_the_definition():
    network = make_network(
        members=2,
        questions=1,
        deliverables=1,
        ends="2012",
        levels=ALL_LEVELS,
        knowledge_cycle=WHOLE_CYCLE,
        facilitated=True,
        resourced=True,
    )
    assert fit(network) == [True] * 8


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("recorded", "criterion", "is_met"),
    [
        ({"members": 1}, MEMBERS, True),
        ({"members": 1, "kind": "learning_alliance"}, MEMBERS, True),
        ({"members": 1, "kind": "community_of_practice"}, MEMBERS, None),
        ({"members": 1, "kind": "other"}, MEMBERS, None),
        ({"questions": 1}, AGENDA, True),
        ({"deliverables": 1}, DELIVERABLES, True),
        ({"ends": "2012"}, PERIOD, True),
        ({"planned_end": "2012"}, PERIOD, True),
        ({"ended_undated": True}, PERIOD, None),
        ({"starts": "2009", "last_active": "2012"}, PERIOD, None),
        ({"levels": ALL_LEVELS}, LEVELS, True),
        ({"levels": ALL_LEVELS[::-1]}, LEVELS, True),
        ({"levels": ALL_LEVELS[:2]}, LEVELS, False),
        ({"levels": ["network"]}, LEVELS, False),
        ({"knowledge_cycle": WHOLE_CYCLE}, CYCLE, True),
        ({"knowledge_cycle": WHOLE_CYCLE[1:]}, CYCLE, False),
        ({"facilitated": True}, FACILITATED, True),
        ({"facilitated": False}, FACILITATED, False),
        ({"resourced": True}, RESOURCED, True),
        ({"resourced": False}, RESOURCED, False),
    ],
    ids=str,
)
def test_each_criterion_follows_its_own_field_and_no_other(recorded, criterion, is_met):
    expected = [None] * 8
    expected[criterion] = is_met
    assert fit(make_network(**recorded)) == expected


@pytest.mark.django_db
@pytest.mark.parametrize("role", [role for role in Membership.Role if role != Membership.Role.MEMBER])
def test_a_funder_or_convenor_alone_makes_no_members(role):
    network = make_network()
    Membership.objects.create(network=network, organization=make_organization(), role=role)
    assert fit(network)[MEMBERS] is None


@pytest.mark.django_db
def test_the_fit_of_a_loaded_network_asks_the_database_nothing(django_assert_num_queries):
    make_network(members=3, questions=3, deliverables=3)
    network = Network.objects.for_page().get()
    with django_assert_num_queries(0):
        criteria = criteria_of(network)
    assert len(criteria) == 8
    assert all(criterion.text and criterion.field for criterion in criteria)
