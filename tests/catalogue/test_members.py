"""Which organizations connect which networks."""

import pytest

from catalogue.models import Membership, Network
from catalogue.seen.members import MAX_COLUMNS, MAX_NETWORKS, MAX_ORGANIZATIONS, Connector, Tie, matrix, members
from tests.factories import make_network, make_organization

pytestmark = pytest.mark.django_db


def join(organization, *networks, role="member"):
    for network in networks:
        Membership.objects.create(network=network, organization=organization, role=role)


def ties(connector):
    return [(tie.name, [str(label) for label in tie.labels]) for tie in connector.ties]


def test_an_organization_in_two_networks_connects_them_and_one_in_a_single_network_does_not():
    alpha, beta = make_network("Alpha"), make_network("Beta")
    bridge, single = make_organization("Bridge"), make_organization("Single")
    join(bridge, alpha, beta)
    join(single, alpha)
    found = members(None)
    assert [(c.name, c.count, ties(c)) for c in found.connectors] == [
        ("Bridge", 2, [("Alpha", ["member"]), ("Beta", ["member"])])
    ]
    assert (found.how_many, found.singles) == (1, 1)


def test_two_roles_in_one_network_are_one_tie_with_both():
    alpha, beta = make_network("Alpha"), make_network("Beta")
    bridge = make_organization("Bridge")
    join(bridge, alpha, role="member")
    join(bridge, alpha, beta, role="funder")
    (connector,) = members(None).connectors
    assert connector.count == 2
    assert ties(connector) == [("Alpha", ["funder", "member"]), ("Beta", ["funder"])]


def test_only_the_networks_asked_for_count():
    alpha, beta, gamma = make_network("Alpha"), make_network("Beta"), make_network("Gamma")
    join(make_organization("Bridge"), alpha, beta)
    join(make_organization("Elsewhere"), beta, gamma)
    asked = Network.objects.filter(pk__in=[alpha.pk, beta.pk])
    assert [connector.name for connector in members(asked).connectors] == ["Bridge"]


def test_the_most_connected_come_first_and_of_many_networks_only_some_are_named():
    networks = [make_network(f"Network {number:02}") for number in range(MAX_NETWORKS + 2)]
    join(make_organization("A few"), *networks[:2])
    join(make_organization("Many"), *networks)
    many, few = members(None).connectors
    assert [many.name, many.count, len(many.ties), many.left_out] == ["Many", MAX_NETWORKS + 2, MAX_NETWORKS, 2]
    assert [few.name, few.left_out] == ["A few", 0]


def test_of_very_many_organizations_the_first_are_shown_and_all_are_counted():
    alpha, beta = make_network("Alpha"), make_network("Beta")
    for _ in range(MAX_ORGANIZATIONS + 1):
        join(make_organization(), alpha, beta)
    found = members(None)
    assert (len(found.connectors), found.how_many) == (MAX_ORGANIZATIONS, MAX_ORGANIZATIONS + 1)


def tie(number, starts=""):
    return Tie(f"Network {number}", f"/networks/{number}/", starts, ("member",))


def test_one_network_is_one_column_for_all_organizations_the_earliest_first():
    late, early, undated = tie(1, "2015"), tie(2, "2009"), tie(3)
    drawn = matrix([Connector("One", "/1/", 3, [late, early, undated]), Connector("Other", "/2/", 2, [late, early])])
    assert [name for name, _url, _x in drawn.columns] == ["Network 2", "Network 1", "Network 3"]
    places = {name: x for name, _url, x in drawn.columns}
    for row in drawn.rows:
        assert {cell.tie.name: cell.x for cell in row.cells} == {c.tie.name: places[c.tie.name] for c in row.cells}


def test_the_drawing_has_the_networks_that_most_share_and_no_row_that_connects_nothing():
    shared = [tie(1), tie(2)]
    crowd = [Connector(f"In {n}", f"/{n}/", 2, shared) for n in range(3)]
    apart = [Connector(f"Apart {n}", f"/a{n}/", 2, [tie(f"{n}a"), tie(f"{n}b")]) for n in range(MAX_COLUMNS)]
    drawn = matrix([*apart, *crowd])
    assert len(drawn.columns) == MAX_COLUMNS
    assert {"Network 1", "Network 2"} <= {name for name, _url, _x in drawn.columns}
    assert all(len(row.cells) > 1 for row in drawn.rows)
