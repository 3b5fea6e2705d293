"""How a network fits the definition: met, not met, or nobody said so."""

import pytest

from catalogue.definition import definition_fit
from catalogue.models import Deliverable, Membership, Network, NetworkSource
from tests.factories import make_network, make_organization

MEMBERS, AGENDA, PERIOD, LEVELS, CYCLE, FACILITATED, RESOURCED, DELIVERABLES, AT_EACH_LEVEL = range(9)
ALL_LEVELS = ["organization", "network", "industry"]
WHOLE_CYCLE = ["generation", "capture", "dissemination", "application"]


def facts_of(network):
    fit = definition_fit(
        network,
        memberships=network.memberships.all(),
        learning_questions=network.learning_questions.all(),
        deliverables=network.deliverables.all(),
        sources=network.sources.all(),
    )
    return [fact for characteristic in fit for fact in characteristic.facts]


def fit(network):
    return [fact.is_met for fact in facts_of(Network.objects.for_page().get(pk=network.pk))]


@pytest.mark.django_db
def test_where_nothing_is_recorded_nothing_is_known():
    assert fit(make_network()) == [None] * 9


@pytest.mark.django_db
def test_a_full_entry_meets_all_of_the_definition():
    network = make_network(
        members=2,
        questions=1,
        ends="2012",
        levels=ALL_LEVELS,
        knowledge_cycle=WHOLE_CYCLE,
        facilitated=True,
        resourced=True,
    )
    for level in ALL_LEVELS:
        Deliverable.objects.create(network=network, title=f"For the {level}", level=level)
    assert fit(network) == [True] * 9


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
    expected = [None] * 9
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
        facts = facts_of(network)
    assert len(facts) == 9
    assert all(fact.text and fact.field for fact in facts)


@pytest.mark.django_db
def test_deliverables_at_two_levels_leave_the_third_open_rather_than_missing():
    network = make_network()
    for level in ALL_LEVELS[:2]:
        Deliverable.objects.create(network=network, title=f"For the {level}", level=level)
    assert fit(network)[DELIVERABLES:] == [True, None]


@pytest.mark.django_db
def test_the_definition_has_three_characteristics_of_three_facts_each():
    parts = definition_fit(Network(), memberships=[], learning_questions=[], deliverables=[], sources=[])
    assert [len(part.facts) for part in parts] == [3, 3, 3]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("facts", "carried"),
    [
        ("dates, members", {MEMBERS, PERIOD}),
        ("Start and end", {PERIOD}),
        ("learning_questions", {AGENDA}),
        ("Levels; knowledge cycle", {LEVELS, CYCLE}),
        ("who facilitated it", {FACILITATED}),
        ("funding", {RESOURCED}),
        ("Deliverables", {DELIVERABLES, AT_EACH_LEVEL}),
        ("the remembered weekend", set()),
        ("its name", set()),
    ],
)
def test_a_source_carries_the_facts_that_it_names_and_no_other(facts, carried):
    network = make_network()
    source = NetworkSource.objects.create(network=network, title="A report", facts=facts)
    assert {place for place, fact in enumerate(facts_of(network)) if source in fact.sources} == carried


@pytest.mark.django_db
def test_a_source_of_the_whole_entry_stands_in_where_none_names_the_field():
    network = make_network()
    general = NetworkSource.objects.create(network=network, title="About all")
    about_dates = NetworkSource.objects.create(network=network, title="About dates", facts="dates")
    facts = facts_of(network)
    assert (facts[PERIOD].sources, facts[PERIOD].is_general) == ([about_dates], False)
    assert (facts[LEVELS].sources, facts[LEVELS].is_general) == ([general], True)


@pytest.mark.django_db
def test_a_field_that_no_source_names_has_none_where_no_source_is_of_the_whole_entry():
    network = make_network()
    NetworkSource.objects.create(network=network, title="About dates", facts="dates")
    assert facts_of(network)[LEVELS].sources == []
